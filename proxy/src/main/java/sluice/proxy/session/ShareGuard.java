package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import sluice.proxy.admission.Pace;
import sluice.proxy.mining.share.ShareVerdict;

/**
 * What is to be done about the bad shares of one connection: a flood of them is not judged to its end, and a miner all of
 * whose shares are refused is told its work again, and after that let go. Confined to the session.
 */
final class ShareGuard {
    /** Only refused shares for so long: the miner is told its work again. */
    static final Duration RETELL_AFTER = Duration.ofSeconds(60);

    /** Still only refused shares for so long after that: it is disconnected, and comes back afresh. */
    static final Duration LET_GO_AFTER = Duration.ofSeconds(60);

    /** Refused in a row, below which they say nothing. */
    static final int LEAST_REFUSED = 3;

    /** Refused shares may come at once for so many seconds' worth of their rate. */
    static final int BURST_SECONDS = 10;

    /** A made-up share of a connection that has had none accepted counts as so many. */
    static final int UNPROVEN_WEIGHT = 10;

    /** Unjudged shares wait so long to be reported together. */
    static final Duration REPORT_AFTER = Duration.ofSeconds(1);

    /** Why a miner is let go. */
    static final String ONLY_REJECTS = "only-rejects";

    /** Why a miner offends. */
    static final String INVALID_SHARES = "invalid-shares";

    private final Pace pace;
    private long paced;
    // In a row, and since when.
    private long refused;
    private Instant refusedSince;
    private Instant retoldAt;
    private boolean proven;
    private long unjudged;
    // What the flood consists of: an honest miner's shares may be late or too easy, but not made up.
    private long madeUp;
    private long harmless;

    /** What the ladder asks for. */
    enum Step {
        NONE,
        RETELL,
        LET_GO
    }

    ShareGuard(int invalidSharesPerSecond) {
        this.pace = Pace.of(invalidSharesPerSecond, BURST_SECONDS);
    }

    /** Whether the next share is to be judged. */
    boolean judges(Instant now) {
        return pace.take(paced, nanos(now)) != Pace.REFUSED;
    }

    /** A share was accepted. Says whether it is the first. */
    boolean onAccepted() {
        refused = 0;
        refusedSince = null;
        retoldAt = null;
        // One that is good makes up for one that is bad: behind a proxy with a broken machine the others are to be
        // heard.
        paced -= pace.interval();
        boolean first = !proven;
        proven = true;
        return first;
    }

    /** A share was refused with this verdict. */
    Step onRefused(ShareVerdict verdict, Instant now) {
        switch (verdict) {
            // Whoever finds many shares has many that are late.
            case STALE -> harmless++;
            case UNJUDGED -> unjudged++;
            case LOW_DIFFICULTY -> {
                harmless++;
                charge(1, now);
            }
            default -> {
                madeUp++;
                charge(proven ? 1 : UNPROVEN_WEIGHT, now);
            }
        }
        return step(now);
    }

    private void charge(int shares, Instant now) {
        for (int i = 0; i < shares; i++) {
            long next = pace.take(paced, nanos(now));
            paced = next == Pace.REFUSED ? paced : next;
        }
    }

    private Step step(Instant now) {
        refused++;
        if (refusedSince == null) {
            refusedSince = now;
        }
        if (refused < LEAST_REFUSED) {
            return Step.NONE;
        }
        if (retoldAt == null && hasPassed(refusedSince, RETELL_AFTER, now)) {
            retoldAt = now;
            return Step.RETELL;
        }
        return retoldAt != null && hasPassed(retoldAt, LET_GO_AFTER, now) ? Step.LET_GO : Step.NONE;
    }

    /** Whether the unjudged share that was just counted is the first since the last report. */
    boolean reportIsDue() {
        return unjudged == 1;
    }

    /** How many shares were refused unjudged since the last report. */
    long takeUnjudged() {
        long count = unjudged;
        unjudged = 0;
        return count;
    }

    /** Whether the flood that is reported is none that a miner could have sent by mistake. */
    boolean isOffence() {
        boolean offence = madeUp > harmless;
        madeUp /= 2;
        harmless /= 2;
        return offence;
    }

    private static boolean hasPassed(Instant since, Duration time, Instant now) {
        return Duration.between(since, now).compareTo(time) >= 0;
    }

    private static long nanos(Instant at) {
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }
}
