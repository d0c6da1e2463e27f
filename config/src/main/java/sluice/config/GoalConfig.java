package sluice.config;

import java.util.HashSet;
import java.util.List;

/**
 * Ordered upstreams that share a part of the farm: the first usable one feeds its miners.
 *
 * @param weight the goal's part of the hashrate that no pin binds is its weight among all weights
 * @param upstreams their names, best first
 */
public record GoalConfig(String name, int weight, List<String> upstreams) {

    public static final int MAX_UPSTREAMS = 16;

    public static final Range<Integer> WEIGHT = new Range<>(1, 1_000_000);

    public static final int DEFAULT_WEIGHT = 100;

    /** The name of the goal that is there when the operator wrote none. */
    public static final String DEFAULT_NAME = "default";

    public GoalConfig {
        EntryName.require(name);
        WEIGHT.require(weight);
        upstreams = List.copyOf(upstreams);
        if (upstreams.isEmpty() || upstreams.size() > MAX_UPSTREAMS) {
            throw new IllegalArgumentException(
                    "goal " + name + " has " + upstreams.size() + " upstreams, not 1 to " + MAX_UPSTREAMS);
        }
        if (new HashSet<>(upstreams).size() < upstreams.size()) {
            throw new IllegalArgumentException("goal " + name + " names an upstream twice");
        }
    }
}
