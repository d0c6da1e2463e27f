package sluice.upstream.session;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1ClientMessage.Configure;
import sluice.protocol.sv1.Sv1Error;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Method;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;

/**
 * The conversation with one SV1 pool, over as many connections as it takes, told in the same events as that with an SV2
 * pool. The steps wait for each other, because some pools drop a client whose request comes early; other lines between them
 * are welcome. Each conversation that began ends with exactly one {@link UpstreamEvent.Lost}. Pure; confined to the pool
 * connection's loop.
 *
 * <p>No line opens a channel: what one is made of is complete with the first {@code mining.notify} after the user is
 * authorised, which therefore brings {@link UpstreamEvent.ChannelOpened}, its job and its tip at once. Difficulty and
 * extranonce apply from the next notify, so their events come in front of its job.
 *
 * <p>The channel's {@code extranonceSize} is what the pool grants, from {@value #LEAST_EXTRANONCE_SIZE} bytes on.
 */
public final class Sv1PoolSession implements PoolSession {
    /** The smallest grant that can be shared: one byte tells miners apart and 3 are left for each to roll. */
    public static final int LEAST_EXTRANONCE_SIZE = 4;

    /** Jobs for which shares are taken, old ones included; the oldest gives way. */
    public static final int MAX_JOBS = 256;

    /** A longer id of a job is not worth keeping: no pool has one. */
    static final int MAX_JOB_ID_LENGTH = 256;

    /** What a share gets whose answer the pool still owes when later ones have theirs for a while. */
    public static final String NO_VERDICT = "no-verdict";

    /** What a share gets while {@link UnansweredShares#MAX_SHARES} wait for their answer. */
    public static final String TOO_MANY_UNANSWERED = "too-many-unanswered";

    /** A longer name is refused by DATUM Gateway; all of it there is to lose is the end of a worker's name. */
    public static final int MAX_WORKER_NAME_BYTES = 191;

    /** A longer name of a session is not worth keeping: no pool has one. */
    static final int MAX_SESSION_NAME_LENGTH = 256;

    /** Conversations that may end unanswered at mining.configure before one does without it: old ckpools hang up on it. */
    static final int MAX_CONFIGURE_FAILURES = 2;

    private static final long ROLLED_BITS = VersionRolling.BIP320_MASK;
    private static final long NO_ID = -1;
    private static final double INITIAL_DIFFICULTY = 1;

    private enum Phase {
        CONFIGURE(Step.SETUP),
        SUBSCRIBE(Step.OPEN_CHANNEL),
        AUTHORIZE(Step.OPEN_CHANNEL),
        FIRST_JOB(Step.FIRST_JOB),
        MINING(Step.MINING);

        final Step step;

        Phase(Step step) {
            this.step = step;
        }
    }

    /** How a session is asked for; what a pool refuses to understand is left out of the next try. */
    private enum SubscribeForm {
        WITH_SESSION,
        WITH_USER_AGENT,
        PLAIN
    }

    private final Sv1PoolSettings settings;
    private final Sv1Outbox outbox = new Sv1Outbox();
    private final PoolWatch watch;
    private final PayoutWatch payouts;
    private final Sv1PoolShares shares;
    private boolean configureAnswered;
    private int configureFailures;
    private Optional<String> earlierSession = Optional.empty();
    private Optional<Target> wantedTarget = Optional.empty();

    // Null while there is no conversation.
    private Phase phase;
    private PoolInput.Connected endpoint;
    private Instant lastHeard;
    private long configureId;
    private long subscribeId;
    private long authorizeId;
    private SubscribeForm subscribeForm;
    // Bits the pool lets us roll now; absent while rolling is not agreed upon.
    private OptionalLong agreedMask;
    // What the pool said last, and what of it was in force at its last notify.
    private double difficulty;
    private boolean difficultyKnown;
    private boolean difficultyAwaited;
    private Bytes extranoncePrefix;
    private int extranonceSize;
    private Notify lastNotify;
    private double lastNotifyDifficulty;
    // What the route was told last.
    private UpstreamChannel announced;
    private double announcedDifficulty;
    private ChainTip tip;
    private double suggestedDifficulty;

