package sluice.proxy.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.bitcoin.Hashrate;

/** What estimates of a known hashrate come to, over chance, silence and time. */
class HashrateEstimateTest {
    private static final Instant START = Instant.ofEpochSecond(1_700_000_000L);
    private static final int RUNS = 2_000;
    // Of a normal distribution, once in some ten million tests.
    private static final double ERRORS = 5.3;

    private static Instant after(double seconds) {
        return START.plusNanos((long) (seconds * 1e9));
    }

    private static double hashesPerSecond(double difficulty, double shares, double seconds) {
        return Hashrate.fromDifficulty(difficulty * shares, Duration.ofNanos((long) (seconds * 1e9)));
    }

    @ParameterizedTest
    @CsvSource({
        "ONE_MINUTE, 0.1",
        "ONE_MINUTE, 1",
        "ONE_MINUTE, 5",
        "FIVE_MINUTES, 0.1",
        "FIVE_MINUTES, 3",
        "FIFTEEN_MINUTES, 0.05",
        "FIFTEEN_MINUTES, 2",
        "ONE_HOUR, 0.01",
        "ONE_HOUR, 1",
        "ONE_DAY, 0.001",
        "ONE_DAY, 0.1"
    })
    void ofSharesThatComeAtRandomTheMeanIsRightHoweverYoungTheWindow(HashrateWindow window, double agesInWindows) {
        double perSecond = 0.1;
        double difficulty = 4096;
        double length = window.seconds();
        double age = agesInWindows * length;
        SplittableRandom random = new SplittableRandom(4711 + window.ordinal());
        double sum = 0;
        for (int run = 0; run < RUNS; run++) {
            HashrateEstimate estimate = new HashrateEstimate(START);
            for (double at = next(random, perSecond); at < age; at += next(random, perSecond)) {
                estimate.add(difficulty, after(at));
            }
            sum += estimate.at(after(age)).of(window);
        }

        double expected = hashesPerSecond(difficulty, perSecond, 1);
        // Campbell's theorem: the variance of a faded sum of Poisson shares, over the square of the part that is looked
        // at.
        double looked = length * (1 - Math.exp(-age / length));
        double variance = perSecond * length / 2 * (1 - Math.exp(-2 * age / length)) / (looked * looked);
        double error = hashesPerSecond(difficulty, Math.sqrt(variance / RUNS), 1);
        assertThat(sum / RUNS).isCloseTo(expected, within(ERRORS * error));
    }

    private static double next(SplittableRandom random, double perSecond) {
        return -Math.log(1 - random.nextDouble()) / perSecond;
    }

    @Test
    void theDifficultyThatSharesAreHeldToMakesNoDifference() {
        // The same hashrate: difficulty 1 ten times as often as difficulty 10.
        HashrateEstimate often = new HashrateEstimate(START);
        HashrateEstimate seldom = new HashrateEstimate(START);
        for (int second = 1; second <= 7_200; second++) {
            often.add(1, after(second));
            if (second % 10 == 0) {
                seldom.add(10, after(second));
            }
        }
        double expected = hashesPerSecond(1, 1, 1);
        assertThat(often.at(after(7_200)).oneHour()).isCloseTo(expected, within(expected * 0.01));
        assertThat(seldom.at(after(7_200)).oneHour()).isCloseTo(expected, within(expected * 0.01));
    }

    @ParameterizedTest
    @EnumSource(HashrateWindow.class)
    void silenceFadesAnEstimateAtThePaceOfItsWindow(HashrateWindow window) {
        HashrateEstimate estimate = new HashrateEstimate(START);
        double old = 50 * window.seconds();
        double step = window.seconds() / 100;
        for (double at = step; at <= old; at += step) {
            estimate.add(8, after(at));
        }
        double before = estimate.at(after(old)).of(window);
        for (double windows : new double[] {0.5, 1, 3}) {
            assertThat(estimate.at(after(old + windows * window.seconds())).of(window) / before)
                    .isCloseTo(Math.exp(-windows), within(1e-6));
        }
        assertThat(estimate.at(after(old + 100 * window.seconds())).of(window)).isLessThan(before * 1e-9);
    }

    @ParameterizedTest
    @EnumSource(HashrateWindow.class)
    void aMonthOfSharesDoesNotDrift(HashrateWindow window) {
        HashrateEstimate estimate = new HashrateEstimate(START);
        int shares = 260_000;
        double pause = 10;
        for (int share = 1; share <= shares; share++) {
            estimate.add(3, after(share * pause));
        }
        double age = shares * pause;
        double faded = Math.exp(-pause / window.seconds());
        double series = 3 * (1 - Math.pow(faded, shares)) / (1 - faded);
        double expected = hashesPerSecond(1, series, 1) / (window.seconds() * (1 - Math.exp(-age / window.seconds())));
        assertThat(estimate.at(after(age)).of(window)).isCloseTo(expected, within(expected * 1e-9));
    }

    @Test
    void aShareRightBehindTheBeginningIsNoInfiniteHashrate() {
        HashrateEstimate estimate = new HashrateEstimate(START);
        estimate.add(2, START);
        for (HashrateWindow window : HashrateWindow.values()) {
            assertThat(estimate.at(START).of(window))
                    .isCloseTo(hashesPerSecond(2, 1, 1), within(hashesPerSecond(2, 0.01, 1)));
        }
    }

    @Test
    void aShareThatIsLateByAnotherLoopsClockCountsAsOfNow() {
        HashrateEstimate estimate = new HashrateEstimate(START);
        estimate.add(1, after(30));
        estimate.add(1, after(29.9));
        HashrateEstimate together = new HashrateEstimate(START);
        together.add(2, after(30));
        assertThat(estimate.at(after(40))).isEqualTo(together.at(after(40)));
        assertThat(estimate.at(after(20))).as("nobody looks into the past").isEqualTo(estimate.at(after(30)));
    }

    @Test
    void withoutAShareThereIsNoHashrate() {
        assertThat(new HashrateEstimate(START).at(after(100))).isEqualTo(Hashrates.NONE);
    }
}
