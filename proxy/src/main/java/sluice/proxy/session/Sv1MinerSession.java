package sluice.proxy.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedSet;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1ClientMessage.Configure;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Error;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Method;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.channel.ShareOutcome;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.translation.ShareRefusal;
import sluice.proxy.translation.Sv1Job;
import sluice.proxy.translation.WorkerLogin;

/**
 * The conversation with one SV1 miner, which has one channel on it. Every request is answered at once, in order and from
 * what is known here, also while no upstream is: firmware reads the next line as the answer and gives a pool up that
 * makes it wait. Nothing is pushed before subscribe and authorize are both answered. Pure; confined to the connection's
 * loop.
 */
public final class Sv1MinerSession implements MinerSession {
    /** Names that one connection may authorise; more are refused. */
    public static final int MAX_WORKERS = 64;

    /** The id of the one channel of an SV1 connection in events. */
    public static final long CHANNEL_ID = 1;

    public static final String SETUP_TIMEOUT = "setup-timeout";
    public static final String IDLE_TIMEOUT = "idle-timeout";
    public static final String EXTRANONCE_EXHAUSTED = "extranonce-exhausted";
    /** The upstream in force grants fewer bytes than the smallest miner needs. */
    public static final String EXTRANONCE_TOO_SMALL = "extranonce-too-small";

    private static final Sv1Error NOT_SUPPORTED = Sv1Error.of(Sv1ErrorCode.OTHER, "Not supported.");

    private final long connectionId;
    private final Sv1MinerContext context;
    private final ExtranonceShape shape;
    private RouteReplica route;
    private final Sv1Treatment treatment;
    private final Sv1Difficulty difficulty;
    private final JobPace pace = new JobPace();
    private final SequencedSet<String> workers = new LinkedHashSet<>(2);
    private final List<MinerAction> actions = new ArrayList<>(6);

    private final ShareGuard guard;
    private Instant lastHeard;
    private boolean closing;
    private int index;
    // Absent until the miner subscribes, then the same for as long as it is connected.
    private Bytes extranonce1;
    private String sessionName;
    // What the miner had on a connection before, until it has authorised on this one.
    private Optional<Sv1Sessions.Left> earlier = Optional.empty();
    // Absent until the miner has subscribed and authorised.
    private MiningChannel channel;
    // Bits the miner may roll by the answer to its configure, and by what it was told last.
    private long agreedMask;
    private long toldMask;
    private long highestToldId;
    // Fed by another route that has given no job yet.
    private boolean routeChanged;

    /** @param connectionId names the connection in events */
    public Sv1MinerSession(long connectionId, Sv1MinerContext context, MinerOrigin origin) {
        this.connectionId = connectionId;
        this.context = context;
        this.shape = context.miner().shape();
        this.route = context.miner().route();
        this.treatment = new Sv1Treatment(context.miner(), connectionId, origin);
        this.difficulty = new Sv1Difficulty(treatment.profile());
        this.guard = new ShareGuard(context.invalidSharesPerSecond());
    }

    @Override
    public List<MinerAction> on(MinerInput input, Instant now) {
        actions.clear();
        if (closing && !(input instanceof MinerInput.Closed)) {
            return actions;
        }
        switch (input) {
            case MinerInput.Started started -> {
                lastHeard = now;
                setDeadline(MinerDeadline.SETUP, now.plus(context.handshakeTimeout()));
                setDeadline(MinerDeadline.IDLE, now.plus(context.idleTimeout()));
            }
            case MinerInput.LineReceived received -> onLine(received.line(), now);
            case MinerInput.RouteUpdated updated -> onRoute(updated.update(), now);
            case MinerInput.RouteChanged changed -> onRouteChanged(changed.replica(), now);
            case MinerInput.ProfilesChanged changed -> onProfilesChanged(now);
            case MinerInput.DeadlineReached reached -> onDeadline(reached.deadline(), now);
            case MinerInput.FrameReceived frame -> throw new IllegalStateException("an SV2 frame for an SV1 session");
            case MinerInput.Closed closed -> onClosed(closed.reason(), now);
        }
        return actions;
    }

