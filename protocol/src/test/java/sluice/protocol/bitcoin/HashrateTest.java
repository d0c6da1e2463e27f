package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashrateTest {
    @ParameterizedTest
    @CsvSource({
        "1,1,04325c53ef368eb04325c53ef368eb04325c53ef368eb04325c53ef368eb0431",
        "10,1,006d0b803685c01b42e00da17006d0b803685c01b42e00da17006d0b803685bf",
        "100,1,000aebbc990fff5144366f000aebbc990fff5144366f000aebbc990fff514435",
        "1000,1,0001179d9861a761ffdadd11c307c4fc04eea3a418f7d687584e4434af158205",
        "1e14,6,000000000000480ebe7b9d5842243bcfafbe0c2a514ec93ee949ee6b312011d5"
    })
    void sizesTargetsAsThePoolsDo(double hashrate, double sharesPerMinute, String target) {
        assertThat(Hashrate.targetFor(hashrate, sharesPerMinute).hex()).isEqualTo(target);
        assertThat(Hashrate.hashesPerSecond(Target.fromHex(target), sharesPerMinute))
                .isCloseTo(hashrate, Percentage.withPercentage(1e-9));
    }

    @Test
    void agreesWithTheTargetLinesOfTheVectorFiles() {
        assertThat(Vectors.value(Vectors.SHARES, "target h=1000 spm=1", 0))
                .isEqualTo(Hashrate.targetFor(1000, 1).hex());
        assertThat(Vectors.value(Vectors.SHARES, "target h=1", 0))
                .isEqualTo(Hashrate.targetFor(1, 1).hex());
        assertThat(Vectors.value(Vectors.MISC, "[hash_rate_to_target h=10 spm=1]", 0))
                .isEqualTo(Hashrate.targetFor(10, 1).hex());
        byte[] wire = new byte[32];
        Hashrate.targetFor(1000, 1).copyTo(wire, 0);
        assertThat(Vectors.hex(Vectors.SHARES, "le", 0).toArray()).isEqualTo(wire);
    }

    @Test
    void noHashrateGetsTheEasiestTargetAndNoHashrateIsTooHigh() {
        assertThat(Hashrate.targetFor(0, 6)).isEqualTo(Target.MAX);
        assertThat(Hashrate.targetFor(Double.MAX_VALUE, 1e-3).toBigInteger()).isOne();
        assertThat(Hashrate.targetFor(1e80, 1).toBigInteger()).isOne();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatIsNoHashrateOrShareRate(double value) {
        assertThatThrownBy(() -> Hashrate.targetFor(value, 6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hashrate.targetFor(1, value)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hashrate.fromDifficulty(value, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAShareRateOfZeroAndAPeriodOfZero() {
        assertThatThrownBy(() -> Hashrate.targetFor(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hashrate.fromDifficulty(1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sharesOfKnownDifficultyShowTheHashrateThatWasSizedForThem() {
        double hashrate = 1e14;
        double difficulty = Difficulty.of(Hashrate.targetFor(hashrate, 6));
        assertThat(Hashrate.fromDifficulty(6 * difficulty, Duration.ofMinutes(1)))
                .isCloseTo(hashrate, Percentage.withPercentage(1e-9));
        assertThat(Hashrate.fromDifficulty(1, Duration.ofMillis(500)))
                .isCloseTo(2 * 0x1p32, Percentage.withPercentage(0.01));
        assertThat(Hashrate.hashesPerShare(Target.MAX)).isEqualTo(1);
    }
}
