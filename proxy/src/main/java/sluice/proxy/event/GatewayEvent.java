package sluice.proxy.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.profile.MinerProfile;
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

    /** @param listener the name of the port it came in by */
    record MinerConnected(Instant at, long connectionId, String remoteAddress, String listener)
            implements GatewayEvent {}

    /** @param reason short kebab-case, counted */
    record MinerDisconnected(Instant at, long connectionId, String reason, String detail) implements GatewayEvent {}

    /**
     * Connections were closed before anything they said was looked at; reported together, so that a flood of them is no
     * flood of events. They were never reported as connected.
     *
     * @param reason short kebab-case, counted as that of a closed connection
     * @param latest where the last of them came from; empty where nobody knows
     */
    record ConnectionsRefused(Instant at, String reason, long count, String latest) implements GatewayEvent {}

    /**
     * Connections from this address are closed from now on.
     *
     * @param reason of the last offence, short kebab-case
     */
    record AddressBanned(Instant at, String address, Instant until, String reason) implements GatewayEvent {}

    /**
     * A message that means nothing in its place was ignored; only the first few of a connection are reported.
     *
     * @param reason short kebab-case, counted
     */
    record MinerMessageIgnored(Instant at, long connectionId, String reason, String detail) implements GatewayEvent {}

    record ChannelOpened(Instant at, long connectionId, long channelId, MinerProtocol protocol, String userIdentity)
            implements GatewayEvent {}

    record ChannelClosed(Instant at, long connectionId, long channelId, String reason) implements GatewayEvent {}

    /** A miner's channel is treated differently from others. {@code profile} names at least one. */
    record MinerProfiled(
            Instant at, long connectionId, long channelId, String userIdentity, String userAgent, MinerProfile profile)
            implements GatewayEvent {}

    /** A miner got a job whose coinbase is larger than its machine is known to take; said once for each channel. */
    record CoinbaseBeyondBudget(Instant at, long connectionId, long channelId, MinerProfile profile, int coinbaseBytes)
            implements GatewayEvent {}

    /** A miner's channel got a new target. */
    record MinerTargetChanged(Instant at, long connectionId, long channelId, Target target) implements GatewayEvent {}

    /**
     * One share and what we told its miner.
     *
     * @param difficulty that of its target; 0 unless accepted
     * @param shareHash the header's, of a share that goes upstream
     */
    record ShareSubmitted(
            Instant at,
            long connectionId,
            long channelId,
            MinerProtocol protocol,
            String userIdentity,
            long jobId,
            ShareVerdict verdict,
            double difficulty,
            Optional<Hash256> shareHash)
            implements GatewayEvent {}

    /**
     * Shares of one connection that were refused without being judged, because too many before them were bad; reported
     * together.
     */
    record SharesUnjudged(Instant at, long connectionId, MinerProtocol protocol, long count) implements GatewayEvent {}

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

    /** @param hadChannel whether a channel was open; an attempt that failed earlier ends with this event, too */
    record MiningPoolDisconnected(Instant at, String upstream, String step, String reason, boolean hadChannel)
            implements GatewayEvent {}

    /**
     * @param prevHash zero for a job that waits for its tip
     * @param height of the block that is mined, where the coinbase says it (BIP34)
     */
    record MiningJobCreated(
            Instant at, long jobId, Hash256 prevHash, boolean future, OptionalLong height, AnnouncedJob announced)
            implements GatewayEvent {}

    /**
     * A client may mine a job that it has made itself.
     *
     * @param channelId of a channel, or of a group of them
     */
    record CustomJobTaken(Instant at, long connectionId, long channelId, long jobId, Hash256 prevHash, long height)
            implements GatewayEvent {}

    /** @param errorCode what the client was told */
    record CustomJobRefused(Instant at, long connectionId, long channelId, String errorCode) implements GatewayEvent {}

    record ChainTipUpdated(Instant at, Hash256 prevHash, long nbits) implements GatewayEvent {}

    /** The network's difficulty changed with a new tip of the same upstream; both as compact targets, U32. */
    record MiningDifficultyChanged(Instant at, long oldNbits, long newNbits) implements GatewayEvent {}

    /** @param reporter the name of the token by which it was said */
    record NodeReported(Instant at, String reporter, NodeReport report) implements GatewayEvent {}

    /** A job reached the last miner's socket this long after its upstream's frame came in. */
    record JobDelivered(Instant at, long jobId, int miners, long nanos) implements GatewayEvent {}

    record BlockFound(Instant at, Hash256 hash, String userIdentity, String upstream) implements GatewayEvent {}

    /** What the path a block was sent on made of it. {@code rejection} is empty where it was taken. */
    record BlockAnswered(Instant at, Hash256 hash, String path, Optional<String> rejection) implements GatewayEvent {}

    /** A job of an upstream pays somebody else than the operator says it must. */
    record PayoutMismatch(Instant at, String upstream, String detail) implements GatewayEvent {}

    /** @param registered whether it is the coinbase provider from now on, or none any more */
    record CoinbaseProviderChanged(Instant at, String provider, boolean registered) implements GatewayEvent {}

    /**
     * The coinbase provider is asked how to split the reward of a template.
     *
     * @param requestId to be named by the answer
     * @param value satoshis
     * @param until when an answer is of use
     */
    record CoinbaseOutputsWanted(
            Instant at, String provider, long requestId, Hash256 prevHash, long height, long value, Instant until)
            implements GatewayEvent {}

    /**
     * Jobs pay what the provider answered.
     *
     * @param sum satoshis that its outputs pay together
     */
    record CoinbaseOutputsTaken(Instant at, String provider, long requestId, Hash256 prevHash, int outputs, long sum)
            implements GatewayEvent {}

    /** @param reason short kebab-case, counted; silent where no answer came in time */
    record CoinbaseOutputsRefused(Instant at, String provider, long requestId, String reason, String detail)
            implements GatewayEvent {}

    /** A job of this upstream cannot pay what the coinbase provider wants, and pays as it would without it. */
    record CoinbaseOutputsUnused(Instant at, String upstream, String reason) implements GatewayEvent {}

    /** Why a lane is fed by another upstream. */
    enum SwitchKind {
        /** The first upstream since the start. */
        START,
        /** The one before was lost, or is no good. */
        FAILOVER,
        /** A better one has been good for long enough. */
        FAILBACK,
        /** An operator wanted it, by a new plan or by name. */
        SWITCH
    }

    /** Why a miner mines for a goal. */
    enum PlacementReason {
        PIN,
        WEIGHT,
        REBALANCING,
        /** Its goal had no usable upstream. */
        EVACUATION
    }

    /** @param from the upstream before; empty for the first */
    record UpstreamSwitched(Instant at, String goal, int lane, String from, String to, SwitchKind kind, String reason)
            implements GatewayEvent {}

    /**
     * The first job of the upstream that was switched to has reached the last miner's socket.
     *
     * @param gap since the miners were without a usable upstream, or since a planned switch was decided
     */
    record SwitchDelivered(
            Instant at,
            String goal,
            int lane,
            String from,
            String to,
            SwitchKind kind,
            String reason,
            int miners,
            Duration gap)
            implements GatewayEvent {}

    /** No upstream is usable: the miners of this lane keep their last job. */
    record HoldBegan(Instant at, String goal, int lane, String reason) implements GatewayEvent {}

    /** The upstream that was lost is back. */
    record HoldEnded(Instant at, String goal, int lane) implements GatewayEvent {}

    /** @param from the goal before; empty for a new miner */
    record MinerPlaced(Instant at, long connectionId, String goal, int lane, String from, PlacementReason reason)
            implements GatewayEvent {}

    /** All goals, upstreams, weights and pins are as this plan says. */
    record PlanApplied(Instant at, long revision) implements GatewayEvent {}

    /** A plan could not be prepared, and nothing has changed. */
    record PlanRejected(Instant at, String upstream, String step, String reason) implements GatewayEvent {}

    record PortsClosed(Instant at, String reason) implements GatewayEvent {}

    record PortsOpened(Instant at) implements GatewayEvent {}
}
