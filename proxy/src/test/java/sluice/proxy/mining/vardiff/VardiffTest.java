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

/** The rules of the policy one by one, on shares that come like clockwork; {@code VardiffBenchTest} has chance in it. */
class VardiffTest {
    private static final Instant START = Instant.ofEpochSecond(1_700_000_000L);

    private Instant now = START;

    private static VardiffConfig config(double sharesPerMinute, double minDifficulty) {
        return new VardiffConfig(true, sharesPerMinute, minDifficulty, Math.max(minDifficulty, 1));
    }

    /** One share after each of {@code count} pauses; answers what was wanted anew, if anything. */
    private OptionalDouble shares(Vardiff vardiff, int count, Duration pause, double difficulty) {
        OptionalDouble last = OptionalDouble.empty();
        for (int share = 0; share < count; share++) {
            now = now.plus(pause);
            OptionalDouble change = vardiff.onShare(difficulty, now);
            last = change.isPresent() ? change : last;
        }
        return last;
    }

    /** Looks whenever the policy asks for it. */
    private void silence(Vardiff vardiff, Duration duration, boolean obey) {
        Instant end = now.plus(duration);
        while (vardiff.nextLook().isBefore(end)) {
            now = vardiff.nextLook();
            OptionalDouble change = vardiff.onTick(now);
            if (obey && change.isPresent()) {
                vardiff.inForce(change.getAsDouble(), now);
            }
        }
        now = end;
        vardiff.onTick(now);
    }

