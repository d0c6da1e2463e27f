package sluice.proxy.goal;

import sluice.config.FailoverConfig;

/** The plan that is applied, the failover that came with it, and the count of all that were. Confined to the director. */
final class PlanInForce {
    private RoutingPlan plan;
    private FailoverConfig failover;
    private long revision;

    PlanInForce(RoutingPlan plan, FailoverConfig failover) {
        this.plan = plan;
        this.failover = failover;
    }

    RoutingPlan plan() {
        return plan;
    }

    FailoverConfig failover() {
        return failover;
    }

    long revision() {
        return revision;
    }

    /** One more change is applied; answers its number. */
    long nextRevision() {
        return ++revision;
    }

    void apply(RoutingPlan next, FailoverConfig nextFailover) {
        plan = next;
        failover = nextFailover;
    }
}
