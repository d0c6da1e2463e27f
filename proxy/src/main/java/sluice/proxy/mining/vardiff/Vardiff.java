package sluice.proxy.mining.vardiff;

import java.time.Instant;
import java.util.OptionalDouble;
import sluice.config.VardiffConfig;

/**
 * Moves one channel's difficulty so that its miner sends about the configured number of shares per minute. Shares come at
 * random, so it goes by likelihoods: three sequential tests say whether the hashrate changed, and everything since the last
 * change says what it is. Between changes it leaves the miner alone. Pure; the channel rounds and bounds what it wants.
 *
 * <p>Exposure is the time mined divided by the difficulty mined at, times the shares wanted per second: a miner whose right
 * difficulty is {@code d} sends on average {@code d * exposure} shares, whatever it was told meanwhile. So jobs of several
 * difficulties, a cap by the upstream and a change that waits for the next job need no special care.
 */
public final class Vardiff {
    /** Largest change in one step; a burst climbs by repeated ones. */
    static final double MAX_STEP = 64;

    /** Shares below which nothing is raised: fewer are a coincidence or a miner's backlog. */
    static final int BURST_SHARES = 8;

    /** How far below its known difficulty silence alone takes a miner: it may be off, and would come back as a flood. */
    static final double MAX_SILENT_FALL = 16;

    /** Between two looks at a miner at most. */
    static final int LONGEST_LOOK_SECONDS = 60;

    /** Time between two looks that is no silence: the clock jumped, or this machine slept. */
    static final int MAX_GAP_SECONDS = 150;

    /** Shares the estimate rests on at most, so that it follows a slow drift: 5 % standard error. */
    static final double MAX_SHARES = 500;

    // Likelihood ratios (logarithms) that count as proof at up to 6 shares per minute; docs/BENCHMARKS.md derives them.
    private static final double SILENCE_PROOF = 8;
    private static final double DROP_PROOF = 4.7;
    private static final double RISE_PROOF = 7.2;
    // A faster stream has more chances to err in an hour, and evidence to spare.
    private static final double MORE_PROOF = 1.05;
    private static final double SLOW_STREAM = 6;

    private static final double SILENCE_RATIO = 0.15;
    private static final double DROP_RATIO = 0.6;
    private static final double RISE_RATIO = 2;
    private static final double USUAL_SILENCE = 2;

    // Shares in favour of what was known that an estimate right after a change begins with: the moment of the change
    // was
    // chosen because it looks extreme.
    private static final double SCEPTICISM_SILENCE = 0.5;
    private static final double SCEPTICISM = 2;

    // Shares missed before a guess is given up, for the first and for later ones.
    private static final double FIRST_MISS = 2;
    private static final double NEXT_MISS = 1;
    // Weak evidence is enough to search on: an error costs some shares.
    private static final double SEARCH_PROOF = 0.5;
    // Shares that end the search, that allow a raise while more come fast, and that make an estimate worth going back
    // to.
    private static final double FOUND_SHARES = 64;
    private static final double RAISE_SHARES = 12;
    private static final double KNOWN_SHARES = 96;
    private static final double SAME_AS_BEFORE = 3;

    // A change smaller than this is not worth telling the miner; likewise one that the estimate's own error explains.
    private static final double DEAD_BAND = 1.12;
    private static final double SEARCH_ERRORS = 0.7;
    private static final double REVIEW_ERRORS = 1.2;
    private static final double DRIFT_BAND = 1.18;

    private VardiffConfig config;
    private double perSecond;
    private final ChangeDetector silenced = new ChangeDetector(SILENCE_RATIO);
    private final ChangeDetector dropped = new ChangeDetector(DROP_RATIO);
    private final ChangeDetector risen = new ChangeDetector(RISE_RATIO);

    private double difficulty;
    private double mined;
    private Instant accounted;
    // What the tests ask for beyond their base, at the pace at which shares come.
    private double moreProof;
    // Since the hashrate changed last, as far as known.
    private double shares;
    private double exposure;
    // The estimate that the tests hold new shares against; meaningless while searching.
    private double reference;
    private double nextReview;
    private boolean searching;
    private boolean missed;
    // What the miner did before it changed last, and on how many shares that rests; 0 where nothing is known.
    private double home;
    private double homeShares;

    public Vardiff(VardiffConfig config, double startDifficulty, Instant now) {
        this.config = config;
        this.perSecond = config.sharesPerMinute() / 60;
        this.difficulty = Math.max(startDifficulty, config.minDifficulty());
        this.mined = difficulty;
        this.accounted = now;
        weighProof();
        search();
    }

    /** The difficulty wanted now. */
    public double difficulty() {
        return difficulty;
    }

    /** From now on the miner works on jobs of this difficulty, which need not be the one wanted. */
    public void inForce(double jobDifficulty, Instant now) {
        if (jobDifficulty == mined) {
            return;
        }
        account(now);
        mined = jobDifficulty;
        weighProof();
    }

