package sluice.upstream.session;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.CommonMessage;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;
import sluice.protocol.sv2.message.extension.ExtensionMessage;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningMessage;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
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
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireText;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;

/**
 * The conversation with one pool, over as many connections as it takes: setup, one extended channel, its jobs, shares and
 * verdicts (SV2 3.6, 5.3). Each conversation that began ends with exactly one {@link UpstreamEvent.Lost}. Pure; confined to
 * the pool connection's loop.
 *
 * <p>{@link PoolInput.Connected} leads to {@link Step#SETUP}, SetupConnection.Success and, where extensions are wanted, the
 * answer about them to {@link Step#OPEN_CHANNEL}, OpenExtendedMiningChannel.Success to {@link Step#FIRST_JOB}, the first
 * SetNewPrevHash to {@link Step#MINING}. Where we make the jobs ourselves, the channel alone leads to {@link Step#MINING}.
 */
public final class Sv2PoolSession implements PoolSession {
    /** Announced jobs that may wait for their tip; the oldest gives way. */
    public static final int MAX_FUTURE_JOBS = 16;

    /** The smallest grant a farm can work with: 4 bytes tell miners apart, 4 are rolled by each. */
    public static final int LEAST_EXTRANONCE_SIZE = 8;

    /** What we ask for, from the most to the least; more lets miners have larger parts of their own. */
    static final List<Integer> WANTED_EXTRANONCE_SIZES = List.of(16, 12, LEAST_EXTRANONCE_SIZE);

    /** What a share gets that comes while no channel is open. */
    public static final String CHANNEL_NOT_OPEN = "channel-not-open";

    private static final String PROTOCOL_VIOLATION = "protocol violation: ";
    private static final int MAX_REASON_BYTES = 255;
    // No U32 is equal to it.
    private static final long NO_ID = -1;

    private enum Phase {
        SETUP(Step.SETUP),
        EXTENSIONS(Step.SETUP),
        OPEN_CHANNEL(Step.OPEN_CHANNEL),
        FIRST_JOB(Step.FIRST_JOB),
        MINING(Step.MINING);

        final Step step;

        Phase(Step step) {
            this.step = step;
        }
    }

    private final PoolSettings settings;
    private final ExtensionNegotiation extensions;
    private final PoolWatch watch;
    private final PayoutWatch payouts;
    private final ShareSequences sequences = new ShareSequences();
    private final Sv2PoolOutbox outbox = new Sv2PoolOutbox();
    private final Sv2PoolJobs jobs = new Sv2PoolJobs();
    private final CustomJobRequests customJobs = new CustomJobRequests(outbox);
    private UpstreamCommand.UpdateDemand demand;
    private boolean askForVersionRolling = true;

    // Null while there is no conversation.
    private Phase phase;
    private PoolInput.Connected endpoint;
    private boolean fixedVersion;
    private int wantedSizeIndex;
    private long requestId;
    private long channelId;
    private long groupChannelId;
    private int extranonceSize;
    private Bytes extranoncePrefix;
    private UpstreamCommand.UpdateDemand toldDemand;

    public Sv2PoolSession(PoolSettings settings) {
        this.settings = settings;
        this.extensions = new ExtensionNegotiation(settings.namesPerShare());
        this.watch = new PoolWatch(settings.patience());
        this.payouts = new PayoutWatch(settings.payout());
        this.demand = new UpstreamCommand.UpdateDemand(0, settings.easiestTarget());
    }

    @Override
    public List<PoolAction> on(PoolInput input, Instant now) {
        outbox.actions().clear();
        switch (input) {
            case PoolInput.Connected connected -> setUp(connected, now);
            case PoolInput.FrameReceived received -> onFrame(received.frame(), now);
            case PoolInput.LineReceived line -> throw new IllegalStateException("an SV1 line for an SV2 session");
            case PoolInput.CommandGiven given -> onCommand(given.command());
            case PoolInput.CustomJobGiven given -> onCustomJob(given.job(), now);
            case PoolInput.DeadlineReached reached -> {
                if (phase != null) {
                    onDeadline(reached.deadline(), now);
                }
            }
            case PoolInput.Disconnected disconnected -> {
                if (phase != null) {
                    emitLost(disconnected.reason());
                }
            }
        }
        return outbox.actions();
    }

