package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;

/**
 * How fast a connection is read once it has a session, or all of a loop by which no work has come yet. Whoever sends more is not refused but waits, as the network would
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

    /**
     * Bytes a second that are read of all connections of a loop together which have had no accepted share: the logins of a
     * thousand miners, which is as many as are accepted in a second.
     */
    public static final int STRANGERS_BYTES_PER_SECOND = 512 * 1024;

    /** They may be ahead of that by what comes in this time: the turn of a loop in which all of them speak stays short. */
    static final Duration STRANGERS_BURST = Duration.ofMillis(50);

    // A slice of each of as many strangers as a gateway takes by default, or the largest frame of one, is due sooner.
    private static final Duration LONGEST_REST = Duration.ofSeconds(20);
    private static final long SECOND = 1_000_000_000L;

    private long nanosPerByte;
    private Duration burst;
    // When all that was read will have been due.
    private Instant due = Instant.MIN;

    private ReadAllowance(int bytesPerSecond, Duration burst) {
        this.nanosPerByte = SECOND / bytesPerSecond;
        this.burst = burst;
    }

    /** Of a connection of which nothing is known yet. */
    public static ReadAllowance ofStranger() {
        return new ReadAllowance(UNPROVEN_BYTES_PER_SECOND, UNPROVEN_BURST);
    }

    /** Of all such connections of a loop. */
    public static ReadAllowance ofStrangers() {
        return new ReadAllowance(STRANGERS_BYTES_PER_SECOND, STRANGERS_BURST);
    }

    /** So many bytes were read. How long to read no more; zero: read on. */
    public Duration onRead(int bytes, Instant now) {
        Instant latest = now.plus(LONGEST_REST).plus(burst);
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
