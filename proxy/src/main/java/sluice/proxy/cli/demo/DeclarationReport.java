package sluice.proxy.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.config.SoloConfig;
import sluice.proxy.view.FarmSnapshot;

/**
 * What mining jobs of one's own came to.
 *
 * @param declared while all was well
 * @param switches of upstream, oldest first
 * @param troubles what did not happen in time
 */
record DeclarationReport(
        FarmSummary summary,
        Declared declared,
        List<FarmSnapshot.Switch> switches,
        Steadiness steadiness,
        ShareBalance shares,
        List<String> troubles)
        implements FarmReport {

    /**
     * Mining on declared jobs, before anything was killed.
     *
     * @param jobs that the pool took
     * @param refused jobs that it did not take, most of them because its tip was another for a moment
     * @param sharesAccepted by the pool on such jobs
     * @param blocksAccepted found on such jobs and taken by the farm's node
     * @param blocksAcceptedByPool found on such jobs and taken by the pool's node
     */
    record Declared(long jobs, long refused, long sharesAccepted, long blocksAccepted, long blocksAcceptedByPool) {
        Map<String, Object> values() {
            return DemoReport.ordered(
                    "jobs_accepted", jobs,
                    "jobs_refused", refused,
                    "shares_accepted", sharesAccepted,
                    "blocks_accepted", blocksAccepted,
                    "blocks_accepted_by_pool", blocksAcceptedByPool);
        }
    }

    /** The way down, and up again. */
    private static final List<String> PATH = List.of(
            DeclarationScenario.DECLARED, DeclarationScenario.OWN, SoloConfig.NAME, DeclarationScenario.DECLARED);

    @Override
    public Map<String, Object> findings() {
        return DemoReport.ordered(
                "declared", declared.values(),
                "switches", switches.stream().map(DeclarationReport::values).toList());
    }

    private static Map<String, Object> values(FarmSnapshot.Switch change) {
        return DemoReport.ordered(
                "from", change.from(),
                "to", change.to(),
                "kind", change.kind().name().toLowerCase(Locale.ROOT),
                "reason", change.reason(),
                "gap_ms", FailoverReport.millis(change.gap()));
    }

    @Override
    public String findingsText() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "  %d declared jobs taken by the pool (%d refused), %d shares accepted on them, %d blocks accepted by our node and %d by the pool's%n",
                declared.jobs(),
                declared.refused(),
                declared.sharesAccepted(),
                declared.blocksAccepted(),
                declared.blocksAcceptedByPool()));
        for (FarmSnapshot.Switch change : switches) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-8s -> %-8s %8.2f ms without work that counts  %s%n",
                    change.from(),
                    change.to(),
                    change.gap().toNanos() / 1e6,
                    change.reason()));
        }
        return text.toString();
    }

    @Override
    public List<String> brokenPromises() {
        List<String> failures = new ArrayList<>();
        if (declared.jobs() == 0) {
            failures.add("the pool took no declared job");
        }
        if (declared.blocksAccepted() == 0 || declared.blocksAcceptedByPool() == 0) {
            failures.add("no block on a declared job was accepted by both sides");
        }
        // At the start, and on the way up, it may rest at the pool's own jobs for a moment.
        List<String> visited = switches.stream().map(FarmSnapshot.Switch::to).toList();
        int reached = 0;
        for (String upstream : visited) {
            if (reached < PATH.size() && upstream.equals(PATH.get(reached))) {
                reached++;
            }
        }
        if (reached < PATH.size()) {
            failures.add("miners went to " + visited + " and not to " + PATH + " in turn");
        }
        return failures;
    }
}
