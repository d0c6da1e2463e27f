package sluice.proxy.miner;

import java.time.Duration;

/** How long a miner waits before it dials again: doubling, and jittered so that a farm does not return as one. */
public final class ReconnectBackoff {
    public static final Duration FIRST = Duration.ofSeconds(1);
    public static final Duration LONGEST = Duration.ofSeconds(30);

    private int failures;

    /**
     * The wait behind one more failure: between half and all of the step.
     *
     * @param jitter in 0..1
     */
    public Duration next(double jitter) {
        long longest = LONGEST.toMillis();
        // Six doublings pass the longest wait; more would overflow.
        long step = Math.min(longest, FIRST.toMillis() << Math.min(failures, 6));
        failures++;
        return Duration.ofMillis(step / 2 + (long) (step / 2.0 * jitter));
    }

    /** The server took us: the next failure is the first again. */
    public void reset() {
        failures = 0;
    }
}
