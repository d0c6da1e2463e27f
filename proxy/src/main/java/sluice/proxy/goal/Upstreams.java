package sluice.proxy.goal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.config.SoloConfig;
import sluice.upstream.failover.UpstreamSelector;

/**
 * The upstreams that goals name, by a key for each definition: one whose definition changed under its name is another
 * upstream. Confined to the director.
 */
final class Upstreams {
    private final Map<String, UpstreamPlan> byKey = new LinkedHashMap<>();

    /** What a key stands for. */
    UpstreamPlan find(String key) {
        return byKey.get(key);
    }

    /** What {@code plan} says of a goal, with its upstreams by their keys. */
    Goal.Terms terms(GoalConfig goal, RoutingPlan plan) {
        List<UpstreamPlan> upstreams =
                goal.upstreams().stream().map(plan::upstream).toList();
        List<UpstreamSelector.Entry> order = new ArrayList<>();
        for (UpstreamPlan upstream : upstreams) {
            order.add(new UpstreamSelector.Entry(keyOf(upstream), upstream.warm()));
        }
        int aggregation = upstreams.stream()
                .mapToInt(UpstreamPlan::aggregation)
                .filter(most -> most > 0)
                .min()
                .orElse(Goal.ALL_MINERS);
        boolean perIdentity = upstreams.stream().anyMatch(upstream -> upstream.identity() == IdentityMode.PER_CHANNEL);
        return new Goal.Terms(goal.weight(), order, aggregation, perIdentity);
    }

    /** What miners are given when no upstream of their goals is usable; empty where the plan has no such thing. */
    Optional<UpstreamSelector.Entry> lastResort(RoutingPlan plan) {
        return plan.upstreams().stream()
                .filter(upstream -> upstream.name().equals(SoloConfig.NAME))
                .findFirst()
                .map(upstream -> new UpstreamSelector.Entry(keyOf(upstream), upstream.warm()));
    }

    private String keyOf(UpstreamPlan upstream) {
        // The key it has comes first: with another, each change of plan would connect it anew.
        String key = byKey.entrySet().stream()
                .filter(known -> known.getValue().definition().equals(upstream.definition()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> freeKey(upstream.name()));
        byKey.put(key, upstream);
        return key;
    }

    private String freeKey(String name) {
        String key = name;
        for (int version = 2; byKey.containsKey(key); version++) {
            key = name + "#" + version;
        }
        return key;
    }

    /** The entry of {@code order} whose upstream has this name. */
    Optional<UpstreamSelector.Entry> named(String name, List<UpstreamSelector.Entry> order) {
        return order.stream()
                .filter(entry -> byKey.get(entry.upstream()).name().equals(name))
                .findFirst();
    }

    /** Forgets all others. */
    void retain(Collection<String> keys) {
        byKey.keySet().retainAll(keys);
    }
}
