package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;

class DifficultyTest {
    private static final BigInteger D1 = Target.DIFFICULTY_1.toBigInteger();

    @Test
    void agreesWithEveryDifficultyVector() {
        int checked = 0;
        for (String line : Vectors.lines(Vectors.SHARES)) {
            String[] words = line.split(" ");
            if (words.length == 4 && words[2].equals("le")) {
                Target target = Difficulty.targetOf(Double.parseDouble(words[0]));
                assertThat(target.hex()).isEqualTo(words[1]);
                byte[] wire = new byte[Target.LENGTH];
                target.copyTo(wire, 0);
                assertThat(Bytes.wrap(wire).hex()).isEqualTo(words[3]);
                checked++;
            }
        }
        assertThat(checked).isEqualTo(6);
    }

    @Test
    void namesTheDifficultyOfATarget() {
        Target target = Target.fromHex(Vectors.value(Vectors.SHARES, "target h=1e14 spm=6", 0));
        assertThat(Difficulty.of(target))
                .isEqualTo(Double.parseDouble(Vectors.value(Vectors.SHARES, "diff of h=1e14 spm 6", 0)));
        // A node's own float arithmetic is one unit in the last place off.
        assertThat(Difficulty.of(Target.ofCompact(0x207fffffL)))
                .isCloseTo(4.656542373906925e-10, Percentage.withPercentage(1e-13));
        assertThat(Difficulty.of(Target.ofCompact(0x1d00ffffL))).isEqualTo(1);
    }

    @Test
    void flooredQuotientIsExactFromABillionthToTwoToThe200() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2_000; i++) {
            double difficulty = 1e-9 * Math.scalb(1 + random.nextDouble(), random.nextInt(229));
            BigInteger exact = new BigDecimal(D1)
                    .divideToIntegralValue(new BigDecimal(difficulty))
                    .toBigIntegerExact();
            assertThat(Difficulty.targetOf(difficulty).toBigInteger()).isEqualTo(exact);
        }
        assertThat(Difficulty.targetOf(1e-9).toBigInteger().bitLength()).isEqualTo(254);
        assertThat(Difficulty.targetOf(0x1p200).toBigInteger()).isEqualTo(BigInteger.valueOf(0xffff00));
    }

    @Test
    void capsTinyDifficultiesAtTheEasiestTarget() {
        assertThat(Difficulty.targetOf(1e-10)).isEqualTo(Target.MAX);
        assertThat(Difficulty.targetOf(Double.MIN_VALUE)).isEqualTo(Target.MAX);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesWhatIsNoDifficulty(double difficulty) {
        assertThatThrownBy(() -> Difficulty.targetOf(difficulty)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Difficulty.powerOfTwoBelow(difficulty)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesADifficultyThatNoHashCouldMeet() {
        assertThat(Difficulty.targetOf(0xffff * 0x1p208).toBigInteger()).isEqualTo(BigInteger.ONE);
        assertThatThrownBy(() -> Difficulty.targetOf(0x1p224)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Difficulty.of(Target.ofBigInteger(BigInteger.ZERO)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void roundingDownNeverAsksForMoreThanTheTarget() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 2_000; i++) {
            Target target = Target.ofBigInteger(new BigInteger(1, randomBytes(random, 1 + random.nextInt(32)))
                    .add(BigInteger.ONE)
                    .min(Target.MAX.toBigInteger()));
            double told = Difficulty.roundedDown(target);
            assertThat(Difficulty.targetOf(told)).isGreaterThanOrEqualTo(target);
            assertThat(told).isCloseTo(Difficulty.of(target), Percentage.withPercentage(1e-12));
        }
    }

    @Test
    void roundingDownGivesBackTheDifficultyThatATargetWasMadeOf() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 2_000; i++) {
            double difficulty = Math.scalb(random.nextDouble(1, 2), random.nextInt(-31, 60));
            assertThat(Difficulty.roundedDown(Difficulty.targetOf(difficulty))).isEqualTo(difficulty);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2.1,2",
        "3.9,2",
        "10000,8192",
        "12500,8192",
        "20000,16384",
        "50000,32768",
        "65536,65536",
        "100000,65536"
    })
    void roundsDownToAPowerOfTwo(double difficulty, double power) {
        assertThat(Difficulty.powerOfTwoBelow(difficulty)).isEqualTo(power);
    }

    @Test
    void roundsDownToAPowerOfTwoBelowTheNormalDoubles() {
        assertThat(Difficulty.powerOfTwoBelow(0.3)).isEqualTo(0.25);
        assertThat(Difficulty.powerOfTwoBelow(3 * Double.MIN_VALUE)).isEqualTo(2 * Double.MIN_VALUE);
    }

    @Test
    void estimatesTheDifficultyThatAHashReached() {
        byte[] raw = new byte[32];
        Difficulty.targetOf(123_456.789).copyTo(raw, 0);
        assertThat(Difficulty.reachedBy(raw, 0)).isCloseTo(123_456.789, Offset.offset(1e-6));
        Arrays.fill(raw, (byte) -1);
        assertThat(Difficulty.reachedBy(raw, 0)).isCloseTo(0xffff * 0x1p-48, Percentage.withPercentage(1e-10));
    }

    private static byte[] randomBytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
