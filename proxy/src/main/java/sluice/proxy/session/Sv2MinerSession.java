package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.config.LimitsConfig;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.message.MessageType.SubProtocol;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamChannel;

/**
 * The server side of the Mining Protocol towards one SV2 device or proxy: setup, extensions, channels, jobs, shares (SV2
 * 3.6, 5.3; extensions 0x0001 and 0x0002). Confined to its connection's loop.
 */
public final class Sv2MinerSession implements MinerSession {
    /**
     * A connection that was set up and opens no channel is closed after this time (SV2 5.2). Translators connect first and
     * open a channel only when their first miner comes, and some give an upstream up for good that has closed on them
     * once: so it is long.
     */
    public static final Duration CHANNEL_TIMEOUT = Duration.ofMinutes(10);

    /** Ignored messages of one connection that are reported; a hostile miner must not fill the event bus. */
    static final int MAX_REPORTED_IGNORED = 16;

    private final MinerContext context;
    private final long connectionId;
    private final LimitsConfig limits;
    private final Sv2Outbox out = new Sv2Outbox();
    private final Sv2Extensions extensions = new Sv2Extensions();
    private final AssignedRoute route;
    private final Sv2Indexes indexes;
    private final Sv2Channels channels;
    private final Sv2Shares shares;
    // Known once the connection is set up.
    private Sv2Setup.Agreed agreed;
    private Sv2Jobs jobs;
    private Sv2Opening opening;
    // Absent unless the client makes the jobs itself.
    private Sv2CustomJobs customJobs;
    private boolean ended;
    private Instant lastHeard;
    private int ignored;

    /** The connection has done its Noise handshake and feeds plaintext frames. */
    public Sv2MinerSession(MinerContext context, long connectionId, LimitsConfig limits, MinerOrigin origin) {
        this.context = context;
        this.connectionId = connectionId;
        this.limits = limits;
        this.route = new AssignedRoute(context.route());
        this.indexes = new Sv2Indexes(context);
        this.channels = new Sv2Channels(connectionId, context, origin, route, indexes, out);
        this.shares = new Sv2Shares(connectionId, context, extensions, channels, limits.invalidSharesPerSecond(), out);
    }

    @Override
    public List<MinerAction> on(MinerInput input, Instant now) {
        out.clear();
        if (input instanceof MinerInput.Closed closed) {
            ended = true;
            shares.reportUnjudged(now);
            channels.releaseAll(closed.reason(), now);
            indexes.end();
        } else if (!ended) {
            try {
                take(input, now);
                if (isFedByRoute()) {
                    jobs.serveFarOff(now);
                }
            } catch (ProtocolViolation violation) {
                out.offended(violation.reason());
                end(violation.reason(), violation.detail());
            }
        }
        return out.actions();
    }

    @Override
    public double nominalHashrate() {
        return customJobs == null ? channels.hashrate() : 0;
    }

    @Override
    public Target hardestWantedTarget() {
        return customJobs == null ? channels.hardestDemanded() : Target.MAX;
    }

    private void take(MinerInput input, Instant now) {
        switch (input) {
            case MinerInput.Started started -> {
                lastHeard = now;
                out.deadline(MinerDeadline.SETUP, now.plus(limits.handshakeTimeout()));
                out.deadline(MinerDeadline.IDLE, now.plus(limits.idleTimeout()));
            }
            case MinerInput.FrameReceived received -> {
                lastHeard = now;
                onFrame(received.frame(), now);
            }
            case MinerInput.LineReceived line -> throw new IllegalStateException("an SV2 connection has no lines");
            case MinerInput.RouteUpdated updated -> {
                if (isFedByRoute()) {
                    onRoute(updated.update(), now);
                }
            }
            case MinerInput.RouteChanged changed -> {
                route.replica(changed.replica());
                if (isFedByRoute()) {
                    onRouteChanged(now);
                }
            }
            case MinerInput.ProfilesChanged changed -> channels.onProfilesChanged(now);
            case MinerInput.DeadlineReached reached -> onDeadline(reached.deadline(), now);
            case MinerInput.Closed closed -> throw new IllegalStateException("taken before");
        }
    }

    /** Whether what the route says is of any concern here. */
    private boolean isFedByRoute() {
        return agreed != null && customJobs == null;
    }

