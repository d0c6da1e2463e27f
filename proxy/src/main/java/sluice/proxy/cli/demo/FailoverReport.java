package sluice.proxy.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What failing over and back came to.
 *
 * @param kills how often the first pool was killed
 * @param failbacks how often miners returned to it
 * @param refusals of the second pool
 * @param troubles what did not happen in time
 */
record FailoverReport(
        FarmSummary summary,
        List<Failover> failovers,
        int kills,
        int failbacks,
        UpstreamLosses.Refusals refusals,
        Steadiness steadiness,
        ShareBalance shares,
        List<String> troubles)
        implements FarmReport {
    /** With a warm standby on the same machine miners are without work that counts for less. */
    static final Duration WARM_GAP_PROMISED = Duration.ofMillis(50);

    /**
     * One change of pool because the one before was lost.
     *
     * @param warm whether the next was connected before
     * @param gap from the loss until the last miner had a job of the next pool
     */
    record Failover(String from, String to, boolean warm, String reason, Duration gap) {
        Map<String, Object> values() {
            return DemoReport.ordered(
                    "from", from, "to", to, "standby", standby(), "reason", reason, "gap_ms", millis(gap));
        }

        String standby() {
            return warm ? "warm" : "cold";
        }
    }

    @Override
    public Map<String, Object> findings() {
        return DemoReport.ordered(
                "failovers",
                failovers.stream().map(Failover::values).toList(),
                "failbacks",
                failbacks,
                "refusals",
                DemoReport.ordered(
                        "upstream", FailoverScenario.REFUSING,
                        "attempts", refusals.attempts(),
                        "reason", refusals.lastReason()));
    }

    @Override
    public String findingsText() {
        StringBuilder text = new StringBuilder();
        for (Failover one : failovers) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %s -> %s (%s standby) %8.2f ms without work that counts  %s%n",
                    one.from(),
                    one.to(),
                    one.standby(),
                    one.gap().toNanos() / 1e6,
                    one.reason()));
        }
        text.append(String.format(
                Locale.ROOT,
                "  A was killed %d times, miners returned to it %d times; B refused %d times (%s)%n",
                kills,
                failbacks,
                refusals.attempts(),
                refusals.lastReason()));
        return text.toString();
    }

    @Override
    public List<String> brokenPromises() {
        List<String> failures = new ArrayList<>();
        if (failovers.size() != kills) {
            failures.add("A was killed " + kills + " times, and there were " + failovers.size() + " failovers");
        }
        for (Failover one : failovers) {
            if (!one.from().equals(FailoverScenario.FIRST) || !one.to().equals(FailoverScenario.STANDBY)) {
                failures.add("a failover led from " + one.from() + " to " + one.to() + " and not from A to C");
            }
            if (one.warm() && one.gap().compareTo(WARM_GAP_PROMISED) >= 0) {
                failures.add(String.format(
                        Locale.ROOT,
                        "the warm standby took over after %.2f ms and not within %d ms",
                        one.gap().toNanos() / 1e6,
                        WARM_GAP_PROMISED.toMillis()));
            }
        }
        if (failbacks != kills) {
            failures.add("A came back " + kills + " times, and miners returned " + failbacks + " times");
        }
        if (refusals.attempts() == 0) {
            failures.add("B was never tried, so its refusal was not seen");
        }
        return failures;
    }

    /** Milliseconds with two decimals. */
    static double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e4) / 100.0;
    }
}
