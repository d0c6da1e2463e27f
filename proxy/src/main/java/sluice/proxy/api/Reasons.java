package sluice.proxy.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.GatewayConfig;
import sluice.config.SoloConfig;
import sluice.config.TemplateSourceConfig;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.goal.RoutingStanding;
import sluice.upstream.failover.Standing;
import sluice.upstream.template.TemplateStanding;

/** Why the farm does not mine as its operator wants, from the effect down to the cause. */
final class Reasons {
    private Reasons() {}

    /**
     * @param subject such as goal default, or upstream main
     * @param since when it began
     * @param because of the subject of an earlier reason: this is a cause of that
     */
    record Reason(String subject, Instant since, String text, Optional<String> because) {}

    /** @param needsTemplates whether one of the reasons is an upstream that mines on our own templates */
    record Found(String state, List<Reason> reasons, Optional<String> needsTemplates) {
        /** Goes one step deeper where the cause may lie with a node of our own. */
        List<Reason> with(GatewayConfig config, TemplateStanding template) {
            if (needsTemplates.isEmpty() || template.unavailable().isEmpty()) {
                return reasons;
            }
            List<Reason> all = new ArrayList<>(reasons);
            List<String> sources = config.templateSources().stream()
                    .map(TemplateSourceConfig::name)
                    .toList();
            all.add(new Reason(
                    sources.isEmpty() ? "templates" : "template source " + String.join(", ", sources),
                    template.since(),
                    template.unavailable().get(),
                    needsTemplates));
            return all;
        }
    }

    static Found of(RoutingStanding routing, CoinbaseStanding coinbase) {
        List<Reason> reasons = new ArrayList<>();
        Optional<String> needsTemplates = Optional.empty();
        boolean anyUsable = false;
        for (RoutingStanding.GoalStanding goal : routing.goals()) {
            String subject = "goal " + goal.name();
            anyUsable |= goal.unusableSince().isEmpty();
            goal.unusableSince()
                    .ifPresent(since -> reasons.add(
                            new Reason(subject, since, "no upstream of this goal has work", Optional.empty())));
            for (RoutingStanding.UpstreamStanding upstream : firstLane(goal)) {
                Standing standing = upstream.standing();
                if (goal.unusableSince().isEmpty() && isInUse(goal, upstream.name())) {
                    // What stands behind it in the order is not wanted now.
                    break;
                }
                if (standing.state() != Standing.State.READY && standing.state() != Standing.State.OFF) {
                    String name = "upstream " + upstream.name();
                    reasons.add(new Reason(
                            name,
                            standing.since(),
                            standing.lastLoss().orElse("it has not given a job yet"),
                            goal.unusableSince().map(since -> subject)));
                    if (upstream.name().equals(SoloConfig.NAME)) {
                        needsTemplates = Optional.of(name);
                    }
                }
            }
        }
        if (coinbase.state() == CoinbaseStanding.State.FALLBACK) {
            reasons.add(new Reason(
                    "coinbase provider " + coinbase.provider().orElseThrow().name(),
                    coinbase.since(),
                    coinbase.problem().orElseThrow() + ": jobs pay the configured payout",
                    Optional.empty()));
        }
        return new Found(reasons.isEmpty() ? "mining" : anyUsable ? "degraded" : "down", reasons, needsTemplates);
    }

    private static List<RoutingStanding.UpstreamStanding> firstLane(RoutingStanding.GoalStanding goal) {
        return goal.lanes().isEmpty() ? List.of() : goal.lanes().getFirst().upstreams();
    }

    private static boolean isInUse(RoutingStanding.GoalStanding goal, String upstream) {
        return goal.lanes().getFirst().upstream().filter(upstream::equals).isPresent();
    }
}
