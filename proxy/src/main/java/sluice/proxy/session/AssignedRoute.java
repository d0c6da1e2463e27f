package sluice.proxy.session;

import sluice.proxy.route.RouteReplica;

/** The route that feeds one SV2 connection now; all parts of its session look here. Confined to the session. */
final class AssignedRoute {
    private RouteReplica replica;

    AssignedRoute(RouteReplica first) {
        this.replica = first;
    }

    RouteReplica replica() {
        return replica;
    }

    void replica(RouteReplica next) {
        replica = next;
    }
}
