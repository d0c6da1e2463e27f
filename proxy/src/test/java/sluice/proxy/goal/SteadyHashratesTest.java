package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sluice.proxy.goal.GoalBalancer.Miner;

class SteadyHashratesTest {
    private final SteadyHashrates hashrates = new SteadyHashrates();

    @Test
    void aMinerThatWasNeverLookedAtIsTakenAtItsEstimate() {
        assertThat(hashrates.of(miner(1, 100))).isEqualTo(100);
    }

    @Test
    void theFirstLooksCountAlike() {
        look(90, 110, 112);
        assertThat(hashrates.of(miner(1, 100))).isCloseTo(104, within(1e-9));
    }

    @Test
    void aSlowDriftIsFollowed() {
        look(100);
        for (int look = 0; look < 3 * SteadyHashrates.REMEMBERED_LOOKS; look++) {
            look(150);
        }
        assertThat(hashrates.of(miner(1, 150))).isCloseTo(150, within(5.0));
    }

    @Test
    void noiseOfFifteenPercentBecomesThree() {
        Random chance = new Random(1);
        double squares = 0;
        int looks = 20_000;
        for (int look = 0; look < looks; look++) {
            look(100 * (1 + 0.15 * chance.nextGaussian()));
            squares += Math.pow(hashrates.of(miner(1, 100)) - 100, 2);
        }
        assertThat(Math.sqrt(squares / looks)).isBetween(2.5, 3.7);
    }

    @Test
    void anEstimateMoreThanTwiceOffReplacesTheAverage() {
        look(100, 100, 201);
        assertThat(hashrates.of(miner(1, 201))).isEqualTo(201);
        look(100);
        assertThat(hashrates.of(miner(1, 100))).isEqualTo(100);
        look(0);
        assertThat(hashrates.of(miner(1, 0))).isZero();
        look(0, 5);
        assertThat(hashrates.of(miner(1, 5))).isEqualTo(5);
    }

    @Test
    void anEstimateTwiceOffIsAveraged() {
        look(100, 200);
        assertThat(hashrates.of(miner(1, 150))).isEqualTo(150);
    }

    @Test
    void aMinerThatWentDeadSinceTheLastLookIsTakenAtItsEstimate() {
        look(100);
        assertThat(hashrates.of(miner(1, 0))).isZero();
    }

    @Test
    void aMinerThatLeftIsForgotten() {
        look(100);
        hashrates.look(List.of());
        assertThat(hashrates.of(miner(1, 150))).isEqualTo(150);
    }

    private void look(double... estimates) {
        for (double estimate : estimates) {
            hashrates.look(List.of(miner(1, estimate)));
        }
    }

    private static Miner miner(long connectionId, double hashrate) {
        return new Miner(connectionId, "main", hashrate, false, Instant.EPOCH);
    }
}
