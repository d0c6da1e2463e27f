package sluice.proxy.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import sluice.config.GoalConfig;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.UpstreamConfig;

/**
 * Goals in which a pool that takes jobs of our own stands twice: with those, and behind all that do so, with its own jobs.
 * Solo mining stays where the operator put it.
 */
record DeclaredFirst(List<GoalConfig> goals) {
    /** No name of an operator's has it, and it stands for itself in an address. */
    private static final String OWN_JOBS = "~pool";

    static DeclaredFirst of(RoutingConfig routing) {
        Set<String> declared = routing.upstreams().stream()
                .filter(upstream -> upstream.declaration().isPresent())
                .map(UpstreamConfig::name)
                .collect(Collectors.toSet());
        return new DeclaredFirst(routing.goals().stream()
                .map(goal -> new GoalConfig(goal.name(), goal.weight(), order(goal.upstreams(), declared)))
                .toList());
    }

    /** What the upstream of this name is called where its own jobs are mined. */
    static String ownJobs(String upstream) {
        return upstream + OWN_JOBS;
    }

    private static List<String> order(List<String> upstreams, Set<String> declared) {
        List<String> order = new ArrayList<>();
        List<String> ownJobs = new ArrayList<>();
        for (String upstream : upstreams) {
            if (upstream.equals(SoloConfig.NAME)) {
                order.addAll(ownJobs);
                ownJobs.clear();
                order.add(upstream);
            } else if (declared.contains(upstream)) {
                order.add(upstream);
                ownJobs.add(ownJobs(upstream));
            } else {
                ownJobs.add(upstream);
            }
        }
        order.addAll(ownJobs);
        return order;
    }
}