    private void onFrame(Frame frame, Instant now) {
        if (frame.extensionType() != SubProtocol.MINING.extensionType()
                && frame.extensionType() != SubProtocol.EXTENSIONS_NEGOTIATION.extensionType()) {
            // Of an extension that we do not know. We end its channels ourselves, so there is nobody to pass it on to,
            // and
            // it is dropped without a word (SV2 3.2.1).
            return;
        }
        Optional<MessageType> type = MessageType.of(frame.extensionType(), frame.messageType());
        if (agreed == null) {
            onFirstFrame(frame, type, now);
        } else if (type.isEmpty()) {
            // The specification has no rule; a newer one may have the message (SV2 3.2).
            ignore("unknown-message-type", frame, now);
        } else if (!type.get().direction().allowsToServer()) {
            // A server's message harms nobody here, and cutting a confused miner off would cost it its shares.
            ignore("server-message-from-miner", frame, now);
        } else {
            onMessage(Sv2Codec.decode(frame).orElseThrow(), frame, now);
        }
    }

    private void onFirstFrame(Frame frame, Optional<MessageType> type, Instant now) {
        if (type.filter(MessageType.SETUP_CONNECTION::equals).isPresent()) {
            onSetup((SetupConnection) Sv2Codec.decode(frame).orElseThrow(), now);
        } else if (frame.extensionType() == SubProtocol.EXTENSIONS_NEGOTIATION.extensionType()) {
            // Too early to mean anything, but no mining traffic either: the client will time out and ask again.
            ignore("extension-message-before-setup", frame, now);
        } else {
            end("message-before-setup", describe(frame));
        }
    }

    private void onSetup(SetupConnection request, Instant now) {
        switch (Sv2Setup.judge(
                request,
                versionRollingAllowed(context.versionRollingAllowed()),
                context.customWork().isPresent())) {
            case Sv2Setup.Refused refused -> {
                out.send(refused.error());
                end("setup-refused", refused.error().errorCode());
            }
            case Sv2Setup.Agreed terms -> {
                agreed = terms;
                channels.userAgent(ProfileBook.readableUserAgent(
                        String.join(" ", request.vendor(), request.hardwareVersion(), request.firmware())));
                jobs = new Sv2Jobs(context, route, terms, channels, shares, out);
                opening = new Sv2Opening(connectionId, context, route, indexes, terms, channels, jobs, out);
                if (terms.selectsWork()) {
                    customJobs = new Sv2CustomJobs(
                            connectionId, context.customWork().orElseThrow(), channels, shares, route, out);
                }
                out.send(terms.success());
                out.deadline(MinerDeadline.SETUP, now.plus(CHANNEL_TIMEOUT));
            }
        }
    }

    private void onMessage(Sv2Message message, Frame frame, Instant now) {
        switch (message) {
            case SubmitSharesStandard share -> climb(shares.onSubmit(share, now), now);
            case SubmitSharesExtended share -> {
                if (customJobs != null) {
                    customJobs.followTip();
                }
                climb(shares.onSubmit(share, now), now);
            }
            case OpenStandardMiningChannel open -> {
                if (isMisinformed()) {
                    end("version-rolling-forbidden", "a standard job cannot say so");
                } else {
                    opening.onOpen(open, now);
                }
            }
            case OpenExtendedMiningChannel open -> opening.onOpen(open, now);
            case UpdateChannel update -> channels.onUpdate(update, now);
            case CloseChannel close -> channels.onClose(close, now);
            case SetCustomMiningJob custom -> onCustomJob(custom, now);
            case RequestExtensions request -> out.send(extensions.answer(request));
            case SetupConnection again -> ignore("second-setup-connection", frame, now);
            // Job declaration and template distribution have their own ports.
            default -> ignore("message-of-another-protocol", frame, now);
        }
    }

    private void onCustomJob(SetCustomMiningJob custom, Instant now) {
        if (customJobs == null) {
            out.send(new SetCustomMiningJobError(
                    custom.channelId(), custom.requestId(), MiningErrorCode.JD_NOT_SUPPORTED));
        } else {
            customJobs.onRequest(custom, now);
            if (customJobs.areTooManyRefused()) {
                end(Sv2CustomJobs.ONLY_REFUSED_JOBS, Sv2CustomJobs.MAX_REFUSED_IN_A_ROW + " in a row");
            }
        }
    }

    private void climb(ShareGuard.Step step, Instant now) {
        switch (step) {
            case NONE -> {}
            case RETELL -> {
                // Nobody but the client can tell work of its own making again.
                if (customJobs == null) {
                    jobs.tellAgain(now);
                }
            }
            case LET_GO -> end(ShareGuard.ONLY_REJECTS, "no share was good since its work was sent again");
        }
    }

