package sluice.proxy.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.cli.demo.Snapshots.AT;
import static sluice.proxy.cli.demo.Snapshots.farm;
import static sluice.proxy.cli.demo.Snapshots.miner;
import static sluice.proxy.cli.demo.Snapshots.share;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.view.FarmSnapshot;

class ShareBalanceTest {
    /** Two shares refused by us, one accepted with nowhere to go, five sent up: one of each fate, and one lost with its pool. */
    private static final FarmSnapshot GATEWAY = farm(
            share(MinerProtocol.SV1, ShareVerdict.DUPLICATE),
            share(MinerProtocol.SV1, ShareVerdict.STALE),
            share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
            new GatewayEvent.ShareUnforwardable(AT, "w", "no-upstream"),
            new GatewayEvent.ShareForwarded(AT, "A", 1),
            new GatewayEvent.ShareForwarded(AT, "A", 1),
            new GatewayEvent.ShareForwarded(AT, "A", 1),
            new GatewayEvent.ShareForwarded(AT, "A", 1),
            new GatewayEvent.ShareForwarded(AT, "A", 1),
            new GatewayEvent.UpstreamAccepted(AT, "A", 2, 2),
            new GatewayEvent.UpstreamRejected(AT, "A", "w", "stale-share"),
            new GatewayEvent.UpstreamRejected(AT, "A", "w", "difficulty-too-low"),
            new GatewayEvent.UpstreamUnanswered(AT, "A", 1));

    @Test
    void everyShareThatTheMinersSentHasOneFate() {
        ShareBalance balance = ShareBalance.of(List.of(miner(5, 1, 0, 0), miner(3, 0, 0, 0)), GATEWAY);

        assertThat(balance.values())
                .containsExactly(
                        entry("sent", 8L),
                        entry("accepted", 2L),
                        entry("rejected", 4L),
                        entry("unforwardable", 2L),
                        entry("missing", 0L),
                        entry("rejected_by_gateway", 1L),
                        entry("stale_at_gateway", 1L),
                        entry("rejected_by_pools", 1L),
                        entry("stale_at_pools", 1L),
                        entry("without_upstream", 1L),
                        entry("lost_with_pool", 1L),
                        entry("easier_than_upstream", 0L));
        assertThat(balance.failures()).isEmpty();
        assertThat(balance.text())
                .contains("8 shares sent by the miners = 2 accepted by pools + 4 rejected (2 stale) + 2 unforwardable")
                .endsWith("0 missing\n");
    }

    @Test
    void inSoloMiningOnlyBlocksAreDueUpstream() {
        FarmSnapshot gateway = farm(
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                new GatewayEvent.ShareForwarded(AT, "solo", 1),
                new GatewayEvent.UpstreamAccepted(AT, "solo", 1, 1),
                new GatewayEvent.ShareUnforwardable(AT, "w", "no-upstream"));

        ShareBalance balance = ShareBalance.withSoloMining(List.of(miner(5, 0, 0, 0)), gateway);

        assertThat(balance.easierThanUpstream()).isEqualTo(2);
        assertThat(balance.failures()).containsExactly("nobody knows what became of 1 shares");
    }

    @Test
    void aShareThatNobodyKnowsOfIsMissing() {
        assertThat(ShareBalance.of(List.of(miner(10, 0, 0, 0)), GATEWAY).failures())
                .containsExactly("nobody knows what became of 2 shares");
        assertThat(ShareBalance.of(List.of(miner(7, 0, 0, 0)), GATEWAY).failures())
                .containsExactly("1 shares were counted twice");
        assertThat(ShareBalance.of(List.of(miner(0, 4, 0, 0)), farm()).failures())
                .containsExactly("the miners sent no share");
    }

    private static java.util.Map.Entry<String, Object> entry(String key, Object value) {
        return java.util.Map.entry(key, value);
    }
}
