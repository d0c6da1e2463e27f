package sluice.proxy.view;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.mining.share.ShareVerdict;

/**
 * Folds events into what is true now. Folding happens on the bus thread; anybody may read the latest {@link #snapshot},
 * which is replaced whole after each batch.
 */
public final class FarmView implements GatewayEvents.Listener {
    /** Different reasons counted apart; later ones are counted as {@code other}. */
    static final int MAX_REASONS = 64;

    /** Upstreams counted apart; later ones are counted as {@code other}. */
    static final int MAX_UPSTREAMS = 128;

    /** The latest switches that are remembered. */
    static final int MAX_SWITCHES = 64;

    static final String OTHER = "other";

    private int connections;
    private int channels;
    private final Map<MinerProtocol, FarmSnapshot.Shares> downstream = new EnumMap<>(MinerProtocol.class);
    private final Map<String, Long> rejections = new HashMap<>();
    private final Map<String, Long> disconnects = new HashMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final UpstreamCounts allUpstreams = new UpstreamCounts();
    private final Map<String, UpstreamCounts> upstreams = new HashMap<>();
    private final ArrayDeque<FarmSnapshot.Switch> switches = new ArrayDeque<>();
    private final HashrateBook hashrates = new HashrateBook();
    private long unforwardable;
    private long coinbasesBeyondBudget;
    private long customJobs;
    private long customJobsRefused;
    private long holds;
    private long placements;
    private long jobs;
    private long chainTips;
    private long blocksFound;
    private long blocksAccepted;
    private long deliveries;
    private long deliveryNanosLast;
    private long deliveryNanosSum;
    private long deliveryNanosWorst;
    private volatile FarmSnapshot snapshot;

    public FarmView() {
        for (MinerProtocol protocol : MinerProtocol.values()) {
            downstream.put(protocol, FarmSnapshot.Shares.NONE);
        }
        onBatchEnd();
    }

    public FarmSnapshot snapshot() {
        return snapshot;
    }

    /** How fast everybody mines. Must be asked on the bus thread: {@link GatewayEvents#ask}. */
    public FarmHashrates hashrates(Instant now) {
        return hashrates.at(now);
    }

