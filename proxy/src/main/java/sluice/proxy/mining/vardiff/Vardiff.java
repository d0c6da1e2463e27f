package sluice.proxy.mining.vardiff;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import sluice.config.VardiffConfig;

/**
 * Moves one channel's difficulty so that its miner sends about the configured number of shares per minute. It looks at
 * the work done since the last change: soon after a burst, or after {@link #WINDOW} otherwise. Pure; the channel rounds and
 * bounds what it wants.
 */
public final class Vardiff {
    /** How long shares are counted before the rate is judged, where nothing forces an earlier look. */
    public static final Duration WINDOW = Duration.ofSeconds(30);

    /** So many shares in less than {@link #WINDOW} are enough to judge by, too. */
    static final int BURST_SHARES = 24;

    /** A change smaller than this factor is noise and is left alone. */
    static final double DEAD_BAND = 1.5;

    /** Largest change in one step. Bursts climb by repeated steps. */
    static final double MAX_STEP = 64;

    private final VardiffConfig config;
    private double difficulty;
    private Instant since;
    private int shares;
    private double work;

    public Vardiff(VardiffConfig config, double startDifficulty, Instant now) {
        this.config = config;
        this.difficulty = Math.max(startDifficulty, config.minDifficulty());
        this.since = now;
    }

    /** The difficulty wanted now. */
    public double difficulty() {
        return difficulty;
    }

    /** A share of this difficulty was accepted. Answers the new difficulty if it should change at once. */
    public OptionalDouble onShare(double shareDifficulty, Instant now) {
        shares++;
        work += shareDifficulty;
        return shares >= BURST_SHARES && Duration.between(since, now).compareTo(WINDOW) < 0
                ? judge(now)
                : OptionalDouble.empty();
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
        double seconds = Duration.between(since, now).toNanos() / 1e9;
        if (!config.enabled() || seconds <= 0) {
            return OptionalDouble.empty();
        }
        double wanted = seconds * config.sharesPerMinute() / 60;
        // Without a share the rate is unknown: act as if half a share had come, so that silence lowers the difficulty
        // only once several shares are overdue.
        double done = shares == 0 ? 0.5 * difficulty : work;
        double ideal = Math.max(done / wanted, config.minDifficulty());
        double factor = Math.clamp(ideal / difficulty, 1 / MAX_STEP, MAX_STEP);
        boolean enough = shares >= BURST_SHARES || wanted >= 3;
        if (!enough) {
            return OptionalDouble.empty();
        }
        restart(now);
        if (factor < DEAD_BAND && factor > 1 / DEAD_BAND) {
            return OptionalDouble.empty();
        }
        difficulty = Math.max(difficulty * factor, config.minDifficulty());
        return OptionalDouble.of(difficulty);
    }

    private void restart(Instant now) {
        since = now;
        shares = 0;
        work = 0;
    }
}
