package sluice.proxy.goal;

import sluice.proxy.translation.PoolNames;

/**
 * What an upstream is made of. Two equal definitions are one upstream: a change of plan that repeats a definition leaves its
 * connections alone.
 */
public interface UpstreamDefinition {
    /** Shown in logs and events; without secrets. */
    String name();

    /** Under which names it sees the miners of shares, where it takes a name with each. */
    default PoolNames names() {
        return PoolNames.OWN;
    }
}