    @Override
    public boolean isConversing() {
        return phase != null;
    }

    private void setUp(PoolInput.Connected connected, Instant now) {
        endpoint = connected;
        phase = Phase.SETUP;
        extensions.restart();
        watch.restart();
        jobs.restart();
        customJobs.restart();
        requestId = 0;
        wantedSizeIndex = 0;
        channelId = NO_ID;
        groupChannelId = NO_ID;
        sequences.restart();
        outbox.send(Introduction.of(
                SetupConnection.MINING, setupFlags(), connected.host(), connected.port(), settings.softwareVersion()));
        outbox.setDeadline(PoolDeadline.SETUP, now);
    }

    private long setupFlags() {
        return (settings.selectsWork() ? SetupConnectionFlags.MINING_REQUIRES_WORK_SELECTION : 0)
                | (askForVersionRolling ? SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING : 0);
    }

    private void onFrame(Frame frame, Instant now) {
        if (phase == null) {
            return;
        }
        try {
            Sv2Codec.decode(frame, outbox::note).ifPresent(message -> onMessage(message, now));
        } catch (ProtocolViolation violation) {
            lose(PROTOCOL_VIOLATION + violation.getMessage());
        }
    }

    private void onMessage(Sv2Message message, Instant now) {
        switch (message) {
            case CommonMessage common -> onCommon(common, now);
            case MiningMessage mining -> onMining(mining, now);
            case ExtensionMessage extension -> onExtension(extension, now);
            default -> unexpected(message);
        }
    }

    private void onCommon(CommonMessage message, Instant now) {
        switch (message) {
            case SetupConnectionSuccess success -> onSetup(success, now);
            case SetupConnectionError error -> onSetupRefused(error);
            case Reconnect reconnect -> onReconnect(reconnect);
            case ChannelEndpointChanged changed -> onEndpointChanged(changed, now);
            case SetupConnection setup -> unexpected(setup);
        }
    }

    private void onMining(MiningMessage message, Instant now) {
        switch (message) {
            case OpenExtendedMiningChannelSuccess success -> onOpened(success, now);
            case OpenMiningChannelError error -> onOpenRefused(error, now);
            case NewExtendedMiningJob job -> {
                if (!settings.selectsWork()) {
                    onJob(job, now);
                }
            }
            case SetNewPrevHash tip -> {
                if (!settings.selectsWork()) {
                    onTip(tip, now);
                }
            }
            case SetCustomMiningJobSuccess success -> {
                if (isForUs(success.channelId(), success) && !customJobs.take(success)) {
                    unexpected(success);
                }
            }
            case SetCustomMiningJobError error -> {
                if (isForUs(error.channelId(), error) && !customJobs.take(error)) {
                    unexpected(error);
                }
            }
            case SetTarget target -> {
                if (!isForUs(target.channelId(), target)) {
                    return;
                }
                if (target.maximumTarget().isZero()) {
                    lose(ChannelGrant.TARGET_ZERO);
                } else {
                    outbox.emit(new UpstreamEvent.TargetChanged(target.maximumTarget()));
                }
            }
            case SetExtranoncePrefix prefix -> onExtranoncePrefix(prefix);
            case SetGroupChannel group -> {
                if (group.channelIds().contains(channelId)) {
                    groupChannelId = group.groupChannelId();
                }
            }
            case SubmitSharesSuccess success -> onAccepted(success);
            case SubmitSharesError error -> onRejected(error, now);
            case UpdateChannelError error ->
                outbox.note("the pool refused UpdateChannel: " + WireText.printable(error.errorCode()));
            case CloseChannel close -> {
                if (isForUs(close.channelId(), close)) {
                    lose("the pool closed our channel: " + WireText.printable(close.reasonCode()));
                }
            }
            case NewMiningJob _,
                    OpenStandardMiningChannel _,
                    OpenStandardMiningChannelSuccess _,
                    OpenExtendedMiningChannel _,
                    UpdateChannel _,
                    SubmitSharesStandard _,
                    SubmitSharesExtended _,
                    SetCustomMiningJob _ -> unexpected(message);
        }
    }

