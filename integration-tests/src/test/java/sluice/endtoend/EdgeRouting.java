package sluice.endtoend;

import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import sluice.config.GoalConfig;
import sluice.config.PinConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.proxy.goal.RoutingPlan;

/** Which pools feed an {@link EdgeGateway}, as an operator would write it down. */
public record EdgeRouting(List<EdgeUpstream> upstreams, List<GoalConfig> goals, List<PinConfig> pins) {
    static final EdgeRouting NONE = new EdgeRouting(List.of(), List.of(), List.of());

    /** One goal with these upstreams, best first. */
    public static EdgeRouting inOrder(EdgeUpstream... upstreams) {
        return NONE.goal(RoutingPlan.DEFAULT_GOAL, GoalConfig.DEFAULT_WEIGHT, upstreams);
    }

    static EdgeRouting inOrder(ScriptedSv2Pool... pools) {
        return inOrder(Stream.of(pools).map(EdgeUpstream::of).toArray(EdgeUpstream[]::new));
    }

    /** One more goal, with upstreams of its own. */
    EdgeRouting goal(String name, int weight, EdgeUpstream... own) {
        return new EdgeRouting(
                Stream.concat(upstreams.stream(), Stream.of(own)).toList(),
                Stream.concat(
                                goals.stream(),
                                Stream.of(new GoalConfig(
                                        name,
                                        weight,
                                        Stream.of(own).map(EdgeUpstream::name).toList())))
                        .toList(),
                pins);
    }

    EdgeRouting pin(PinConfig pin) {
        return new EdgeRouting(
                upstreams, goals, Stream.concat(pins.stream(), Stream.of(pin)).toList());
    }

    RoutingPlan plan(VardiffConfig vardiff, Sv1Config sv1, InstantSource clock) {
        return new RoutingPlan(
                upstreams.stream()
                        .map(upstream -> upstream.plan(vardiff, sv1, clock))
                        .toList(),
                goals,
                pins);
    }
}
