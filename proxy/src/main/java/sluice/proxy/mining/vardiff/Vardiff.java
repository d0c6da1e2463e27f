package sluice.proxy.mining.vardiff;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import sluice.config.VardiffConfig;

/**
 * Moves one channel's difficulty so that its miner sends about the configured number of shares per minute. Shares come
 * at random, so their count says little while it is small: the difficulty moves only where chance hardly explains the
 * difference. A miner far off is put right within seconds or a few minutes; a steady one is left alone. Pure; the channel
 * rounds and bounds what it wants.
 */
public final class Vardiff {
    /** Time between two calls of {@link #onTick}. */
    public static final Duration WINDOW = Duration.ofSeconds(30);

    /** A burst is looked at when this share comes in, and whenever their number has doubled since. */
    static final int BURST_SHARES = 8;

    /** Standard deviations beyond which a difference is no chance. Checked dozens of times an hour, so well above 2. */
    static final double SIGNIFICANT = 3;

    /** A change smaller than this factor is not worth telling the miner. */
    static final double DEAD_BAND = 1.25;

    /** Largest change in one step. Bursts climb by repeated steps. */
    static final double MAX_STEP = 64;

    /** With so many shares expected and nothing to change the count starts anew, or it would blind us to later changes. */
    static final double MATURE_SHARES = 64;

    private final VardiffConfig config;
    private double difficulty;
    private Instant since;
    private long shares;
    private long nextLook;
    private double work;

    public Vardiff(VardiffConfig config, double startDifficulty, Instant now) {
        this.config = config;
        this.difficulty = Math.max(startDifficulty, config.minDifficulty());
        restart(now);
    }

    /** The difficulty wanted now. */
    public double difficulty() {
        return difficulty;
    }

    /** A share of this difficulty was accepted. Answers the new difficulty if it should change at once. */
    public OptionalDouble onShare(double shareDifficulty, Instant now) {
        shares++;
        work += shareDifficulty;
        if (shares < nextLook) {
            return OptionalDouble.empty();
        }
        nextLook *= 2;
        return judge(now);
    }

    /** {@link #WINDOW} has passed since the last call. Answers the new difficulty if it should change. */
    public OptionalDouble onTick(Instant now) {
        return judge(now);
    }

    /** The miner named its own difficulty; it holds until the share rate says otherwise. */
    public void suggest(double suggested, Instant now) {
        difficulty = Math.max(suggested, config.minDifficulty());
        restart(now);
    }

    private OptionalDouble judge(Instant now) {
        if (!config.enabled()) {
            return OptionalDouble.empty();
        }
        double seconds = Duration.between(since, now).toNanos() / 1e9;
        if (seconds <= 0) {
            if (seconds < 0) {
                restart(now);
            }
            return OptionalDouble.empty();
        }
        double wanted = seconds * config.sharesPerMinute() / 60;
        // Shares of earlier jobs have other difficulties. One of a job 50 times as hard is 50 times the work but still
        // one
        // stroke of luck, so chance is judged by the number of shares wanted at the difficulty that was really mined.
        double mined = shares == 0 ? difficulty : work / shares;
        double surprise = 2 * (Math.sqrt(shares + 0.375) - Math.sqrt(wanted * difficulty / mined + 0.375));
        // Without a share the rate is unknown: act as if half a share had come.
        double done = shares == 0 ? 0.5 * difficulty : work;
        double factor = Math.clamp(done / wanted / difficulty, 1 / MAX_STEP, MAX_STEP);
        double next = Math.max(difficulty * factor, config.minDifficulty());
        boolean worthwhile = next != difficulty && (factor > DEAD_BAND || factor < 1 / DEAD_BAND);
        if (Math.abs(surprise) > SIGNIFICANT && worthwhile) {
            difficulty = next;
            restart(now);
            return OptionalDouble.of(next);
        }
        if (wanted >= MATURE_SHARES) {
            restart(now);
        }
        return OptionalDouble.empty();
    }

    private void restart(Instant now) {
        since = now;
        shares = 0;
        nextLook = BURST_SHARES;
        work = 0;
    }
}
