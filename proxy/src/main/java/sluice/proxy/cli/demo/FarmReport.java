package sluice.proxy.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a farm mined, what its miners noticed and what became of their shares, around what a scenario has to say itself. */
interface FarmReport extends DemoReport {
    FarmSummary summary();

    Steadiness steadiness();

    ShareBalance shares();

    /** What did not happen in time, a sentence each. */
    List<String> troubles();

    /** What the scenario itself found, in order. */
    Map<String, Object> findings();

    /** The same for people: lines, each with its end. */
    String findingsText();

    /** A sentence for each of its own promises that was not kept. */
    List<String> brokenPromises();

    @Override
    default Map<String, Object> values() {
        Map<String, Object> values = summary().values();
        values.putAll(steadiness().values());
        values.putAll(findings());
        values.put("shares", shares().values());
        return values;
    }

    @Override
    default String text() {
        return summary().text() + findingsText() + steadiness().text() + shares().text();
    }

    @Override
    default List<String> failures() {
        List<String> failures = new ArrayList<>(troubles());
        failures.addAll(summary().unminedFailures());
        failures.addAll(steadiness().failures());
        failures.addAll(shares().failures());
        failures.addAll(brokenPromises());
        return failures;
    }
}
