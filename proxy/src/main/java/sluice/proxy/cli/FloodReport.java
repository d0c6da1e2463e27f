package sluice.proxy.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import sluice.proxy.cli.flood.Flood;
import tools.jackson.databind.json.JsonMapper;

/** The figures of {@code bench flood}, for people and for programs. */
record FloodReport(Flood.Plan plan, Flood.Result result) implements Measurement.Report {
    private static final double MEBIBYTE = 1 << 20;

    /** One line of JSON. */
    @Override
    public String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("miners", plan.miners());
        report.put("miners_real_time", result.minersFirst());
        report.put("hostiles", plan.hostiles());
        report.put("bans_on", !plan.limits().banTime().isZero());
        report.put("cores", Runtime.getRuntime().availableProcessors());
        report.put("p99_ratio", result.ratio());
        report.put("quiet", latency(result.quiet(), result.quietProcessors()));
        report.put("floods", result.waves().stream().map(this::wave).toList());
        report.put("submitted", result.submitted());
        report.put("accepted", result.accepted());
        report.put("unanswered", result.unanswered());
        report.put("refused", result.refused());
        report.put("lost_connections", result.lostConnections());
        report.put("closed", result.closed());
        report.put("shares_unjudged", result.unjudged());
        report.put("bans", result.bans());
        report.put("before", memory(result.before()));
        report.put("internal_errors", result.internalErrors());
        report.put("lost_events", result.lostEvents());
        return JsonMapper.shared().writeValueAsString(report);
    }

    @Override
    public String text() {
        StringBuilder text = new StringBuilder();
        add(
                text,
                "honest miners %d%s, hostile clients %d, bans %s, cores %d%n",
                plan.miners(),
                result.minersFirst() ? " (real-time)" : "",
                plan.hostiles(),
                plan.limits().banTime().isZero() ? "off" : "on",
                Runtime.getRuntime().availableProcessors());
        add(
                text,
                "             share to answer, ms         shares  seconds of processor time (and of waiting for it)%n"
                        + "             p50      p99      worst             gateway        miners         hostile        others%n");
        row(text, "quiet", result.quiet(), result.quietProcessors());
        for (int i = 0; i < result.waves().size(); i++) {
            Flood.Wave wave = result.waves().get(i);
            row(text, "flood " + (i + 1), wave.latency(), wave.processors());
        }
        add(text, "p99 of the worst flood is %.2f times the quiet one%n", result.ratio());
        add(
                text,
                "honest shares: submitted %d, accepted %d, refused %s, unanswered %d, connections lost %s%n",
                result.submitted(),
                result.accepted(),
                result.refused(),
                result.unanswered(),
                result.lostConnections());
        add(
                text,
                "connections closed or refused %s; hostile shares refused unjudged %d, bans %d%n",
                result.closed(),
                result.unjudged(),
                result.bans());
        add(text, "memory after GC, MiB of heap and of buffers: before %s", mebibytes(result.before()));
        for (Flood.Wave wave : result.waves()) {
            add(text, ", %s (%d connections)", mebibytes(wave.after()), wave.connectionsAfter());
        }
        add(text, "%n");
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Flood.Latency latency, Flood.Processors processors) {
        add(
                text,
                "  %-8s %8.2f %8.2f %8.2f %10d   %-14s %-14s %-14s %.1f%n",
                name,
                millis(latency.median()),
                millis(latency.p99()),
                millis(latency.worst()),
                latency.shares(),
                use(processors.gateway()),
                use(processors.miners()),
                use(processors.hostiles()),
                seconds(processors.others()));
    }

    private static void add(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    private static String use(Flood.Use use) {
        return String.format(Locale.ROOT, "%.1f (%.1f)", seconds(use.processor()), seconds(use.waiting()));
    }

    private static String mebibytes(Flood.Memory memory) {
        return String.format(Locale.ROOT, "%.1f and %.1f", memory.heap() / MEBIBYTE, memory.buffers() / MEBIBYTE);
    }

    private Map<String, Object> wave(Flood.Wave wave) {
        Map<String, Object> row = latency(wave.latency(), wave.processors());
        row.put("p99_ratio", result.ratio(wave));
        row.put("hostile_connections", wave.attempts());
        row.putAll(memory(wave.after()));
        row.put("connections_after", wave.connectionsAfter());
        return row;
    }

    private static Map<String, Object> latency(Flood.Latency latency, Flood.Processors processors) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("shares", latency.shares());
        row.put("p50_ms", millis(latency.median()));
        row.put("p99_ms", millis(latency.p99()));
        row.put("worst_ms", millis(latency.worst()));
        row.put("seconds", seconds(processors.elapsed()));
        row.put("cpu_seconds_gateway", seconds(processors.gateway().processor()));
        row.put("cpu_seconds_miners", seconds(processors.miners().processor()));
        row.put("cpu_seconds_hostiles", seconds(processors.hostiles().processor()));
        row.put("cpu_seconds_others", seconds(processors.others()));
        row.put("cpu_wait_seconds_gateway", seconds(processors.gateway().waiting()));
        row.put("cpu_wait_seconds_miners", seconds(processors.miners().waiting()));
        return row;
    }

    private static Map<String, Object> memory(Flood.Memory memory) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("heap_mib", memory.heap() / MEBIBYTE);
        row.put("buffers_mib", memory.buffers() / MEBIBYTE);
        return row;
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1e3;
    }
}
