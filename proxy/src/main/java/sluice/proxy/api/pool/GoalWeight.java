package sluice.proxy.api.pool;

import java.util.List;
import sluice.config.ConfigProblem;
import sluice.config.GatewayConfig;
import sluice.config.GoalConfig;
import sluice.config.InvalidValueException;
import sluice.config.PoolsResult;
import sluice.config.RoutingConfig;
import sluice.proxy.pool.PoolsEdit;

/** Another weight for one goal. */
record GoalWeight(String goal, int weight) implements PoolsEdit {
    @Override
    public PoolsResult of(GatewayConfig inForce) {
        RoutingConfig routing = inForce.routing();
        if (routing.goals().stream().noneMatch(known -> known.name().equals(goal))) {
            return Problems.one("goal", "does not exist", Problems.knownGoals(routing));
        }
        try {
            GoalConfig.WEIGHT.require(weight);
        } catch (InvalidValueException e) {
            return Problems.one("weight", e.wrong(), e.right());
        }
        List<GoalConfig> goals = routing.goals().stream()
                .map(known -> known.name().equals(goal) ? new GoalConfig(goal, weight, known.upstreams()) : known)
                .toList();
        return new PoolsResult.Valid(
                new RoutingConfig(routing.upstreams(), goals, routing.pins(), routing.solo()),
                List.<ConfigProblem>of());
    }
}