    public Sv1PoolSession(Sv1PoolSettings settings) {
        this.settings = settings;
        this.watch = new PoolWatch(settings.patience());
        this.payouts = new PayoutWatch(settings.payout());
        this.shares = new Sv1PoolShares(settings, outbox, watch);
    }

    @Override
    public List<PoolAction> on(PoolInput input, Instant now) {
        outbox.actions().clear();
        switch (input) {
            case PoolInput.Connected connected -> begin(connected, now);
            case PoolInput.LineReceived received -> {
                if (phase != null) {
                    lastHeard = now;
                    onMessage(received.message(), now);
                }
            }
            case PoolInput.FrameReceived frame -> throw new IllegalStateException("an SV2 frame for an SV1 session");
            case PoolInput.CustomJobGiven job -> throw new IllegalStateException("a custom job for an SV1 pool");
            case PoolInput.CommandGiven given -> onCommand(given.command());
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

    private void begin(PoolInput.Connected connected, Instant now) {
        endpoint = connected;
        lastHeard = now;
        outbox.restartRequests();
        configureId = NO_ID;
        subscribeId = NO_ID;
        authorizeId = NO_ID;
        subscribeForm = earlierSession.isPresent() ? SubscribeForm.WITH_SESSION : SubscribeForm.WITH_USER_AGENT;
        agreedMask = OptionalLong.empty();
        difficulty = INITIAL_DIFFICULTY;
        difficultyKnown = false;
        difficultyAwaited = false;
        lastNotify = null;
        announced = null;
        suggestedDifficulty = 0;
        shares.reset(0);
        watch.restart();
        outbox.setDeadline(PoolDeadline.SILENCE, now);
        // A pool that answered once does not hang up on it: its own pool is gone, as DATUM Gateway's may be.
        if (configureAnswered || configureFailures < MAX_CONFIGURE_FAILURES) {
            phase = Phase.CONFIGURE;
            configureId = outbox.nextRequestId();
            outbox.send(Configure.versionRolling(Sv1Id.of(configureId), ROLLED_BITS));
            outbox.setDeadline(PoolDeadline.CONFIGURE, now);
        } else {
            outbox.note("mining.configure is left out, because this pool hung up on it");
            subscribe(now);
        }
    }

    private void subscribe(Instant now) {
        phase = Phase.SUBSCRIBE;
        subscribeId = outbox.nextRequestId();
        outbox.send(new Sv1ClientMessage.Subscribe(
                Sv1Id.of(subscribeId),
                subscribeForm == SubscribeForm.PLAIN ? "" : settings.userAgent(),
                subscribeForm == SubscribeForm.WITH_SESSION ? earlierSession : Optional.empty(),
                List.of()));
        outbox.setDeadline(PoolDeadline.SUBSCRIBE, now);
    }

    private void onMessage(Sv1ServerMessage message, Instant now) {
        switch (message) {
            case Sv1Response response -> onResponse(response, now);
            case Notify notify -> onNotify(notify, now);
            case Sv1ServerMessage.SetDifficulty set -> onDifficulty(set.difficulty(), now);
            case Sv1ServerMessage.SetExtranonce set -> onExtranonce(set.extranonce1(), set.extranonce2Size());
            case Sv1ServerMessage.SetVersionMask set -> onVersionMask(set.mask());
            case Sv1ServerMessage.Reconnect reconnect -> onReconnect(reconnect);
            case Sv1ServerMessage.ShowMessage show ->
                outbox.note("the pool says: " + Sv1Refusal.printable(show.text()));
            case Sv1ServerMessage.GetVersion get -> {
                if (!get.id().isNotification()) {
                    outbox.send(Sv1Response.of(get.id(), new Sv1Result.Text(settings.userAgent())));
                }
            }
            case Sv1ServerMessage.Ping ping -> {
                if (!ping.id().isNotification()) {
                    outbox.send(Sv1Response.pong(ping.id()));
                }
            }
            case Sv1ServerMessage.Unknown unknown -> {
                outbox.note("ignored the unknown method " + Sv1Refusal.printable(unknown.method()));
                if (!unknown.id().isNotification()) {
                    outbox.send(Sv1Response.refused(unknown.id(), Sv1Error.of(Sv1ErrorCode.OTHER, "Not supported.")));
                }
            }
            case Sv1ServerMessage.Malformed malformed -> onMalformed(malformed);
        }
    }

    // Without the job or the extranonce that the pool meant, all further work would be in vain.
    private void onMalformed(Sv1ServerMessage.Malformed malformed) {
        String what = malformed.method().wireName() + " makes no sense: " + Sv1Refusal.printable(malformed.reason());
        if (malformed.method() == Sv1Method.NOTIFY || malformed.method() == Sv1Method.SET_EXTRANONCE) {
            lose("protocol violation: " + what);
        } else {
            outbox.note("ignored a line: " + what);
        }
    }

    private void onResponse(Sv1Response response, Instant now) {
        long id = Sv1Outbox.numberOf(response.id());
        if (shares.takeVerdict(id, response, now)) {
            return;
        }
        if (id == configureId) {
            configureId = NO_ID;
            onConfigured(response, now);
        } else if (id == subscribeId) {
            subscribeId = NO_ID;
            onSubscribed(response, now);
        } else if (id == authorizeId) {
            authorizeId = NO_ID;
            onAuthorized(response, now);
        } else if (!outbox.hasRequested(id)) {
            outbox.note("ignored an answer to a request we did not make, id "
                    + Sv1Refusal.printable(response.id().toString()));
        }
    }

    /** Also when the answer comes late: from then on the pool expects version bits with every share. */
    private void onConfigured(Sv1Response response, Instant now) {
        configureAnswered = true;
        if (response.result() instanceof Sv1Result.Configured configured
                && (configured.versionRollingMask() & ROLLED_BITS) != 0) {
            agreedMask = OptionalLong.of(configured.versionRollingMask() & ROLLED_BITS);
            repeatJobUnderNewMask();
        } else {
            outbox.note("the pool does not allow version rolling");
        }
        if (phase == Phase.CONFIGURE) {
            subscribe(now);
        }
    }

    private void onSubscribed(Sv1Response response, Instant now) {
        if (response.result() instanceof Sv1Result.Subscribed subscribed) {
            earlierSession = Optional.of(nameOf(subscribed));
            if (!takeExtranonce(subscribed.extranonce1(), subscribed.extranonce2Size())) {
                return;
            }
            phase = Phase.AUTHORIZE;
            authorizeId = outbox.nextRequestId();
            outbox.send(new Sv1ClientMessage.Authorize(Sv1Id.of(authorizeId), settings.user(), settings.password()));
            outbox.setDeadline(PoolDeadline.AUTHORIZE, now);
        } else if (response.result() instanceof Sv1Result.Other other) {
            lose("the pool's answer to mining.subscribe makes no sense: "
                    + Sv1Refusal.printable(new String(other.json().toArray(), StandardCharsets.UTF_8)));
        } else if (subscribeForm != SubscribeForm.PLAIN) {
            outbox.note(
                    "the pool refused mining.subscribe (" + Sv1Refusal.of(response) + "), trying it with fewer params");
            subscribeForm = SubscribeForm.values()[subscribeForm.ordinal() + 1];
            subscribe(now);
        } else {
            lose("the pool refused mining.subscribe: " + Sv1Refusal.of(response));
        }
    }

    // cgminer's way, with the extranonce for pools whose subscriptions have no names.
    private static String nameOf(Sv1Result.Subscribed subscribed) {
        return subscribed.subscriptions().stream()
                .filter(subscription -> subscription.method().equals(Sv1Method.NOTIFY.wireName()))
                .map(Sv1Result.Subscription::name)
                .filter(name -> !name.isEmpty() && name.length() <= MAX_SESSION_NAME_LENGTH)
                .findFirst()
                .orElseGet(() -> subscribed.extranonce1().hex());
    }

    private void onAuthorized(Sv1Response response, Instant now) {
        if (response.result() != Sv1Result.TRUE) {
            lose("the pool refused the user " + Sv1Refusal.printable(settings.user()) + ": " + Sv1Refusal.of(response));
            return;
        }
        phase = Phase.FIRST_JOB;
        outbox.setDeadline(PoolDeadline.FIRST_JOB, now);
        outbox.send(new Sv1ClientMessage.ExtranonceSubscribe(Sv1Id.of(outbox.nextRequestId())));
        suggestDifficulty();
        if (lastNotify != null) {
            announceFirst(now);
        }
    }

    // Some pools tell the difficulty behind the first job: work for difficulty 1 would drown them in shares until the
    // next.
    private void announceFirst(Instant now) {
        if (difficultyKnown) {
            announce(lastNotify, now);
        } else if (!difficultyAwaited) {
            difficultyAwaited = true;
            outbox.setDeadline(PoolDeadline.DIFFICULTY, now);
        }
    }

    /** Keeps what the pool leaves us; loses the conversation where that is too little or too much. */
    private boolean takeExtranonce(Bytes prefix, int size) {
        if (size < settings.leastExtranonceSize()) {
            lose("the pool's extranonce2 has " + size + " bytes, and "
                    + (size < LEAST_EXTRANONCE_SIZE
                            ? "a farm cannot share less than " + LEAST_EXTRANONCE_SIZE
                            : "sv1.pool_extranonce2_size says that it has at least " + settings.leastExtranonceSize()
                                    + "; set it to " + size + " and start anew"));
            return false;
        }
        if (prefix.length() + size > UpstreamChannel.MAX_FULL_EXTRANONCE) {
            lose("the pool's extranonce of " + (prefix.length() + size) + " bytes is longer than "
                    + UpstreamChannel.MAX_FULL_EXTRANONCE + ", the most that miners can take");
            return false;
        }
        extranoncePrefix = prefix;
        extranonceSize = size;
        return true;
    }

    private void onDifficulty(double announcement, Instant now) {
        try {
            Difficulty.targetOf(announcement);
        } catch (IllegalArgumentException beyondAnyTarget) {
            outbox.note("ignored a difficulty: " + beyondAnyTarget.getMessage());
            return;
        }
        difficulty = announcement;
        difficultyKnown = true;
        if (announced == null && lastNotify != null) {
            // Nobody works on that job yet, and the harder of the two is good for the pool either way.
            lastNotifyDifficulty = Math.max(lastNotifyDifficulty, difficulty);
            if (phase == Phase.FIRST_JOB) {
                announce(lastNotify, now);
            }
        }
    }

    private void onExtranonce(Bytes prefix, int size) {
        if (phase.compareTo(Phase.SUBSCRIBE) <= 0) {
            outbox.note("ignored mining.set_extranonce before the answer to mining.subscribe");
        } else if (takeExtranonce(prefix, size) && announced == null) {
            // Its job is one of the extranonce before; the pool sends another.
            lastNotify = null;
        }
    }

    private void onVersionMask(long mask) {
        if (agreedMask.isEmpty()) {
            outbox.note("ignored mining.set_version_mask: version rolling is not agreed upon");
        } else if ((mask & ROLLED_BITS) != agreedMask.getAsLong()) {
            agreedMask = OptionalLong.of(mask & ROLLED_BITS);
            repeatJobUnderNewMask();
        }
    }

    // A mask is in force at once (BIP310), while the next job may be a minute away.
    private void repeatJobUnderNewMask() {
        if (phase == Phase.MINING) {
            announceJob(lastNotify, false);
        }
    }

    private void onReconnect(Sv1ServerMessage.Reconnect reconnect) {
        String host = reconnect.host().isEmpty() ? endpoint.host() : reconnect.host();
        int port = reconnect.port() == 0 ? endpoint.port() : reconnect.port();
        if (PoolDomain.holdsBoth(endpoint.host(), host)) {
            emitLost("the pool asked us to reconnect to " + host + ":" + port);
            outbox.actions().add(new PoolAction.Redirect(host, port));
        } else {
            outbox.note("ignored client.reconnect to " + Sv1Refusal.printable(host) + ", which is not in the domain of "
                    + endpoint.host());
        }
    }

    private void onNotify(Notify notify, Instant now) {
        if (notify.jobId().length() > MAX_JOB_ID_LENGTH) {
            lose("protocol violation: a job id of " + notify.jobId().length() + " characters, at most "
                    + MAX_JOB_ID_LENGTH);
            return;
        }
        lastNotify = notify;
        lastNotifyDifficulty = difficulty;
        switch (phase) {
            case CONFIGURE, SUBSCRIBE, AUTHORIZE -> {}
            case FIRST_JOB -> announceFirst(now);
            case MINING -> announce(notify, now);
        }
    }

    private void announce(Notify notify, Instant now) {
        watch.workCame(now).ifPresent(outbox.actions()::add);
        if (announced == null || announced.extranonceSize() != extranonceSize) {
            openChannel();
        } else {
            if (lastNotifyDifficulty != announcedDifficulty) {
                announcedDifficulty = lastNotifyDifficulty;
                outbox.emit(new UpstreamEvent.TargetChanged(Difficulty.targetOf(announcedDifficulty)));
            }
            if (!announced.extranoncePrefix().equals(extranoncePrefix)) {
                announced = channel();
                outbox.emit(new UpstreamEvent.ExtranoncePrefixChanged(extranoncePrefix));
            }
        }
        boolean newTip = tip == null
                || notify.cleanJobs()
                || !notify.prevHash().equals(tip.prevHash())
                || notify.nbits() != tip.nbits();
        announceJob(notify, newTip);
    }

    private void openChannel() {
        shares.settle();
        shares.reset(extranonceSize);
        tip = null;
        announcedDifficulty = lastNotifyDifficulty;
        announced = channel();
        outbox.emit(new UpstreamEvent.ChannelOpened(announced));
    }

    private UpstreamChannel channel() {
        return new UpstreamChannel(
                settings.upstream(),
                extranoncePrefix,
                extranonceSize,
                Difficulty.targetOf(announcedDifficulty),
                versionMask() != VersionRolling.NO_MASK);
    }

    private void announceJob(Notify notify, boolean newTip) {
        Coinbase.Halves coinbase;
        try {
            coinbase = Coinbase.stripBip141(notify.coinbase1(), notify.coinbase2());
        } catch (IllegalArgumentException unusable) {
            lose("protocol violation: job " + Sv1Refusal.printable(notify.jobId()) + " has no usable coinbase: "
                    + unusable.getMessage());
            return;
        }
        long jobId = shares.addJob(notify.jobId(), notify.version(), announcedDifficulty);
        UpstreamJob job = new UpstreamJob(
                jobId,
                newTip ? OptionalLong.empty() : OptionalLong.of(notify.ntime()),
                notify.version(),
                versionMask(),
                notify.merkleBranch(),
                coinbase.prefix(),
                coinbase.suffix(),
                announced.extranoncePrefix());
        payouts.announce(job, announced.extranonceSize(), outbox::emit, this::lose);
        if (phase == null) {
            return;
        }
        if (newTip) {
            tip = new ChainTip(notify.prevHash(), notify.nbits(), notify.ntime());
            outbox.emit(new UpstreamEvent.TipChanged(jobId, tip));
        }
        phase = Phase.MINING;
    }

    private long versionMask() {
        return agreedMask.orElse(VersionRolling.NO_MASK);
    }

    private void onCommand(UpstreamCommand command) {
        switch (command) {
            case UpstreamCommand.SubmitShare share -> {
                if (phase == Phase.MINING) {
                    shares.submit(share, agreedMask);
                } else {
                    outbox.emit(new UpstreamEvent.ShareRejected(share.sequence(), Sv2PoolSession.CHANNEL_NOT_OPEN));
                }
            }
            case UpstreamCommand.UpdateDemand update -> {
                wantedTarget = Optional.of(update.maximumTarget());
                if (phase != null && phase.compareTo(Phase.FIRST_JOB) >= 0) {
                    suggestDifficulty();
                }
            }
            case UpstreamCommand.ConnectNow now -> {}
            case UpstreamCommand.RescueBlock rescue -> {}
            case UpstreamCommand.Close close -> {
                if (phase != null) {
                    lose("closed by us: " + close.reason());
                }
            }
        }
    }

    // A power of two, and whole: ckpool takes nothing else, and every further suggestion should be worth a line.
    private void suggestDifficulty() {
        if (!settings.suggestsDifficulty() || wantedTarget.isEmpty()) {
            return;
        }
        double wanted = Difficulty.powerOfTwoBelow(Difficulty.of(wantedTarget.get()));
        if (wanted >= 1 && wanted != suggestedDifficulty) {
            suggestedDifficulty = wanted;
            outbox.send(new Sv1ClientMessage.SuggestDifficulty(Sv1Id.of(outbox.nextRequestId()), wanted));
        }
    }

    private void onDeadline(PoolDeadline deadline, Instant now) {
        switch (deadline) {
            case CONFIGURE -> {
                if (phase == Phase.CONFIGURE) {
                    outbox.note("no answer to mining.configure, going on without version rolling");
                    subscribe(now);
                }
            }
            case SUBSCRIBE -> loseIfStillAt(Phase.SUBSCRIBE, "answer to mining.subscribe", deadline);
            case AUTHORIZE -> loseIfStillAt(Phase.AUTHORIZE, "answer to mining.authorize", deadline);
            case DIFFICULTY -> {
                difficultyAwaited = false;
                if (phase == Phase.FIRST_JOB && lastNotify != null) {
                    announce(lastNotify, now);
                }
            }
            case FIRST_JOB -> loseIfStillAt(Phase.FIRST_JOB, "mining.notify", deadline);
            case VERDICT -> shares.onVerdictDeadline(now);
            case SILENCE -> {
                if (now.isBefore(lastHeard.plus(deadline.patience()))) {
                    outbox.setDeadline(deadline, lastHeard);
                } else {
                    loseIfStillAt(phase, "line", deadline);
                }
            }
            case NO_JOB, ONLY_REJECTS ->
                watch.complaint(deadline, now)
                        .ifPresentOrElse(
                                complaint -> lose(complaint + hintAt(deadline)),
                                () -> watch.next(deadline).ifPresent(outbox.actions()::add));
            case SETUP, EXTENSIONS, OPEN_CHANNEL ->
                throw new IllegalStateException("a deadline of SV2 for an SV1 session");
        }
    }

    private String hintAt(PoolDeadline deadline) {
        return deadline == PoolDeadline.ONLY_REJECTS && settings.namesPerShare()
                ? " (shares carry the names of their miners, and not every pool takes those)"
                : "";
    }

    private void loseIfStillAt(Phase awaited, String missing, PoolDeadline deadline) {
        if (phase == awaited) {
            lose("no " + missing + " from the pool within "
                    + deadline.patience().toSeconds() + " s");
        }
    }

    private void lose(String reason) {
        emitLost(reason);
        outbox.actions().add(new PoolAction.Disconnect(reason));
    }

    private void emitLost(String reason) {
        shares.settle();
        configureFailures = phase == Phase.CONFIGURE ? configureFailures + 1 : 0;
        outbox.emit(new UpstreamEvent.Lost(phase.step, reason));
        phase = null;
    }
}
