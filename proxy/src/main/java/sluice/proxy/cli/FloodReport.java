package sluice.proxy.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import sluice.proxy.cli.flood.Flood;
import tools.jackson.databind.json.JsonMapper;

/** The figures of {@code bench flood}, for people and for programs. */
record FloodReport(Flood.Plan plan, Flood.Result result) {
    private static final double MEBIBYTE = 1 << 20;

    /** One line of JSON. */
    String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("miners", plan.miners());
        report.put("hostiles", plan.hostiles());
        report.put("bans_on", !plan.limits().banTime().isZero());
        report.put("quiet", latency(result.quiet()));
        report.put("flood", latency(result.flood()));
        report.put("p99_ratio", ratio());
        report.put("submitted", result.submitted());
        report.put("accepted", result.accepted());
        report.put("unanswered", result.unanswered());
        report.put("refused", result.refused());
        report.put("lost_connections", result.lostConnections());
        report.put("hostile_connections", result.attempts());
        report.put("closed", result.closed());
        report.put("shares_unjudged", result.unjudged());
        report.put("bans", result.bans());
        report.put("heap_before_mib", result.heapBefore() / MEBIBYTE);
        report.put("heap_after_mib", result.heapAfter() / MEBIBYTE);
        report.put("connections_after", result.connectionsAfter());
        report.put("internal_errors", result.internalErrors());
        report.put("lost_events", result.lostEvents());
        return JsonMapper.shared().writeValueAsString(report);
    }

    String text() {
        return String.format(
                Locale.ROOT,
                """
                honest miners %d, hostile clients %d, bans %s
                  share to answer   quiet p50 %s p99 %s worst %s (%d shares)
                                    flood p50 %s p99 %s worst %s (%d shares)
                                    p99 under the flood is %.2f times the quiet one
                  honest shares     submitted %d, accepted %d, refused %s, unanswered %d, connections lost %s
                  hostile clients   connections %s
                                    closed or refused %s
                                    shares refused unjudged %d, bans %d
                  heap after GC     before %.1f MiB, after %.1f MiB; connections then %d
                """,
                plan.miners(),
                plan.hostiles(),
                plan.limits().banTime().isZero() ? "off" : "on",
                millis(result.quiet().median()),
                millis(result.quiet().p99()),
                millis(result.quiet().worst()),
                result.quiet().shares(),
                millis(result.flood().median()),
                millis(result.flood().p99()),
                millis(result.flood().worst()),
                result.flood().shares(),
                ratio(),
                result.submitted(),
                result.accepted(),
                result.refused(),
                result.unanswered(),
                result.lostConnections(),
                result.attempts(),
                result.closed(),
                result.unjudged(),
                result.bans(),
                result.heapBefore() / MEBIBYTE,
                result.heapAfter() / MEBIBYTE,
                result.connectionsAfter());
    }

    private double ratio() {
        return (double) result.flood().p99().toNanos()
                / Math.max(1, result.quiet().p99().toNanos());
    }

    private static Map<String, Object> latency(Flood.Latency latency) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("shares", latency.shares());
        row.put("p50_ms", latency.median().toNanos() / 1e6);
        row.put("p99_ms", latency.p99().toNanos() / 1e6);
        row.put("worst_ms", latency.worst().toNanos() / 1e6);
        return row;
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
    }
}
