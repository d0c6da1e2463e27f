package sluice.proxy.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.cli.demo.Snapshots.AT;
import static sluice.proxy.cli.demo.Snapshots.farm;
import static sluice.proxy.cli.demo.Snapshots.share;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.AnnouncedJobs;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.view.FarmSnapshot;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FarmSummaryTest {
    private static FarmSummary report(FarmSnapshot gateway) {
        return Snapshots.summary(gateway, MinerProtocol.values());
    }

    @Test
    void theJsonIsOneLineWithTheAgreedKeys() {
        FarmSummary report = report(farm(
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                share(MinerProtocol.SV1, ShareVerdict.STALE),
                share(MinerProtocol.SV2_STANDARD, ShareVerdict.DUPLICATE),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.UpstreamAccepted(AT, "pool", 1, 2),
                new GatewayEvent.MiningJobCreated(
                        AT, 1, Hash256.ZERO, false, OptionalLong.empty(), AnnouncedJobs.of("main")),
                new GatewayEvent.ChainTipUpdated(AT, Hash256.ZERO, 0x207fffffL),
                new GatewayEvent.BlockFound(AT, Hash256.ZERO, "w", "pool")));
        assertThat(report.json()).doesNotContain("\n");
        JsonNode json = JsonMapper.shared().readTree(report.json());
        assertThat(json.propertyNames())
                .containsExactly(
                        "duration_s",
                        "downstream",
                        "upstream",
                        "blocks_found",
                        "blocks_accepted",
                        "verdict_lag_shares",
                        "jobs",
                        "chain_tips");
        assertThat(json.get("duration_s").doubleValue()).isEqualTo(30.05);
        assertThat(json.at("/downstream/sv1/accepted").intValue()).isEqualTo(1);
        assertThat(json.at("/downstream/sv1/stale").intValue()).isEqualTo(1);
        assertThat(json.at("/downstream/sv1/rejected").intValue()).isZero();
        assertThat(json.at("/downstream/sv2_standard/rejected").intValue()).isEqualTo(1);
        assertThat(json.at("/downstream/sv2_extended/accepted").intValue()).isZero();
        assertThat(json.at("/upstream/accepted").intValue()).isEqualTo(1);
        assertThat(json.at("/upstream/work_accepted").doubleValue()).isEqualTo(2);
        assertThat(json.get("verdict_lag_shares").intValue()).isEqualTo(1);
        assertThat(json.get("blocks_found").intValue()).isEqualTo(1);
        assertThat(json.get("blocks_accepted").intValue()).isEqualTo(1);
        assertThat(json.get("jobs").intValue()).isEqualTo(1);
        assertThat(json.get("chain_tips").intValue()).isEqualTo(1);
    }

    @Test
    void failsForEachThingThatItDidNotShow() {
        assertThat(report(farm()).failures())
                .containsExactly(
                        "no share of a SV1 miner was accepted",
                        "no share of a SV2_STANDARD miner was accepted",
                        "no share of a SV2_EXTENDED miner was accepted",
                        "the pool accepted no share");
        assertThat(report(farm(
                                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                                share(MinerProtocol.SV2_STANDARD, ShareVerdict.ACCEPTED),
                                share(MinerProtocol.SV2_EXTENDED, ShareVerdict.ACCEPTED),
                                new GatewayEvent.ShareForwarded(AT, "pool", 1),
                                new GatewayEvent.ShareForwarded(AT, "pool", 1),
                                new GatewayEvent.ShareForwarded(AT, "pool", 1),
                                new GatewayEvent.UpstreamAccepted(AT, "pool", 1, 1),
                                new GatewayEvent.UpstreamRejected(AT, "pool", "w", "difficulty-too-low")))
                        .failures())
                .containsExactly("the pool rejected 1 shares", "1 shares have no verdict from the pool");
    }

    @Test
    void failsWhereEventsWereLost() {
        FarmSummary good = Snapshots.goodSummary();
        assertThat(good.failures()).isEmpty();
        assertThat(new FarmSummary(Duration.ofSeconds(1), good.gateway(), 0, List.of(), 3).failures())
                .containsExactly("3 events were lost, so the counts are too low");
    }

    @Test
    void namesHashratesInTheirUnit() {
        assertThat(FarmSummary.hashrate(0, 10)).isEqualTo("0.00 H/s");
        assertThat(FarmSummary.hashrate(1, 1)).isEqualTo("4.29 GH/s");
        assertThat(FarmSummary.hashrate(0.001, 4.294967296)).isEqualTo("1.00 MH/s");
        assertThat(FarmSummary.hashrate(1e9, 1)).isEqualTo("4294967.30 TH/s");
        assertThat(FarmSummary.hashrate(1, 0)).isEqualTo("0.00 H/s");
    }
}
