package sluice.endtoend;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long a test waits for what must happen, so that a busy machine makes it slow and never wrong. */
public final class Patience {
    public static final Duration LIMIT = Duration.ofSeconds(40);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private Patience() {}

    /** Waits for what {@code what} names. */
    public static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(POLL_INTERVAL);
    }

    /** Asserts that something is true now and stays so for {@code time}: the only way to see that nothing happens. */
    public static void stays(String what, Duration time, Callable<Boolean> truth) {
        await(what)
                .during(time)
                .failFast("no longer: " + what, () -> !truth.call())
                .until(truth);
    }
}
