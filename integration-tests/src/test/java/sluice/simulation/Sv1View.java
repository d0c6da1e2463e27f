package sluice.simulation;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerMessage;

/**
 * What the lines of one SV1 connection say, kept as firmware keeps it. A miner has one, and so has the witness at the
 * gateway's edge, who reads each line as it leaves.
 */
final class Sv1View {
    static final long CHANNEL = 1;

    private static final byte[] ANYTHING = Hashing.bound(1e-300);

    private final ViewListener listener;
    private final Map<Sv1Id, Sv1ClientMessage> unanswered = new LinkedHashMap<>();
    private final Map<Sv1Id, Submission> shares = new LinkedHashMap<>();
    private ToldChannel channel;
    private boolean authorized;
    private final SequencedSet<String> workers = new LinkedHashSet<>();
    private boolean ready;
    private double difficulty;
    private byte[] bound;
    private long mask;

    Sv1View(ViewListener listener) {
        this.listener = listener;
    }

    /** The miner said this; answers the share, if it is one. */
    Optional<Submission> said(Sv1ClientMessage message) {
        if (message instanceof Sv1ClientMessage.Submit submit) {
            Submission share = new Submission(
                    CHANNEL,
                    Long.parseLong(submit.id().json()),
                    submit.jobId(),
                    submit.extranonce2(),
                    submit.nonce(),
                    submit.ntime(),
                    submit.versionBits().orElse(0),
                    submit.worker());
            shares.put(submit.id(), share);
            return Optional.of(share);
        }
        if (!message.id().isNotification()) {
            unanswered.put(message.id(), message);
        }
        if (message instanceof Sv1ClientMessage.Authorize authorize) {
            workers.add(authorize.user());
        }
        return Optional.empty();
    }

    /** The gateway said this. */
    void heard(Sv1ServerMessage message) {
        switch (message) {
            case Sv1Response response -> answer(response);
            case Sv1ServerMessage.SetDifficulty set -> {
                difficulty = set.difficulty();
                bound = Hashing.bound(difficulty);
            }
            case Sv1ServerMessage.SetVersionMask set -> mask = set.mask();
            case Sv1ServerMessage.Notify notify -> notified(notify);
            case Sv1ServerMessage.SetExtranonce set ->
                throw new BrokenInvariant("the miner's extranonce changes to " + set.extranonce1());
            default -> throw new BrokenInvariant("the gateway sent a miner " + message);
        }
    }

    private void answer(Sv1Response response) {
        Submission share = shares.remove(response.id());
        if (share != null) {
            listener.answered(
                    share,
                    verdict(response),
                    response.error().map(Object::toString).orElse(""));
            return;
        }
        Sv1ClientMessage request = unanswered.remove(response.id());
        BrokenInvariant.require(request != null, "an answer to nothing, or a second one: %s", response);
        switch (request) {
            case Sv1ClientMessage.Configure configure -> {
                if (response.result() instanceof Sv1Result.Configured configured) {
                    mask = configured.versionRollingMask();
                }
            }
            case Sv1ClientMessage.Subscribe subscribe -> subscribed(response);
            case Sv1ClientMessage.Authorize authorize -> authorized |= response.isOk();
            default -> {}
        }
        ready = channel != null && authorized;
    }

    private void subscribed(Sv1Response response) {
        if (!(response.result() instanceof Sv1Result.Subscribed granted)) {
            listener.openRefused(0, response.error().map(Object::toString).orElse("no reason"));
            return;
        }
        Bytes extranonce1 = granted.extranonce1();
        if (channel != null) {
            BrokenInvariant.require(
                    channel.prefix().equals(extranonce1) && channel.rollable() == granted.extranonce2Size(),
                    "a second subscribe changes the extranonce from %s to %s",
                    channel.prefix(),
                    extranonce1);
            return;
        }
        channel = new ToldChannel(
                CHANNEL, CHANNEL, false, extranonce1, granted.extranonce2Size(), "", ANYTHING, ANYTHING);
        listener.opened(channel);
    }

    private void notified(Sv1ServerMessage.Notify notify) {
        BrokenInvariant.require(ready, "a job before subscribe and authorize were answered");
        BrokenInvariant.require(bound != null, "a job before any difficulty");
        ToldJob job = new ToldJob(
                notify.jobId(),
                notify.version(),
                mask,
                new ToldJob.Extended(notify.coinbase1(), notify.coinbase2(), notify.merkleBranch()));
        channel.requireNew(job);
        job.start(notify.prevHash(), notify.nbits(), notify.ntime(), bound);
        if (notify.cleanJobs()) {
            channel.replaceJobs();
        }
        channel.bound(bound);
        channel.start(job);
        listener.started(channel, job, notify.cleanJobs());
    }

    private static Submission.Verdict verdict(Sv1Response response) {
        if (response.isOk()) {
            return Submission.Verdict.ACCEPTED;
        }
        int code = response.error().orElseThrow().code();
        return code == Sv1ErrorCode.JOB_NOT_FOUND.number() ? Submission.Verdict.STALE : Submission.Verdict.REJECTED;
    }

    Optional<ToldChannel> channel() {
        return Optional.ofNullable(channel);
    }

    /** The names that were to be authorised, the first one first. */
    SequencedSet<String> workers() {
        return workers;
    }

    /** Shares without an answer. */
    int outstanding() {
        return shares.size();
    }

    /** Requests without an answer, shares apart. */
    int unansweredRequests() {
        return unanswered.size();
    }

    boolean isReady() {
        return ready;
    }
}
