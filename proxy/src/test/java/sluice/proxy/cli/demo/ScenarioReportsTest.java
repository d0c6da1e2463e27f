package sluice.proxy.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.cli.demo.Snapshots.goodSummary;
import static sluice.proxy.cli.demo.Snapshots.miner;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.proxy.miner.MinerReport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What programs read of the scenarios, and for what these end with a failure. */
class ScenarioReportsTest {
    private static final String[] SUMMARY_KEYS = {
        "duration_s",
        "downstream",
        "upstream",
        "blocks_found",
        "blocks_accepted",
        "verdict_lag_shares",
        "jobs",
        "chain_tips"
    };
    private static final MinerReport CALM = miner(1, 0, 0, 0);
    private static final MinerReport SHAKEN = miner(1, 0, 2, 1);
    private static final UpstreamLosses.Refusals REFUSED = new UpstreamLosses.Refusals(2, "HANDSHAKE: closed");

    private static final FailoverReport.Failover WARM = failover("C", true, 3_456);
    private static final FailoverReport.Failover COLD = failover("C", false, 80_000);
    private static final SwitchingReport.LiveSwitch TO_SV1 =
            new SwitchingReport.LiveSwitch("sv1-pool", "sv1-pool", "a new plan", true, micros(40_126), micros(2_000));

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }

    private static FailoverReport.Failover failover(String to, boolean warm, long micros) {
        return new FailoverReport.Failover("A", to, warm, "MINING: gone", micros(micros));
    }

    private static FailoverReport failovers(
            List<FailoverReport.Failover> failovers,
            int kills,
            int failbacks,
            UpstreamLosses.Refusals refusals,
            MinerReport miner,
            String... troubles) {
        return new FailoverReport(
                goodSummary(),
                failovers,
                kills,
                failbacks,
                refusals,
                Steadiness.of(List.of(miner)),
                ShareBalance.of(List.of(miner), goodSummary().gateway()),
                List.of(troubles));
    }

    private static SwitchingReport switches(List<SwitchingReport.LiveSwitch> switches) {
        return new SwitchingReport(
                goodSummary(),
                switches,
                Steadiness.of(List.of(CALM)),
                ShareBalance.of(List.of(CALM), goodSummary().gateway()),
                List.of());
    }

    private static SplitReport split(double large, int moves, int pinnedMoves) {
        return new SplitReport(
                goodSummary(),
                List.of(70, 30),
                List.of(49.5, 50.5),
                List.of(large, 100 - large),
                moves,
                pinnedMoves,
                Steadiness.of(List.of(CALM)),
                ShareBalance.of(List.of(CALM), goodSummary().gateway()),
                List.of());
    }

    private static JsonNode json(DemoReport report) {
        assertThat(report.json()).doesNotContain("\n");
        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.propertyNames()).startsWith(SUMMARY_KEYS);
        return json;
    }

    @Test
    void ofFailoversTheJsonTellsEachOneAndWhatTheMinersNoticed() {
        FailoverReport report = failovers(List.of(WARM, COLD), 2, 2, REFUSED, CALM);
        JsonNode json = json(report);

        assertThat(json.propertyNames())
                .endsWith("miner_disconnects", "extranonce_changes", "failovers", "failbacks", "refusals", "shares");
        assertThat(json.get("miner_disconnects").intValue()).isZero();
        assertThat(json.get("extranonce_changes").intValue()).isZero();
        assertThat(json.get("failovers").toString())
                .isEqualTo(
                        "[{\"from\":\"A\",\"to\":\"C\",\"standby\":\"warm\",\"reason\":\"MINING: gone\",\"gap_ms\":3.46},"
                                + "{\"from\":\"A\",\"to\":\"C\",\"standby\":\"cold\",\"reason\":\"MINING: gone\",\"gap_ms\":80.0}]");
        assertThat(json.get("failbacks").intValue()).isEqualTo(2);
        assertThat(json.at("/refusals/attempts").intValue()).isEqualTo(2);
        assertThat(json.at("/shares/sent").intValue()).isEqualTo(1);
        assertThat(report.failures()).isEmpty();
        assertThat(report.text())
                .contains("A -> C (warm standby)     3.46 ms", "A was killed 2 times", "B refused 2 times");
    }

    @Test
    void failoversFailForEachPromiseThatWasNotKept() {
        assertThat(failovers(List.of(WARM), 2, 1, UpstreamLosses.Refusals.NONE, CALM)
                        .failures())
                .containsExactly(
                        "A was killed 2 times, and there were 1 failovers",
                        "A came back 2 times, and miners returned 1 times",
                        "B was never tried, so its refusal was not seen");
        assertThat(failovers(
                                List.of(failover("B", true, 50_000), failover("C", true, 49_999)),
                                2,
                                2,
                                REFUSED,
                                SHAKEN,
                                "nobody took over within 30 s")
                        .failures())
                .containsExactly(
                        "nobody took over within 30 s",
                        "2 connections of miners were lost",
                        "1 times a miner got another extranonce",
                        "a failover led from A to B and not from A to C",
                        "the warm standby took over after 50.00 ms and not within 50 ms");
    }

    @Test
    void ofSwitchesTheJsonTellsEachOne() {
        SwitchingReport report = switches(Collections.nCopies(SwitchScenario.SWITCHES, TO_SV1));
        JsonNode json = json(report);

        assertThat(json.propertyNames()).endsWith("miner_disconnects", "extranonce_changes", "switches", "shares");
        assertThat(json.get("switches")).hasSize(10);
        assertThat(json.get("switches").get(0).toString())
                .isEqualTo(
                        "{\"to\":\"sv1-pool\",\"by\":\"a new plan\",\"result\":\"applied\",\"ms\":40.13,\"gap_ms\":2.0}");
        assertThat(report.failures()).isEmpty();
        assertThat(report.text()).contains("to sv1-pool by a new plan");
    }

    @Test
    void switchesFailWhereOneIsMissingRejectedOrLedElsewhere() {
        SwitchingReport.LiveSwitch rejected =
                new SwitchingReport.LiveSwitch("sv1-pool", "", "its name", false, Duration.ZERO, Duration.ZERO);
        SwitchingReport.LiveSwitch elsewhere =
                new SwitchingReport.LiveSwitch("sv1-pool", "sv2-pool", "its name", true, Duration.ZERO, Duration.ZERO);
        assertThat(switches(List.of(TO_SV1, rejected, elsewhere)).failures())
                .containsExactly(
                        "3 switches were made and not 10",
                        "the switch to sv1-pool by its name was not applied",
                        "the switch to sv1-pool by its name led to sv2-pool");
    }

    @Test
    void ofASplitTheJsonTellsWhatWasWantedAndWhatCame() {
        SplitReport report = split(74.9, 4, 0);
        JsonNode json = json(report);

        assertThat(json.propertyNames())
                .endsWith("miner_disconnects", "extranonce_changes", "split", "miners_moved", "pinned_moves", "shares");
        assertThat(json.at("/split/wanted").toString()).isEqualTo("[70,30]");
        assertThat(json.at("/split/measured/0").doubleValue()).isEqualTo(74.9);
        assertThat(json.get("miners_moved").intValue()).isEqualTo(4);
        assertThat(json.get("pinned_moves").intValue()).isZero();
        assertThat(report.failures()).isEmpty();
        assertThat(report.text()).contains("work split 49.5 : 50.5, then 70 : 30 was wanted, and after 4 moves");
    }

    @Test
    void aSplitFailsBeyondFivePercentWithoutAMoveAndWhereThePinnedMinerMoved() {
        assertThat(split(75.1, 0, 0).failures())
                .containsExactly("the work was split 75.1 : 24.9 and not 70 : 30", "no miner was moved");
        assertThat(split(64.9, 2, 1).failures())
                .containsExactly(
                        "the work was split 64.9 : 35.1 and not 70 : 30", "the pinned miner was moved 1 times");
    }
}
