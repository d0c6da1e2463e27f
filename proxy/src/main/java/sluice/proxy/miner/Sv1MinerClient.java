package sluice.proxy.miner;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Error;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Method;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.proxy.miner.ClientAction.Disconnect;
import sluice.proxy.miner.ClientAction.Publish;
import sluice.proxy.miner.ClientAction.SendSv1;
import sluice.proxy.miner.ClientAction.SetDeadline;
import sluice.proxy.miner.ClientAction.Tell;

/**
 * An SV1 miner's session: configure, subscribe, authorize, one after the other as cgminer does, then jobs and shares.
 * Confined to the connection's loop.
 */
public final class Sv1MinerClient implements MinerClient {
    /** What we call ourselves in subscribe and to {@code client.get_version}. */
    public static final String USER_AGENT = "sluice-miner";

    static final Duration SETUP_TIMEOUT = Duration.ofSeconds(30);
    /** Servers repeat their job well within it: some firmware drops them after 60 seconds. */
    static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(180);

    private enum Phase {
        NEW,
        CONFIGURING,
        SUBSCRIBING,
        AUTHORIZING,
        MINING,
        OVER
    }

    /**
     * Who mines.
     *
     * @param suggestedDifficulty asked for behind authorize, where present
     */
    public record Settings(String user, String password, OptionalDouble suggestedDifficulty) {}

    private final Settings settings;
    private final OutstandingShares<Sv1Id> outstanding = new OutstandingShares<>();
    private final Map<Sv1Id, Sv1Method> requests = new HashMap<>();
    private Phase phase = Phase.NEW;
    private long nextId = 1;
    private Instant lastHeard = Instant.MIN;

    private long generation;
    // Shares of older work are not sent: the server said that it is over.
    private long oldestValid;

    // In force from the next job on.
    private Target nextTarget = Target.DIFFICULTY_1;
    private Bytes nextExtranonce1 = Bytes.EMPTY;
    private int nextExtranonce2Size;

    private long versionMask;
    private Sv1ServerMessage.Notify job;
    private MerkleSource.Coinbase jobCoinbase;
    private Target jobTarget;

