package sluice.upstream.netty;

import java.util.random.RandomGenerator;
import sluice.upstream.failover.Backoff;

/**
 * How one pool is dialled.
 *
 * @param backoff the pauses between attempts; belongs to this pool alone
 */
record Dialling(HostResolver resolver, StepTimeouts timeouts, Backoff backoff) {
    /** As operators want it; {@code random} spreads the attempts. */
    static Dialling ofSystem(RandomGenerator random) {
        return new Dialling(HostResolver.ofSystem(), StepTimeouts.DEFAULT, new Backoff(random));
    }
}
