package sluice.proxy.view;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvents;

/**
 * Folds events into what is true now. Folding happens on the bus thread; anybody may read the latest {@link #snapshot},
 * which is replaced whole after each batch.
 */
public final class FarmView implements GatewayEvents.Listener {
    /** Different reasons counted apart; later ones are counted as {@code other}. */
    static final int MAX_REASONS = 64;

    private int connections;
    private int channels;
    private final Map<MinerProtocol, FarmSnapshot.Shares> downstream = new EnumMap<>(MinerProtocol.class);
    private final Map<String, Long> rejections = new HashMap<>();
    private final Map<String, Long> disconnects = new HashMap<>();
    private final Set<Long> connected = new HashSet<>();
    private boolean upstreamConnected;
    private long forwarded;
    private double workForwarded;
    private long upstreamAccepted;
    private long upstreamRejected;
    private long upstreamStale;
    private long unanswered;
    private long unforwardable;
    private double workAccepted;
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

    @Override
    public void on(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.MinerConnected miner -> connections += connected.add(miner.connectionId()) ? 1 : 0;
            case GatewayEvent.MinerDisconnected miner -> {
                connections -= connected.remove(miner.connectionId()) ? 1 : 0;
                count(disconnects, miner.reason());
            }
            case GatewayEvent.MinerMessageIgnored ignored -> {}
            case GatewayEvent.ChannelOpened opened -> channels++;
            case GatewayEvent.ChannelClosed closed -> channels--;
            case GatewayEvent.MinerTargetChanged changed -> {}
            case GatewayEvent.ShareSubmitted share -> onShare(share);
            case GatewayEvent.ShareForwarded share -> {
                forwarded++;
                workForwarded += share.difficulty();
            }
            case GatewayEvent.ShareUnforwardable share -> unforwardable++;
            case GatewayEvent.UpstreamAccepted accepted -> {
                upstreamAccepted += accepted.count();
                workAccepted += accepted.work();
            }
            case GatewayEvent.UpstreamRejected rejected -> {
                if (rejected.errorCode().equals(MiningErrorCode.STALE_SHARE)) {
                    upstreamStale++;
                } else {
                    upstreamRejected++;
                }
            }
            case GatewayEvent.UpstreamUnanswered shares -> unanswered += shares.count();
            case GatewayEvent.MiningPoolConnected pool -> upstreamConnected = true;
            case GatewayEvent.MiningPoolDisconnected pool -> upstreamConnected = false;
            case GatewayEvent.MiningJobCreated job -> jobs++;
            case GatewayEvent.ChainTipUpdated tip -> chainTips++;
            case GatewayEvent.JobDelivered delivered -> {
                deliveries++;
                deliveryNanosLast = delivered.nanos();
                deliveryNanosSum += delivered.nanos();
                deliveryNanosWorst = Math.max(deliveryNanosWorst, delivered.nanos());
            }
            case GatewayEvent.BlockFound found -> blocksFound++;
            case GatewayEvent.BlockAnswered answered ->
                blocksAccepted += answered.rejection().isEmpty() ? 1 : 0;
        }
    }

    @Override
    public void onBatchEnd() {
        snapshot = new FarmSnapshot(
                connections,
                channels,
                downstream,
                new FarmSnapshot.Upstream(
                        upstreamConnected,
                        forwarded,
                        workForwarded,
                        upstreamAccepted,
                        upstreamRejected,
                        upstreamStale,
                        unanswered,
                        unforwardable,
                        workAccepted),
                rejections,
                disconnects,
                jobs,
                chainTips,
                blocksFound,
                blocksAccepted,
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
            count(
                    rejections,
                    share.verdict().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        }
        downstream.merge(share.protocol(), one, FarmSnapshot.Shares::plus);
    }

    private static void count(Map<String, Long> counts, String reason) {
        String key = counts.containsKey(reason) || counts.size() < MAX_REASONS ? reason : "other";
        counts.merge(key, 1L, Long::sum);
    }
}
