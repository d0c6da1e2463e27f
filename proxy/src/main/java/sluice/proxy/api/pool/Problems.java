package sluice.proxy.api.pool;

import java.util.List;
import java.util.stream.Collectors;
import sluice.config.ConfigProblem;
import sluice.config.GoalConfig;
import sluice.config.PoolsResult;
import sluice.config.RoutingConfig;

/** What is wrong with a request where the readers of the configuration are not asked. */
final class Problems {
    private Problems() {}

    static PoolsResult one(String key, String wrong, String right) {
        return new PoolsResult.Invalid(List.of(new ConfigProblem(new ConfigProblem.WholeFile(), key, wrong, right)));
    }

    static String knownGoals(RoutingConfig routing) {
        return "known are " + routing.goals().stream().map(GoalConfig::name).collect(Collectors.joining(", "));
    }
}