    private void onSetup(SetupConnectionSuccess success, Instant now) {
        if (phase != Phase.SETUP) {
            unexpected(success);
            return;
        }
        if (success.usedVersion() != SetupConnection.VERSION) {
            lose("the pool chose protocol version " + success.usedVersion() + ", which we did not offer");
            return;
        }
        fixedVersion = (success.flags() & SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION) != 0;
        if (extensions.isDue()) {
            phase = Phase.EXTENSIONS;
            requestExtensions(now);
        } else {
            phase = Phase.OPEN_CHANNEL;
            open(now);
        }
    }

    private void onSetupRefused(SetupConnectionError error) {
        if (phase != Phase.SETUP) {
            unexpected(error);
            return;
        }
        boolean rollingRefused = (error.flags() & SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING) != 0;
        String unsupported =
                error.flags() == 0 ? "" : " (it does not support " + RefusedFlags.inWords(error.flags()) + ")";
        String reason = "the pool refused the setup: " + WireText.printable(error.errorCode()) + unsupported;
        // A pool without version rolling is still a pool; the next conversation does not insist, the one after does.
        boolean giveUpRolling = askForVersionRolling && rollingRefused;
        askForVersionRolling = !giveUpRolling;
        lose(giveUpRolling ? reason + "; next time we do without version rolling" : reason);
    }

    private void onReconnect(Reconnect reconnect) {
        // No host has a name that cannot be printed, and this one is going to be in logs.
        String host = reconnect.newHost().isEmpty() ? endpoint.host() : WireText.printable(reconnect.newHost());
        int port = reconnect.newPort() == 0 ? endpoint.port() : reconnect.newPort();
        emitLost("the pool asked us to reconnect to " + host + ":" + port);
        outbox.actions().add(new PoolAction.Redirect(host, port));
    }

    private void requestExtensions(Instant now) {
        outbox.send(extensions.request());
        outbox.setDeadline(PoolDeadline.EXTENSIONS, now);
    }

    private void onExtension(ExtensionMessage message, Instant now) {
        if (phase == Phase.SETUP) {
            unexpected(message);
            return;
        }
        switch (extensions.take(message)) {
            case ExtensionNegotiation.Outcome.Unexpected none -> unexpected(message);
            case ExtensionNegotiation.Outcome.AskAgain again -> requestExtensions(now);
            case ExtensionNegotiation.Outcome.Obstacle obstacle -> lose(obstacle.reason());
            case ExtensionNegotiation.Outcome.Settled settled -> goOnAfterExtensions(now);
        }
    }

    private void goOnAfterExtensions(Instant now) {
        if (!extensions.namesShares()) {
            outbox.note("the pool does not take names on shares (extension 0x0002), going on without");
        }
        if (phase == Phase.EXTENSIONS) {
            phase = Phase.OPEN_CHANNEL;
            open(now);
        }
    }

    /** What was agreed upon holds no more, and its new endpoint may not know it (SV2 3.6.4). */
    private void onEndpointChanged(ChannelEndpointChanged changed, Instant now) {
        outbox.note("the pool moved channel " + changed.channelId() + " to another endpoint");
        if (isOpen() && changed.channelId() == channelId && extensions.hasAsked()) {
            requestExtensions(now);
        }
    }

    private void open(Instant now) {
        requestId++;
        toldDemand = demand;
        outbox.send(new OpenExtendedMiningChannel(
                requestId,
                settings.userIdentity(),
                nominalHashRate(demand),
                demand.maximumTarget(),
                WANTED_EXTRANONCE_SIZES.get(wantedSizeIndex)));
        outbox.setDeadline(PoolDeadline.OPEN_CHANNEL, now);
    }

    private void onOpenRefused(OpenMiningChannelError error, Instant now) {
        if (phase != Phase.OPEN_CHANNEL || error.requestId() != requestId) {
            unexpected(error);
            return;
        }
        // Whatever the code says: codes are free text, and a smaller wish is cheap to try.
        if (wantedSizeIndex + 1 < WANTED_EXTRANONCE_SIZES.size()) {
            outbox.note("the pool refused a channel with " + WANTED_EXTRANONCE_SIZES.get(wantedSizeIndex)
                    + " bytes of extranonce: " + WireText.printable(error.errorCode()));
            wantedSizeIndex++;
            open(now);
        } else {
            lose("the pool refused to open a channel: " + WireText.printable(error.errorCode()) + " (asked for "
                    + WANTED_EXTRANONCE_SIZES + " bytes of extranonce in turn)");
        }
    }

