package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;

/** What the messages of one SV2 connection say; as {@link Sv1View}, there is one at each end. */
final class Sv2View {
    private static final long ROLLABLE = 0x1fff_ffe0L;

    private final ViewListener listener;
    private final Map<Long, Sv2Message> opens = new LinkedHashMap<>();
    private final Map<Long, ToldChannel> channels = new LinkedHashMap<>();
    private final Map<Long, TreeMap<Long, Submission>> shares = new HashMap<>();
    private boolean setUp;
    private boolean fixedVersion;
    private boolean workerIdentity;
    private int outstanding;

    Sv2View(ViewListener listener) {
        this.listener = listener;
    }

    /** The miner said this; answers the share, if it is one. */
    Optional<Submission> said(Sv2Message message) {
        switch (message) {
            case OpenStandardMiningChannel open -> opens.put(open.requestId(), open);
            case OpenExtendedMiningChannel open -> opens.put(open.requestId(), open);
            case SubmitSharesStandard share -> {
                return sent(new Submission(
                        share.channelId(),
                        share.sequenceNumber(),
                        Long.toString(share.jobId()),
                        Bytes.EMPTY,
                        share.nonce(),
                        share.ntime(),
                        share.version(),
                        ""));
            }
            case SubmitSharesExtended share -> {
                return sent(new Submission(
                        share.channelId(),
                        share.sequenceNumber(),
                        Long.toString(share.jobId()),
                        share.extranonce(),
                        share.nonce(),
                        share.ntime(),
                        share.version(),
                        worker(share)));
            }
            case UpdateChannel update -> {
                ToldChannel channel = channels.get(update.channelId());
                if (channel != null) {
                    channel.easiestTaken(Hashing.bound(update.maximumTarget()));
                }
            }
            case CloseChannel close -> close(close, "closed by the miner");
            default -> {}
        }
        return Optional.empty();
    }

    private Optional<Submission> sent(Submission share) {
        shares.computeIfAbsent(share.channelId(), id -> new TreeMap<>()).put(share.key(), share);
        outstanding++;
        return Optional.of(share);
    }

    private String worker(SubmitSharesExtended share) {
        return workerIdentity
                ? WorkerIdentity.in(share.tlvs(type -> type == WorkerIdentity.EXTENSION_TYPE))
                        .orElse("")
                : "";
    }

    /** The gateway said this. */
    void heard(Sv2Message message) {
        switch (message) {
            case SetupConnectionSuccess success -> {
                require(!setUp, "set up twice");
                setUp = true;
                fixedVersion = (success.flags() & SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION) != 0;
            }
            case RequestExtensionsSuccess success ->
                workerIdentity |= success.supportedExtensions().contains(WorkerIdentity.EXTENSION_TYPE);
            case OpenStandardMiningChannelSuccess open -> opened(open);
            case OpenExtendedMiningChannelSuccess open -> opened(open);
            case OpenMiningChannelError error -> {
                require(opens.remove(error.requestId()) != null, "no open has request id %d", error.requestId());
                listener.openRefused(error.requestId(), error.errorCode());
            }
            case NewMiningJob job ->
                job(
                        job.channelId(),
                        new ToldJob(
                                Long.toString(job.jobId()),
                                job.version(),
                                fixedVersion ? 0 : ROLLABLE,
                                new ToldJob.Standard(job.merkleRoot())),
                        job.minNtime());
            case NewExtendedMiningJob job -> extendedJob(job);
            case SetNewPrevHash tip -> tip(tip);
            case SetTarget target -> {
                for (ToldChannel channel : addressed(target.channelId())) {
                    channel.bound(Hashing.bound(target.maximumTarget()));
                }
            }
            case CloseChannel close -> close(close, close.reasonCode());
            case SubmitSharesSuccess success -> accepted(success);
            case SubmitSharesError error -> refused(error);
            case SetExtranoncePrefix prefix ->
                throw new BrokenInvariant("the extranonce prefix of channel " + prefix.channelId() + " changes");
            default -> {}
        }
    }

    private void opened(OpenStandardMiningChannelSuccess success) {
        Sv2Message open = opens.remove(success.requestId());
        require(open instanceof OpenStandardMiningChannel, "no such open: %s", success);
        OpenStandardMiningChannel asked = (OpenStandardMiningChannel) open;
        add(new ToldChannel(
                success.channelId(),
                success.groupChannelId(),
                true,
                success.extranoncePrefix(),
                0,
                asked.userIdentity(),
                Hashing.bound(success.target()),
                Hashing.bound(asked.maxTarget())));
    }

