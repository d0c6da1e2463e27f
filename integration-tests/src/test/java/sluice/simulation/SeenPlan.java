package sluice.simulation;

import java.util.Optional;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;

/** A plan by the names in it. */
record SeenPlan(RoutingPlan plan) {
    Optional<GoalConfig> goal(String name) {
        return plan.goals().stream().filter(goal -> goal.name().equals(name)).findFirst();
    }

    UpstreamPlan upstream(String name) {
        return plan.upstreams().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    SimulatedDefinition definition(String upstream) {
        return (SimulatedDefinition) upstream(upstream).definition();
    }

    /** Whether no goal ever needs more than one lane. */
    boolean isPlain() {
        return plan.upstreams().stream()
                .allMatch(upstream -> upstream.aggregation() == 0 && upstream.identity() != IdentityMode.PER_CHANNEL);
    }

    /** Whether this upstream is of one goal only. */
    boolean isOfOneGoal(String upstream) {
        return plan.goals().stream()
                        .filter(goal -> goal.upstreams().contains(upstream))
                        .count()
                == 1;
    }
}
