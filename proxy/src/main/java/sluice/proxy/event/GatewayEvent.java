package sluice.proxy.event;

import java.time.Instant;
import java.util.Optional;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.share.ShareVerdict;

/**
 * What happened, for operators: the view, metrics, logs and the API fold from these and from nothing else, so they
 * cannot disagree.
 */
public sealed interface GatewayEvent {
    Instant at();

    /** How a miner mines, as operators count it. */
    enum MinerProtocol {
        SV1,
        SV2_STANDARD,
        SV2_EXTENDED
    }

    record MinerConnected(Instant at, long connectionId, String remoteAddress) implements GatewayEvent {}

    /** @param reason short kebab-case, counted */
    record MinerDisconnected(Instant at, long connectionId, String reason, String detail) implements GatewayEvent {}

    /**
     * A message that means nothing in its place was ignored; only the first few of a connection are reported.
     *
     * @param reason short kebab-case, counted
     */
    record MinerMessageIgnored(Instant at, long connectionId, String reason, String detail) implements GatewayEvent {}

    record ChannelOpened(Instant at, long connectionId, long channelId, MinerProtocol protocol, String userIdentity)
            implements GatewayEvent {}

    record ChannelClosed(Instant at, long connectionId, long channelId, String reason) implements GatewayEvent {}

    /** A miner's channel got a new target. */
    record MinerTargetChanged(Instant at, long connectionId, long channelId, Target target) implements GatewayEvent {}

    /** One share and what we told its miner. {@code difficulty} is that of its target, 0 unless accepted. */
    record ShareSubmitted(
            Instant at,
            long connectionId,
            long channelId,
            MinerProtocol protocol,
            String userIdentity,
            long jobId,
            ShareVerdict verdict,
            double difficulty)
            implements GatewayEvent {}

    /** A share went to the upstream. {@code difficulty} is that of the upstream's target for its job. */
    record ShareForwarded(Instant at, String upstream, double difficulty) implements GatewayEvent {}

    /** An accepted share could not go upstream: there was none, or its job's upstream is gone. */
    record ShareUnforwardable(Instant at, String userIdentity, String reason) implements GatewayEvent {}

    /** The upstream accepted {@code count} shares that we hold to be worth {@code work} in all. */
    record UpstreamAccepted(Instant at, String upstream, long count, double work) implements GatewayEvent {}

    record UpstreamRejected(Instant at, String upstream, String userIdentity, String errorCode)
            implements GatewayEvent {}

    /** The upstream went away without a verdict on {@code count} shares. */
    record UpstreamUnanswered(Instant at, String upstream, long count) implements GatewayEvent {}

    record MiningPoolConnected(Instant at, String upstream) implements GatewayEvent {}

    record MiningPoolDisconnected(Instant at, String upstream, String step, String reason) implements GatewayEvent {}

    record MiningJobCreated(Instant at, long jobId, Hash256 prevHash, boolean future) implements GatewayEvent {}

    record ChainTipUpdated(Instant at, Hash256 prevHash, long nbits) implements GatewayEvent {}

    /** A job reached the last miner's socket this long after its upstream's frame came in. */
    record JobDelivered(Instant at, long jobId, int miners, long nanos) implements GatewayEvent {}

    record BlockFound(Instant at, Hash256 hash, String userIdentity, String upstream) implements GatewayEvent {}

    /** What the path a block was sent on made of it. {@code rejection} is empty where it was taken. */
    record BlockAnswered(Instant at, Hash256 hash, String path, Optional<String> rejection) implements GatewayEvent {}
}
