package sluice.proxy.session;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hashrate;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.mining.vardiff.Vardiff;
import sluice.proxy.translation.AdvertisedDifficulty;

/**
 * The difficulty of one SV1 miner: what it asks for, what its share rate asks for, what the upstream leaves, and the number
 * it was told last. Confined to the connection's loop.
 */
final class Sv1Difficulty {
    private static final Target ZERO = Target.ofBigInteger(BigInteger.ZERO);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** A change by so much does not wait for the next job: miners take a difficulty over with a job only. */
    static final double LARGE_CHANGE = 8;

    private MinerProfile profile;
    // What the miner asked for before its first job; 0 where it did not.
    private double suggested;
    private double floor;
    // Absent until the first job: silence before it says nothing about the miner.
    private Vardiff vardiff;

    private double told;
    private double toldWanted;
    private Target toldLimit;

    private double wantedTargetOf;
    private Target wantedTarget;

    Sv1Difficulty(MinerProfile profile) {
        this.profile = profile;
    }

    /** The miner is treated so from now on; what it asked for and what is known of it stays. Says whether {@link #wanted} changed. */
    boolean profile(MinerProfile next, Instant now) {
        double before = wanted();
        profile = next;
        if (vardiff != null) {
            vardiff.configure(next.vardiff(), now);
        }
        wantedTarget = null;
        toldLimit = null;
        return wanted() != before;
    }

    /**
     * The miner would like this difficulty. Nonsense is ignored rather than refused: firmware sends 0, and takes an error
     * for a dead pool. Says whether {@link #wanted} changed.
     */
    boolean suggest(double difficulty, Instant now) {
        if (!profile.vardiff().enabled() || !(difficulty > 0)) {
            return false;
        }
        double before = wanted();
        suggested = difficulty;
        if (vardiff != null) {
            vardiff.suggest(start(), now);
        }
        return wanted() != before;
    }

    /** As {@link #suggest(double, Instant)} for a miner that names a target. */
    boolean suggest(Target target, Instant now) {
        // Target 0 has no difficulty; it is what a miner sends that has not thought of one.
        return !target.equals(ZERO) && suggest(Difficulty.of(target), now);
    }

    /**
     * The miner can do nothing with less than this (BIP310 minimum-difficulty). Says whether the value makes sense and is
     * honoured, as far as the upstream's own target allows.
     */
    boolean atLeast(double difficulty) {
        if (!(difficulty > 0) || difficulty > mostDifficult()) {
            return false;
        }
        // What is told is rounded down, which must not lead below the floor.
        floor = difficulty >= 1 ? Math.ceil(difficulty) : difficulty;
        return true;
    }

    /** The miner gets a job. With the first, its share rate begins to count; says whether this was it. */
    boolean begin(Instant now) {
        if (vardiff != null) {
            return false;
        }
        vardiff = new Vardiff(profile.vardiff(), start(), now);
        vardiff.inForce(told, now);
        return true;
    }

    boolean hasBegun() {
        return vardiff != null;
    }

    /** A share of this difficulty was accepted. Says whether the miner is rated anew. */
    boolean onShare(double shareDifficulty, Instant now) {
        return vardiff != null && vardiff.onShare(shareDifficulty, now).isPresent();
    }

    /** When {@link #onTick} is due; only for a miner that {@link #begin has begun}. */
    Instant nextLook() {
        return vardiff.nextLook();
    }

    /** The miner was silent until now. Says whether it is rated anew. */
    boolean onTick(Instant now) {
        return vardiff != null && vardiff.onTick(now).isPresent();
    }

    /** What this miner should be told if the upstream had no say. */
    double wanted() {
        return Math.min(Math.max(rated(), floor), mostDifficult());
    }

    /** {@link #wanted} as a target, in the rounding that a miner would be told. */
    Target wantedTarget() {
        double wanted = wanted();
        if (wantedTarget == null || wantedTargetOf != wanted) {
            wantedTargetOf = wanted;
            wantedTarget = Difficulty.targetOf(told(wanted, mostDifficult()));
        }
        return wantedTarget;
    }

    /** Hashes per second, taking it that the miner finds the configured number of shares at the difficulty it is rated at. */
    double hashesPerSecond() {
        return Hashrate.fromDifficulty(rated() * profile.vardiff().sharesPerMinute(), MINUTE);
    }

    /** The number the miner was told last; 0 before the first. */
    double told() {
        return told;
    }

    /** What shares of the miner's next jobs are held against. */
    Target toldTarget() {
        return Difficulty.targetOf(told);
    }

    /**
     * Settles the number to tell with {@code job}. Says whether it is another than the miner knows.
     *
     * @param routeTarget what the upstream asks of jobs to come
     */
    boolean settle(MiningJob job, Target routeTarget, Instant now) {
        Target limit = limit(job, routeTarget);
        double wanted = wanted();
        if (wanted == toldWanted && limit.equals(toldLimit)) {
            return false;
        }
        toldWanted = wanted;
        toldLimit = limit;
        double next = told(wanted, Difficulty.roundedDown(limit));
        boolean changed = next != told;
        told = next;
        if (vardiff != null) {
            vardiff.inForce(told, now);
        }
        return changed;
    }

    /**
     * Whether the miner works on a number that is so far from the one it should have that it may not wait for the next job
     * to come by itself.
     */
    boolean isFarOff(MiningJob job, Target routeTarget) {
        if (told == 0 || wanted() == toldWanted) {
            return false;
        }
        double factor = told(wanted(), Difficulty.roundedDown(limit(job, routeTarget))) / told;
        return factor >= LARGE_CHANGE || factor <= 1 / LARGE_CHANGE;
    }

    // The job may be older than the route's target. Above either, a miner throws away work that would be paid for.
    private static Target limit(MiningJob job, Target routeTarget) {
        return Target.easiest(routeTarget, job.routeTarget().orElse(routeTarget));
    }

    private double told(double wanted, double limit) {
        double least = Math.max(floor, profile.vardiff().minDifficulty());
        return AdvertisedDifficulty.of(profile.difficultyForm(), wanted, least, Math.min(limit, mostDifficult()));
    }

    private double rated() {
        return vardiff == null ? start() : vardiff.difficulty();
    }

    private double start() {
        return suggested > 0 && profile.vardiff().enabled()
                ? Math.clamp(suggested, profile.vardiff().minDifficulty(), mostDifficult())
                : profile.vardiff().startDifficulty();
    }

    private double mostDifficult() {
        return profile.vardiff().maxDifficulty();
    }
}
