package sluice.proxy.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a module's calls came to.
 *
 * @param troubles what did not happen in time
 */
record ApiReport(
        FarmSummary summary, List<Call> calls, Steadiness steadiness, ShareBalance shares, List<String> troubles)
        implements FarmReport {
    /** An answer has to be there by then, whatever the pool does. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    /**
     * One call.
     *
     * @param name what was tried
     * @param wanted the result and, where it is to be rejected, the step
     * @param http the status
     * @param moved miners that were moved by it; -1 where none was to be
     * @param inUse the pool that miners were on then
     * @param disconnects connections of miners that ended meanwhile
     */
    record Call(
            String name,
            String wanted,
            int http,
            String result,
            String step,
            Duration time,
            int moved,
            String inUse,
            long disconnects) {
        Map<String, Object> values() {
            Map<String, Object> values = DemoReport.ordered("case", name, "http", http, "result", result);
            if (!step.isEmpty()) {
                values.put("step", step);
            }
            values.put("ms", FailoverReport.millis(time));
            if (moved >= 0) {
                values.put("miners_moved", moved);
            }
            values.put("in_use", inUse);
            values.put("miner_disconnects", disconnects);
            return values;
        }

        String outcome() {
            return step.isEmpty() ? result : result + " at " + step;
        }
    }

    @Override
    public Map<String, Object> findings() {
        return DemoReport.ordered("calls", calls.stream().map(Call::values).toList());
    }

    @Override
    public String findingsText() {
        StringBuilder text = new StringBuilder();
        for (Call call : calls) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-46s %d %-24s after %8.2f ms, miners on %s%n",
                    call.name(),
                    call.http(),
                    call.outcome(),
                    call.time().toNanos() / 1e6,
                    call.inUse()));
        }
        return text.toString();
    }

    @Override
    public List<String> brokenPromises() {
        List<String> failures = new ArrayList<>();
        if (calls.size() != ApiScenario.CALLS) {
            failures.add(calls.size() + " calls were made and not " + ApiScenario.CALLS);
        }
        for (Call call : calls) {
            if (!call.outcome().equals(call.wanted())) {
                failures.add(call.name() + " was " + call.outcome() + " and not " + call.wanted());
            }
            if (call.time().compareTo(ANSWER_TIMEOUT) >= 0) {
                failures.add(call.name() + " was answered after " + call.time().toMillis() + " ms only");
            }
        }
        return failures;
    }
}