    @Override
    public double nominalHashrate() {
        return channel == null ? 0 : difficulty.hashesPerSecond();
    }

    @Override
    public Target hardestWantedTarget() {
        return channel == null ? Target.MAX : difficulty.wantedTarget();
    }

    private void onLine(Bytes line, Instant now) {
        lastHeard = now;
        Sv1ClientMessage message;
        try {
            message = context.lines().read(line);
        } catch (ProtocolViolation violation) {
            actions.add(new MinerAction.Offended(violation.reason()));
            disconnect(violation.reason(), violation.detail());
            return;
        }
        switch (message) {
            case Sv1ClientMessage.Submit submit -> onSubmit(submit, now);
            case Configure configure -> onConfigure(configure, now);
            case Sv1ClientMessage.Subscribe subscribe -> onSubscribe(subscribe, now);
            case Sv1ClientMessage.Authorize authorize -> onAuthorize(authorize, now);
            case Sv1ClientMessage.SuggestDifficulty suggest -> {
                answer(Sv1Response.ok(suggest.id()));
                follow(difficulty.suggest(suggest.difficulty(), now), now);
            }
            case Sv1ClientMessage.SuggestTarget suggest -> {
                answer(Sv1Response.ok(suggest.id()));
                follow(difficulty.suggest(suggest.target(), now), now);
            }
            // Accepted without a promise: an extranonce1 that never changes needs no set_extranonce.
            case Sv1ClientMessage.ExtranonceSubscribe subscribe -> answer(Sv1Response.ok(subscribe.id()));
            case Sv1ClientMessage.MultiVersion multi -> answer(Sv1Response.ok(multi.id()));
            case Sv1ClientMessage.Ping ping -> answer(Sv1Response.pong(ping.id()));
            case Sv1ClientMessage.GetTransactions get -> answer(Sv1Response.refused(get.id(), NOT_SUPPORTED));
            case Sv1ClientMessage.Capabilities offer -> answer(Sv1Response.refused(offer.id(), NOT_SUPPORTED));
            case Sv1ClientMessage.Unknown unknown -> answer(Sv1Response.refused(unknown.id(), NOT_SUPPORTED));
            case Sv1ClientMessage.Malformed malformed -> answer(malformed.refusal());
            // We ask miners nothing, so this answers nobody.
            case Sv1Response response -> {}
        }
    }

    private void onConfigure(Configure configure, Instant now) {
        Map<String, Boolean> granted = new LinkedHashMap<>();
        for (String extension : configure.extensions()) {
            granted.put(
                    extension,
                    switch (extension) {
                        case Configure.VERSION_ROLLING -> agreeOnMask(configure.versionRollingMask());
                        case Configure.MINIMUM_DIFFICULTY -> atLeast(configure, now);
                        case Configure.SUBSCRIBE_EXTRANONCE, Configure.INFO -> true;
                        default -> false;
                    });
        }
        long mask = granted.getOrDefault(Configure.VERSION_ROLLING, false) ? agreedMask : 0;
        answer(Sv1Response.of(configure.id(), new Sv1Result.Configured(granted, mask)));
    }

    private boolean agreeOnMask(long asked) {
        boolean fixed = route.channel().isPresent() && !route.channel().get().versionRollingAllowed();
        long allowed = fixed ? 0 : currentJob().map(MiningJob::versionMask).orElse(VersionRolling.BIP323_MASK);
        agreedMask = asked & allowed & context.versionMask();
        toldMask = agreedMask;
        return agreedMask != 0;
    }

    private boolean atLeast(Configure configure, Instant now) {
        boolean granted = configure.minimumDifficulty().isPresent()
                && difficulty.atLeast(configure.minimumDifficulty().getAsDouble());
        follow(granted, now);
        return granted;
    }

