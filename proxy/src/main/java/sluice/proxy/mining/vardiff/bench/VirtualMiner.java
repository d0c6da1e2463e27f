package sluice.proxy.mining.vardiff.bench;

import java.util.random.RandomGenerator;
import sluice.config.VardiffConfig;

/**
 * A miner that finds shares as a Poisson process, and the jobs that tell it its difficulty. Whatever a policy wants takes
 * effect with the next job only, as it does with real miners.
 */
final class VirtualMiner {
    /** Right for the miner at its full hashrate. */
    static final double IDEAL = 1e6;

    /** What no policy may go below: a thousandth, as an operator would set it for a farm of such machines. */
    static final double FLOOR = IDEAL / 1000;

    /** Between two jobs of a pool. */
    static final double JOB_SECONDS = 30;

    /** Within this factor a difficulty is called right. */
    static final double BAND = 1.5;

    private final RandomGenerator random;
    private final DifficultyPolicy policy;
    private final double perSecond;
    private double now;
    private double ideal = IDEAL;
    private double inForce;
    private double nextJob;
    private double nextShare;
    private long shares;
    private int changes;
    private double inBandSince;
    private double goal = Double.NaN;
    private boolean goalIsBelow;
    private double goalReached = Double.NaN;
    private double error;
    private double inBand;

    VirtualMiner(Rule rule, double sharesPerMinute, double start, RandomGenerator random) {
        this.random = random;
        this.policy = rule.start(new VardiffConfig(true, sharesPerMinute, FLOOR, Math.max(start, FLOOR)), start);
        this.perSecond = sharesPerMinute / 60;
        this.inForce = start;
        this.nextJob = JOB_SECONDS * random.nextDouble();
        this.inBandSince = isInBand() ? 0 : Double.NaN;
        drawShare();
    }

    /** From now on the miner has this part of its full hashrate; none at all is 0. */
    void hashrate(double part) {
        ideal = IDEAL * part;
        inBandSince = isInBand() ? now : Double.NaN;
        drawShare();
    }

    /** Watches for the moment when the policy first wants what is nearer to the present hashrate than to the one before. */
    void watchFor(double before, double after) {
        goal = IDEAL * Math.sqrt(before * after);
        goalIsBelow = after < before;
        goalReached = Double.NaN;
        watch();
    }

    void mine(double seconds) {
        double end = now + seconds;
        while (now < end) {
            double look = Math.max(now, policy.nextLook());
            double next = Math.min(Math.min(nextShare, look), Math.min(nextJob, end));
            pass(next);
            if (next == nextJob) {
                nextJob += JOB_SECONDS;
                tell();
            } else if (next == nextShare) {
                shares++;
                policy.onShare(inForce, now);
                drawShare();
            } else if (next == look) {
                policy.onLook(now);
            }
            watch();
        }
    }

    /** Mines until its difficulty has been right for {@code seconds}; answers since when, or infinity after {@code patience}. */
    double mineUntilSettled(double seconds, double patience) {
        double start = now;
        while (now - start < patience) {
            if (now - inBandSince >= seconds) {
                return Math.max(0, inBandSince - start);
            }
            mine(5);
        }
        return Double.POSITIVE_INFINITY;
    }

    private void pass(double until) {
        double seconds = until - now;
        if (ideal > 0) {
            error += Math.abs(inForce / ideal - 1) * seconds;
            inBand += isInBand() ? seconds : 0;
        }
        now = until;
    }

    private void tell() {
        if (policy.difficulty() == inForce) {
            return;
        }
        boolean was = isInBand();
        inForce = policy.difficulty();
        changes++;
        if (isInBand() != was) {
            inBandSince = was ? Double.NaN : now;
        }
        policy.inForce(inForce, now);
        drawShare();
    }

    // A Poisson process has no memory: to draw anew when the rate changes changes nothing in law.
    private void drawShare() {
        double rate = perSecond * ideal / inForce;
        nextShare = rate == 0 ? Double.POSITIVE_INFINITY : now - Math.log(1 - random.nextDouble()) / rate;
    }

    private void watch() {
        boolean reached = goalIsBelow ? policy.difficulty() <= goal : policy.difficulty() >= goal;
        if (reached && Double.isNaN(goalReached)) {
            goalReached = now;
        }
    }

    private boolean isInBand() {
        return inForce <= ideal * BAND && inForce >= ideal / BAND;
    }

    double now() {
        return now;
    }

    long shares() {
        return shares;
    }

    /** How often the miner was told another difficulty. */
    int changes() {
        return changes;
    }

    /** When {@link #watchFor} was fulfilled; infinity if not yet. */
    double goalReached() {
        return Double.isNaN(goalReached) ? Double.POSITIVE_INFINITY : goalReached;
    }

    /** Difficulty's distance from the right one, relative, summed over the seconds that the miner was on. */
    double error() {
        return error;
    }

    /** Seconds that the miner was on and its difficulty right. */
    double inBand() {
        return inBand;
    }
}