    @Override
    public void on(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.MinerConnected miner -> {
                connections += connected.add(miner.connectionId()) ? 1 : 0;
                hashrates.on(miner);
            }
            case GatewayEvent.MinerDisconnected miner -> {
                hashrates.on(miner);
                connections -= connected.remove(miner.connectionId()) ? 1 : 0;
                count(disconnects, miner.reason(), 1);
            }
            case GatewayEvent.ConnectionsRefused refused -> count(disconnects, refused.reason(), refused.count());
            // Each connection that is closed for it is counted.
            case GatewayEvent.AddressBanned banned -> {}
            case GatewayEvent.MinerMessageIgnored ignored -> {}
            case GatewayEvent.ChannelOpened opened -> {
                channels++;
                hashrates.on(opened);
            }
            case GatewayEvent.ChannelClosed closed -> channels--;
            case GatewayEvent.MinerProfiled profiled -> {}
            case GatewayEvent.CoinbaseBeyondBudget beyond -> coinbasesBeyondBudget++;
            case GatewayEvent.MinerTargetChanged changed -> {}
            case GatewayEvent.ShareSubmitted share -> {
                onShare(share);
                hashrates.on(share);
            }
            case GatewayEvent.SharesUnjudged shares -> {
                count(rejections, reason(ShareVerdict.UNJUDGED), shares.count());
                downstream.merge(
                        shares.protocol(), new FarmSnapshot.Shares(0, shares.count(), 0, 0), FarmSnapshot.Shares::plus);
            }
            case GatewayEvent.ShareForwarded share ->
                forUpstream(share.upstream(), counts -> counts.forwarded(share.difficulty()));
            case GatewayEvent.ShareUnforwardable share -> unforwardable++;
            case GatewayEvent.UpstreamAccepted accepted -> {
                forUpstream(accepted.upstream(), counts -> counts.accepted(accepted.count(), accepted.work()));
                hashrates.on(accepted);
            }
            case GatewayEvent.UpstreamRejected rejected ->
                forUpstream(
                        rejected.upstream(),
                        counts -> counts.rejected(rejected.errorCode().equals(MiningErrorCode.STALE_SHARE)));
            case GatewayEvent.UpstreamUnanswered shares ->
                forUpstream(shares.upstream(), counts -> counts.unanswered(shares.count()));
            case GatewayEvent.MiningPoolConnected pool -> {
                forUpstream(pool.upstream(), UpstreamCounts::connected);
                hashrates.on(pool);
            }
            case GatewayEvent.MiningPoolDisconnected pool -> {
                if (pool.hadChannel()) {
                    forUpstream(pool.upstream(), UpstreamCounts::lost);
                }
            }
            case GatewayEvent.MiningJobCreated job -> jobs++;
            case GatewayEvent.CustomJobTaken taken -> customJobs++;
            case GatewayEvent.CustomJobRefused refused -> customJobsRefused++;
            case GatewayEvent.ChainTipUpdated tip -> chainTips++;
            case GatewayEvent.MiningDifficultyChanged changed -> {}
            case GatewayEvent.JobDelivered delivered -> {
                deliveries++;
                deliveryNanosLast = delivered.nanos();
                deliveryNanosSum += delivered.nanos();
                deliveryNanosWorst = Math.max(deliveryNanosWorst, delivered.nanos());
            }
            case GatewayEvent.BlockFound found -> blocksFound++;
            case GatewayEvent.BlockAnswered answered ->
                blocksAccepted += answered.rejection().isEmpty() ? 1 : 0;
            // Counted when it has reached the miners.
            case GatewayEvent.UpstreamSwitched switched -> {}
            case GatewayEvent.SwitchDelivered delivered -> onSwitch(delivered);
            case GatewayEvent.HoldBegan hold -> holds++;
            case GatewayEvent.HoldEnded hold -> {}
            case GatewayEvent.MinerPlaced placed ->
                placements += placed.from().isEmpty() || placed.from().equals(placed.goal()) ? 0 : 1;
            case GatewayEvent.PlanApplied applied -> {}
            case GatewayEvent.PlanRejected refused -> {}
            case GatewayEvent.NodeReported reported -> {}
            case GatewayEvent.PortsClosed ports -> {}
            case GatewayEvent.PortsOpened ports -> {}
            case GatewayEvent.PayoutMismatch mismatch -> {}
            case GatewayEvent.CoinbaseProviderChanged changed -> {}
            case GatewayEvent.CoinbaseOutputsWanted wanted -> {}
            case GatewayEvent.CoinbaseOutputsTaken taken -> {}
            case GatewayEvent.CoinbaseOutputsRefused refused -> {}
            case GatewayEvent.CoinbaseOutputsUnused unused -> {}
        }
    }

    @Override
    public void onBatchEnd() {
        snapshot = new FarmSnapshot(
                connections,
                channels,
                downstream,
                allUpstreams.snapshot(unforwardable),
                upstreamSnapshots(),
                List.copyOf(switches),
                holds,
                placements,
                rejections,
                disconnects,
                jobs,
                chainTips,
                blocksFound,
                blocksAccepted,
                coinbasesBeyondBudget,
                customJobs,
                customJobsRefused,
                new FarmSnapshot.Delivery(
                        deliveries,
                        Duration.ofNanos(deliveryNanosLast),
                        Duration.ofNanos(deliveries == 0 ? 0 : deliveryNanosSum / deliveries),
                        Duration.ofNanos(deliveryNanosWorst)));
    }

    private void onShare(GatewayEvent.ShareSubmitted share) {
        FarmSnapshot.Shares one;
        if (share.verdict().isAccepted()) {
            one = new FarmSnapshot.Shares(1, 0, 0, share.difficulty());
        } else {
            one = share.verdict().isStale() ? new FarmSnapshot.Shares(0, 0, 1, 0) : new FarmSnapshot.Shares(0, 1, 0, 0);
            count(rejections, reason(share.verdict()), 1);
        }
        downstream.merge(share.protocol(), one, FarmSnapshot.Shares::plus);
    }

    private void forUpstream(String name, Consumer<UpstreamCounts> change) {
        change.accept(allUpstreams);
        UpstreamCounts counts = upstreams.get(name);
        if (counts == null) {
            counts = upstreams.computeIfAbsent(
                    upstreams.size() < MAX_UPSTREAMS ? name : OTHER, fresh -> new UpstreamCounts());
        }
        change.accept(counts);
    }

    private Map<String, FarmSnapshot.Upstream> upstreamSnapshots() {
        Map<String, FarmSnapshot.Upstream> all = new HashMap<>();
        upstreams.forEach((name, counts) -> all.put(name, counts.snapshot(0)));
        return all;
    }

    private void onSwitch(GatewayEvent.SwitchDelivered delivered) {
        if (switches.size() == MAX_SWITCHES) {
            switches.removeFirst();
        }
        switches.addLast(new FarmSnapshot.Switch(
                delivered.goal(),
                delivered.lane(),
                delivered.from(),
                delivered.to(),
                delivered.kind(),
                delivered.reason(),
                delivered.miners(),
                delivered.gap()));
    }

    private static String reason(ShareVerdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void count(Map<String, Long> counts, String reason, long times) {
        String key = counts.containsKey(reason) || counts.size() < MAX_REASONS ? reason : OTHER;
        counts.merge(key, times, Long::sum);
    }
}
