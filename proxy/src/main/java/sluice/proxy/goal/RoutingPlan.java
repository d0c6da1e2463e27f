package sluice.proxy.goal;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import sluice.config.GoalConfig;
import sluice.config.PinConfig;

/**
 * Where all miners are to mine: the whole set that is applied at once.
 *
 * @param pins in order: the first that matches a miner decides its goal; others are placed by weight
 */
public record RoutingPlan(List<UpstreamPlan> upstreams, List<GoalConfig> goals, List<PinConfig> pins) {
    /** The name of the goal of a plan that names none. */
    public static final String DEFAULT_GOAL = "default";

    /** Throws IllegalArgumentException where a name is used twice or a goal, a pin or an upstream that is named is missing. */
    public RoutingPlan {
        upstreams = List.copyOf(upstreams);
        goals = List.copyOf(goals);
        pins = List.copyOf(pins);
        Set<String> upstreamNames = new HashSet<>();
        for (UpstreamPlan upstream : upstreams) {
            if (!upstreamNames.add(upstream.name())) {
                throw new IllegalArgumentException("two upstreams are called " + upstream.name());
            }
        }
        Set<String> goalNames = new HashSet<>();
        for (GoalConfig goal : goals) {
            if (!goalNames.add(goal.name())) {
                throw new IllegalArgumentException("two goals are called " + goal.name());
            }
            for (String upstream : goal.upstreams()) {
                if (!upstreamNames.contains(upstream)) {
                    throw new IllegalArgumentException(
                            "goal " + goal.name() + " names the upstream " + upstream + ", which there is not");
                }
            }
        }
        for (PinConfig pin : pins) {
            if (!goalNames.contains(pin.goal())) {
                throw new IllegalArgumentException("a pin names the goal " + pin.goal() + ", which there is not");
            }
        }
        if (goals.isEmpty()) {
            throw new IllegalArgumentException("a plan without a goal");
        }
    }

    /** One goal: these upstreams in order. */
    public static RoutingPlan inOrder(List<UpstreamPlan> upstreams) {
        return new RoutingPlan(
                upstreams,
                List.of(new GoalConfig(
                        DEFAULT_GOAL,
                        GoalConfig.DEFAULT_WEIGHT,
                        upstreams.stream().map(UpstreamPlan::name).toList())),
                List.of());
    }

    /** One goal with one upstream. */
    public static RoutingPlan single(UpstreamDefinition definition) {
        return inOrder(List.of(UpstreamPlan.simple(definition)));
    }

    UpstreamPlan upstream(String name) {
        return upstreams.stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
