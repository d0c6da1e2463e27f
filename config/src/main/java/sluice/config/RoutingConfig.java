package sluice.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which miners mine for which pools. No name in it leads nowhere.
 *
 * @param pins the first that matches a miner decides, before any weight
 * @param solo mining on templates of our own, which goals name {@link SoloConfig#NAME}
 */
public record RoutingConfig(
        List<UpstreamConfig> upstreams, List<GoalConfig> goals, List<PinConfig> pins, Optional<SoloConfig> solo) {

    public static final int MAX_UPSTREAMS = 64;
    public static final int MAX_GOALS = 16;
    public static final int MAX_PINS = 256;

    /** Of a gateway that is not enabled. */
    public static final RoutingConfig EMPTY = new RoutingConfig(List.of(), List.of(), List.of());

    public RoutingConfig {
        upstreams = bounded("upstreams", upstreams, MAX_UPSTREAMS);
        goals = bounded("goals", goals, MAX_GOALS);
        pins = bounded("pins", pins, MAX_PINS);
        Set<String> upstreamNames = names("upstream", upstreams, UpstreamConfig::name);
        Set<String> goalNames = names("goal", goals, GoalConfig::name);
        if (solo.isPresent() && !upstreamNames.add(SoloConfig.NAME)) {
            throw new IllegalArgumentException("an upstream is called " + SoloConfig.NAME);
        }
        if (goals.isEmpty() && !upstreamNames.isEmpty()) {
            throw new IllegalArgumentException("there are upstreams and no goal");
        }
        for (GoalConfig goal : goals) {
            if (places(goal, upstreams) > GoalConfig.MAX_UPSTREAMS) {
                throw new IllegalArgumentException("goal " + goal.name() + " has more than " + GoalConfig.MAX_UPSTREAMS
                        + " upstreams, those with declared jobs counted twice");
            }
            for (String upstream : goal.upstreams()) {
                if (!upstreamNames.contains(upstream)) {
                    throw new IllegalArgumentException(
                            "goal " + goal.name() + " names the upstream " + upstream + ", which does not exist");
                }
            }
        }
        for (PinConfig pin : pins) {
            if (!goalNames.contains(pin.goal())) {
                throw new IllegalArgumentException("a pin names the goal " + pin.goal() + ", which does not exist");
            }
        }
    }

    /** For pools only. */
    public RoutingConfig(List<UpstreamConfig> upstreams, List<GoalConfig> goals, List<PinConfig> pins) {
        this(upstreams, goals, pins, Optional.empty());
    }

    /** All miners mine for one pool. */
    public static RoutingConfig single(UpstreamConfig upstream) {
        GoalConfig goal = new GoalConfig(GoalConfig.DEFAULT_NAME, GoalConfig.DEFAULT_WEIGHT, List.of(upstream.name()));
        return new RoutingConfig(List.of(upstream), List.of(goal), List.of());
    }

    /** Throws IllegalArgumentException where no upstream has that name. */
    public UpstreamConfig upstream(String name) {
        return upstreams.stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no upstream " + name));
    }

    private static int places(GoalConfig goal, List<UpstreamConfig> upstreams) {
        int places = goal.upstreams().size();
        for (UpstreamConfig upstream : upstreams) {
            if (goal.upstreams().contains(upstream.name())) {
                places += upstream.places() - 1;
            }
        }
        return places;
    }

    private static <T> List<T> bounded(String what, List<T> entries, int most) {
        if (entries.size() > most) {
            throw new IllegalArgumentException("there are more than " + most + " " + what);
        }
        return List.copyOf(entries);
    }

    private static <T> Set<String> names(String what, List<T> entries, Function<T, String> name) {
        Set<String> names = new HashSet<>();
        for (T entry : entries) {
            if (!names.add(name.apply(entry))) {
                throw new IllegalArgumentException("two of them are called " + what + " " + name.apply(entry));
            }
        }
        return names;
    }
}
