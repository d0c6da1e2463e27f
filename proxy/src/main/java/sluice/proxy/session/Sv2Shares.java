package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.channel.ShareOutcome;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.translation.WorkerLogin;

/**
 * Answers the shares of one SV2 connection (SV2 5.3.11-5.3.14): an Error for each bad one at once, a Success for good ones
 * by the batch. Confined to the session.
 */
final class Sv2Shares {
    /** No accepted share waits longer for its Success. */
    static final Duration ACKNOWLEDGE_AFTER = Duration.ofSeconds(1);

    static final String TOO_MANY_SHARES = "too-many-shares";

    static final String TOO_MANY_BAD_SHARES = "too-many-bad-shares";

    private final long connectionId;
    private final MinerContext context;
    private final Sv2Extensions extensions;
    private final Sv2Channels channels;
    private final Sv2Outbox out;
    // Channels with a share in their batch since the deadline was set; their batches may have gone since.
    private final Set<Sv2Channel> unacknowledged = new LinkedHashSet<>();

    private final ShareGuard guard;
    private MinerProtocol unjudgedOf = MinerProtocol.SV2_EXTENDED;

    Sv2Shares(
            long connectionId,
            MinerContext context,
            Sv2Extensions extensions,
            Sv2Channels channels,
            int invalidSharesPerSecond,
            Sv2Outbox out) {
        this.connectionId = connectionId;
        this.context = context;
        this.extensions = extensions;
        this.channels = channels;
        this.out = out;
        this.guard = new ShareGuard(invalidSharesPerSecond);
    }

    ShareGuard.Step onSubmit(SubmitSharesStandard share, Instant now) {
        if (!guard.judges(now)) {
            return refuseUnjudged(share.channelId(), share.sequenceNumber(), MinerProtocol.SV2_STANDARD, now);
        }
        Sv2Channel channel = channels.find(share.channelId());
        if (channel == null || !channel.isStandard()) {
            return refuse(
                    share.channelId(),
                    share.sequenceNumber(),
                    share.jobId(),
                    MinerProtocol.SV2_STANDARD,
                    owner(channel),
                    ShareVerdict.UNKNOWN_CHANNEL,
                    now);
        }
        ShareOutcome outcome = channel.mining()
                .submitStandard(share.jobId(), share.nonce(), share.ntime(), share.version(), context.validator(), now);
        return conclude(
                channel, share.sequenceNumber(), share.jobId(), channel.mining().userIdentity(), outcome, now);
    }

    ShareGuard.Step onSubmit(SubmitSharesExtended share, Instant now) {
        if (!guard.judges(now)) {
            return refuseUnjudged(share.channelId(), share.sequenceNumber(), MinerProtocol.SV2_EXTENDED, now);
        }
        Sv2Channel channel = channels.find(share.channelId());
        if (channel == null || channel.isStandard()) {
            return refuse(
                    share.channelId(),
                    share.sequenceNumber(),
                    share.jobId(),
                    MinerProtocol.SV2_EXTENDED,
                    owner(channel),
                    ShareVerdict.UNKNOWN_CHANNEL,
                    now);
        }
        String worker;
        try {
            worker = extensions
                    .worker(share)
                    .map(WorkerLogin::identity)
                    .orElse(channel.mining().userIdentity());
        } catch (ProtocolViolation tooLong) {
            // The field makes this one message void (SV2 3.4.3); the next may be good.
            return refuse(
                    share.channelId(),
                    share.sequenceNumber(),
                    share.jobId(),
                    MinerProtocol.SV2_EXTENDED,
                    channel.mining().userIdentity(),
                    ShareVerdict.BAD_USER_IDENTITY,
                    now);
        }
        ShareOutcome outcome = channel.mining()
                .submit(
                        share.jobId(),
                        share.extranonce(),
                        share.nonce(),
                        share.ntime(),
                        share.version(),
                        worker,
                        context.validator(),
                        now);
        return conclude(channel, share.sequenceNumber(), share.jobId(), worker, outcome, now);
    }

    /** Acknowledges all that waits. */
    void acknowledgeAll() {
        for (Sv2Channel channel : unacknowledged) {
            channels.acknowledge(channel);
        }
        unacknowledged.clear();
    }