    private void onSubscribe(Sv1ClientMessage.Subscribe subscribe, Instant now) {
        if (extranonce1 == null) {
            earlier = subscribe.session().flatMap(name -> context.sessions().takeUp(name, now));
            OptionalInt taken = earlier.isPresent()
                    ? OptionalInt.of(earlier.get().channel().index())
                    : context.miner().indexes().take();
            if (taken.isEmpty()) {
                answer(Sv1Response.refused(subscribe.id(), Sv1Error.of(Sv1ErrorCode.OTHER, "No extranonce is free")));
                disconnect(EXTRANONCE_EXHAUSTED, context.miner().indexes().inUse() + " are in use on this loop");
                return;
            }
            index = taken.getAsInt();
            extranonce1 = shape.indexBytes(index);
            treatment.userAgent(subscribe.userAgent());
            sessionName = earlier.flatMap(left -> subscribe.session())
                    .orElseGet(() -> context.sessions().newName(extranonce1));
        }
        answer(Sv1Response.of(
                subscribe.id(),
                new Sv1Result.Subscribed(
                        List.of(
                                new Sv1Result.Subscription(Sv1Method.SET_DIFFICULTY.wireName(), sessionName),
                                new Sv1Result.Subscription(Sv1Method.NOTIFY.wireName(), sessionName)),
                        extranonce1,
                        shape.rollableSize())));
        openChannel(now);
    }

    private void onAuthorize(Sv1ClientMessage.Authorize authorize, Instant now) {
        String worker = WorkerLogin.identity(authorize.user());
        if (!workers.contains(worker) && workers.size() == MAX_WORKERS) {
            answer(Sv1Response.refused(
                    authorize.id(),
                    Sv1Error.of(Sv1ErrorCode.UNAUTHORIZED_WORKER, "More than " + MAX_WORKERS + " workers")));
            return;
        }
        workers.add(worker);
        answer(Sv1Response.ok(authorize.id()));
        WorkerLogin.difficultyOption(authorize.password())
                .ifPresent(wanted -> follow(difficulty.suggest(wanted, now), now));
        openChannel(now);
    }

    private void openChannel(Instant now) {
        if (channel != null || extranonce1 == null || workers.isEmpty()) {
            return;
        }
        treatment.identify(workers.getFirst());
        difficulty.profile(treatment.profile(), now);
        channel = earlier.isPresent() ? takenUp(earlier.get()) : newChannel();
        publish(new GatewayEvent.ChannelOpened(
                now, connectionId, CHANNEL_ID, MinerProtocol.SV1, channel.userIdentity()));
        treatment.event(now).ifPresent(this::publish);
        actions.add(new MinerAction.Identified(channel.userIdentity(), index));
        actions.add(new MinerAction.DemandChanged());
        currentJob().ifPresent(job -> offer(fresh(job), true, now));
    }

    private MiningChannel newChannel() {
        return new MiningChannel(
                connectionId,
                CHANNEL_ID,
                MinerProtocol.SV1,
                shape,
                index,
                workers.getFirst(),
                treatment.origin(),
                difficulty.wantedTarget());
    }

    // The first job is given as that of another route is: on the same tip, what was found before the connection ended
    // is good.
    private MiningChannel takenUp(Sv1Sessions.Left left) {
        earlier = Optional.empty();
        highestToldId = left.highestToldId();
        routeChanged = true;
        MiningChannel continued = left.channel().continuedOn(connectionId, workers.getFirst(), treatment.origin());
        continued.target(difficulty.wantedTarget());
        return continued;
    }

    private void onProfilesChanged(Instant now) {
        if (!treatment.renew()) {
            return;
        }
        boolean changed = difficulty.profile(treatment.profile(), now);
        if (channel == null) {
            return;
        }
        treatment.event(now).ifPresent(this::publish);
        awaitNextJob(now);
        if (difficulty.hasBegun()) {
            setDeadline(MinerDeadline.VARDIFF, difficulty.nextLook());
        }
        follow(changed, now);
    }

