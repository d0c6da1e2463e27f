package sluice.proxy.api.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.AnnouncedJobs;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.PlacementReason;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.event.NodeReport;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.mining.profile.ProfileTables;
import sluice.proxy.mining.share.ShareVerdict;

/** An hour in the life of a small farm: each kind of event at least once. */
final class Happenings {
    static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);
    static final Hash256 HASH = Hash256.fromDisplay("00000000000000000001a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7");

    private static final MinerProfile BITAXE =
            ProfileTables.book("").of(MinerOrigin.LOCAL, "farm.b1", "bitaxe/BM1366/v2.4.0");

    private Happenings() {}

    static GatewayEvent poolConnected(String upstream) {
        return new GatewayEvent.MiningPoolConnected(AT, upstream);
    }

    static GatewayEvent share(String worker) {
        return new GatewayEvent.ShareSubmitted(
                AT, 7, 1, MinerProtocol.SV1, worker, 3, ShareVerdict.ACCEPTED, 512, Optional.of(HASH));
    }

    static GatewayEvent tip() {
        return new GatewayEvent.ChainTipUpdated(AT, HASH, 0x1705_ae3aL);
    }

    private static GatewayEvent reported(NodeReport report) {
        return new GatewayEvent.NodeReported(AT, "node", report);
    }

    static List<GatewayEvent> all() {
        return List.of(
                new GatewayEvent.PortsOpened(AT),
                new GatewayEvent.PlanApplied(AT, 1),
                new GatewayEvent.MiningPoolDisconnected(AT, "main", "OPEN_CHANNEL", "connection refused", false),
                poolConnected("main"),
                new GatewayEvent.UpstreamSwitched(AT, "default", 0, "", "main", SwitchKind.START, "first"),
                tip(),
                new GatewayEvent.MiningDifficultyChanged(AT, 0x1705_ae3aL, 0x1705_0000L),
                new GatewayEvent.MiningJobCreated(
                        AT, 3, HASH, false, OptionalLong.of(840_000), AnnouncedJobs.of("main")),
                new GatewayEvent.MiningJobCreated(
                        AT, 4, Hash256.ZERO, true, OptionalLong.empty(), AnnouncedJobs.of("main")),
                new GatewayEvent.MinerConnected(AT, 7, "192.0.2.7:40000", "default"),
                new GatewayEvent.ChannelOpened(AT, 7, 1, MinerProtocol.SV2_EXTENDED, "farm.b1"),
                new GatewayEvent.MinerPlaced(AT, 7, "default", 0, "", PlacementReason.WEIGHT),
                new GatewayEvent.MinerProfiled(AT, 7, 1, "farm.b1", "bitaxe/BM1366/v2.4.0", BITAXE),
                new GatewayEvent.CoinbaseBeyondBudget(AT, 7, 1, BITAXE, 7_000),
                new GatewayEvent.MinerTargetChanged(AT, 7, 1, Difficulty.targetOf(1)),
                new GatewayEvent.SwitchDelivered(
                        AT, "default", 0, "", "main", SwitchKind.START, "first", 1, Duration.ofMillis(12)),
                new GatewayEvent.JobDelivered(AT, 3, 1, 1_234_567),
                share("farm.b1"),
                new GatewayEvent.ShareSubmitted(
                        AT, 7, 1, MinerProtocol.SV2_EXTENDED, "farm.b1", 2, ShareVerdict.STALE, 0, Optional.empty()),
                new GatewayEvent.ShareForwarded(AT, "main", 1024),
                new GatewayEvent.UpstreamAccepted(AT, "main", 2, 2048),
                new GatewayEvent.UpstreamRejected(AT, "main", "farm.b1", "stale-share"),
                new GatewayEvent.UpstreamUnanswered(AT, "main", 3),
                new GatewayEvent.ShareUnforwardable(AT, "farm.b1", "no-upstream"),
                new GatewayEvent.SharesUnjudged(AT, 7, MinerProtocol.SV2_EXTENDED, 40),
                new GatewayEvent.MinerMessageIgnored(AT, 7, "unexpected-message", "SubmitSolution"),
                new GatewayEvent.BlockFound(AT, HASH, "farm.b1", "main"),
                new GatewayEvent.BlockAnswered(AT, HASH, "main", Optional.empty()),
                new GatewayEvent.BlockAnswered(AT, HASH, "node", Optional.of("high-hash")),
                new GatewayEvent.PayoutMismatch(AT, "main", "pays bc1qother"),
                reported(new NodeReport.BlockMined(HASH, 840_000, Optional.of("pool.example.com"))),
                reported(new NodeReport.BlockTemplateUpdated(HASH, 840_001, 2_500)),
                reported(new NodeReport.ChainTipUpdated(HASH, OptionalLong.of(840_000))),
                reported(new NodeReport.MiningDifficultyChanged(0x1705_ae3aL, 0x1705_0000L, 840_672)),
                new GatewayEvent.PlanRejected(AT, "spare", "CONNECT", "connection refused"),
                new GatewayEvent.HoldBegan(AT, "default", 0, "main is lost"),
                new GatewayEvent.PortsClosed(AT, "no upstream for 1 min"),
                new GatewayEvent.HoldEnded(AT, "default", 0),
                new GatewayEvent.ConnectionsRefused(AT, "accept-rate", 17, "198.51.100.9"),
                new GatewayEvent.AddressBanned(AT, "198.51.100.9", AT.plusSeconds(600), "handshake-failed"),
                new GatewayEvent.CustomJobTaken(AT, 7, 1, 5, HASH, 840_000),
                new GatewayEvent.CustomJobRefused(AT, 7, 1, "stale-chain-tip"),
                new GatewayEvent.ChannelClosed(AT, 7, 1, "closed-by-miner"),
                new GatewayEvent.MinerDisconnected(AT, 7, "connection-reset", "Connection reset by peer"),
                new GatewayEvent.CoinbaseProviderChanged(AT, "ocean", true),
                new GatewayEvent.CoinbaseOutputsWanted(AT, "ocean", 1, HASH, 840_001, 312_500_000, AT.plusSeconds(2)),
                new GatewayEvent.CoinbaseOutputsTaken(AT, "ocean", 1, HASH, 12, 312_500_000),
                new GatewayEvent.CoinbaseOutputsRefused(AT, "ocean", 2, "silent", "it gave no outputs within 2000 ms"),
                new GatewayEvent.CoinbaseOutputsUnused(AT, "main", "nothing would be left to the pool"));
    }

    /** As the feed enters them. */
    static List<PublishedEvent> published(List<GatewayEvent> events) {
        EventLedger ledger = new EventLedger("run");
        EventReader reader = EventReader.fromNow(ledger, EventFilter.ALL);
        EventFeed feed = new EventFeed(
                ledger,
                upstream -> upstream.equals("main")
                        ? Optional.of("stratum+tcp://pool.example.com:3333")
                        : Optional.empty());
        events.forEach(feed::on);
        return new ArrayList<>(reader.next(Integer.MAX_VALUE).events());
    }
}
