package sluice.upstream.session;

import java.time.Instant;
import java.util.Optional;
import sluice.protocol.sv2.message.mining.MiningErrorCode;

/**
 * Whether a pool we mine with is worth it: it has to send work and to take some of ours. One deadline of each kind is on its
 * way at most and is moved when it is reached, so that a share or a job costs no timer. Confined to its session.
 */
final class PoolWatch {
    /** Refusals without an acceptance from which on a pool is judged: an unlucky share must not cost the connection. */
    static final int LEAST_REFUSALS = 3;

    private final PoolPatience patience;
    // Null until the first work of a conversation.
    private Instant lastWork;
    // Since the last acceptance.
    private long refusals;
    private Instant firstRefusal;
    private String lastCode;
    private boolean refusalsTimed;

    PoolWatch(PoolPatience patience) {
        this.patience = patience;
    }

    /** Another conversation, without deadlines on their way. */
    void restart() {
        lastWork = null;
        refusals = 0;
        refusalsTimed = false;
    }

    /** Takes a job or a tip of a pool that we mine with; returns the deadline to set. */
    Optional<PoolAction.SetDeadline> workCame(Instant now) {
        boolean first = lastWork == null;
        lastWork = now;
        return first ? dueAt(PoolDeadline.NO_JOB) : Optional.empty();
    }

    /** Takes the pool's yes to one or more shares. */
    void accepted() {
        refusals = 0;
    }

    /** Takes the pool's no to a share; returns the deadline to set. */
    Optional<PoolAction.SetDeadline> refused(String code, Instant now) {
        // Stale shares come with every block, at the best of pools.
        if (code.equals(MiningErrorCode.STALE_SHARE)) {
            return Optional.empty();
        }
        if (refusals == 0) {
            firstRefusal = now;
        }
        refusals++;
        lastCode = code;
        if (refusalsTimed || refusals < LEAST_REFUSALS) {
            return Optional.empty();
        }
        refusalsTimed = true;
        return dueAt(PoolDeadline.ONLY_REJECTS);
    }

    /** What is wrong with the pool when {@code deadline} is reached; empty if nothing is, or not yet. */
    Optional<String> complaint(PoolDeadline deadline, Instant now) {
        return dueAt(deadline).filter(due -> !now.isBefore(due.at())).map(due -> {
            String time = PoolPatience.inWords(deadline.patience(patience));
            return deadline == PoolDeadline.NO_JOB
                    ? "no job from the pool for " + time
                    : "the pool has only rejected shares for " + time + ", last: " + lastCode;
        });
    }

    /** The deadline to set in place of one that was reached without a complaint. */
    Optional<PoolAction.SetDeadline> next(PoolDeadline reached) {
        Optional<PoolAction.SetDeadline> next = dueAt(reached);
        if (reached == PoolDeadline.ONLY_REJECTS) {
            refusalsTimed = next.isPresent();
        }
        return next;
    }

    private Optional<PoolAction.SetDeadline> dueAt(PoolDeadline deadline) {
        Instant since = switch (deadline) {
            case NO_JOB -> lastWork;
            case ONLY_REJECTS -> refusals < LEAST_REFUSALS ? null : firstRefusal;
            default -> throw new IllegalArgumentException(deadline + " is not watched here");
        };
        return Optional.ofNullable(since)
                .map(from -> new PoolAction.SetDeadline(deadline, from.plus(deadline.patience(patience))));
    }
}
