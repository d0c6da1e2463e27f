package sluice.simulation;

import java.util.Optional;

/**
 * A simulated pool as an upstream.
 *
 * @param name also its host
 * @param user under whom work goes up where no miner's own identity does
 */
record PoolDefinition(String name, String user, Dialler dialler) implements SimulatedDefinition {
    /** Connects one gateway to pools. */
    @FunctionalInterface
    interface Dialler {
        SimulatedPoolConnection connection(String host, String user, int route);
    }

    @Override
    public Made make(Optional<String> userIdentity, int route) {
        SimulatedPoolConnection made = dialler.connection(name, userIdentity.orElse(user), route);
        return new Made(made, made.session());
    }

    @Override
    public boolean leavesBlocksToGateway() {
        return true;
    }

    @Override
    public String toString() {
        return name + " for " + user;
    }
}