    private void opened(OpenExtendedMiningChannelSuccess success) {
        Sv2Message open = opens.remove(success.requestId());
        require(open instanceof OpenExtendedMiningChannel, "no such open: %s", success);
        OpenExtendedMiningChannel asked = (OpenExtendedMiningChannel) open;
        require(
                success.extranonceSize() >= asked.minExtranonceSize(),
                "asked for %d bytes of extranonce, got %d",
                asked.minExtranonceSize(),
                success.extranonceSize());
        add(new ToldChannel(
                success.channelId(),
                success.groupChannelId(),
                false,
                success.extranoncePrefix(),
                success.extranonceSize(),
                asked.userIdentity(),
                Hashing.bound(success.target()),
                Hashing.bound(asked.maxTarget())));
    }

    private void add(ToldChannel channel) {
        require(channels.put(channel.id(), channel) == null, "channel id %d is given out twice", channel.id());
        require(
                !Hashing.isHarder(channel.easiestTaken(), channel.bound()),
                "channel %d gets an easier target than it takes",
                channel.id());
        listener.opened(channel);
    }

    private void extendedJob(NewExtendedMiningJob job) {
        List<ToldChannel> members = addressed(job.channelId());
        long rollable = job.versionRollingAllowed() && !fixedVersion ? ROLLABLE : 0;
        for (ToldChannel channel : members) {
            ToldJob told = new ToldJob(
                    Long.toString(job.jobId()),
                    job.version(),
                    rollable,
                    new ToldJob.Extended(job.coinbaseTxPrefix(), job.coinbaseTxSuffix(), job.merklePath()));
            job(channel, told, job.minNtime());
        }
    }

    private void job(long channelId, ToldJob job, OptionalLong minNtime) {
        ToldChannel channel = channels.get(channelId);
        if (channel != null && channel.isOpen()) {
            job(channel, job, minNtime);
        }
    }

    private void job(ToldChannel channel, ToldJob job, OptionalLong minNtime) {
        if (minNtime.isEmpty()) {
            channel.announceFuture(job);
            return;
        }
        ToldJob before = channel.newest();
        require(before != null, "channel %d gets an active job before any tip", channel.id());
        channel.requireNew(job);
        job.start(before.prevHash(), before.nbits(), minNtime.getAsLong(), channel.bound());
        channel.start(job);
        listener.started(channel, job, false);
    }

    private void tip(SetNewPrevHash tip) {
        for (ToldChannel channel : addressed(tip.channelId())) {
            ToldJob job = channel.takeFuture(Long.toString(tip.jobId()));
            job.start(tip.prevHash(), tip.nbits(), tip.minNtime(), channel.bound());
            channel.start(job);
            listener.started(channel, job, true);
        }
    }

    private void close(CloseChannel close, String reason) {
        for (ToldChannel channel : addressed(close.channelId())) {
            channel.close();
            listener.closed(channel, reason);
        }
    }

    private void accepted(SubmitSharesSuccess success) {
        TreeMap<Long, Submission> waiting = shares.getOrDefault(success.channelId(), new TreeMap<>());
        require(
                waiting.containsKey(success.lastSequenceNumber()),
                "%s accepts up to a share that has its verdict, or was never sent",
                success);
        Map<Long, Submission> covered = waiting.headMap(success.lastSequenceNumber(), true);
        require(
                covered.size() == success.newSubmitsAcceptedCount(),
                "%s settles %d shares without a verdict",
                success,
                covered.size());
        for (Iterator<Submission> each = covered.values().iterator(); each.hasNext(); ) {
            Submission share = each.next();
            each.remove();
            outstanding--;
            listener.answered(share, Submission.Verdict.ACCEPTED, "");
        }
    }

    private void refused(SubmitSharesError error) {
        TreeMap<Long, Submission> waiting = shares.getOrDefault(error.channelId(), new TreeMap<>());
        Submission share = waiting.remove(error.sequenceNumber());
        require(share != null, "%s refuses a share that has its verdict, or was never sent", error);
        outstanding--;
        boolean stale = error.errorCode().equals(MiningErrorCode.STALE_SHARE);
        listener.answered(share, stale ? Submission.Verdict.STALE : Submission.Verdict.REJECTED, error.errorCode());
    }

    private List<ToldChannel> addressed(long channelOrGroup) {
        List<ToldChannel> members = new ArrayList<>(2);
        for (ToldChannel channel : channels.values()) {
            if (channel.isAddressedBy(channelOrGroup)) {
                members.add(channel);
            }
        }
        return members;
    }

    boolean isSetUp() {
        return setUp;
    }

    /** All channels that ever were, closed ones among them. */
    Collection<ToldChannel> channels() {
        return channels.values();
    }

    /** The open channel with this id, or null. */
    ToldChannel open(long channelId) {
        ToldChannel channel = channels.get(channelId);
        return channel != null && channel.isOpen() ? channel : null;
    }

    /** Opens without an answer. */
    int waitingOpens() {
        return opens.size();
    }

    /** Shares without a verdict. */
    int outstanding() {
        return outstanding;
    }
}
