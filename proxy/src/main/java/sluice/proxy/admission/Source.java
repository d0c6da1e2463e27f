package sluice.proxy.admission;

import sluice.config.LimitsConfig;

/**
 * What is known of one address. Immutable. Moments are nanoseconds since the epoch.
 *
 * @param open its connections
 * @param proven those of them by which work came
 * @param workedAt when the last of these was seen
 * @param pace state of its {@link Pace} of new connections
 * @param offences a count that fades
 * @param offendedAt when it was brought up to date
 * @param bannedUntil zero: not banned
 */
record Source(int open, int proven, long workedAt, long pace, double offences, long offendedAt, long bannedUntil) {
    private static final long NEVER = Long.MIN_VALUE;

    static final Source UNKNOWN = new Source(0, 0, NEVER, 0, 0, 0, 0);

    Source entered(long newPace) {
        return new Source(open + 1, proven, workedAt, newPace, offences, offendedAt, bannedUntil);
    }

    Source left(boolean wasProven, long now) {
        return wasProven
                ? new Source(open - 1, proven - 1, now, pace, offences, offendedAt, bannedUntil)
                : new Source(open - 1, proven, workedAt, pace, offences, offendedAt, bannedUntil);
    }

    Source proved(long now) {
        return new Source(open, proven + 1, now, pace, offences, offendedAt, bannedUntil);
    }

    /** Whether work comes from it, or came no longer ago than {@code standing}. */
    boolean hasStanding(long now, long standing) {
        return proven > 0 || workedAt != NEVER && now - workedAt < standing;
    }

    boolean isBanned(long now, LimitsConfig limits) {
        // A clock that was put back does not make a ban longer.
        return now < bannedUntil && bannedUntil - now <= limits.banTime().toNanos();
    }

    /**
     * One offence more; with as many as are allowed it is banned, and starts afresh behind that. Each connection that is
     * open allows one more: many machines behind one address may all have worked for nobody yet.
     */
    Source offended(long now, long fadeNanos, LimitsConfig limits) {
        double faded = Math.max(0, offences - (double) Math.max(0, now - offendedAt) / fadeNanos) + 1;
        return faded < limits.banAfter() + open
                ? new Source(open, proven, workedAt, pace, faded, now, bannedUntil)
                : new Source(
                        open,
                        proven,
                        workedAt,
                        pace,
                        0,
                        now,
                        now + limits.banTime().toNanos());
    }

    /** Whether forgetting it would change nothing. */
    boolean isForgettable(long now) {
        return open == 0 && workedAt == NEVER && offences == 0 && pace <= now && bannedUntil <= now;
    }
}
