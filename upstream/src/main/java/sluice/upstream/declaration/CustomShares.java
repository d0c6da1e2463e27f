package sluice.upstream.declaration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.session.UnansweredShares;

/**
 * Shares on custom jobs under the route's sequence numbers and the pool's: those of a job that the pool has not taken yet
 * wait here, and a verdict speaks for the route's earlier shares only when all of them have theirs. Confined to
 * its {@link CustomJobs}.
 */
final class CustomShares {
    /** Shares that wait for the pool to take their job; what is least worth gives way. */
    static final int MAX_CACHED = 1_024;

    /** What a share gets that waited and had to give way to better ones. */
    static final String TOO_MANY_WAIT = "too-many-shares-before-their-job";

    static final String TOO_MANY_UNANSWERED = "too-many-unanswered";

    /** The route has given it to no share. */
    private static final long NO_SEQUENCE = 0;

    private final CustomJobsOutbox outbox;
    private final UnansweredShares unanswered = new UnansweredShares();
    /** The route's sequence numbers by the pool's, in the pool's order. */
    private final LinkedHashMap<Long, Long> inFlight = new LinkedHashMap<>();
    /** By the route's sequence number, in its order. */
    private final LinkedHashMap<Long, Cached> cached = new LinkedHashMap<>();

    private long lastPoolSequence;
    private long lastReported;
    // Shares that the pool's batches covered and did not count, before and after the route was told of the batch; their
    // rejections are still to come.
    private long uncounted;
    private long unexplained;

    /** @param reached the hardest target that it meets */
    private record Cached(SubmitShare share, Hash256 hash, Target reached) {}

    CustomShares(CustomJobsOutbox outbox) {
        this.outbox = outbox;
    }

    /** Another channel for the route, or none: nobody asks for verdicts any more. */
    void restart() {
        unanswered.clear();
        inFlight.clear();
        cached.clear();
        lastReported = NO_SEQUENCE;
        uncounted = 0;
        unexplained = 0;
    }

    /** Another channel at the pool. */
    void restartPool() {
        restart();
        lastPoolSequence = 0;
    }

    /** Takes a share in, which {@link #send}, {@link #cache} or {@link #refuse} follows some time; refused where there are too many. */
    boolean take(SubmitShare share, double work) {
        if (unanswered.isFull()) {
            outbox.report(new UpstreamEvent.ShareRejected(share.sequence(), TOO_MANY_UNANSWERED));
            return false;
        }
        unanswered.sent(share.sequence(), share.sequence(), work);
        return true;
    }

    /** Sends a share whose job the pool knows as {@code poolJobId}. */
    void send(SubmitShare share, long poolJobId) {
        inFlight.put(++lastPoolSequence, share.sequence());
        outbox.toPool(new SubmitShare(
                lastPoolSequence,
                poolJobId,
                share.nonce(),
                share.ntime(),
                share.version(),
                share.extranonce(),
                share.userIdentity()));
    }

    /** Keeps a share until the pool has taken its job. */
    void cache(SubmitShare share, Hash256 hash) {
        cached.put(share.sequence(), new Cached(share, hash, Target.ofWire(hash.toArray(), 0)));
        if (cached.size() > MAX_CACHED) {
            Cached worst = Collections.max(cached.values(), Comparator.comparing(Cached::reached));
            cached.remove(worst.share().sequence());
            refuse(worst.share().sequence(), TOO_MANY_WAIT);
        }
    }

    /** The pool has taken a job: sends what waited for that and meets the target that the pool has for it. */
    void release(CustomJob job) {
        for (Cached waiting : takeCachedOf(job)) {
            if (job.isGoodEnough(waiting.hash())) {
                send(waiting.share(), job.poolId());
            } else {
                refuse(waiting.share().sequence(), MiningErrorCode.DIFFICULTY_TOO_LOW);
            }
        }
    }

    /** The pool will not take a job. */
    void refuseCached(CustomJob job, String errorCode) {
        takeCachedOf(job).forEach(waiting -> refuse(waiting.share().sequence(), errorCode));
    }

    private List<Cached> takeCachedOf(CustomJob job) {
        List<Cached> taken = new ArrayList<>();
        for (Iterator<Cached> all = cached.values().iterator(); all.hasNext(); ) {
            Cached waiting = all.next();
            if (waiting.share().jobId() == job.id()) {
                all.remove();
                taken.add(waiting);
            }
        }
        return taken;
    }

    /** Refuses a share that was taken in. */
    void refuse(long sequence, String errorCode) {
        outbox.report(new UpstreamEvent.ShareRejected(unanswered.reject(sequence), errorCode));
        reportAccepted();
    }

    /** The pool's word on all shares up to one of its own sequence numbers. */
    void accepted(UpstreamEvent.SharesAccepted accepted) {
        long covered = 0;
        for (Iterator<Map.Entry<Long, Long>> all = inFlight.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, Long> sent = all.next();
            if (sent.getKey() > accepted.lastSequence()) {
                break;
            }
            all.remove();
            unanswered.accept(sent.getValue());
            covered++;
        }
        long surplus = accepted.count() - covered;
        long made = Math.clamp(surplus, -covered, uncounted);
        uncounted -= made;
        reportAccepted();
        long late = Math.clamp(surplus - made, 0, unexplained);
        if (late > 0) {
            unexplained -= late;
            outbox.report(new UpstreamEvent.SharesAccepted(lastReported, late, 0));
        }
    }

    /** The pool's no to one of its own sequence numbers. */
    void rejected(UpstreamEvent.ShareRejected rejected) {
        Long sequence = inFlight.remove(rejected.sequence());
        if (sequence != null) {
            refuse(sequence, rejected.errorCode());
        } else if (unexplained > 0) {
            unexplained--;
            outbox.report(new UpstreamEvent.ShareRejected(NO_SEQUENCE, rejected.errorCode()));
        }
    }

    private void reportAccepted() {
        Optional<UpstreamEvent.SharesAccepted> released = unanswered.release();
        if (released.isPresent()) {
            UpstreamEvent.SharesAccepted all = released.get();
            long left = Math.min(uncounted, all.count());
            uncounted -= left;
            unexplained += left;
            lastReported = all.lastSequence();
            outbox.report(new UpstreamEvent.SharesAccepted(lastReported, all.count() - left, all.work()));
        }
    }
}