    private ShareGuard.Step conclude(
            Sv2Channel channel, long sequence, long jobId, String worker, ShareOutcome outcome, Instant now) {
        if (!outcome.verdict().isAccepted()) {
            return refuse(channel.id(), sequence, jobId, channel.mining().protocol(), worker, outcome.verdict(), now);
        }
        outcome.forward().ifPresent(out::forward);
        out.publish(new GatewayEvent.ShareSubmitted(
                now,
                connectionId,
                channel.id(),
                channel.mining().protocol(),
                worker,
                jobId,
                outcome.verdict(),
                outcome.difficulty(),
                outcome.shareHash()));
        boolean full = channel.batch().add(sequence, outcome.difficulty());
        if (full || outcome.forward().filter(ForwardedShare::blockFound).isPresent()) {
            channels.acknowledge(channel);
        } else {
            acknowledgeLater(channel, now);
        }
        if (guard.onAccepted()) {
            out.proved();
        }
        channels.onShare(channel, outcome.difficulty(), now);
        return ShareGuard.Step.NONE;
    }

    private void acknowledgeLater(Sv2Channel channel, Instant now) {
        if (unacknowledged.isEmpty()) {
            out.deadline(MinerDeadline.ACKNOWLEDGE, now.plus(ACKNOWLEDGE_AFTER));
        }
        unacknowledged.add(channel);
    }

    private ShareGuard.Step refuse(
            long channelId,
            long sequence,
            long jobId,
            MinerProtocol protocol,
            String worker,
            ShareVerdict verdict,
            Instant now) {
        out.send(new SubmitSharesError(channelId, sequence, errorCode(verdict)));
        out.publish(new GatewayEvent.ShareSubmitted(
                now, connectionId, channelId, protocol, worker, jobId, verdict, 0, Optional.empty()));
        return guard.onRefused(verdict, now);
    }

    private ShareGuard.Step refuseUnjudged(long channelId, long sequence, MinerProtocol protocol, Instant now) {
        out.send(new SubmitSharesError(channelId, sequence, errorCode(ShareVerdict.UNJUDGED)));
        ShareGuard.Step step = guard.onRefused(ShareVerdict.UNJUDGED, now);
        unjudgedOf = protocol;
        if (guard.reportIsDue()) {
            out.deadline(MinerDeadline.UNJUDGED, now.plus(ShareGuard.REPORT_AFTER));
        }
        return step;
    }

    /** Tells of shares that were refused unjudged; a connection has them of one kind, or of the kind that came last. */
    void reportUnjudged(Instant now) {
        long count = guard.takeUnjudged();
        if (count > 0) {
            out.publish(new GatewayEvent.SharesUnjudged(now, connectionId, unjudgedOf, count));
        }
    }

    void onUnjudgedDeadline(Instant now) {
        reportUnjudged(now);
        if (guard.isOffence()) {
            out.offended(ShareGuard.INVALID_SHARES);
        }
    }

    private static String owner(Sv2Channel channelOrNull) {
        return channelOrNull == null ? "" : channelOrNull.mining().userIdentity();
    }

    static String errorCode(ShareVerdict verdict) {
        return switch (verdict) {
            case ACCEPTED -> throw new IllegalArgumentException("an accepted share has no error");
            case STALE -> MiningErrorCode.STALE_SHARE;
            case UNKNOWN_JOB -> MiningErrorCode.INVALID_JOB_ID;
            case DUPLICATE -> MiningErrorCode.DUPLICATE_SHARE;
            case LOW_DIFFICULTY -> MiningErrorCode.DIFFICULTY_TOO_LOW;
            case BAD_EXTRANONCE_SIZE -> MiningErrorCode.BAD_EXTRANONCE_SIZE;
            case NTIME_TOO_OLD, NTIME_TOO_NEW -> MiningErrorCode.INVALID_SHARE;
            case VERSION_ROLLING_NOT_ALLOWED -> MiningErrorCode.VERSION_ROLLING_NOT_ALLOWED;
            case BAD_VERSION_BITS -> MiningErrorCode.INVALID_NON_ROLLABLE_VERSION_BIT;
            case TOO_MANY_SHARES -> TOO_MANY_SHARES;
            case UNJUDGED -> TOO_MANY_BAD_SHARES;
            case UNKNOWN_CHANNEL -> MiningErrorCode.INVALID_CHANNEL_ID;
            case BAD_USER_IDENTITY -> MiningErrorCode.INVALID_USER_IDENTITY;
        };
    }
}
