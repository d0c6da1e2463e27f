package sluice.proxy.mining.vardiff.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import sluice.config.VardiffConfig;

/** ckpool's rule as it is described. */
class CkpoolPolicyTest {
    private static final double OWN_RATE = 18;

    private double now;

    private static CkpoolPolicy at(double difficulty) {
        return new CkpoolPolicy(new VardiffConfig(true, OWN_RATE, 1, difficulty), difficulty);
    }

    private void mine(CkpoolPolicy policy, int shares, double every, double difficulty) {
        for (int share = 0; share < shares; share++) {
            now += every;
            policy.onShare(difficulty, now);
        }
    }

    @Test
    void leavesAMinerAloneBetweenHalfAndFourThirdsOfTheRate() {
        CkpoolPolicy policy = at(1000);
        mine(policy, 500, 6, 1000);
        assertThat(policy.difficulty()).isEqualTo(1000);
        mine(policy, 500, 2.7, 1000);
        assertThat(policy.difficulty()).isEqualTo(1000);
    }

    @Test
    void movesAFasterMinerAfterSeventyTwoShares() {
        CkpoolPolicy policy = at(1000);
        mine(policy, 71, 0.333, 1000);
        assertThat(policy.difficulty()).isEqualTo(1000);
        mine(policy, 1, 0.333, 1000);
        assertThat(policy.difficulty()).isCloseTo(10_000, within(1_500.0));
    }

    @Test
    void movesASlowerMinerWithTheFirstShareBehindFourMinutes() {
        CkpoolPolicy policy = at(1000);
        mine(policy, 20, 12, 1000);
        assertThat(policy.difficulty()).isEqualTo(1000);
        mine(policy, 1, 12, 1000);
        assertThat(policy.difficulty()).isBetween(200.0, 500.0);
    }

    @Test
    void neverMovesASilentMiner() {
        CkpoolPolicy policy = at(1000);
        policy.onLook(86_400);
        assertThat(policy.difficulty()).isEqualTo(1000);
        assertThat(policy.nextLook()).isInfinite();
    }
}