    private void onRoute(RouteUpdate update, Instant now) {
        if (channel == null) {
            return;
        }
        switch (update) {
            // The job in hand stays good, as for SV2 miners, until the new upstream's first tip replaces it.
            case RouteUpdate.UpstreamReady ready -> {}
            case RouteUpdate.JobAdded added -> {
                if (!added.job().isFuture()) {
                    offerRoutine(added.job(), now);
                }
            }
            case RouteUpdate.TipChanged changed -> offer(changed.activated(), true, now);
            case RouteUpdate.JobRepeated repeated -> {
                // A miner with a keepalive of its own gets its job by that.
                if (treatment.profile().keepalive().isEmpty()) {
                    offerRoutine(repeated.job(), now);
                }
            }
            // A target counts from the next job on (SV2 5.3.21), and so does a difficulty: both are settled there.
            case RouteUpdate.TargetChanged changed -> {}
            // The miner goes on with the job it has.
            case RouteUpdate.UpstreamLost lost -> {}
        }
    }

    private void onRouteChanged(RouteReplica next, Instant now) {
        route = next;
        if (channel != null) {
            routeChanged = true;
            currentJob().ifPresent(job -> offer(fresh(job), true, now));
        }
    }

    // No miner may get one id twice, and this one may have been told the job before it left the route (SV2 5.3.15; SV1
    // miners take a known id for a job they have).
    private MiningJob fresh(MiningJob job) {
        return job.id() <= highestToldId ? route.renewed(job, highestToldId) : job;
    }

    /** The job for a miner that joins now. */
    private Optional<MiningJob> currentJob() {
        return route.currentJob().filter(job -> job.generation() == route.generation());
    }

    /** One more job of the same tip, now or when the miner may have it. */
    private void offerRoutine(MiningJob job, Instant now) {
        if (pace.holds(treatment.profile().jobInterval(), now)) {
            setDeadline(MinerDeadline.JOB, pace.releaseAt(treatment.profile().jobInterval()));
        } else {
            offer(job, false, now);
        }
    }

    /** The miner is rated anew. A difficulty waits for the next job, unless it is far from the one the miner works at. */
    private void follow(boolean changed, Instant now) {
        demandChangedIf(changed);
        if (changed && channel != null) {
            currentJob()
                    .filter(job -> difficulty.isFarOff(job, route.target()))
                    .ifPresent(job -> offerRoutine(fresh(job), now));
        }
    }

    private void awaitNextJob(Instant now) {
        treatment.profile().keepalive().ifPresent(silence -> setDeadline(MinerDeadline.JOB, now.plus(silence)));
    }

    /** @param clean whether the miner has to drop what it works on */
    private void offer(MiningJob job, boolean clean, Instant now) {
        // A miner that authorised while the loop was handing out a routine job has been told it by openChannel.
        if (job.generation() != route.generation() || channel.job(job.id()).isPresent()) {
            return;
        }
        if (!job.serves(shape)) {
            disconnect(
                    EXTRANONCE_TOO_SMALL,
                    "the upstream grants " + job.grantedSize() + " bytes, a miner needs " + shape.windowSize());
            return;
        }
        treatment.beyondBudget(job, shape, now).ifPresent(this::publish);
        boolean retold = difficulty.settle(job, route.target(), now);
        if (retold) {
            channel.target(difficulty.toldTarget());
            send(new Sv1ServerMessage.SetDifficulty(difficulty.told()));
            publish(new GatewayEvent.MinerTargetChanged(now, connectionId, CHANNEL_ID, channel.target()));
        }
        long mask = agreedMask & job.versionMask();
        if (mask != toldMask) {
            toldMask = mask;
            send(new Sv1ServerMessage.SetVersionMask(mask));
        }
        long rollable = Sv1Job.rollableMask(job, context.versionMask());
        if (routeChanged) {
            channel.changeJobs(job, rollable);
        } else if (clean) {
            channel.replaceJobs(job, rollable);
        } else {
            channel.addJob(job, rollable);
        }
        boolean replacesOthers = clean || routeChanged;
        routeChanged = false;
        highestToldId = Math.max(highestToldId, job.id());
        actions.add(new MinerAction.Send(Sv1Job.line(job, shape, context.versionMask(), replacesOthers)));
        pace.sent(now);
        awaitNextJob(now);
        if (difficulty.begin(now) || retold) {
            setDeadline(MinerDeadline.VARDIFF, difficulty.nextLook());
        }
    }

