package sluice.upstream.session;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.wire.WireText;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** The jobs of one channel with an SV1 pool, the shares sent for them, and their verdicts. Confined to its session. */
final class Sv1PoolShares {
    private static final long U32_MASK = 0xffff_ffffL;

    private final Sv1PoolSettings settings;
    private final Sv1Outbox outbox;
    private final PoolWatch watch;
    private final LinkedHashMap<Long, PoolJob> jobs = new LinkedHashMap<>();
    private final UnansweredShares unanswered = new UnansweredShares();
    private long lastJobId;
    private int extranonceSize;
    private boolean verdictAwaited;
    private long verdictLimit;

    /**
     * What the pool has to be told about shares of a job.
     *
     * @param id the pool's own, verbatim
     * @param difficulty in force when the pool announced it
     */
    private record PoolJob(String id, long version, double difficulty) {}

    Sv1PoolShares(Sv1PoolSettings settings, Sv1Outbox outbox, PoolWatch watch) {
        this.settings = settings;
        this.outbox = outbox;
        this.watch = watch;
    }

    /** Another channel, or none: jobs and shares of the one before are void. */
    void reset(int newExtranonceSize) {
        extranonceSize = newExtranonceSize;
        jobs.clear();
        unanswered.clear();
        verdictAwaited = false;
    }

    /** Takes a job of the pool; returns our id for it, a U32 that is not used again. */
    long addJob(String poolJobId, long version, double difficulty) {
        long jobId = ++lastJobId & U32_MASK;
        if (jobs.size() == Sv1PoolSession.MAX_JOBS) {
            jobs.pollFirstEntry();
        }
        jobs.put(jobId, new PoolJob(poolJobId, version, difficulty));
        return jobId;
    }

    /** @param agreedMask version bits the pool lets us roll now; absent where rolling was not agreed upon */
    void submit(UpstreamCommand.SubmitShare share, OptionalLong agreedMask) {
        PoolJob job = jobs.get(share.jobId());
        String obstacle = obstacleTo(share, job, agreedMask.orElse(VersionRolling.NO_MASK));
        if (obstacle != null) {
            outbox.emit(new UpstreamEvent.ShareRejected(share.sequence(), obstacle));
            return;
        }
        long id = outbox.nextRequestId();
        unanswered.sent(id, share.sequence(), job.difficulty());
        outbox.send(new Sv1ClientMessage.Submit(
                Sv1Id.of(id),
                workerOf(share),
                job.id(),
                share.extranonce(),
                share.ntime(),
                share.nonce(),
                agreedMask.isPresent()
                        ? OptionalLong.of(share.version() & agreedMask.getAsLong())
                        : OptionalLong.empty()));
    }

    /** Why the pool cannot even be asked, or null. Of what its line cannot say it would make another hash. */
    private String obstacleTo(UpstreamCommand.SubmitShare share, PoolJob job, long mask) {
        if (job == null) {
            return MiningErrorCode.INVALID_JOB_ID;
        }
        if (share.extranonce().length() != extranonceSize) {
            return MiningErrorCode.BAD_EXTRANONCE_SIZE;
        }
        if (!VersionRolling.isAllowed(job.version(), share.version(), mask)) {
            return mask == VersionRolling.NO_MASK
                    ? MiningErrorCode.VERSION_ROLLING_NOT_ALLOWED
                    : MiningErrorCode.INVALID_NON_ROLLABLE_VERSION_BIT;
        }
        return unanswered.isFull() ? Sv1PoolSession.TOO_MANY_UNANSWERED : null;
    }

    private String workerOf(UpstreamCommand.SubmitShare share) {
        return settings.namesPerShare() && !share.userIdentity().isEmpty()
                ? WireText.truncate(WireText.printable(share.userIdentity()), Sv1PoolSession.MAX_WORKER_NAME_BYTES)
                : settings.user();
    }

    /** Takes the answer to request {@code id}, unless that is no share that waits for one. */
    boolean takeVerdict(long id, Sv1Response response, Instant now) {
        if (!unanswered.isAwaited(id)) {
            return false;
        }
        // As every miner reads it: true is a yes, whatever else the line says of errors.
        if (response.result() == Sv1Result.TRUE && response.rejectReason().isEmpty()) {
            unanswered.accept(id);
            watch.accepted();
        } else {
            String code = Sv1Refusal.of(response);
            outbox.emit(new UpstreamEvent.ShareRejected(unanswered.reject(id), code));
            watch.refused(code, now).ifPresent(outbox.actions()::add);
        }
        release(now);
        return true;
    }

    /** Answers that were outstanding when the deadline was set do not come any more. */
    void onVerdictDeadline(Instant now) {
        verdictAwaited = false;
        giveUpBefore(verdictLimit);
        release(now);
    }

    /** No more answers come: reports those that waited for an earlier one, and gives that one up. */
    void settle() {
        if (unanswered.held() > 0) {
            giveUpBefore(unanswered.newestHeld());
        }
    }

    private void release(Instant now) {
        unanswered.release().ifPresent(outbox::emit);
        if (unanswered.held() > UnansweredShares.MAX_HELD) {
            giveUpBefore(unanswered.oldestHeld());
        }
        if (unanswered.held() > 0 && !verdictAwaited) {
            verdictAwaited = true;
            verdictLimit = unanswered.oldestHeld();
            outbox.setDeadline(PoolDeadline.VERDICT, now);
        }
    }

    private void giveUpBefore(long id) {
        unanswered
                .giveUpBefore(id)
                .forEach(lost -> outbox.emit(new UpstreamEvent.ShareRejected(lost, Sv1PoolSession.NO_VERDICT)));
        unanswered.release().ifPresent(outbox::emit);
    }
}
