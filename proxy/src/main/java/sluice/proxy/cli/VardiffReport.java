package sluice.proxy.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.proxy.mining.vardiff.bench.VardiffBench.Result;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of {@code bench vardiff}, for people and for programs.
 *
 * @param bounds by share rate, how often -50 % can be noticed in five minutes at best
 */
record VardiffReport(int seeds, List<Result> results, Map<Double, Double> bounds) implements Measurement.Report {
    /** One line of JSON. A time that most miners never reached is null. */
    @Override
    public String json() {
        List<Object> rows = new ArrayList<>();
        for (Result result : results) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("scenario", result.scenario());
            row.put("shares_per_minute", result.sharesPerMinute());
            row.put("rule", name(result));
            result.figures().forEach((name, value) -> row.put(name, Double.isInfinite(value) ? null : value));
            rows.add(row);
        }
        Map<String, Object> best = new LinkedHashMap<>();
        bounds.forEach((rate, probability) -> best.put(String.format(Locale.ROOT, "%.0f", rate), probability));
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("seeds", seeds);
        report.put("results", rows);
        report.put("bound_noticed_5min_drop_50", best);
        return JsonMapper.shared().writeValueAsString(report);
    }

    /** One table for each scenario. */
    @Override
    public String text() {
        StringBuilder text = new StringBuilder();
        String scenario = "";
        for (Result result : results) {
            if (!result.scenario().equals(scenario)) {
                scenario = result.scenario();
                text.append(String.format(Locale.ROOT, "%n%s%n  %6s  %-8s", result.title(), "/min", "rule"));
                result.figures().keySet().forEach(name -> text.append(String.format(Locale.ROOT, " %17s", name)));
                text.append(System.lineSeparator());
            }
            text.append(String.format(Locale.ROOT, "  %6.0f  %-8s", result.sharesPerMinute(), name(result)));
            result.figures().forEach((name, value) -> text.append(String.format(Locale.ROOT, " %17s", number(value))));
            text.append(System.lineSeparator());
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "%n-50 %% noticed within 5 min by the best test that knows both rates, at one change an hour for false alarms:%n"));
        bounds.forEach((rate, probability) ->
                text.append(String.format(Locale.ROOT, "  %6.0f  %s%n", rate, number(probability))));
        return text.toString();
    }

    private static String name(Result result) {
        return result.rule().name().toLowerCase(Locale.ROOT);
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return "never";
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value);
    }
}
