package sluice.proxy.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.AnnouncedJobs;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.PlacementReason;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.mining.share.ShareVerdict;

class FarmViewTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);

    private final FarmView view = new FarmView();

    private FarmSnapshot after(GatewayEvent... events) {
        for (GatewayEvent event : events) {
            view.on(event);
        }
        view.onBatchEnd();
        return view.snapshot();
    }

    private static GatewayEvent share(MinerProtocol protocol, ShareVerdict verdict, double difficulty) {
        return new GatewayEvent.ShareSubmitted(
                AT, 1, 2, protocol, "acct.rig1", 3, verdict, difficulty, Optional.empty());
    }

    private static GatewayEvent disconnected(long connectionId, String reason) {
        return new GatewayEvent.MinerDisconnected(AT, connectionId, reason, "");
    }

    @Test
    void showsEveryProtocolFromTheStart() {
        assertThat(view.snapshot().downstream()).containsOnlyKeys(MinerProtocol.values());
        assertThat(view.snapshot().allDownstream()).isEqualTo(FarmSnapshot.Shares.NONE);
    }

    @Test
    void changesWholeAndOnlyAtTheEndOfABatch() {
        FarmSnapshot before = view.snapshot();
        view.on(new GatewayEvent.MinerConnected(AT, 1, "192.0.2.1:1000", "default"));
        assertThat(view.snapshot()).isSameAs(before);
        view.onBatchEnd();
        assertThat(view.snapshot().connections()).isEqualTo(1);
        assertThat(before.connections()).isZero();
    }

    @Test
    void countsAConnectionOnceHoweverItEnds() {
        after(
                new GatewayEvent.MinerConnected(AT, 1, "192.0.2.1:1000", "default"),
                new GatewayEvent.MinerConnected(AT, 2, "192.0.2.2:1000", "default"));
        FarmSnapshot now = after(disconnected(1, "peer-closed"), disconnected(1, "peer-closed"));
        assertThat(now.connections()).isEqualTo(1);
        assertThat(now.disconnects()).containsEntry("peer-closed", 2L);
    }

    @Test
    void countsRefusedConnectionsByTheirReasonAndTakesThemForNoMiners() {
        FarmSnapshot now = after(
                new GatewayEvent.ConnectionsRefused(AT, "accept-rate", 1_000, "192.0.2.1"),
                new GatewayEvent.ConnectionsRefused(AT, "accept-rate", 7, ""),
                new GatewayEvent.AddressBanned(AT, "192.0.2.1", AT.plusSeconds(60), "bad-json"));
        assertThat(now.connections()).isZero();
        assertThat(now.disconnects()).containsOnly(Map.entry("accept-rate", 1_007L));
    }

    @Test
    void countsUnjudgedSharesAsRejected() {
        FarmSnapshot now = after(new GatewayEvent.SharesUnjudged(AT, 1, MinerProtocol.SV2_EXTENDED, 500));
        assertThat(now.downstream().get(MinerProtocol.SV2_EXTENDED).rejected()).isEqualTo(500);
        assertThat(now.rejections()).containsOnly(Map.entry("unjudged", 500L));
    }

    @Test
    void countsOpenChannels() {
        assertThat(after(
                                new GatewayEvent.ChannelOpened(AT, 1, 1, MinerProtocol.SV1, "a"),
                                new GatewayEvent.ChannelOpened(AT, 1, 2, MinerProtocol.SV2_EXTENDED, "a"),
                                new GatewayEvent.MinerTargetChanged(AT, 1, 2, Difficulty.targetOf(2)),
                                new GatewayEvent.ChannelClosed(AT, 1, 1, "peer-closed"))
                        .channels())
                .isEqualTo(1);
    }

    @Test
    void putsEachVerdictUnderItsProtocolAndStaleWorkApartFromFaultyWork() {
        FarmSnapshot now = after(
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED, 4),
                share(MinerProtocol.SV1, ShareVerdict.ACCEPTED, 8),
                share(MinerProtocol.SV1, ShareVerdict.STALE, 0),
                share(MinerProtocol.SV2_STANDARD, ShareVerdict.DUPLICATE, 0),
                share(MinerProtocol.SV2_EXTENDED, ShareVerdict.LOW_DIFFICULTY, 0),
                share(MinerProtocol.SV2_EXTENDED, ShareVerdict.BAD_VERSION_BITS, 0));
        assertThat(now.downstream())
                .containsEntry(MinerProtocol.SV1, new FarmSnapshot.Shares(2, 0, 1, 12))
                .containsEntry(MinerProtocol.SV2_STANDARD, new FarmSnapshot.Shares(0, 1, 0, 0))
                .containsEntry(MinerProtocol.SV2_EXTENDED, new FarmSnapshot.Shares(0, 2, 0, 0));
        assertThat(now.allDownstream()).isEqualTo(new FarmSnapshot.Shares(2, 3, 1, 12));
        assertThat(now.rejections())
                .containsOnlyKeys("stale", "duplicate", "low-difficulty", "bad-version-bits")
                .containsEntry("stale", 1L);
    }

    @Test
    void showsEveryShareWithoutAnUpstreamVerdictAsLag() {
        FarmSnapshot now = after(
                new GatewayEvent.MiningPoolConnected(AT, "pool"),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.ShareForwarded(AT, "pool", 2),
                new GatewayEvent.UpstreamAccepted(AT, "pool", 2, 4),
                new GatewayEvent.UpstreamRejected(AT, "pool", "acct.rig1", "stale-share"),
                new GatewayEvent.UpstreamRejected(AT, "pool", "acct.rig1", "invalid-share"));
        assertThat(now.upstream()).isEqualTo(new FarmSnapshot.Upstream(true, 5, 10, 2, 1, 1, 0, 0, 4));
        assertThat(now.upstream().verdictLag()).isEqualTo(1);
        FarmSnapshot lost = after(
                new GatewayEvent.UpstreamUnanswered(AT, "pool", 1),
                new GatewayEvent.MiningPoolDisconnected(AT, "pool", "MINING", "connection reset", true),
                new GatewayEvent.ShareUnforwardable(AT, "acct.rig1", "no-upstream"));
        assertThat(lost.upstream().connected()).isFalse();
        assertThat(lost.upstream().unanswered()).isEqualTo(1);
        assertThat(lost.upstream().unforwardable()).isEqualTo(1);
        assertThat(lost.upstream().verdictLag())
                .as("a verdict that never comes stays visible")
                .isEqualTo(1);
    }

    @Test
    void countsJobsTipsAndBlocksAndWhichOfThemWereTaken() {
        FarmSnapshot now = after(
                new GatewayEvent.MiningJobCreated(
                        AT, 1, Hash256.ZERO, true, OptionalLong.empty(), AnnouncedJobs.of("main")),
                new GatewayEvent.MiningJobCreated(
                        AT, 2, Hash256.ZERO, false, OptionalLong.empty(), AnnouncedJobs.of("main")),
                new GatewayEvent.ChainTipUpdated(AT, Hash256.ZERO, 0x207fffffL),
                new GatewayEvent.BlockFound(AT, Hash256.ZERO, "acct.rig1", "pool"),
                new GatewayEvent.BlockFound(AT, Hash256.ZERO, "acct.rig1", "pool"),
                new GatewayEvent.BlockAnswered(AT, Hash256.ZERO, "pool", Optional.empty()),
                new GatewayEvent.BlockAnswered(AT, Hash256.ZERO, "pool", Optional.of("stale-share")));
        assertThat(now.jobs()).isEqualTo(2);
        assertThat(now.chainTips()).isEqualTo(1);
        assertThat(now.blocksFound()).isEqualTo(2);
        assertThat(now.blocksAccepted()).isEqualTo(1);
    }

    @Test
    void measuresJobDelivery() {
        assertThat(view.snapshot().delivery())
                .isEqualTo(new FarmSnapshot.Delivery(0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        FarmSnapshot now = after(
                new GatewayEvent.JobDelivered(AT, 1, 10, 300),
                new GatewayEvent.JobDelivered(AT, 2, 10, 500),
                new GatewayEvent.JobDelivered(AT, 3, 10, 100));
        assertThat(now.delivery())
                .isEqualTo(new FarmSnapshot.Delivery(
                        3, Duration.ofNanos(100), Duration.ofNanos(300), Duration.ofNanos(500)));
    }

    @Test
    void tellsAsManyReasonsApartAsItsLimitAndCountsTheRestTogether() {
        for (int reason = 0; reason < FarmView.MAX_REASONS; reason++) {
            view.on(disconnected(reason, "reason-" + reason));
        }
        FarmSnapshot full = after();
        assertThat(full.disconnects()).hasSize(FarmView.MAX_REASONS).doesNotContainKey("other");
        FarmSnapshot beyond =
                after(disconnected(1, "one-past"), disconnected(2, "two-past"), disconnected(3, "reason-0"));
        assertThat(beyond.disconnects())
                .hasSize(FarmView.MAX_REASONS + 1)
                .doesNotContainKeys("one-past", "two-past")
                .containsEntry("other", 2L)
                .containsEntry("reason-0", 2L);
    }

    private static GatewayEvent switched(long lane, String to) {
        return new GatewayEvent.SwitchDelivered(
                AT, "ours", (int) lane, "a", to, SwitchKind.FAILOVER, "gone", 7, Duration.ofMillis(3));
    }

    @Test
    void countsEachUpstreamApartUpToItsLimitAndTheRestTogether() {
        for (int i = 0; i < FarmView.MAX_UPSTREAMS; i++) {
            view.on(new GatewayEvent.ShareForwarded(AT, "pool" + i, 1));
        }
        assertThat(after().upstreams()).hasSize(FarmView.MAX_UPSTREAMS).doesNotContainKey("other");
        FarmSnapshot now = after(
                new GatewayEvent.ShareForwarded(AT, "one more", 1),
                new GatewayEvent.ShareForwarded(AT, "and another", 1),
                new GatewayEvent.ShareForwarded(AT, "pool0", 1));
        assertThat(now.upstreams()).hasSize(FarmView.MAX_UPSTREAMS + 1).doesNotContainKey("one more");
        assertThat(now.upstreams().get("other").forwarded()).isEqualTo(2);
        assertThat(now.upstreams().get("pool0").forwarded()).isEqualTo(2);
        assertThat(now.upstream().forwarded()).isEqualTo(FarmView.MAX_UPSTREAMS + 3L);
    }

    @Test
    void remembersTheLatestSwitches() {
        for (int lane = 1; lane <= FarmView.MAX_SWITCHES; lane++) {
            view.on(switched(lane, "b"));
        }
        assertThat(after().switches()).hasSize(FarmView.MAX_SWITCHES);
        FarmSnapshot now = after(switched(1_000, "c"));
        assertThat(now.switches()).hasSize(FarmView.MAX_SWITCHES);
        assertThat(now.switches().getFirst().lane()).isEqualTo(2);
        assertThat(now.switches().getLast())
                .isEqualTo(new FarmSnapshot.Switch(
                        "ours", 1_000, "a", "c", SwitchKind.FAILOVER, "gone", 7, Duration.ofMillis(3)));
    }

    @Test
    void countsHoldsAndMinersThatWentFromOneGoalToAnother() {
        FarmSnapshot now = after(
                new GatewayEvent.HoldBegan(AT, "ours", 1, "gone"),
                new GatewayEvent.HoldEnded(AT, "ours", 1),
                new GatewayEvent.MinerPlaced(AT, 1, "ours", 1, "", PlacementReason.WEIGHT),
                new GatewayEvent.MinerPlaced(AT, 1, "ours", 2, "ours", PlacementReason.WEIGHT),
                new GatewayEvent.MinerPlaced(AT, 1, "theirs", 3, "ours", PlacementReason.REBALANCING));
        assertThat(now.holds()).isEqualTo(1);
        assertThat(now.placements()).isEqualTo(1);
    }
}
