package sluice.proxy.pool;

import java.util.Optional;
import sluice.config.GatewayConfig;
import sluice.config.RoutingConfig;
import sluice.proxy.goal.ChangeResult;

/** A gateway whose pools can be changed while it runs. Everything here waits for as long as preparing a switch may take. */
public interface PoolSwitch {
    /** All that is in force, the pools with it. */
    GatewayConfig inForce();

    /** Counts what was applied since the start; the first plan is 1. */
    long revision();

    /** Applies it in two phases; once it is applied, {@link #inForce} says so. */
    ChangeResult apply(RoutingConfig routing);

    /** Puts an upstream in front of its goal's order, in two phases; empty returns to the order. */
    ChangeResult activate(String goal, Optional<String> upstream);
}
