package sluice.proxy.mining.vardiff.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.VardiffConfig;

/** The reference's rule as it is described. */
class ClassicPolicyTest {
    private static ClassicPolicy at(double difficulty) {
        return new ClassicPolicy(new VardiffConfig(true, 6, 1, difficulty), difficulty);
    }

    private static void shares(ClassicPolicy policy, int count) {
        for (int share = 0; share < count; share++) {
            policy.onShare(policy.difficulty(), 0);
        }
    }

    @Test
    void looksOnceAMinute() {
        ClassicPolicy policy = at(1000);
        assertThat(policy.nextLook()).isEqualTo(60);
        policy.onLook(60);
        assertThat(policy.nextLook()).isEqualTo(120);
    }

    @ParameterizedTest
    @CsvSource({"15,1000", "30,666.67", "59,500", "60,333.33", "600,333.33"})
    void lowersASilentMinerByTheTimeItWasSilent(double seconds, double difficulty) {
        ClassicPolicy policy = at(1000);
        policy.onLook(seconds);
        assertThat(policy.difficulty()).isCloseTo(difficulty, within(0.01));
    }

    @ParameterizedTest
    @CsvSource({"30,10", "59,5", "60,3"})
    void boundsARiseOfMoreThanTenfold(double seconds, double factor) {
        ClassicPolicy policy = at(1000);
        shares(policy, 1000);
        policy.onLook(seconds);
        assertThat(policy.difficulty()).isEqualTo(1000 * factor);
    }

    @ParameterizedTest
    @CsvSource({
        "60,3,1000",
        "60,2,333.33",
        "120,6,500",
        "180,9,500",
        "240,16,666.67",
        "240,17,1000",
        "300,25,833.33",
        "300,26,1000"
    })
    void actsOnSmallerDifferencesTheLongerItWaits(double seconds, int shares, double difficulty) {
        ClassicPolicy policy = at(1000);
        shares(policy, shares);
        policy.onLook(seconds);
        assertThat(policy.difficulty()).isCloseTo(difficulty, within(0.01));
    }

    @Test
    void countsOnUntilItActs() {
        ClassicPolicy policy = at(1000);
        shares(policy, 6);
        policy.onLook(60);
        policy.onLook(120);
        assertThat(policy.difficulty()).as("6 shares in 2 minutes").isEqualTo(500);
        policy.onLook(180);
        assertThat(policy.difficulty()).as("none since").isCloseTo(166.67, within(0.01));
    }
}
