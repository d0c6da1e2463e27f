package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;

/**
 * How fast a connection is read once it has a session. Whoever sends more is not refused but waits, as the network would
 * have it wait, and the loop has time for others. Confined to the connection's loop.
 */
public final class ReadAllowance {
    /** Bytes a second that are read of one connection: thousands of shares. */
    public static final int MAX_BYTES_PER_SECOND = 256 * 1024;

    /** It may be ahead of that by what comes in this time. */
    static final Duration BURST = Duration.ofSeconds(1);

    private static final long NANOS_PER_BYTE = 1_000_000_000L / MAX_BYTES_PER_SECOND;

    // When all that was read will have been due.
    private Instant due = Instant.MIN;

    /** So many bytes were read. How long to read no more; zero: read on. */
    public Duration onRead(int bytes, Instant now) {
        Instant latest = now.plus(BURST).plus(BURST);
        // A clock that was put back must not silence anybody.
        Instant from = due.isBefore(now) || due.isAfter(latest) ? now : due;
        due = from.plusNanos(bytes * NANOS_PER_BYTE);
        Duration ahead = Duration.between(now, due).minus(BURST);
        return ahead.isNegative() ? Duration.ZERO : ahead;
    }
}
