package sluice.proxy.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import sluice.proxy.cli.flood.EventsBench;
import sluice.proxy.cli.flood.Flood;
import tools.jackson.databind.json.JsonMapper;

/** The figures of {@code bench events}, for people and for programs. */
record EventsReport(EventsBench.Plan plan, EventsBench.Result result) implements Measurement.Report {

    /** One line of JSON. */
    @Override
    public String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("miners", plan.miners());
        report.put("miners_real_time", result.minersFirst());
        report.put("readers", plan.readers());
        report.put("rounds", plan.rounds());
        report.put("cores", Runtime.getRuntime().availableProcessors());
        Map<String, Object> p99 = new LinkedHashMap<>();
        result.p99().forEach((pace, time) -> p99.put(pace.text(), millis(time)));
        report.put("p99_ms", p99);
        report.put("parts", result.parts().stream().map(EventsReport::part).toList());
        report.put("submitted", result.submitted());
        report.put("accepted", result.accepted());
        report.put("lost_shares", result.submitted() - result.accepted());
        report.put("unanswered", result.unanswered());
        report.put("refused", result.refused());
        report.put("lost_connections", result.lostConnections());
        report.put("api_refusals", result.apiRefusals());
        report.put("lost_events", result.lostEvents());
        return JsonMapper.shared().writeValueAsString(report);
    }

    @Override
    public String text() {
        StringBuilder text = new StringBuilder();
        add(
                text,
                "miners %d%s, cores %d%n",
                plan.miners(),
                result.minersFirst() ? " (real-time)" : "",
                Runtime.getRuntime().availableProcessors());
        add(
                text,
                "            share to answer, ms                  events           seconds of processor time (and of waiting for it)%n"
                        + " readers    p50      p99      worst    shares     read     missed   gateway        miners         readers        others%n");
        for (EventsBench.Part part : result.parts()) {
            add(
                    text,
                    "%3d %-7s %7.2f %8.2f %8.2f %9d %8d %10d   %-14s %-14s %-14s %.1f%n",
                    part.readers(),
                    part.pace().text(),
                    millis(part.latency().median()),
                    millis(part.latency().p99()),
                    millis(part.latency().worst()),
                    part.latency().shares(),
                    part.events(),
                    part.lost(),
                    use(part.gateway()),
                    use(part.miners()),
                    use(part.readersUse()),
                    seconds(part.others()));
        }
        add(
                text,
                "p99 (median of %d rounds), ms: %s%n",
                plan.rounds(),
                result.p99().entrySet().stream()
                        .map(one -> String.format(
                                Locale.ROOT, "%s %.2f", one.getKey().text(), millis(one.getValue())))
                        .collect(Collectors.joining(", ")));
        add(
                text,
                "shares: submitted %d, accepted %d, refused %s, unanswered %d, connections lost %s%n",
                result.submitted(),
                result.accepted(),
                result.refused(),
                result.unanswered(),
                result.lostConnections());
        add(
                text,
                "refused by the API %s; events lost inside the gateway %d%n",
                result.apiRefusals(),
                result.lostEvents());
        return text.toString();
    }

    private static void add(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    private static String use(Flood.Use use) {
        return String.format(Locale.ROOT, "%.1f (%.1f)", seconds(use.processor()), seconds(use.waiting()));
    }

    private static Map<String, Object> part(EventsBench.Part part) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("pace", part.pace().text());
        row.put("readers", part.readers());
        row.put("shares", part.latency().shares());
        row.put("p50_ms", millis(part.latency().median()));
        row.put("p99_ms", millis(part.latency().p99()));
        row.put("worst_ms", millis(part.latency().worst()));
        row.put("events_read", part.events());
        row.put("events_missed_told", part.lost());
        row.put("events_missed_by_id", part.skipped());
        row.put("bytes_read", part.bytes());
        row.put("cpu_seconds_gateway", seconds(part.gateway().processor()));
        row.put("cpu_wait_seconds_gateway", seconds(part.gateway().waiting()));
        row.put("cpu_seconds_miners", seconds(part.miners().processor()));
        row.put("cpu_seconds_readers", seconds(part.readersUse().processor()));
        row.put("cpu_seconds_others", seconds(part.others()));
        return row;
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1e3;
    }
}
