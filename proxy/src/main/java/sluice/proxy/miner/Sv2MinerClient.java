package sluice.proxy.miner;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.CommonMessage;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.MiningMessage;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.proxy.miner.ClientAction.Disconnect;
import sluice.proxy.miner.ClientAction.Publish;
import sluice.proxy.miner.ClientAction.SendSv2;
import sluice.proxy.miner.ClientAction.SetDeadline;
import sluice.proxy.miner.ClientAction.Tell;

/**
 * An SV2 miner's session with one channel, standard or extended: setup, open, jobs and shares (SV2 5.2, 5.3). Confined to
 * the connection's loop.
 */
public final class Sv2MinerClient implements MinerClient {
    static final Duration SETUP_TIMEOUT = Duration.ofSeconds(30);
    /** Longer than the time between most blocks: nothing in SV2 makes a server speak sooner. */
    static final Duration SILENCE_TIMEOUT = Duration.ofMinutes(30);

    /** Most future jobs kept; the oldest goes. */
    public static final int MAX_FUTURE_JOBS = 16;
    /** Extranonce bytes asked for: with 2^32 nonces each they last for days. */
    public static final int MIN_EXTRANONCE_SIZE = 2;

    /** A change of the hashrate below this factor is not worth a message. */
    private static final double TELLING_CHANGE = 1.5;

    private static final String VENDOR = "sluice";
    private static final String HARDWARE = "cpu";
    private static final long REQUEST_ID = 1;

    private enum Phase {
        NEW,
        SETTING_UP,
        OPENING,
        MINING,
        OVER
    }

    /**
     * Who mines.
     *
     * @param standard header-only, or else with an extranonce of our own
     * @param host and {@code port} as dialled, for SetupConnection
     */
    public record Settings(boolean standard, String user, String host, int port, double nominalHashesPerSecond) {}

    /** A job that waits for its tip, or has it. */
    private record Job(long jobId, long version, boolean versionRollingAllowed, MerkleSource merkle) {}

    private final Settings settings;
    private final OutstandingShares<Long> outstanding = new OutstandingShares<>();
    private final Map<Long, Job> futureJobs = new LinkedHashMap<>();
    private Phase phase = Phase.NEW;
    private Instant lastHeard = Instant.MIN;
    private boolean fixedVersion;
    private double toldHashesPerSecond;

    private long generation;
    private long oldestValid;
    private long sequenceNumber;
    private long lastAccepted;

    private long channelId;
    private long groupChannelId;
    private Target target;
    private Bytes extranoncePrefix;
    private int extranonceSize;
    private SetNewPrevHash tip;

    /** @param generation of the newest work of the connection before, 0 at first */
    public Sv2MinerClient(Settings settings, long generation) {
        this.settings = settings;
        this.generation = generation;
        this.oldestValid = generation + 1;
        this.toldHashesPerSecond = settings.nominalHashesPerSecond();
    }

