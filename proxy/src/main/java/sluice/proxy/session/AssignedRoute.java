package sluice.proxy.session;

import sluice.protocol.bitcoin.Target;
import sluice.proxy.route.RouteReplica;

/** The route that feeds one SV2 connection now; all parts of its session look here. Confined to the session. */
final class AssignedRoute {
    private RouteReplica replica;
    // Absent while the route's jobs are mined.
    private Target customTarget;

    AssignedRoute(RouteReplica first) {
        this.replica = first;
    }

    RouteReplica replica() {
        return replica;
    }

    void replica(RouteReplica next) {
        replica = next;
    }

    /** Not the route's jobs are mined, but others, which ask for this of a share that is worth more than its credit. */
    void customTarget(Target target) {
        customTarget = target;
    }

    /** The easiest that is asked of shares beyond us: no miner may be held to more, or it throws such shares away. */
    Target easiestTarget() {
        return customTarget == null ? replica.easiestTarget() : customTarget;
    }
}
