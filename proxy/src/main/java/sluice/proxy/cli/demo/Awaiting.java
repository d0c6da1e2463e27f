package sluice.proxy.cli.demo;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** Wakes the one thread that waits for something to become true of a gateway whenever its view is new. */
final class Awaiting implements GatewayEvents.Listener {
    /** Not everything that is waited for makes an event. */
    private static final long LONGEST_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Semaphore news = new Semaphore(0);

    @Override
    public void on(GatewayEvent event) {}

    @Override
    public void onBatchEnd() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    /** Says whether {@code condition} became true in time. */
    boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            news.tryAcquire(Math.min(left, LONGEST_SLEEP_NANOS), TimeUnit.NANOSECONDS);
        }
        return true;
    }
}
