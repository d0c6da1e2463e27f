package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether an address that a pool names instead of its own is dialled without a pause: the first is, others only a while
 * after that, so that pools that send us round in a circle are dialled no more often than one that is gone. Confined to its
 * owner.
 */
public final class Redirects {
    /** Between two redirects that are followed at once. */
    public static final Duration LEAST_INTERVAL = Duration.ofMinutes(1);

    private Instant lastAtOnce = Instant.MIN;

    /** To be asked once for each redirect. */
    public boolean isFollowedAtOnce(Instant now) {
        // A clock that was put back must not make us wait for the time that it showed.
        boolean atOnce = now.isBefore(lastAtOnce) || !now.isBefore(lastAtOnce.plus(LEAST_INTERVAL));
        if (atOnce) {
            lastAtOnce = now;
        }
        return atOnce;
    }
}
