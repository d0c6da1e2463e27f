package sluice.proxy.goal;

import java.util.ArrayList;
import java.util.List;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.config.PinConfig;
import sluice.config.UserPattern;

/** A plan in a few words. */
final class PlanSketch {
    private final List<UpstreamPlan> upstreams = new ArrayList<>();
    private final List<GoalConfig> goals = new ArrayList<>();
    private final List<PinConfig> pins = new ArrayList<>();

    /** @param user under whom we mine there: with another it is another upstream */
    record Pool(String name, String user) implements UpstreamDefinition {}

    static PlanSketch of(String... cold) {
        PlanSketch sketch = new PlanSketch();
        for (String name : cold) {
            sketch.upstream(name, IdentityMode.GATEWAY, 0, false);
        }
        return sketch;
    }

    PlanSketch warm(String name) {
        return upstream(name, IdentityMode.GATEWAY, 0, true);
    }

    PlanSketch perChannel(String name) {
        return upstream(name, IdentityMode.PER_CHANNEL, 0, false);
    }

    PlanSketch aggregated(String name, int most) {
        return upstream(name, IdentityMode.GATEWAY, most, false);
    }

    PlanSketch withUser(String name, String user) {
        upstreams.add(UpstreamPlan.simple(new Pool(name, user)));
        return this;
    }

    private PlanSketch upstream(String name, IdentityMode identity, int aggregation, boolean warm) {
        upstreams.add(new UpstreamPlan(new Pool(name, "farm"), identity, aggregation, warm));
        return this;
    }

    PlanSketch goal(String name, int weight, String... inOrder) {
        goals.add(new GoalConfig(name, weight, List.of(inOrder)));
        return this;
    }

    PlanSketch pin(String goal, String users) {
        pins.add(new PinConfig(goal, List.of(UserPattern.parse(users)), List.of(), List.of()));
        return this;
    }

    /** Without a goal: all upstreams in one, in their order. */
    RoutingPlan plan() {
        return goals.isEmpty() ? RoutingPlan.inOrder(upstreams) : new RoutingPlan(upstreams, goals, pins);
    }
}
