package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hashrate;
import sluice.protocol.bitcoin.Target;

class SimulatedDifficultyTest {
    private static final Target HARDEST = SimulatedChain.Settings.HARDEST;
    private static final Target EASIEST = Target.ofCompact(0x207fffffL);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final double MILLIS = 1e3;

    /** Mean seconds per block of {@code blocks} blocks mined at {@code hashrate}, with the luck of {@code random}. */
    private static double mine(SimulatedDifficulty difficulty, double hashrate, int blocks, SplittableRandom random) {
        double total = 0;
        for (int i = 0; i < blocks; i++) {
            double luck = -Math.log(1 - random.nextDouble());
            double seconds = luck * Hashrate.hashesPerShare(difficulty.target()) / hashrate;
            double patience = 3 * INTERVAL.toSeconds();
            boolean ours = seconds < patience;
            double elapsed = Math.min(seconds, patience);
            difficulty.blockFound(Duration.ofMillis((long) (elapsed * MILLIS)), ours);
            total += elapsed;
        }
        return total / blocks;
    }

    @Test
    void blocksComeAboutOncePerIntervalFromOneCoreToAFarm() {
        for (double hashrate : new double[] {1e5, 1e7, 1e13, 1e18}) {
            SplittableRandom random = new SplittableRandom(5);
            SimulatedDifficulty difficulty = new SimulatedDifficulty(INTERVAL, EASIEST, EASIEST, HARDEST);
            mine(difficulty, hashrate, 60, random);
            assertThat(mine(difficulty, hashrate, 500, random)).isBetween(3.5, 6.5);
        }
    }

    @Test
    void followsAHashrateThatFallsAndRises() {
        SplittableRandom random = new SplittableRandom(6);
        SimulatedDifficulty difficulty = new SimulatedDifficulty(INTERVAL, EASIEST, EASIEST, HARDEST);
        mine(difficulty, 1e9, 60, random);
        mine(difficulty, 1e6, 40, random);
        assertThat(mine(difficulty, 1e6, 300, random)).isBetween(3.5, 6.5);
        mine(difficulty, 1e9, 40, random);
        assertThat(mine(difficulty, 1e9, 300, random)).isBetween(3.5, 6.5);
    }

    @Test
    void noBlockMovesTheDifficultyByMoreThanTheStep() {
        SimulatedDifficulty difficulty =
                new SimulatedDifficulty(INTERVAL, Target.ofCompact(0x1d00ffffL), EASIEST, HARDEST);
        double before = Hashrate.hashesPerShare(difficulty.target());
        difficulty.blockFound(Duration.ZERO, true);
        double harder = Hashrate.hashesPerShare(difficulty.target());
        assertThat(harder).isCloseTo(before * SimulatedDifficulty.MAX_STEP, Percentage.withPercentage(0.01));
        for (int i = 0; i < SimulatedDifficulty.WINDOW; i++) {
            difficulty.blockFound(Duration.ofHours(1), false);
        }
        double easing = Hashrate.hashesPerShare(difficulty.target());
        difficulty.blockFound(Duration.ofHours(1), false);
        assertThat(Hashrate.hashesPerShare(difficulty.target()))
                .isCloseTo(easing / SimulatedDifficulty.MAX_STEP, Percentage.withPercentage(0.01));
    }

    @Test
    void neverGoesBeyondTheEasiestTarget() {
        Target floor = Target.ofCompact(0x1e00ffffL);
        SimulatedDifficulty difficulty = new SimulatedDifficulty(INTERVAL, EASIEST, floor, HARDEST);
        assertThat(difficulty.target()).isEqualTo(floor);
        for (int i = 0; i < 20; i++) {
            difficulty.blockFound(Duration.ofHours(1), false);
            assertThat(difficulty.target()).isEqualTo(floor);
        }
    }

    @Test
    void neverGoesBeyondTheHardestTarget() {
        Target bound = Target.ofCompact(0x1e00ffffL);
        SimulatedDifficulty difficulty = new SimulatedDifficulty(INTERVAL, EASIEST, EASIEST, bound);
        for (int i = 0; i < 20; i++) {
            difficulty.blockFound(Duration.ofMillis(1), true);
            assertThat(difficulty.target()).isGreaterThanOrEqualTo(bound);
        }
        assertThat(difficulty.target()).isEqualTo(bound);
    }
}
