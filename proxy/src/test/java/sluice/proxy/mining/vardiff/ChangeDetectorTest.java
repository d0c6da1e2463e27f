package sluice.proxy.mining.vardiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ChangeDetectorTest {
    @Test
    void scoresTheLogLikelihoodRatioOfTheChangedRate() {
        ChangeDetector halved = new ChangeDetector(0.5);
        halved.onTime(10, 1);
        halved.onShare(1);
        halved.onTime(4, 1);
        assertThat(halved.score()).isCloseTo(0.5 * 14 + Math.log(0.5), within(1e-12));
        assertThat(halved.shares()).isEqualTo(1);
        assertThat(halved.exposure()).isEqualTo(14);
    }

    @Test
    void forgetsEverythingThatSpeaksAgainstTheChange() {
        ChangeDetector doubled = new ChangeDetector(2);
        doubled.onShare(1);
        doubled.onTime(5, 1);
        assertThat(doubled.score()).isZero();
        assertThat(doubled.shares()).isZero();
        assertThat(doubled.exposure()).isZero();
    }

    @Test
    void saysAfterWhichSilenceItWouldBeSure() {
        ChangeDetector halved = new ChangeDetector(0.5);
        halved.onTime(3, 1);
        double more = halved.silenceUntil(4, 1);
        halved.onTime(more, 1);
        assertThat(halved.score()).isCloseTo(4, within(1e-12));
    }

    @Test
    void holdsALongSilenceAgainstTheBurstBehindIt() {
        ChangeDetector doubled = new ChangeDetector(2);
        doubled.onTime(12, 1);
        for (int share = 0; share < 12; share++) {
            doubled.onShare(1);
        }
        assertThat(doubled.score()).isGreaterThan(8);
        assertThat(doubled.scoreAfterSilence(2, 1)).isNegative();
    }

    @Test
    void holdsAnOrdinarySilenceAgainstNothing() {
        ChangeDetector doubled = new ChangeDetector(2);
        doubled.onTime(1.5, 1);
        doubled.onShare(1);
        assertThat(doubled.scoreAfterSilence(2, 1)).isEqualTo(doubled.score());
    }

    @Test
    void aResetLeavesNothingBehind() {
        ChangeDetector doubled = new ChangeDetector(2);
        doubled.onTime(50, 1);
        doubled.reset();
        doubled.onShare(1);
        assertThat(doubled.scoreAfterSilence(0, 1)).isEqualTo(Math.log(2));
    }
}