    private void onSubmit(Sv1ClientMessage.Submit submit, Instant now) {
        if (!guard.judges(now)) {
            answer(Sv1Response.refused(submit.id(), ShareRefusal.of(ShareVerdict.UNJUDGED)));
            onRefused(ShareVerdict.UNJUDGED, now);
            if (guard.reportIsDue()) {
                setDeadline(MinerDeadline.UNJUDGED, now.plus(ShareGuard.REPORT_AFTER));
            }
            return;
        }
        String worker = workerOf(submit.worker());
        long jobId = Sv1Job.jobId(submit.jobId());
        ShareOutcome outcome = judge(submit, worker, jobId, now);
        ShareVerdict verdict = outcome.verdict();
        answer(
                verdict.isAccepted()
                        ? Sv1Response.ok(submit.id())
                        : Sv1Response.refused(submit.id(), ShareRefusal.of(verdict)));
        outcome.forward().ifPresent(share -> actions.add(new MinerAction.Forward(share)));
        publish(new GatewayEvent.ShareSubmitted(
                now,
                connectionId,
                CHANNEL_ID,
                MinerProtocol.SV1,
                worker,
                jobId,
                verdict,
                outcome.difficulty(),
                outcome.shareHash()));
        if (verdict.isAccepted()) {
            if (guard.onAccepted()) {
                actions.add(new MinerAction.Proved());
            }
            follow(difficulty.onShare(outcome.difficulty(), now), now);
        } else {
            onRefused(verdict, now);
        }
    }

    private void onRefused(ShareVerdict verdict, Instant now) {
        switch (guard.onRefused(verdict, now)) {
            case NONE -> {}
            case RETELL -> tellAgain(now);
            case LET_GO -> disconnect(ShareGuard.ONLY_REJECTS, "no share was good since its work was sent again");
        }
    }

    // The miner may have missed its difficulty as well. What it has found already on the same tip is good, as for SV2
    // miners.
    private void tellAgain(Instant now) {
        Optional<MiningJob> job = channel == null ? Optional.empty() : currentJob();
        if (job.isPresent()) {
            routeChanged = true;
            send(new Sv1ServerMessage.SetDifficulty(difficulty.told()));
            offer(fresh(job.get()), true, now);
        }
    }

    private void reportUnjudged(Instant now) {
        long count = guard.takeUnjudged();
        if (count > 0) {
            publish(new GatewayEvent.SharesUnjudged(now, connectionId, MinerProtocol.SV1, count));
        }
    }

    // Firmware that names nobody means the one worker it has.
    private String workerOf(String name) {
        return name.isEmpty() && !workers.isEmpty() ? workers.getFirst() : WorkerLogin.identity(name);
    }

