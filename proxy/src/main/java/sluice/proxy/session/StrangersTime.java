package sluice.proxy.session;

import java.time.Duration;

/**
 * How much of its time a loop gives to connections by which no work has come yet. What they took beyond their part they wait
 * for, so that a crowd of them never makes those wait that mine. Times are nanoseconds of one clock that never goes back.
 * Confined to the loop.
 */
public final class StrangersTime {
    /** One part in so many of a loop's time, while there are strangers that want it. */
    public static final int PARTS = 2;

    /** What they may take in one go after a pause; what is begun is ended, however long it takes. */
    public static final Duration SLICE = Duration.ofNanos(500_000);

    // When all that they took will have been due.
    private long due;

    /** @param now the clock's time as it begins: nothing was taken yet */
    public StrangersTime(long now) {
        due = now;
    }

    /** They took so much of the time that ended now. */
    public void spent(long nanos, long now) {
        due = (due - now > 0 ? due : now) + PARTS * nanos;
    }

    /** How long until they may take more; 0 or less: now. */
    public long untilMore(long now) {
        return due - now - (PARTS - 1) * SLICE.toNanos();
    }
}