    /** A share of this difficulty was accepted. Answers the new difficulty if it should change at once. */
    public OptionalDouble onShare(double shareDifficulty, Instant now) {
        account(now);
        // A late share of an easier job is that much less of a share; one of a harder job is still one stroke of luck.
        double weight = Math.min(1, shareDifficulty / mined);
        if (searching && shares < 1) {
            // A miner that was off says nothing about its hashrate by it.
            exposure = Math.min(exposure, home == 0 ? FIRST_MISS / difficulty : 1 / home);
        }
        shares += weight;
        risen.onShare(weight);
        if (!searching) {
            silenced.onShare(weight);
            dropped.onShare(weight);
            if (shares > MAX_SHARES) {
                exposure *= MAX_SHARES / shares;
                shares = MAX_SHARES;
            }
            if (shares >= KNOWN_SHARES) {
                reference = shares / exposure;
            }
        }
        return judge();
    }

    /** The miner was silent until now. Answers the new difficulty if it should change. */
    public OptionalDouble onTick(Instant now) {
        account(now);
        return judge();
    }

    /** When {@link #onTick} would find something new, should no share come: never sooner than in a second. */
    public Instant nextLook() {
        double seconds = untilNews() * mined / perSecond;
        return accounted.plusMillis((long) (1000 * Math.clamp(seconds, 1, LONGEST_LOOK_SECONDS)) + 1);
    }

    /** The miner named its own difficulty; it holds until the share rate says otherwise. */
    public void suggest(double suggested, Instant now) {
        account(now);
        move(suggested);
        home = 0;
        homeShares = 0;
        missed = false;
        search();
    }

    /** Other settings hold from now on. What is known of the miner's hashrate stays known. */
    public void configure(VardiffConfig next, Instant now) {
        account(now);
        double factor = next.sharesPerMinute() / config.sharesPerMinute();
        config = next;
        perSecond = next.sharesPerMinute() / 60;
        if (factor != 1) {
            // The right difficulty is that for the wanted rate, so all that is measured by it is measured anew.
            exposure *= factor;
            silenced.rescale(factor);
            dropped.rescale(factor);
            risen.rescale(factor);
            difficulty /= factor;
            reference /= factor;
            home /= factor;
        }
        move(next.enabled() ? difficulty : next.startDifficulty());
    }

    private void account(Instant now) {
        double seconds =
                now.getEpochSecond() - accounted.getEpochSecond() + (now.getNano() - accounted.getNano()) / 1e9;
        accounted = now;
        if (seconds <= 0 || seconds > MAX_GAP_SECONDS) {
            return;
        }
        double passed = perSecond * seconds / mined;
        exposure += passed;
        if (searching) {
            risen.onTime(passed, difficulty);
        } else {
            risen.onTime(passed, reference);
            silenced.onTime(passed, reference);
            dropped.onTime(passed, reference);
        }
    }

    private OptionalDouble judge() {
        if (!config.enabled()) {
            return OptionalDouble.empty();
        }
        boolean changed = searching ? judgeSearch() : judgeKnown();
        return changed ? OptionalDouble.of(difficulty) : OptionalDouble.empty();
    }

    private boolean judgeSearch() {
        if (hasRisen(difficulty)) {
            // It is back, or woke up: what came before is of another miner.
            shares = risen.shares();
            exposure = risen.exposure();
        }
        if (shares < 1) {
            if (difficulty * exposure < missesAllowed()) {
                return false;
            }
            double step = stepDown(missed);
            missed = true;
            return move(Math.max(difficulty / step, silentFloor()));
        }
        double estimate = shares / exposure;
        if (shares < BURST_SHARES) {
            boolean tooHard = estimate < difficulty && surprise(difficulty) >= SEARCH_PROOF;
            return tooHard && move(Math.max((shares + 0.5) / exposure / overshoot(), silentFloor()));
        }
        // While shares come faster than wanted, some more make the estimate better and cost little time.
        boolean tooEarly = estimate > difficulty && mined < estimate && shares < RAISE_SHARES;
        boolean changed = !tooEarly && settle(Math.max(DEAD_BAND, Math.exp(SEARCH_ERRORS / Math.sqrt(shares))), true);
        if (shares >= FOUND_SHARES) {
            searching = false;
            reference = shares / exposure;
            nextReview = nextPowerOfTwo(shares);
            resetTests();
            if (home == 0) {
                home = reference;
                homeShares = shares;
            }
        }
        return changed;
    }

    private boolean judgeKnown() {
        boolean fewer = dropped.score() >= DROP_PROOF + moreProof || silenced.score() >= SILENCE_PROOF + moreProof;
        if (fewer) {
            return silenced.score() > dropped.score()
                    ? onChange(silenced, SCEPTICISM_SILENCE)
                    : onChange(dropped, SCEPTICISM);
        }
        if (hasRisen(reference)) {
            return onChange(risen, SCEPTICISM);
        }
        if (shares >= nextReview && nextReview <= MAX_SHARES) {
            nextReview *= 2;
            return settle(Math.max(DEAD_BAND, Math.exp(REVIEW_ERRORS / Math.sqrt(shares))), true);
        }
        return shares >= MAX_SHARES && settle(DRIFT_BAND, false);
    }

