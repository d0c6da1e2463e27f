package sluice.proxy.mining.vardiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.VardiffConfig;

class VardiffTest {
    private static final Instant START = Instant.ofEpochSecond(1_700_000_000L);
    private static final int SEEDS = 40;

    private static VardiffConfig config(double sharesPerMinute, double minDifficulty) {
        return new VardiffConfig(true, sharesPerMinute, minDifficulty, Math.max(minDifficulty, 1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {6, 20, 60})
    void settlesFromAThousandTimesTooEasyAfterFewShares(double sharesPerMinute) {
        for (int seed = 0; seed < SEEDS; seed++) {
            PoissonMiner miner = new PoissonMiner(seed, config(sharesPerMinute, 1e-9), 1e6, 1e3);
            miner.mineUntilSettled(2, Duration.ofMinutes(10));
            assertThat(miner.sharesSent())
                    .as("shares on the way, seed %d", seed)
                    .isLessThan(150);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {6, 20, 60})
    void settlesFromAThousandTimesTooHardWithinMinutes(double sharesPerMinute) {
        for (int seed = 0; seed < SEEDS; seed++) {
            PoissonMiner miner = new PoissonMiner(seed, config(sharesPerMinute, 1e-9), 1e6, 1e9);
            miner.mineUntilSettled(2, Duration.ofMinutes(15));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e3, 1e9})
    void onceSettledAMinerSendsAboutTheConfiguredNumberOfSharesPerMinute(double startDifficulty) {
        double sum = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            PoissonMiner miner = new PoissonMiner(seed, config(6, 1e-9), 1e6, startDifficulty);
            miner.mine(Duration.ofMinutes(30));
            long before = miner.sharesSent();
            miner.mine(Duration.ofHours(1));
            double perMinute = (miner.sharesSent() - before) / 60.0;
            assertThat(perMinute).as("seed %d", seed).isBetween(4.0, 9.0);
            sum += perMinute;
        }
        assertThat(sum / SEEDS).isCloseTo(6, within(0.5));
    }

    @Test
    void leavesTheNoiseOfASteadyMinerAlone() {
        int changes = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            PoissonMiner miner = new PoissonMiner(seed, config(6, 1e-9), 1e6, 1e6);
            miner.mine(Duration.ofHours(2));
            changes += miner.changes();
            assertThat(miner.difficulty()).as("seed %d", seed).isBetween(0.6e6, 1.7e6);
        }
        assertThat(changes / (2.0 * SEEDS)).as("changes per hour").isLessThan(1);
    }

    @Test
    void followsAMinerThatLosesAHashboardAndGetsItBack() {
        for (int seed = 0; seed < SEEDS; seed++) {
            PoissonMiner miner = new PoissonMiner(seed, config(6, 1e-9), 3e6, 3e6);
            miner.mine(Duration.ofHours(1));
            miner.ideal(1e6);
            miner.mineUntilSettled(1.7, Duration.ofMinutes(20));
            miner.ideal(3e6);
            miner.mineUntilSettled(1.7, Duration.ofMinutes(20));
        }
    }

    @Test
    void neverGoesBelowTheMinimumHoweverLongAMinerIsSilent() {
        Vardiff vardiff = new Vardiff(config(6, 512), 1_000_000, START);
        Instant now = START;
        for (int tick = 0; tick < 2_000; tick++) {
            now = now.plus(Vardiff.WINDOW);
            vardiff.onTick(now);
            assertThat(vardiff.difficulty()).isGreaterThanOrEqualTo(512);
        }
        assertThat(vardiff.difficulty()).isEqualTo(512);
        assertThat(vardiff.onTick(now.plus(Vardiff.WINDOW)))
                .as("nothing changes any more at the minimum")
                .isEmpty();
    }

    @Test
    void aStartOrASuggestionBelowTheMinimumIsRaisedToIt() {
        assertThat(new Vardiff(config(6, 512), 512, START).difficulty()).isEqualTo(512);
        Vardiff vardiff = new Vardiff(config(6, 512), 511, START);
        assertThat(vardiff.difficulty()).isEqualTo(512);
        vardiff.suggest(513, START);
        assertThat(vardiff.difficulty()).isEqualTo(513);
        vardiff.suggest(511, START);
        assertThat(vardiff.difficulty()).isEqualTo(512);
    }

    @Test
    void aSuggestionStartsTheCountAnew() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1000, START);
        Instant later = START.plusSeconds(3_600);
        vardiff.suggest(64, later);
        assertThat(vardiff.difficulty()).isEqualTo(64);
        assertThat(vardiff.onTick(later.plusSeconds(1)))
                .as("the silent hour was at another difficulty")
                .isEmpty();
    }

    @Test
    void doesNothingWhenDisabled() {
        Vardiff vardiff = new Vardiff(new VardiffConfig(false, 6, 1, 8192), 8192, START);
        Instant now = START;
        for (int share = 0; share < 10_000; share++) {
            now = now.plusMillis(1);
            assertThat(vardiff.onShare(8192, now)).isEmpty();
        }
        assertThat(vardiff.onTick(now.plusSeconds(3_600))).isEmpty();
        assertThat(vardiff.difficulty()).isEqualTo(8192);
    }

    @Test
    void aBurstIsJudgedAtItsEighthShareAndNotBefore() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1, START);
        for (int share = 1; share < Vardiff.BURST_SHARES; share++) {
            assertThat(vardiff.onShare(1, START.plusMillis(share))).isEmpty();
        }
        assertThat(vardiff.onShare(1, START.plusMillis(Vardiff.BURST_SHARES))).hasValue(Vardiff.MAX_STEP);
    }

    @Test
    void oneStepIsBoundedInBothDirections() {
        Vardiff silent = new Vardiff(config(6, 1e-9), 1, START);
        assertThat(silent.onTick(START.plus(Duration.ofDays(30)))).hasValue(1 / Vardiff.MAX_STEP);
    }

    @Test
    void oneLateShareOfAMuchHarderJobIsNoEvidence() {
        Vardiff vardiff = new Vardiff(config(6, 1e-9), 64_000, START);
        Instant now = START.plusSeconds(120);
        double lowered = vardiff.onTick(now).orElseThrow();
        assertThat(lowered).isLessThan(64_000 / 10.0);
        vardiff.onShare(64_000, now.plusSeconds(1));
        assertThat(vardiff.onTick(now.plus(Vardiff.WINDOW))).isEmpty();
    }

    @Test
    void sharesOfEasierJobsCountForTheWorkTheyAre() {
        Vardiff vardiff = new Vardiff(config(60, 1e-9), 100, START);
        Instant now = START;
        // Ten times as many shares, each a tenth of the work: what was wanted.
        for (int share = 0; share < 300; share++) {
            now = now.plusMillis(100);
            assertThat(vardiff.onShare(10, now)).isEmpty();
        }
        assertThat(vardiff.onTick(now)).isEmpty();
        assertThat(vardiff.difficulty()).isEqualTo(100);
    }

    @Test
    void aClockThatStepsBackStartsTheCountAnew() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1000, START);
        Instant stepped = START.minusSeconds(86_400);
        assertThat(vardiff.onTick(stepped)).isEqualTo(OptionalDouble.empty());
        assertThat(vardiff.onTick(stepped.plusSeconds(120))).isPresent();
    }
}
