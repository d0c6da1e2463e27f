package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static sluice.upstream.failover.SelectorBench.A_MOMENT;
import static sluice.upstream.failover.SelectorBench.FAILBACK_AFTER;
import static sluice.upstream.failover.SelectorBench.LONGEST_FAILBACK;
import static sluice.upstream.failover.SelectorBench.SWITCH_TIMEOUT;
import static sluice.upstream.failover.SelectorBench.justBefore;
import static sluice.upstream.failover.UpstreamSelector.FAILBACK_PROBATION;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What happens when upstreams are lost, work for part of the miners, and come back. */
class SelectorFailoverTest {
    private static final String FAILBACK = "failback b > a: ready for 60 s without a loss";

    @Test
    void theBestReadyOneTakesOverAtOnceAndTheReasonIsTheLoss() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c*", "d*");
        bench.ready("d");
        bench.ready("c");

        assertThat(bench.lost("a")).containsExactly("failover a > c: mining: reset", "open b");
        assertThat(bench.inUse()).isEqualTo("c");
    }

    @Test
    void minersAreHeldWhileNothingIsReady() {
        SelectorBench bench = SelectorBench.mining("a", "b");

        assertThat(bench.lost("a")).containsExactly("hold: mining: reset", "open b");
        assertThat(bench.selector.isHolding()).isTrue();
        assertThat(bench.inUse()).isEqualTo("a");
        assertThat(bench.lost("a")).isEmpty();
        assertThat(bench.lost("b")).isEmpty();
    }

    @Test
    void theLostOneResumesWhereItIsReadyFirst() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");

        assertThat(bench.ready("a")).containsExactly("resume", "close b: a is in use");
        assertThat(bench.selector.isHolding()).isFalse();
        assertThat(bench.ready("a")).isEmpty();
    }

    @Test
    void theBackupTakesOverWhereItIsReadyFirstAndNamesTheLossThatStartedIt() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.on(new SelectorInput.Lost("a", "connect", "refused"));

        assertThat(bench.ready("b")).containsExactly("failover a > b: mining: reset");
        assertThat(bench.selector.isHolding()).isFalse();
        assertThat(bench.ready("a")).isEmpty();
    }

    @Test
    void aBetterOneIsUsedAgainAfterItWasReadyForLongEnough() {
        SelectorBench bench = onBackup();
        bench.ready("a");

        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER);
        assertThat(bench.after(justBefore(FAILBACK_AFTER))).isEmpty();
        assertThat(bench.after(A_MOMENT)).containsExactly(FAILBACK, "close b: a is in use");
    }

    @Test
    void aRepeatedReadyDoesNotStartTheWaitAnew() {
        SelectorBench bench = onBackup();
        bench.ready("a");
        bench.after(justBefore(FAILBACK_AFTER));
        bench.ready("a");

        assertThat(bench.after(A_MOMENT)).first().isEqualTo(FAILBACK);
    }

    @Test
    void aLossStartsTheWaitAnew() {
        SelectorBench bench = onBackup();
        bench.ready("a");
        bench.after(justBefore(FAILBACK_AFTER));
        bench.lost("a");
        assertThat(bench.selector.nextDeadline()).isEmpty();
        bench.ready("a");

        assertThat(bench.after(justBefore(FAILBACK_AFTER))).isEmpty();
        assertThat(bench.after(A_MOMENT)).first().isEqualTo(FAILBACK);
    }

    @Test
    void aBetterOneThatWaitsForItsFailbackTakesOverAtOnceFromOneThatIsLost() {
        SelectorBench bench = onBackup();
        bench.ready("a");

        assertThat(bench.lost("b")).containsExactly("failover b > a: mining: reset", "close b: a is in use");
    }

    @Test
    void ofSeveralThatWaitedLongEnoughTheBestIsUsed() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c");
        bench.lost("a");
        bench.lost("b");
        bench.ready("c");
        bench.ready("b");
        bench.now = bench.now.plusSeconds(1);
        bench.ready("a");
        bench.now = bench.now.plus(FAILBACK_AFTER);

        assertThat(bench.after(Duration.ZERO)).first().isEqualTo("failback c > a: ready for 60 s without a loss");
    }

    @Test
    void theSecondBestIsUsedWhileTheBestStillHasToWait() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c");
        bench.lost("a");
        bench.lost("b");
        bench.ready("c");
        bench.ready("b");
        bench.now = bench.now.plusSeconds(1);
        bench.ready("a");
        bench.now = bench.now.plus(FAILBACK_AFTER).minusSeconds(1);

        assertThat(bench.after(Duration.ZERO)).first().isEqualTo("failback c > b: ready for 60 s without a loss");
        assertThat(bench.after(Duration.ofSeconds(1))).first().isEqualTo(FAILBACK);
    }

    @Test
    void warmStandbysThatAreWorseCauseNothing() {
        SelectorBench bench = SelectorBench.mining("a", "b*");

        assertThat(bench.ready("b")).isEmpty();
        assertThat(bench.after(FAILBACK_AFTER)).isEmpty();
        assertThat(bench.lost("b")).isEmpty();
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void eachLossSoonAfterAFailbackDoublesTheWaitForTheNextUpToTheLongest() {
        SelectorBench bench = onBackup();
        for (int seconds : new int[] {60, 120, 240, 300, 300}) {
            assertThat(failbackWait(bench)).isEqualTo(Duration.ofSeconds(seconds));
            bench.after(FAILBACK_PROBATION);
            assertThat(bench.lost("a")).contains("failover a > b: mining: reset");
        }
        assertThat(failbackWait(bench)).isEqualTo(LONGEST_FAILBACK);
    }

    @Test
    void aLongTimeInUseWithoutALossBringsTheWaitBack() {
        SelectorBench bench = onBackup();
        failbackWait(bench);
        bench.lost("a");
        assertThat(failbackWait(bench)).isEqualTo(FAILBACK_AFTER.multipliedBy(2));
        bench.after(FAILBACK_PROBATION.plus(A_MOMENT));
        bench.lost("a");

        assertThat(failbackWait(bench)).isEqualTo(FAILBACK_AFTER);
    }

    @Test
    void aLongTimeInUseBringsTheWaitBackAlsoWhereItEndsWithASwitch() {
        SelectorBench bench = onBackup();
        failbackWait(bench);
        bench.lost("a");
        failbackWait(bench);
        bench.after(FAILBACK_PROBATION.plus(A_MOMENT));
        bench.preferred("b");
        bench.lost("a");
        bench.nonePreferred();
        bench.after(SWITCH_TIMEOUT);

        assertThat(failbackWait(bench)).isEqualTo(FAILBACK_AFTER);
    }

    @Test
    void aLossThatWasHeldOutInterruptsTheTimeThatBringsTheWaitBack() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.ready("b");
        failbackWait(bench);
        bench.drained("b");
        bench.after(justBefore(FAILBACK_PROBATION));
        bench.lost("a");
        bench.ready("a");
        bench.after(FAILBACK_PROBATION);
        bench.lost("a");
        bench.ready("b");

        assertThat(failbackWait(bench)).isEqualTo(FAILBACK_AFTER.multipliedBy(2));
    }

    @Test
    void eachUpstreamHasItsOwnWait() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c*");
        bench.ready("c");
        bench.lost("a");
        bench.ready("a");
        bench.after(FAILBACK_AFTER);
        bench.lost("a");
        bench.ready("b");

        bench.now = bench.now.plus(FAILBACK_AFTER);
        assertThat(bench.after(Duration.ZERO)).first().isEqualTo("failback c > b: ready for 60 s without a loss");
        bench.ready("a");
        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER.multipliedBy(2));
    }

    @Test
    void oneThatWorksForPartOfTheMinersIsUsedWhileNothingElseIsReady() {
        SelectorBench bench = new SelectorBench();
        bench.listed("a", "b", "c");

        assertThat(bench.readyForSome("a")).containsExactly("start a: the first that is ready", "open b");
        assertThat(bench.lost("b")).containsExactly("open c");
        assertThat(bench.ready("c")).containsExactly("failover a > c: a works for part of the miners only");
        assertThat(bench.after(FAILBACK_AFTER)).isEmpty();
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void oneThatTurnsUnfitIsLeftAtOnceForOneThatIsReady() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");

        assertThat(bench.readyForSome("a")).containsExactly("failover a > b: a works for part of the miners only");
    }

    @Test
    void oneThatTurnsUnfitStaysInUseWhileOthersAreOpenedAsIfItWereLost() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c");

        assertThat(bench.readyForSome("a")).containsExactly("open b");
        assertThat(bench.selector.isHolding()).isFalse();
        assertThat(bench.readyForSome("b")).containsExactly("open c");
        assertThat(bench.ready("a")).containsExactly("close b: a is in use", "close c: a is in use");
    }

    @Test
    void afterALossAFitOneComesBeforeABetterUnfitOne() {
        SelectorBench bench = SelectorBench.mining("a", "b*", "c*");
        bench.readyForSome("b");
        bench.ready("c");

        assertThat(bench.lost("a")).containsExactly("failover a > c: mining: reset");
        assertThat(bench.lost("c")).containsExactly("failover c > b: mining: reset");
    }

    @Test
    void amongUnfitOnesTheBetterComesBackAfterItsWait() {
        SelectorBench bench = onBackup();
        bench.readyForSome("b");
        bench.readyForSome("a");

        assertThat(bench.after(justBefore(FAILBACK_AFTER))).isEmpty();
        assertThat(bench.after(A_MOMENT)).containsExactly(FAILBACK);
    }

    @Test
    void turningFitCountsAsANewBeginning() {
        SelectorBench bench = onBackup();
        bench.readyForSome("a");
        bench.after(FAILBACK_AFTER);
        assertThat(bench.ready("a")).isEmpty();

        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER);
    }

    @Test
    void turningUnfitSoonAfterAFailbackDoublesTheWaitToo() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");
        bench.lost("a");
        failbackWait(bench);
        bench.readyForSome("a");

        assertThat(failbackWait(bench)).isEqualTo(FAILBACK_AFTER.multipliedBy(2));
    }

    /** "b" is in use after "a" was lost, and stays ready also while it is being closed. */
    private static SelectorBench onBackup() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.ready("b");
        return bench;
    }

    /** Makes "a" ready and waits until it is in use again. */
    private static Duration failbackWait(SelectorBench bench) {
        bench.ready("a");
        Duration wait = bench.untilDeadline().orElseThrow();
        bench.after(justBefore(wait));
        assertThat(bench.inUse()).isEqualTo("b");
        bench.after(A_MOMENT);
        assertThat(bench.inUse()).isEqualTo("a");
        return wait;
    }

    @Test
    void aShorterWaitHoldsForAFailbackThatIsWaitedForAlready() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.ready("b");
        bench.ready("a");
        bench.after(Duration.ofSeconds(10));
        bench.selector.settings(new UpstreamSelector.Settings(
                Duration.ofSeconds(10), LONGEST_FAILBACK, SelectorBench.PATIENCE, SelectorBench.SWITCH_TIMEOUT));

        assertThat(bench.after(Duration.ZERO)).first(STRING).startsWith("failback b > a: ready for 10 s");
    }

    @Test
    void aLongerWaitHoldsForAFailbackThatIsWaitedForAlready() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.ready("b");
        bench.ready("a");
        Duration longer = FAILBACK_AFTER.multipliedBy(2);
        bench.selector.settings(new UpstreamSelector.Settings(
                longer, LONGEST_FAILBACK, SelectorBench.PATIENCE, SelectorBench.SWITCH_TIMEOUT));

        assertThat(bench.after(justBefore(longer))).isEmpty();
        assertThat(bench.untilDeadline()).contains(A_MOMENT);
        assertThat(bench.after(A_MOMENT)).isNotEmpty();
    }

    @Test
    void aWaitThatHasGrownStaysAsLongAsTheNewDurationsAllow() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");
        bench.lost("a");
        bench.ready("a");
        bench.after(FAILBACK_AFTER);
        bench.lost("a");
        bench.selector.settings(new UpstreamSelector.Settings(
                Duration.ofSeconds(10), Duration.ofSeconds(90), SelectorBench.PATIENCE, SelectorBench.SWITCH_TIMEOUT));
        bench.ready("a");

        assertThat(bench.after(justBefore(Duration.ofSeconds(90)))).isEmpty();
        assertThat(bench.after(A_MOMENT)).isNotEmpty();
    }
}