    private boolean hasRisen(double from) {
        return risen.shares() >= BURST_SHARES && risen.scoreAfterSilence(USUAL_SILENCE, from) >= RISE_PROOF + moreProof;
    }

    /** The hashrate changed: what came before says no more about it than where the miner may return to. */
    private boolean onChange(ChangeDetector detector, double scepticism) {
        boolean wasKnown = shares >= KNOWN_SHARES;
        if (wasKnown) {
            home = reference;
            homeShares = shares;
        }
        double estimate = (detector.shares() + scepticism) / (detector.exposure() + scepticism / reference);
        if (detector.shares() < BURST_SHARES / 2.0) {
            missed = true;
            search();
            return move(Math.max(bounded(estimate), silentFloor()));
        }
        shares = detector.shares();
        exposure = detector.exposure();
        nextReview = Math.max(2 * BURST_SHARES, nextPowerOfTwo(1.5 * shares));
        resetTests();
        if (shares < BURST_SHARES) {
            estimate = Math.max(estimate, silentFloor());
        }
        reference = bounded(estimate);
        if (!wasKnown && returnsHome(estimate)) {
            return moveBeyond(DEAD_BAND, home);
        }
        return moveBeyond(DEAD_BAND, reference);
    }

    /** Moves to the estimate where that differs from what the miner has by more than {@code band}. */
    private boolean settle(double band, boolean mayReturn) {
        double estimate = shares / exposure;
        if (mayReturn && returnsHome(estimate)) {
            return moveBeyond(DEAD_BAND, home);
        }
        reference = bounded(estimate);
        return moveBeyond(band, reference);
    }

    /**
     * Whether the few shares since the last change speak for the miner's earlier hashrate; then that is taken for certain
     * again. Miners that lose a board or go off and come back do so, and false alarms end like this.
     */
    private boolean returnsHome(double estimate) {
        if (home == 0 || shares < BURST_SHARES || shares >= KNOWN_SHARES || surprise(home) >= SAME_AS_BEFORE) {
            return false;
        }
        shares = Math.max(KNOWN_SHARES, homeShares);
        exposure = shares / home;
        reference = home;
        nextReview = nextPowerOfTwo(shares);
        return true;
    }

    /** Log-likelihood ratio of the estimate against {@code supposed}. */
    private double surprise(double supposed) {
        double expected = supposed * exposure;
        return shares * Math.log(shares / expected) - (shares - expected);
    }

    private void search() {
        searching = true;
        shares = 0;
        exposure = 0;
        resetTests();
    }

    private void resetTests() {
        silenced.reset();
        dropped.reset();
        risen.reset();
    }

    private boolean moveBeyond(double band, double next) {
        double target = bounded(next);
        double factor = target / difficulty;
        return (factor > band || factor < 1 / band) && move(target);
    }

    private boolean move(double next) {
        double allowed = Math.max(next, config.minDifficulty());
        boolean changed = allowed != difficulty;
        difficulty = allowed;
        weighProof();
        return changed;
    }

    private void weighProof() {
        double pace = config.sharesPerMinute() * Math.max(1, difficulty / mined);
        moreProof = MORE_PROOF * Math.log(Math.max(pace, SLOW_STREAM) / SLOW_STREAM);
    }

    private double bounded(double next) {
        return Math.clamp(next, difficulty / MAX_STEP, difficulty * MAX_STEP);
    }

    private double silentFloor() {
        return home == 0 ? 0 : Math.min(difficulty, home / MAX_SILENT_FALL);
    }

    private double missesAllowed() {
        return missed ? NEXT_MISS : FIRST_MISS;
    }

    // Too low is found out with the next job, at the price of some shares; too high costs one more round. A fast stream
    // needs less of an overshoot to learn as much.
    private double stepDown(boolean again) {
        double slow = SLOW_STREAM / Math.max(config.sharesPerMinute(), SLOW_STREAM);
        return again ? Math.max(2 * BURST_SHARES, 4 * MAX_STEP * slow) : Math.max(BURST_SHARES, MAX_STEP * slow);
    }

    private double overshoot() {
        return Math.max(1, 4 * SLOW_STREAM / Math.max(config.sharesPerMinute(), SLOW_STREAM));
    }

    private double untilNews() {
        if (!searching) {
            return Math.min(
                    dropped.silenceUntil(DROP_PROOF + moreProof, reference),
                    silenced.silenceUntil(SILENCE_PROOF + moreProof, reference));
        }
        if (difficulty <= Math.max(config.minDifficulty(), silentFloor()) || shares >= BURST_SHARES) {
            return Double.POSITIVE_INFINITY;
        }
        return shares < 1 ? (missesAllowed() - difficulty * exposure) / difficulty : 0.5 / difficulty;
    }

    private static double nextPowerOfTwo(double least) {
        double power = 1;
        while (power <= least) {
            power *= 2;
        }
        return power;
    }
}