    /** @param generation of the newest work of the connection before, 0 at first */
    public Sv1MinerClient(Settings settings, long generation) {
        this.settings = settings;
        this.generation = generation;
        this.oldestValid = generation + 1;
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
            case ClientInput.Sv1Received(Sv1ServerMessage message) -> {
                lastHeard = now;
                received(message, now, actions);
            }
            case ClientInput.Sv2Received ignored ->
                throw new IllegalStateException("an SV2 message on an SV1 connection");
            case ClientInput.ShareFound(Share share) -> submit(share, now, actions);
            case ClientInput.HashrateMeasured ignored -> {}
            case ClientInput.DeadlineReached(ClientDeadline deadline) -> deadlineReached(deadline, now, actions);
            case ClientInput.Closed() -> closed(actions);
        }
        return actions;
    }

    private void connected(Instant now, List<ClientAction> actions) {
        lastHeard = now;
        phase = Phase.CONFIGURING;
        actions.add(new SetDeadline(ClientDeadline.SETUP, now.plus(SETUP_TIMEOUT)));
        Sv1Id id = request(Sv1Method.CONFIGURE);
        actions.add(new SendSv1(Sv1ClientMessage.Configure.versionRolling(id, VersionRolling.BIP320_MASK)));
    }

    private Sv1Id request(Sv1Method method) {
        Sv1Id id = Sv1Id.of(nextId++);
        requests.put(id, method);
        return id;
    }

    private void received(Sv1ServerMessage message, Instant now, List<ClientAction> actions) {
        switch (message) {
            case Sv1Response response -> answered(response, now, actions);
            case Sv1ServerMessage.Notify notify -> notified(notify, actions);
            case Sv1ServerMessage.SetDifficulty set -> difficultySet(set.difficulty(), actions);
            case Sv1ServerMessage.SetExtranonce set ->
                extranonceAssigned(set.extranonce1(), set.extranonce2Size(), actions);
            case Sv1ServerMessage.SetVersionMask set -> versionMaskSet(set.mask(), actions);
            case Sv1ServerMessage.Reconnect reconnect ->
                actions.add(new ClientAction.Reconnect(reconnect.host(), reconnect.port()));
            case Sv1ServerMessage.ShowMessage show -> actions.add(new Tell("the server says: " + show.text()));
            case Sv1ServerMessage.GetVersion get ->
                actions.add(new SendSv1(Sv1Response.of(get.id(), new Sv1Result.Text(USER_AGENT))));
            case Sv1ServerMessage.Ping ping -> actions.add(new SendSv1(Sv1Response.pong(ping.id())));
            case Sv1ServerMessage.Unknown unknown -> {
                if (!unknown.id().isNotification()) {
                    actions.add(new SendSv1(Sv1Response.refused(unknown.id(), Sv1ErrorCode.ILLEGAL_METHOD)));
                }
            }
            case Sv1ServerMessage.Malformed malformed ->
                actions.add(new Tell("the server sent a " + malformed.method().wireName() + " that makes no sense: "
                        + malformed.reason()));
        }
    }

    private void answered(Sv1Response response, Instant now, List<ClientAction> actions) {
        if (outstanding.remove(response.id())) {
            actions.add(new Publish(verdict(response)));
            return;
        }
        switch (requests.remove(response.id())) {
            case CONFIGURE -> configured(response, actions);
            case SUBSCRIBE -> subscribed(response, actions);
            case AUTHORIZE -> authorized(response, now, actions);
            // Answers to wishes; and servers that answer what nobody asked.
            case null, default -> {}
        }
    }

    private void configured(Sv1Response response, List<ClientAction> actions) {
        versionMask = response.result() instanceof Sv1Result.Configured configured
                ? configured.versionRollingMask() & VersionRolling.BIP320_MASK
                : VersionRolling.NO_MASK;
        phase = Phase.SUBSCRIBING;
        actions.add(new SendSv1(Sv1ClientMessage.Subscribe.of(request(Sv1Method.SUBSCRIBE), USER_AGENT)));
    }

    private void subscribed(Sv1Response response, List<ClientAction> actions) {
        if (!(response.result() instanceof Sv1Result.Subscribed subscribed)) {
            disconnect("subscribe-refused", "the server's answer to mining.subscribe: " + describe(response), actions);
            return;
        }
        extranonceAssigned(subscribed.extranonce1(), subscribed.extranonce2Size(), actions);
        phase = Phase.AUTHORIZING;
        actions.add(new SendSv1(
                new Sv1ClientMessage.Authorize(request(Sv1Method.AUTHORIZE), settings.user(), settings.password())));
    }

    private void extranonceAssigned(Bytes extranonce1, int extranonce2Size, List<ClientAction> actions) {
        nextExtranonce1 = extranonce1;
        nextExtranonce2Size = extranonce2Size;
        actions.add(new Publish(new ClientEvent.ExtranonceAssigned(extranonce1, extranonce2Size)));
    }

    private void authorized(Sv1Response response, Instant now, List<ClientAction> actions) {
        if (!response.isOk()) {
            disconnect(
                    "not-authorized",
                    "the server does not take the user " + settings.user() + ": " + describe(response),
                    actions);
            return;
        }
        phase = Phase.MINING;
        actions.add(new Publish(new ClientEvent.Ready()));
        actions.add(new SendSv1(new Sv1ClientMessage.ExtranonceSubscribe(request(Sv1Method.EXTRANONCE_SUBSCRIBE))));
        settings.suggestedDifficulty()
                .ifPresent(difficulty -> actions.add(new SendSv1(
                        new Sv1ClientMessage.SuggestDifficulty(request(Sv1Method.SUGGEST_DIFFICULTY), difficulty))));
        actions.add(new SetDeadline(ClientDeadline.SILENCE, now.plus(SILENCE_TIMEOUT)));
        if (job != null) {
            // The server sent it early; it counts from now.
            Sv1ServerMessage.Notify early = job;
            job = null;
            notified(early, actions);
        }
    }

    private void notified(Sv1ServerMessage.Notify notify, List<ClientAction> actions) {
        if (phase != Phase.MINING) {
            job = notify;
            return;
        }
        boolean newTip = job == null || !job.prevHash().equals(notify.prevHash());
        job = notify;
        jobTarget = nextTarget;
        jobCoinbase = new MerkleSource.Coinbase(
                notify.coinbase1(),
                nextExtranonce1,
                nextExtranonce2Size,
                notify.coinbase2(),
                MerklePath.of(notify.merkleBranch()));
        if (notify.cleanJobs()) {
            oldestValid = generation + 1;
        }
        actions.add(new Publish(new ClientEvent.JobStarted(newTip)));
        start(actions);
    }

    private void start(List<ClientAction> actions) {
        generation++;
        Hash256 prevHash = job.prevHash();
        actions.add(new ClientAction.StartWork(new Work(
                generation,
                job.jobId(),
                RolledVersion.of(job.version(), versionMask, generation),
                prevHash,
                job.nbits(),
                job.ntime(),
                jobTarget,
                jobCoinbase)));
    }

    private void difficultySet(double difficulty, List<ClientAction> actions) {
        try {
            nextTarget = Difficulty.targetOf(difficulty);
        } catch (IllegalArgumentException beyondAnyTarget) {
            actions.add(new Tell("the server set a difficulty that no hash meets: " + difficulty));
        }
    }

    // In force at once: shares with bits outside of it would be refused.
    private void versionMaskSet(long mask, List<ClientAction> actions) {
        versionMask = mask & VersionRolling.BIP320_MASK;
        if (phase == Phase.MINING && job != null) {
            oldestValid = generation + 1;
            start(actions);
        }
    }

    private void submit(Share share, Instant now, List<ClientAction> actions) {
        Work work = share.work();
        if (phase != Phase.MINING || work.generation() < oldestValid || outstanding.isFull()) {
            actions.add(new Publish(new ClientEvent.ShareDiscarded()));
            return;
        }
        Sv1Id id = Sv1Id.of(nextId++);
        outstanding.add(id, now, actions);
        OptionalLong versionBits = versionMask == VersionRolling.NO_MASK
                ? OptionalLong.empty()
                : OptionalLong.of(work.version() & versionMask);
        actions.add(new Publish(new ClientEvent.ShareSent(share.isBlock())));
        actions.add(new SendSv1(new Sv1ClientMessage.Submit(
                id, settings.user(), work.jobId(), share.extranonce(), share.ntime(), share.nonce(), versionBits)));
    }

    private static ClientEvent verdict(Sv1Response response) {
        if (response.isOk()) {
            return new ClientEvent.SharesAccepted(1);
        }
        boolean stale = response.error()
                        .map(error -> error.code() == Sv1ErrorCode.JOB_NOT_FOUND.number())
                        .orElse(false)
                || response.rejectReason()
                        .map(reason -> reason.toLowerCase(Locale.ROOT).startsWith("stale"))
                        .orElse(false);
        return stale ? new ClientEvent.ShareStale() : new ClientEvent.ShareRejected(describe(response));
    }

    private static String describe(Sv1Response response) {
        if (response.error().isPresent()) {
            Sv1Error error = response.error().get();
            return error.code() + " " + error.text();
        }
        return response.rejectReason().orElseGet(() -> switch (response.result()) {
            case Sv1Result.Literal literal -> "result " + literal.name().toLowerCase(Locale.ROOT);
            case Sv1Result.Text text -> "result \"" + text.text() + "\"";
            case Sv1Result.Subscribed ignored -> "an answer to mining.subscribe";
            case Sv1Result.Configured ignored -> "an answer to mining.configure";
            case Sv1Result.Other ignored -> "a result of another form";
        });
    }

    private void deadlineReached(ClientDeadline deadline, Instant now, List<ClientAction> actions) {
        switch (deadline) {
            case SETUP -> {
                if (phase != Phase.MINING) {
                    disconnect(
                            "setup-timeout",
                            "the server did not take us as a miner within " + SETUP_TIMEOUT.toSeconds() + " s",
                            actions);
                }
            }
            case SILENCE -> {
                Instant end = lastHeard.plus(SILENCE_TIMEOUT);
                if (end.isAfter(now)) {
                    actions.add(new SetDeadline(ClientDeadline.SILENCE, end));
                } else {
                    disconnect("silence", "the server said nothing for " + SILENCE_TIMEOUT.toSeconds() + " s", actions);
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
