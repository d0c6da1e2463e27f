package sluice.proxy.admission;

/**
 * So many a second, after a burst: a token bucket whose whole state is one number, the moment at which it will be full
 * again (the virtual scheduling of ITU-T I.371). Moments are nanoseconds.
 *
 * @param interval between two at the steady rate
 * @param burst how far ahead of the steady rate one may be
 */
public record Pace(long interval, long burst) {
    public static final long REFUSED = Long.MIN_VALUE;

    private static final long SECOND = 1_000_000_000L;

    public static Pace of(int perSecond, int burstSeconds) {
        return new Pace(Math.max(1, SECOND / perSecond), burstSeconds * SECOND);
    }

    /** The next state if one more is allowed now, else {@link #REFUSED}. */
    public long take(long state, long now) {
        // It is never further ahead than a burst, unless the clock was put back: that must not shut anybody out for as
        // long.
        long from = state > now + burst ? now : Math.max(state, now);
        return from + interval - now > burst ? REFUSED : from + interval;
    }
}
