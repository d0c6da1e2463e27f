package sluice.simulation;

import java.util.Optional;
import sluice.proxy.goal.UpstreamDefinition;
import sluice.upstream.Upstream;

/** What a simulated upstream is made of; equal definitions are one upstream. */
interface SimulatedDefinition extends UpstreamDefinition {
    /**
     * @param userIdentity whose work it takes; empty for the upstream's own user
     * @param route the number of the route that it is for
     */
    Made make(Optional<String> userIdentity, int route);

    /** Whether found blocks go over the gateway's own disk. */
    boolean leavesBlocksToGateway();

    /** @param machine the session behind it, whose maps are watched too */
    record Made(Upstream upstream, Object machine) {}
}
