package sluice.proxy.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an operator's switches came to.
 *
 * @param troubles what did not happen in time
 */
record SwitchingReport(
        FarmSummary summary,
        List<LiveSwitch> switches,
        Steadiness steadiness,
        ShareBalance shares,
        List<String> troubles)
        implements FarmReport {
    /**
     * One switch.
     *
     * @param to the pool that the operator wanted
     * @param inUse the pool that miners were moved to
     * @param by how it was asked for
     * @param time from the request until the last miner had a job of the new pool: connecting to it is the most of it
     * @param gap from the decision, when the new pool is ready, until then
     */
    record LiveSwitch(String to, String inUse, String by, boolean applied, Duration time, Duration gap) {
        Map<String, Object> values() {
            return DemoReport.ordered(
                    "to",
                    to,
                    "by",
                    by,
                    "result",
                    applied ? "applied" : "rejected",
                    "ms",
                    FailoverReport.millis(time),
                    "gap_ms",
                    FailoverReport.millis(gap));
        }
    }

    @Override
    public Map<String, Object> findings() {
        return DemoReport.ordered(
                "switches", switches.stream().map(LiveSwitch::values).toList());
    }

    @Override
    public String findingsText() {
        StringBuilder text = new StringBuilder();
        for (LiveSwitch one : switches) {
            text.append(String.format(
                    Locale.ROOT,
                    "  to %-8s by %-16s %-8s ready and in use after %8.2f ms, of which %6.2f ms for the switch%n",
                    one.to(),
                    one.by(),
                    one.applied() ? "applied," : "rejected,",
                    one.time().toNanos() / 1e6,
                    one.gap().toNanos() / 1e6));
        }
        return text.toString();
    }

    @Override
    public List<String> brokenPromises() {
        List<String> failures = new ArrayList<>();
        if (switches.size() != SwitchScenario.SWITCHES) {
            failures.add(switches.size() + " switches were made and not " + SwitchScenario.SWITCHES);
        }
        for (LiveSwitch one : switches) {
            if (!one.applied()) {
                failures.add("the switch to " + one.to() + " by " + one.by() + " was not applied");
            } else if (!one.inUse().equals(one.to())) {
                failures.add("the switch to " + one.to() + " by " + one.by() + " led to " + one.inUse());
            }
        }
        return failures;
    }
}
