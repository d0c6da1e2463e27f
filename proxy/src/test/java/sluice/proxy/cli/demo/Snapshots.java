package sluice.proxy.cli.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.view.FarmSnapshot;
import sluice.proxy.view.FarmView;

/** What a gateway and its miners would say after certain events. */
final class Snapshots {
    static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);

    private Snapshots() {}

    static FarmSnapshot farm(GatewayEvent... events) {
        FarmView view = new FarmView();
        for (GatewayEvent event : events) {
            view.on(event);
        }
        view.onBatchEnd();
        return view.snapshot();
    }

    static GatewayEvent share(MinerProtocol protocol, ShareVerdict verdict) {
        return new GatewayEvent.ShareSubmitted(
                AT, 1, 1, protocol, "w", 1, verdict, verdict.isAccepted() ? 0.5 : 0, Optional.empty());
    }

    static FarmSummary summary(FarmSnapshot gateway, MinerProtocol... asked) {
        return new FarmSummary(Duration.ofMillis(30_050), gateway, 1, List.of(asked), 0);
    }

    /** Of a farm whose one SV1 share was accepted by a pool. */
    static FarmSummary goodSummary() {
        return summary(
                farm(
                        share(MinerProtocol.SV1, ShareVerdict.ACCEPTED),
                        new GatewayEvent.ShareForwarded(AT, "A", 1),
                        new GatewayEvent.UpstreamAccepted(AT, "A", 1, 1)),
                MinerProtocol.SV1);
    }

    static MinerReport miner(long sent, long discarded, long disconnects, long extranonceChanges) {
        SortedMap<String, Long> none = new TreeMap<>();
        return new MinerReport(
                0,
                0,
                1 + disconnects,
                disconnects,
                extranonceChanges,
                1,
                1,
                sent + discarded,
                sent,
                none,
                0,
                discarded,
                0,
                0,
                0,
                "");
    }
}