    private void onOpened(OpenExtendedMiningChannelSuccess success, Instant now) {
        if (phase != Phase.OPEN_CHANNEL || success.requestId() != requestId) {
            unexpected(success);
            return;
        }
        Optional<String> obstacle = ChannelGrant.obstacle(success);
        if (obstacle.isPresent()) {
            lose(obstacle.get());
            return;
        }
        channelId = success.channelId();
        groupChannelId = success.groupChannelId();
        extranonceSize = success.extranonceSize();
        extranoncePrefix = success.extranoncePrefix();
        if (settings.selectsWork()) {
            phase = Phase.MINING;
        } else {
            phase = Phase.FIRST_JOB;
            outbox.setDeadline(PoolDeadline.FIRST_JOB, now);
        }
        outbox.emit(new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                settings.upstream(), extranoncePrefix, extranonceSize, success.target(), !fixedVersion)));
        tellDemand();
    }

    private void onJob(NewExtendedMiningJob job, Instant now) {
        if (!isForUs(job.channelId(), job)) {
            return;
        }
        Optional<UpstreamJob> announced;
        try {
            announced = jobs.take(job, extranoncePrefix, fixedVersion);
        } catch (IllegalArgumentException unusable) {
            lose(PROTOCOL_VIOLATION + unusable.getMessage());
            return;
        }
        if (announced.isEmpty()) {
            outbox.note("ignored active job " + job.jobId() + ": there is no tip yet to mine it on");
            return;
        }
        if (phase == Phase.MINING) {
            watch.workCame(now).ifPresent(outbox.actions()::add);
        }
        payouts.announce(announced.get(), extranonceSize, outbox::emit, this::lose);
    }

    private void onTip(SetNewPrevHash tip, Instant now) {
        if (!isForUs(tip.channelId(), tip)) {
            return;
        }
        UpstreamEvent.TipChanged changed;
        try {
            changed = jobs.take(tip);
        } catch (IllegalArgumentException unannounced) {
            lose(PROTOCOL_VIOLATION + unannounced.getMessage());
            return;
        }
        phase = Phase.MINING;
        watch.workCame(now).ifPresent(outbox.actions()::add);
        outbox.emit(changed);
    }

    private void onCustomJob(SetCustomMiningJob job, Instant now) {
        if (!settings.selectsWork()) {
            throw new IllegalStateException("a custom job for a session that did not ask for work selection");
        }
        if (!isOpen()) {
            customJobs.refuse(job, CHANNEL_NOT_OPEN);
        } else if (customJobs.isFull()) {
            lose("the pool leaves " + CustomJobRequests.MAX_UNANSWERED + " custom jobs unanswered");
        } else {
            customJobs.send(job, channelId, ++requestId, now);
        }
    }

    private void onExtranoncePrefix(SetExtranoncePrefix message) {
        // Never for a group: its members would share search space.
        if (message.channelId() != channelId) {
            unexpected(message);
            return;
        }
        int fullSize = message.extranoncePrefix().length() + extranonceSize;
        if (fullSize > UpstreamChannel.MAX_FULL_EXTRANONCE) {
            lose(PROTOCOL_VIOLATION + "the new prefix makes an extranonce of " + fullSize + " bytes, at most "
                    + UpstreamChannel.MAX_FULL_EXTRANONCE);
            return;
        }
        extranoncePrefix = message.extranoncePrefix();
        outbox.emit(new UpstreamEvent.ExtranoncePrefixChanged(extranoncePrefix));
    }

    private void onAccepted(SubmitSharesSuccess success) {
        long sequence = sequences.full(success.lastSequenceNumber());
        if (success.channelId() != channelId || sequence < 1) {
            unexpected(success);
            return;
        }
        watch.accepted();
        outbox.emit(
                new UpstreamEvent.SharesAccepted(sequence, success.newSubmitsAcceptedCount(), success.newSharesSum()));
    }

    private void onRejected(SubmitSharesError error, Instant now) {
        long sequence = sequences.full(error.sequenceNumber());
        if (error.channelId() != channelId || sequence < 1) {
            unexpected(error);
            return;
        }
        String code = WireText.printable(error.errorCode());
        outbox.emit(new UpstreamEvent.ShareRejected(sequence, code));
        watch.refused(code, now).ifPresent(outbox.actions()::add);
    }

    private void onCommand(UpstreamCommand command) {
        switch (command) {
            case UpstreamCommand.SubmitShare share -> submit(share);
            case UpstreamCommand.UpdateDemand update -> {
                demand = update;
                tellDemand();
            }
            case UpstreamCommand.ConnectNow now -> {}
            case UpstreamCommand.RescueBlock rescue -> {}
            case UpstreamCommand.Close close -> {
                if (isOpen()) {
                    outbox.send(new CloseChannel(
                            channelId, WireText.truncate(WireText.printable(close.reason()), MAX_REASON_BYTES)));
                }
                if (phase != null) {
                    lose("closed by us: " + close.reason());
                }
            }
        }
    }

    private void submit(UpstreamCommand.SubmitShare share) {
        if (!isOpen()) {
            outbox.emit(new UpstreamEvent.ShareRejected(share.sequence(), CHANNEL_NOT_OPEN));
            return;
        }
        SubmitSharesExtended message = new SubmitSharesExtended(
                channelId,
                sequences.sent(share.sequence()),
                share.jobId(),
                share.nonce(),
                share.ntime(),
                share.version(),
                share.extranonce());
        outbox.send(extensions.named(
                message, share.userIdentity().isEmpty() ? settings.userIdentity() : share.userIdentity()));
    }

    private void tellDemand() {
        if (isOpen() && !demand.equals(toldDemand)) {
            toldDemand = demand;
            outbox.send(new UpdateChannel(channelId, nominalHashRate(demand), demand.maximumTarget()));
        }
    }

    // Infinity is an invalid hashrate to every pool.
    private static float nominalHashRate(UpstreamCommand.UpdateDemand demand) {
        return (float) Math.min(demand.nominalHashrate(), Float.MAX_VALUE);
    }

    private void onDeadline(PoolDeadline deadline, Instant now) {
        switch (deadline) {
            case SETUP -> loseIfStillAt(Phase.SETUP, "answer to SetupConnection", deadline);
            case EXTENSIONS -> {
                if (extensions.isAwaited()) {
                    goOnAfterExtensions(now);
                }
            }
            case OPEN_CHANNEL -> loseIfStillAt(Phase.OPEN_CHANNEL, "answer to OpenExtendedMiningChannel", deadline);
            case FIRST_JOB -> loseIfStillAt(Phase.FIRST_JOB, "job with its tip", deadline);
            case CUSTOM_JOB -> customJobs.complaint(now).ifPresent(this::lose);
            case NO_JOB, ONLY_REJECTS ->
                watch.complaint(deadline, now)
                        .ifPresentOrElse(this::lose, () -> watch.next(deadline).ifPresent(outbox.actions()::add));
            case CONFIGURE, SUBSCRIBE, AUTHORIZE, DIFFICULTY, VERDICT, SILENCE ->
                throw new IllegalStateException("a deadline of SV1 for an SV2 session");
        }
    }

    private void loseIfStillAt(Phase awaited, String missing, PoolDeadline deadline) {
        if (phase == awaited) {
            lose("no " + missing + " from the pool within "
                    + deadline.patience().toSeconds() + " s");
        }
    }

    private boolean isOpen() {
        return phase == Phase.FIRST_JOB || phase == Phase.MINING;
    }

    /** Whether the id is our channel's or its group's; if not, the message is noted and must be ignored. */
    private boolean isForUs(long id, Sv2Message message) {
        if (isOpen() && (id == channelId || id == groupChannelId)) {
            return true;
        }
        unexpected(message);
        return false;
    }

    private void unexpected(Sv2Message message) {
        outbox.note("ignored an unexpected " + message.type() + " during " + phase);
    }

    private void lose(String reason) {
        emitLost(reason);
        outbox.actions().add(new PoolAction.Disconnect(reason));
    }

    private void emitLost(String reason) {
        extensions.ended(phase == Phase.EXTENSIONS);
        outbox.emit(new UpstreamEvent.Lost(phase.step, reason));
        phase = null;
    }
}
