package sluice.proxy.pool;

import sluice.config.RoutingConfig;

/**
 * Which pools are mined for.
 *
 * @param revision the gateway's: counts the plans and activations that were applied since it started, from 1 on
 * @param tag names this revision of this run of the gateway: no other has it
 * @param routing secrets included
 */
public record PoolsInForce(long revision, String tag, RoutingConfig routing, Origin origin) {

    /** Whose pools they are. */
    public enum Origin {
        /** Those of the operator's file. */
        FILE,
        /** Those that came last by the API. */
        API
    }
}
