package sluice.proxy.mining.vardiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.Random;
import sluice.config.VardiffConfig;

/**
 * A miner of constant hashrate under a {@link Vardiff}: its shares come as a Poisson process whose rate follows the
 * difficulty at once. The same seed gives the same run.
 */
final class PoissonMiner {
    private final Random random;
    private final VardiffConfig config;
    private final int seed;
    private final Vardiff vardiff;
    private Instant now = Instant.ofEpochSecond(1_700_000_000L);
    private Instant tick = now.plus(Vardiff.WINDOW);
    private double ideal;
    private long sharesSent;
    private int changes;

    /** @param ideal the difficulty at which this miner sends exactly what the policy wants */
    PoissonMiner(int seed, VardiffConfig config, double ideal, double startDifficulty) {
        this.seed = seed;
        this.random = new Random(seed);
        this.config = config;
        this.ideal = ideal;
        this.vardiff = new Vardiff(config, startDifficulty, now);
    }

    void ideal(double next) {
        this.ideal = next;
    }

    double difficulty() {
        return vardiff.difficulty();
    }

    long sharesSent() {
        return sharesSent;
    }

    int changes() {
        return changes;
    }

    void mine(Duration duration) {
        Instant end = now.plus(duration);
        while (now.isBefore(end)) {
            step();
        }
    }

    /** Mines until the difficulty is within {@code factor} of the ideal one; fails if it is not in {@code patience}. */
    void mineUntilSettled(double factor, Duration patience) {
        Instant end = now.plus(patience);
        while (difficulty() > ideal * factor || difficulty() < ideal / factor) {
            assertThat(now)
                    .as("seed %d: at difficulty %s, ideal %s", seed, difficulty(), ideal)
                    .isBefore(end);
            step();
        }
    }

    // A Poisson process has no memory, so drawing anew after a tick or a change changes nothing in law.
    private void step() {
        double sharesPerSecond = config.sharesPerMinute() / 60 * ideal / difficulty();
        double wait = -Math.log(1 - random.nextDouble()) / sharesPerSecond;
        Instant share = now.plusNanos((long) Math.min(wait * 1e9, 1e15));
        OptionalDouble change;
        if (share.isBefore(tick)) {
            now = share;
            sharesSent++;
            change = vardiff.onShare(difficulty(), now);
        } else {
            now = tick;
            tick = tick.plus(Vardiff.WINDOW);
            change = vardiff.onTick(now);
        }
        changes += change.isPresent() ? 1 : 0;
    }
}