    /** A miner that has sent six shares a minute at 1000 for an hour. */
    private Vardiff known() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1000, now);
        assertThat(shares(vardiff, 360, Duration.ofSeconds(10), 1000)).isEmpty();
        return vardiff;
    }

    @Test
    void aMinerThatSendsWhatIsWantedIsLeftAlone() {
        assertThat(known().difficulty()).isEqualTo(1000);
    }

    @Test
    void aBurstRaisesNothingBeforeItsEighthShare() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1, START);
        assertThat(shares(vardiff, Vardiff.BURST_SHARES - 1, Duration.ofMillis(1), 1))
                .isEmpty();
        assertThat(vardiff.difficulty()).isEqualTo(1);
        assertThat(shares(vardiff, 8, Duration.ofMillis(1), 1).orElseThrow()).isGreaterThan(1);
    }

    @Test
    void aRaiseIsBoundedAndFurtherOnesFollowUntilTheRateIsRight() {
        Vardiff vardiff = new Vardiff(config(6, 1e-9), 1, START);
        double before = 1;
        for (int share = 0; share < 40; share++) {
            shares(vardiff, 1, Duration.ofMillis(1), 1);
            assertThat(vardiff.difficulty()).isLessThanOrEqualTo(before * Vardiff.MAX_STEP);
            before = vardiff.difficulty();
        }
        assertThat(vardiff.difficulty())
                .as("a share each millisecond is 10000 times too many")
                .isCloseTo(10_000, within(1_500.0));
    }

    @Test
    void silenceAfterAGuessLowersItByAStepAndThenByMore() {
        Vardiff vardiff = new Vardiff(config(6, 1e-9), 1e6, START);
        assertThat(vardiff.nextLook()).isEqualTo(START.plusSeconds(20).plusMillis(1));
        now = vardiff.nextLook();
        assertThat(vardiff.onTick(now)).hasValue(1e6 / Vardiff.MAX_STEP);
        assertThat(vardiff.onTick(now.plusSeconds(15)))
                .as("the lower one is not in force, so it is not to blame")
                .isEmpty();
        vardiff.inForce(1e6 / Vardiff.MAX_STEP, now.plusSeconds(15));
        assertThat(vardiff.nextLook()).isBefore(now.plusSeconds(26));
        assertThat(vardiff.onTick(vardiff.nextLook()).orElseThrow())
                .isLessThan(1e6 / Vardiff.MAX_STEP / Vardiff.MAX_STEP);
    }

    @Test
    void aFasterStreamIsSearchedInSmallerSteps() {
        Vardiff vardiff = new Vardiff(config(60, 1e-9), 1e6, START);
        assertThat(vardiff.onTick(START.plusSeconds(3))).hasValue(1e6 / 8);
    }

    @Test
    void aKnownMinerThatStopsIsLoweredOnceItsSilenceIsNoChanceAndNotFurtherThanTheFloor() {
        Vardiff vardiff = known();
        Instant last = now;
        silence(vardiff, Duration.ofSeconds(60), true);
        assertThat(vardiff.difficulty()).as("six shares missed may be chance").isEqualTo(1000);
        silence(vardiff, Duration.ofSeconds(60), true);
        assertThat(vardiff.difficulty()).isLessThan(200);
        silence(vardiff, Duration.ofDays(2), true);
        assertThat(vardiff.difficulty()).isCloseTo(1000 / Vardiff.MAX_SILENT_FALL, within(5.0));
        assertThat(Duration.between(last, now)).isGreaterThan(Duration.ofDays(2));
    }

    @Test
    void aMinerThatComesBackReturnsToWhatItHadBefore() {
        Vardiff vardiff = known();
        silence(vardiff, Duration.ofHours(3), true);
        Duration pause = Duration.ofMillis((long) (10_000 / Vardiff.MAX_SILENT_FALL));
        shares(vardiff, 16, pause, vardiff.difficulty());
        assertThat(vardiff.difficulty()).isCloseTo(1000, within(20.0));
    }

    @Test
    void aHalvedHashrateIsNoticedWithinMinutesAndTheNewOneEstimatedFromThenOn() {
        Vardiff vardiff = known();
        shares(vardiff, 18, Duration.ofSeconds(20), 1000);
        assertThat(vardiff.difficulty()).isBetween(430.0, 650.0);
        vardiff.inForce(vardiff.difficulty(), now);
        double ideal = 500;
        for (int share = 0; share < 300; share++) {
            double difficulty = vardiff.difficulty();
            shares(vardiff, 1, Duration.ofMillis((long) (10_000 * difficulty / ideal)), difficulty);
            vardiff.inForce(vardiff.difficulty(), now);
        }
        assertThat(vardiff.difficulty()).isCloseTo(500, within(60.0));
    }

    @Test
    void aDoubledHashrateIsNoticedWithinFortyShares() {
        Vardiff vardiff = known();
        shares(vardiff, 20, Duration.ofSeconds(5), 1000);
        assertThat(vardiff.difficulty()).isEqualTo(1000);
        shares(vardiff, 20, Duration.ofSeconds(5), 1000);
        assertThat(vardiff.difficulty()).isBetween(1700.0, 2300.0);
    }

    @Test
    void sharesThatALineHeldBackMakeNobodyFaster() {
        Vardiff vardiff = known();
        now = now.plusSeconds(80);
        assertThat(shares(vardiff, 12, Duration.ofMillis(1), 1000)).isEmpty();
        assertThat(shares(vardiff, 60, Duration.ofSeconds(10), 1000)).isEmpty();
        shares(vardiff, 12, Duration.ofMillis(1), 1000);
        assertThat(vardiff.difficulty())
                .as("without a silence before them they do")
                .isGreaterThan(1000);
    }

    @Test
    void lateSharesOfEasierJobsCountForThePartOfAShareThatTheyAre() {
        Vardiff vardiff = known();
        vardiff.inForce(64_000, now);
        now = now.plusSeconds(1);
        assertThat(shares(vardiff, 40, Duration.ofMillis(10), 1000)).isEmpty();
        assertThat(vardiff.difficulty()).isEqualTo(1000);
    }

    @Test
    void oneLateShareOfAMuchHarderJobIsOneStrokeOfLuck() {
        Vardiff vardiff = new Vardiff(config(6, 1e-9), 64_000, START);
        now = vardiff.nextLook();
        double lowered = vardiff.onTick(now).orElseThrow();
        vardiff.inForce(lowered, now);
        assertThat(vardiff.onShare(64_000, now.plusSeconds(1))).isEmpty();
        assertThat(vardiff.onTick(now.plusSeconds(5))).isEmpty();
    }

    @Test
    void theUpstreamsCapSaysNothingAboutTheMiner() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1000, START);
        vardiff.inForce(100, START);
        assertThat(shares(vardiff, 3_600, Duration.ofSeconds(1), 100)).isEmpty();
        assertThat(vardiff.difficulty())
                .as("ten times the shares at a tenth of the difficulty")
                .isEqualTo(1000);
    }

    @Test
    void aMinerHeldAboveWhatIsWantedIsNotTakenForASlowOne() {
        Vardiff vardiff = new Vardiff(config(6, 1), 1000, START);
        vardiff.inForce(5000, START);
        for (int share = 0; share < 200; share++) {
            silence(vardiff, Duration.ofSeconds(49), false);
            shares(vardiff, 1, Duration.ofSeconds(1), 5000);
        }
        assertThat(vardiff.difficulty()).isCloseTo(1000, within(1.0));
    }

    @Test
    void neverGoesBelowTheMinimumHoweverLongAMinerIsSilent() {
        Vardiff vardiff = new Vardiff(config(6, 512), 1_000_000, START);
        silence(vardiff, Duration.ofDays(1), true);
        assertThat(vardiff.difficulty()).isEqualTo(512);
        assertThat(vardiff.nextLook())
                .as("there is nothing to be found out any more")
                .isEqualTo(now.plusSeconds(Vardiff.LONGEST_LOOK_SECONDS).plusMillis(1));
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
    void aSuggestionIsAGuessLikeTheFirstOne() {
        Vardiff vardiff = known();
        vardiff.suggest(64_000, now);
        vardiff.inForce(64_000, now);
        assertThat(vardiff.difficulty()).isEqualTo(64_000);
        now = now.plusSeconds(15);
        assertThat(vardiff.onTick(now))
                .as("what came before was at another difficulty")
                .isEmpty();
        silence(vardiff, Duration.ofSeconds(10), true);
        assertThat(vardiff.difficulty()).isEqualTo(1000);
    }

    @Test
    void doesNothingWhenDisabled() {
        Vardiff vardiff = new Vardiff(new VardiffConfig(false, 6, 1, 8192), 8192, START);
        assertThat(shares(vardiff, 10_000, Duration.ofMillis(1), 8192)).isEmpty();
        silence(vardiff, Duration.ofHours(1), true);
        assertThat(vardiff.difficulty()).isEqualTo(8192);
    }

    @Test
    void aClockThatStepsBackCostsNothingButTheStep() {
        Vardiff vardiff = known();
        now = now.minus(Duration.ofDays(1));
        assertThat(vardiff.onTick(now)).isEmpty();
        assertThat(shares(vardiff, 60, Duration.ofSeconds(10), 1000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {Vardiff.MAX_GAP_SECONDS + 1, 86_400, 100_000_000})
    void aClockThatJumpsAheadIsNoSilence(long seconds) {
        Vardiff vardiff = known();
        now = now.plusSeconds(seconds);
        assertThat(vardiff.onTick(now)).isEmpty();
        assertThat(shares(vardiff, 60, Duration.ofSeconds(10), 1000)).isEmpty();
    }

    @Test
    void theLongestPauseThatCountsIsLongerThanAnyBetweenTwoLooks() {
        Vardiff vardiff = known();
        now = now.plusSeconds(Vardiff.MAX_GAP_SECONDS);
        assertThat(vardiff.onTick(now)).as("15 shares missed").isPresent();
        assertThat(Vardiff.MAX_GAP_SECONDS).isGreaterThan(2 * Vardiff.LONGEST_LOOK_SECONDS);
    }

    @Test
    void looksAreAtLeastASecondAndAtMostAMinuteApart() {
        for (double rate : new double[] {0.1, 6, 6000}) {
            Vardiff vardiff = new Vardiff(config(rate, 1e-9), 1e6, START);
            for (int look = 0; look < 50; look++) {
                Instant next = vardiff.nextLook();
                assertThat(Duration.between(now, next)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(61));
                now = next;
                vardiff.onTick(now);
            }
            now = START;
        }
    }

    @Test
    void theEstimateRestsOnABoundedNumberOfSharesAndFollowsASlowDrift() {
        Vardiff vardiff = known();
        double ideal = 1000;
        for (int share = 0; share < 4_000; share++) {
            ideal *= 1.0002;
            double difficulty = vardiff.difficulty();
            vardiff.inForce(difficulty, now);
            shares(vardiff, 1, Duration.ofMillis((long) (10_000 * difficulty / ideal)), difficulty);
            assertThat(vardiff.difficulty()).isBetween(ideal / 1.35, ideal * 1.35);
        }
        assertThat(ideal).isGreaterThan(2_000);
        assertThat(Vardiff.MAX_SHARES).isLessThan(4_000);
    }

    @Test
    void theSameSharesGiveTheSameDifficulty() {
        Vardiff one = new Vardiff(config(20, 1), 500, START);
        Vardiff other = new Vardiff(config(20, 1), 500, START);
        for (int share = 0; share < 2_000; share++) {
            now = now.plusMillis(share * 7919L % 6000);
            assertThat(one.onShare(500, now)).isEqualTo(other.onShare(500, now));
            assertThat(one.nextLook()).isEqualTo(other.nextLook());
        }
    }

    @Test
    void anotherShareRateIsFollowedAtOnceAndWhatIsKnownStaysKnown() {
        Vardiff vardiff = known();
        vardiff.configure(config(24, 1), now);
        assertThat(vardiff.difficulty()).isEqualTo(250);
        vardiff.inForce(250, now);
        assertThat(shares(vardiff, 1000, Duration.ofMillis(2500), 250))
                .as("it sends what is wanted")
                .isEmpty();
        silence(vardiff, Duration.ofHours(2), true);
        assertThat(vardiff.difficulty()).as("of a miner that is off").isCloseTo(250.0 / 16, within(1e-9));
    }

    @Test
    void anotherLeastDifficultyHoldsAtOnce() {
        Vardiff vardiff = known();
        vardiff.configure(config(6, 5000), now);
        assertThat(vardiff.difficulty()).isEqualTo(5000);
    }

    @Test
    void withDifficultyControlTurnedOffTheStartDifficultyHolds() {
        Vardiff vardiff = known();
        vardiff.configure(new VardiffConfig(false, 6, 1, 8192), now);
        assertThat(vardiff.difficulty()).isEqualTo(8192);
        assertThat(shares(vardiff, 100, Duration.ofMillis(10), 8192)).isEmpty();
    }
}
