package sluice.proxy.pool;

import sluice.config.GatewayConfig;
import sluice.config.PoolsResult;

/** What somebody wants to be another way. */
@FunctionalInterface
public interface PoolsEdit {
    /**
     * The whole that is to be in force.
     *
     * @param inForce what is when the edit has its turn, the pools and all else
     */
    PoolsResult of(GatewayConfig inForce);
}