    @Override
    public int outstandingShares() {
        return outstanding.size();
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public List<ClientAction> on(ClientInput input, Instant now) {
        List<ClientAction> actions = new ArrayList<>();
        if (phase == Phase.OVER) {
            if (input instanceof ClientInput.ShareFound) {
                actions.add(new Publish(new ClientEvent.ShareDiscarded()));
            }
            return actions;
        }
        switch (input) {
            case ClientInput.Connected() -> connected(now, actions);
            case ClientInput.Sv2Received(Sv2Message message) -> {
                lastHeard = now;
                received(message, now, actions);
            }
            case ClientInput.Sv1Received ignored ->
                throw new IllegalStateException("an SV1 message on an SV2 connection");
            case ClientInput.ShareFound(Share share) -> submit(share, now, actions);
            case ClientInput.HashrateMeasured(double hashesPerSecond) -> measured(hashesPerSecond, actions);
            case ClientInput.DeadlineReached(ClientDeadline deadline) -> deadlineReached(deadline, now, actions);
            case ClientInput.Closed() -> closed(actions);
        }
        return actions;
    }

    private void connected(Instant now, List<ClientAction> actions) {
        lastHeard = now;
        phase = Phase.SETTING_UP;
        actions.add(new SetDeadline(ClientDeadline.SETUP, now.plus(SETUP_TIMEOUT)));
        long flags = settings.standard() ? SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS : 0;
        actions.add(new SendSv2(new SetupConnection(
                SetupConnection.MINING,
                SetupConnection.VERSION,
                SetupConnection.VERSION,
                flags,
                settings.host(),
                settings.port(),
                VENDOR,
                HARDWARE,
                "",
                "")));
    }

    private void received(Sv2Message message, Instant now, List<ClientAction> actions) {
        switch (message) {
            case CommonMessage common -> received(common, actions);
            case MiningMessage mining -> received(mining, now, actions);
            // Other sub-protocols and extensions that nobody negotiated.
            default -> {}
        }
    }

    private void received(CommonMessage message, List<ClientAction> actions) {
        switch (message) {
            case SetupConnectionSuccess success -> setUp(success, actions);
            case SetupConnectionError error -> disconnect("setup-refused", error.errorCode(), actions);
            case Reconnect reconnect ->
                actions.add(new ClientAction.Reconnect(reconnect.newHost(), reconnect.newPort()));
            default -> {}
        }
    }

    private void setUp(SetupConnectionSuccess success, List<ClientAction> actions) {
        if (phase != Phase.SETTING_UP) {
            return;
        }
        boolean extendedOnly = (success.flags() & SetupConnectionSuccessFlags.MINING_REQUIRES_EXTENDED_CHANNELS) != 0;
        if (success.usedVersion() != SetupConnection.VERSION) {
            disconnect("wrong-version", "the server uses version " + success.usedVersion(), actions);
            return;
        }
        if (settings.standard() && extendedOnly) {
            disconnect("no-standard-channels", "the server opens extended channels only", actions);
            return;
        }
        fixedVersion = (success.flags() & SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION) != 0;
        phase = Phase.OPENING;
        float hashrate = (float) settings.nominalHashesPerSecond();
        actions.add(new SendSv2(
                settings.standard()
                        ? new OpenStandardMiningChannel(REQUEST_ID, settings.user(), hashrate, Target.MAX)
                        : new OpenExtendedMiningChannel(
                                REQUEST_ID, settings.user(), hashrate, Target.MAX, MIN_EXTRANONCE_SIZE)));
    }

    private void received(MiningMessage message, Instant now, List<ClientAction> actions) {
        switch (message) {
            case OpenStandardMiningChannelSuccess open -> {
                if (settings.standard()) {
                    opened(
                            open.channelId(),
                            open.groupChannelId(),
                            open.target(),
                            open.extranoncePrefix(),
                            0,
                            now,
                            actions);
                }
            }
            case OpenExtendedMiningChannelSuccess open -> {
                if (!settings.standard()) {
                    opened(
                            open.channelId(),
                            open.groupChannelId(),
                            open.target(),
                            open.extranoncePrefix(),
                            open.extranonceSize(),
                            now,
                            actions);
                }
            }
            case OpenMiningChannelError error -> disconnect("channel-refused", error.errorCode(), actions);
            case SetGroupChannel set -> {
                if (set.channelIds().contains(channelId)) {
                    groupChannelId = set.groupChannelId();
                }
            }
            case UpdateChannelError error ->
                actions.add(new Tell("the server refused our hashrate: " + error.errorCode()));
            case NewMiningJob job -> {
                if (isOurs(job.channelId()) && settings.standard()) {
                    Job known = new Job(job.jobId(), job.version(), true, new MerkleSource.Fixed(job.merkleRoot()));
                    take(known, job.minNtime(), actions);
                }
            }
            case NewExtendedMiningJob job -> {
                if (isOurs(job.channelId())) {
                    extendedJob(job, actions);
                }
            }
            case SetNewPrevHash set -> {
                if (isOurs(set.channelId())) {
                    tipChanged(set, actions);
                }
            }
            case SetTarget set -> {
                if (isOurs(set.channelId())) {
                    target = set.maximumTarget();
                }
            }
            case SetExtranoncePrefix set -> {
                if (isOurs(set.channelId())) {
                    extranonceAssigned(set.extranoncePrefix(), actions);
                }
            }
            case CloseChannel close -> {
                if (isOurs(close.channelId())) {
                    disconnect("channel-closed", close.reasonCode(), actions);
                }
            }
            case SubmitSharesSuccess success -> accepted(success, actions);
            case SubmitSharesError error -> rejected(error, actions);
            // What only clients send, and custom jobs, which we never ask for.
            default -> {}
        }
    }

    private boolean isOurs(long id) {
        return phase == Phase.MINING && (id == channelId || id == groupChannelId);
    }

    private void opened(
            long newChannelId,
            long newGroupChannelId,
            Target newTarget,
            Bytes newExtranoncePrefix,
            int newExtranonceSize,
            Instant now,
            List<ClientAction> actions) {
        if (phase != Phase.OPENING) {
            return;
        }
        if (newExtranonceSize > Share.MAX_EXTRANONCE_SIZE) {
            disconnect("bad-extranonce-size", newExtranonceSize + " bytes of extranonce", actions);
            return;
        }
        phase = Phase.MINING;
        channelId = newChannelId;
        groupChannelId = newGroupChannelId;
        target = newTarget;
        extranonceSize = newExtranonceSize;
        actions.add(new Publish(new ClientEvent.Ready()));
        extranonceAssigned(newExtranoncePrefix, actions);
        actions.add(new SetDeadline(ClientDeadline.SILENCE, now.plus(SILENCE_TIMEOUT)));
    }

    private void extranonceAssigned(Bytes prefix, List<ClientAction> actions) {
        extranoncePrefix = prefix;
        actions.add(new Publish(new ClientEvent.ExtranonceAssigned(prefix, extranonceSize)));
    }

    private void extendedJob(NewExtendedMiningJob job, List<ClientAction> actions) {
        MerkleSource merkle;
        try {
            Coinbase.Halves halves = Coinbase.stripBip141(job.coinbaseTxPrefix(), job.coinbaseTxSuffix());
            merkle = new MerkleSource.Coinbase(
                    halves.prefix(),
                    extranoncePrefix,
                    extranonceSize,
                    halves.suffix(),
                    MerklePath.of(job.merklePath()));
        } catch (IllegalArgumentException e) {
            actions.add(new Tell("the server sent a job that makes no block: " + e.getMessage()));
            return;
        }
        take(new Job(job.jobId(), job.version(), job.versionRollingAllowed(), merkle), job.minNtime(), actions);
    }

    private void take(Job job, OptionalLong minNtime, List<ClientAction> actions) {
        if (minNtime.isEmpty()) {
            if (futureJobs.size() == MAX_FUTURE_JOBS) {
                futureJobs.remove(futureJobs.keySet().iterator().next());
            }
            futureJobs.put(job.jobId(), job);
        } else if (tip == null) {
            actions.add(new Tell("the server sent an active job before any tip"));
        } else {
            start(job, minNtime.getAsLong(), false, actions);
        }
    }

    private void tipChanged(SetNewPrevHash set, List<ClientAction> actions) {
        Job job = futureJobs.get(set.jobId());
        if (job == null) {
            disconnect("unknown-future-job", "SetNewPrevHash names job " + set.jobId(), actions);
            return;
        }
        futureJobs.clear();
        boolean newTip = tip == null || !tip.prevHash().equals(set.prevHash());
        tip = set;
        oldestValid = generation + 1;
        start(job, set.minNtime(), newTip, actions);
    }

    private void start(Job job, long ntime, boolean newTip, List<ClientAction> actions) {
        generation++;
        boolean mayRoll = job.versionRollingAllowed() && !fixedVersion;
        Hash256 prevHash = tip.prevHash();
        actions.add(new Publish(new ClientEvent.JobStarted(newTip)));
        actions.add(new ClientAction.StartWork(new Work(
                generation,
                Long.toString(job.jobId()),
                RolledVersion.of(
                        job.version(), mayRoll ? VersionRolling.BIP323_MASK : VersionRolling.NO_MASK, generation),
                prevHash,
                tip.nbits(),
                ntime,
                target,
                job.merkle())));
    }

    private void submit(Share share, Instant now, List<ClientAction> actions) {
        Work work = share.work();
        if (phase != Phase.MINING || work.generation() < oldestValid || outstanding.isFull()) {
            actions.add(new Publish(new ClientEvent.ShareDiscarded()));
            return;
        }
        sequenceNumber++;
        outstanding.add(sequenceNumber, now, actions);
        long jobId = Long.parseLong(work.jobId());
        actions.add(new Publish(new ClientEvent.ShareSent(share.isBlock())));
        actions.add(new SendSv2(
                settings.standard()
                        ? new SubmitSharesStandard(
                                channelId, sequenceNumber, jobId, share.nonce(), share.ntime(), work.version())
                        : new SubmitSharesExtended(
                                channelId,
                                sequenceNumber,
                                jobId,
                                share.nonce(),
                                share.ntime(),
                                work.version(),
                                share.extranonce())));
    }

    /**
     * A batch covers the shares up to its sequence number except those that were or will be refused, so its count says how
     * many it settles; which ones does not matter for the sums.
     */
    private void accepted(SubmitSharesSuccess success, List<ClientAction> actions) {
        if (success.channelId() != channelId) {
            return;
        }
        lastAccepted = success.lastSequenceNumber();
        int settled = outstanding.removeOldest(success.newSubmitsAcceptedCount(), this::isCovered);
        if (settled < success.newSubmitsAcceptedCount()) {
            actions.add(new Tell("the server accepted " + success.newSubmitsAcceptedCount() + " shares where " + settled
                    + " had no verdict"));
        }
        if (settled > 0) {
            actions.add(new Publish(new ClientEvent.SharesAccepted(settled)));
        }
    }

    private void rejected(SubmitSharesError error, List<ClientAction> actions) {
        if (error.channelId() != channelId) {
            return;
        }
        // A late refusal: the batch that covered it has settled another share in its place, which is still listed.
        boolean known = outstanding.remove(error.sequenceNumber())
                || error.sequenceNumber() <= lastAccepted && outstanding.removeOldest(1, this::isCovered) == 1;
        if (!known) {
            actions.add(new Tell("the server refused share " + error.sequenceNumber() + ", which has its verdict"));
            return;
        }
        boolean stale = error.errorCode().equals(MiningErrorCode.STALE_SHARE);
        actions.add(
                new Publish(stale ? new ClientEvent.ShareStale() : new ClientEvent.ShareRejected(error.errorCode())));
    }

    private boolean isCovered(long sequence) {
        return sequence <= lastAccepted;
    }

    private void measured(double hashesPerSecond, List<ClientAction> actions) {
        boolean telling = hashesPerSecond > toldHashesPerSecond * TELLING_CHANGE
                || hashesPerSecond < toldHashesPerSecond / TELLING_CHANGE;
        if (phase == Phase.MINING && telling) {
            toldHashesPerSecond = hashesPerSecond;
            actions.add(new SendSv2(new UpdateChannel(channelId, (float) hashesPerSecond, Target.MAX)));
        }
    }

    private void deadlineReached(ClientDeadline deadline, Instant now, List<ClientAction> actions) {
        switch (deadline) {
            case SETUP -> {
                if (phase != Phase.MINING) {
                    disconnect(
                            "setup-timeout",
                            "the server did not open a channel within " + SETUP_TIMEOUT.toSeconds() + " s",
                            actions);
                }
            }
            case SILENCE -> {
                Instant end = lastHeard.plus(SILENCE_TIMEOUT);
                if (end.isAfter(now)) {
                    actions.add(new SetDeadline(ClientDeadline.SILENCE, end));
                } else {
                    disconnect(
                            "silence", "the server said nothing for " + SILENCE_TIMEOUT.toMinutes() + " min", actions);
                }
            }
            case VERDICT -> {
                if (outstanding.isOverdue(now, actions)) {
                    disconnect(
                            "no-verdict",
                            "a share has no verdict after " + OutstandingShares.VERDICT_TIMEOUT.toSeconds() + " s",
                            actions);
                }
            }
        }
    }

    private static void disconnect(String reason, String detail, List<ClientAction> actions) {
        actions.add(new Disconnect(reason, detail));
    }

    private void closed(List<ClientAction> actions) {
        phase = Phase.OVER;
        actions.add(new ClientAction.StopWork());
        int unanswered = outstanding.clear();
        if (unanswered > 0) {
            actions.add(new Publish(new ClientEvent.SharesUnanswered(unanswered)));
        }
    }
}