    private void onRoute(RouteUpdate update, Instant now) {
        switch (update) {
            case RouteUpdate.UpstreamReady ready -> {
                fitUpstream(now);
                if (!ended) {
                    opening.retry(now);
                }
            }
            case RouteUpdate.JobAdded added -> jobs.onRoutineJob(now);
            case RouteUpdate.JobRepeated repeated -> jobs.onRoutineJob(now);
            case RouteUpdate.TipChanged changed -> {
                jobs.catchUp(now);
                opening.retry(now);
            }
            case RouteUpdate.TargetChanged changed -> channels.retargetAll(now);
            // SV2 has no word for "no work": miners keep what they have until the next upstream's tip.
            case RouteUpdate.UpstreamLost lost -> {}
        }
    }

    private void onRouteChanged(Instant now) {
        if (route.replica().channel().isPresent()) {
            fitUpstream(now);
        }
        if (!ended) {
            // In front of those that wait, or they would be told of two jobs in a row.
            jobs.changeRoute(now);
            opening.retry(now);
        }
    }

    /** Closes what the upstream cannot serve, and gives the rest its target. */
    private void fitUpstream(Instant now) {
        UpstreamChannel upstream = route.replica().channel().orElseThrow();
        if (isMisinformed() && (agreed.standardJobsOnly() || opening.isWaiting())) {
            end("version-rolling-forbidden", "a standard job cannot say so");
            return;
        }
        if (agreed.requiresVersionRolling() && !upstream.versionRollingAllowed()) {
            channels.closeUnservable(channel -> true, MiningErrorCode.VERSION_ROLLING_NOT_ALLOWED, now);
        }
        channels.closeUnservable(
                channel -> !channel.shape().fits(upstream), MiningErrorCode.MIN_EXTRANONCE_SIZE_TOO_LARGE, now);
        channels.retargetAll(now);
    }

    /**
     * Whether version rolling is forbidden, the miner was told otherwise at setup, and only setup can correct it where it
     * gets standard jobs: those do not carry the flag that extended jobs do, and all its rolled shares would be refused.
     */
    private boolean isMisinformed() {
        return customJobs == null
                && !versionRollingAllowed(true)
                && !agreed.fixedVersion()
                && !agreed.requiresVersionRolling();
    }

    /** @param unknown what to take it for while the route has had no upstream */
    private boolean versionRollingAllowed(boolean unknown) {
        return route.replica()
                .channel()
                .map(UpstreamChannel::versionRollingAllowed)
                .orElse(unknown);
    }

    private void onDeadline(MinerDeadline deadline, Instant now) {
        switch (deadline) {
            case SETUP -> {
                if (agreed == null) {
                    end("setup-timeout", "no SetupConnection");
                } else if (opening.isWaiting()) {
                    out.deadline(MinerDeadline.SETUP, now.plus(CHANNEL_TIMEOUT));
                } else if (channels.neverOpened()) {
                    end("no-channel", "none opened in " + CHANNEL_TIMEOUT);
                }
            }
            case IDLE -> {
                // Moved on here and not with each frame, so that a share costs no timer.
                Instant limit = lastHeard.plus(limits.idleTimeout());
                if (limit.isAfter(now)) {
                    out.deadline(MinerDeadline.IDLE, limit);
                } else {
                    end("idle", "nothing heard for " + limits.idleTimeout());
                }
            }
            case OPEN -> opening.onDeadline(now);
            case VARDIFF -> channels.onVardiff(now);
            case JOB -> jobs.onRelease(now);
            case ACKNOWLEDGE -> shares.acknowledgeAll();
            case UNJUDGED -> shares.onUnjudgedDeadline(now);
        }
    }

    private void ignore(String reason, Frame frame, Instant now) {
        if (ignored < MAX_REPORTED_IGNORED) {
            ignored++;
            out.publish(new GatewayEvent.MinerMessageIgnored(now, connectionId, reason, describe(frame)));
        }
    }

    private void end(String reason, String detail) {
        shares.acknowledgeAll();
        ended = true;
        out.disconnect(reason, detail);
    }

    private static String describe(Frame frame) {
        return "extension 0x%04x message 0x%02x, %d bytes"
                .formatted(
                        frame.extensionType(),
                        frame.messageType(),
                        frame.payload().length());
    }
}