    private ShareOutcome judge(Sv1ClientMessage.Submit submit, String worker, long jobId, Instant now) {
        if (extranonce1 == null) {
            return ShareOutcome.refused(ShareVerdict.UNKNOWN_CHANNEL);
        }
        if (!workers.contains(worker)) {
            return ShareOutcome.refused(ShareVerdict.BAD_USER_IDENTITY);
        }
        long bits = submit.versionBits().orElse(0);
        Optional<MiningJob> job = channel.job(jobId);
        if (job.isPresent() && bits != 0) {
            // Held against the mask of the share's own job, not against the one told last: the job may be older.
            long mask = agreedMask & job.get().versionMask();
            if (mask == 0) {
                return ShareOutcome.refused(ShareVerdict.VERSION_ROLLING_NOT_ALLOWED);
            }
            if (!VersionRolling.areBitsAllowed(bits, mask)) {
                return ShareOutcome.refused(ShareVerdict.BAD_VERSION_BITS);
            }
        }
        long version = job.isPresent() ? Sv1Job.version(job.get(), context.versionMask(), bits) : 0;
        return channel.submit(
                jobId,
                submit.extranonce2(),
                submit.nonce(),
                submit.ntime(),
                version,
                worker,
                context.miner().validator(),
                now);
    }

    private void onDeadline(MinerDeadline deadline, Instant now) {
        switch (deadline) {
            case SETUP -> {
                if (channel == null) {
                    disconnect(SETUP_TIMEOUT, extranonce1 == null ? "did not subscribe" : "did not authorize");
                }
            }
            case IDLE -> {
                Instant at = lastHeard.plus(context.idleTimeout());
                if (at.isAfter(now)) {
                    setDeadline(MinerDeadline.IDLE, at);
                } else {
                    disconnect(IDLE_TIMEOUT, "no line since " + lastHeard);
                }
            }
            case VARDIFF -> {
                context.sessions().giveUpWhatIsDue(now);
                follow(difficulty.onTick(now), now);
                setDeadline(MinerDeadline.VARDIFF, difficulty.nextLook());
            }
            case JOB -> {
                // The newest job there is, under an id that the miner was not told yet.
                if (channel != null
                        && (pace.isHolding() || treatment.profile().keepalive().isPresent())) {
                    currentJob().ifPresent(job -> offer(fresh(job), false, now));
                }
            }
            case UNJUDGED -> {
                reportUnjudged(now);
                if (guard.isOffence()) {
                    actions.add(new MinerAction.Offended(ShareGuard.INVALID_SHARES));
                }
            }
            // SV1 opens its channel without waiting, and shares are answered one by one.
            case OPEN, ACKNOWLEDGE -> {}
        }
    }

    private void onClosed(String reason, Instant now) {
        closing = true;
        reportUnjudged(now);
        if (extranonce1 != null) {
            Optional<Sv1Sessions.Left> left =
                    channel == null ? earlier : Optional.of(new Sv1Sessions.Left(channel, highestToldId));
            left.ifPresentOrElse(
                    session -> context.sessions().leave(sessionName, session, now),
                    () -> context.sessions().leave(index));
            extranonce1 = null;
        }
        if (channel != null) {
            channel = null;
            publish(new GatewayEvent.ChannelClosed(now, connectionId, CHANNEL_ID, reason));
            actions.add(new MinerAction.DemandChanged());
        }
    }

    // A request without id, or with id null, is a notification: it has its effect and gets no answer.
    private void answer(Sv1Response response) {
        Sv1Id id = response.id();
        if (!id.isNotification()) {
            actions.add(new MinerAction.Send(Bytes.wrap(Sv1Encoder.encode(response))));
        }
    }

    private void send(Sv1ServerMessage message) {
        actions.add(new MinerAction.Send(Bytes.wrap(Sv1Encoder.encode(message))));
    }

    private void publish(GatewayEvent event) {
        actions.add(new MinerAction.Publish(event));
    }

    private void setDeadline(MinerDeadline deadline, Instant at) {
        actions.add(new MinerAction.SetDeadline(deadline, at));
    }

    private void demandChangedIf(boolean changed) {
        if (changed && channel != null) {
            actions.add(new MinerAction.DemandChanged());
        }
    }

    private void disconnect(String reason, String detail) {
        closing = true;
        actions.add(new MinerAction.Disconnect(reason, detail));
    }
}
