package sluice.proxy.cli.flood;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what happens elsewhere, for so long and no longer. */
final class Patience {
    private static final Duration POLL = Duration.ofMillis(20);

    private Patience() {}

    static void await(Duration atMost, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }
}
