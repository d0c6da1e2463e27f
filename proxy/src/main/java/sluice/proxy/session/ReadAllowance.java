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

    /** The same before its first accepted share: enough for dozens of requests. */
    public static final int UNPROVEN_BYTES_PER_SECOND = 4 * 1024;

    /** It may be ahead of that by what comes in this time: to log in, or to open a hundred channels. */
    static final Duration UNPROVEN_BURST = Duration.ofSeconds(4);

    private static final long SECOND = 1_000_000_000L;

    private long nanosPerByte = SECOND / UNPROVEN_BYTES_PER_SECOND;
    private Duration burst = UNPROVEN_BURST;
    // When all that was read will have been due.
    private Instant due = Instant.MIN;

    /** So many bytes were read. How long to read no more; zero: read on. */
    public Duration onRead(int bytes, Instant now) {
        Instant latest = now.plus(burst).plus(burst);
        // A clock that was put back must not silence anybody.
        Instant from = due.isBefore(now) || due.isAfter(latest) ? now : due;
        due = from.plusNanos(bytes * nanosPerByte);
        Duration ahead = Duration.between(now, due).minus(burst);
        return ahead.isNegative() ? Duration.ZERO : ahead;
    }

    /** Work came by it: what it says is worth more from now on, and what it said before is forgotten. */
    public void prove() {
        nanosPerByte = SECOND / MAX_BYTES_PER_SECOND;
        burst = BURST;
        due = Instant.MIN;
    }
}
