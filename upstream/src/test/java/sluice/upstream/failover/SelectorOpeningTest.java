package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.failover.SelectorBench.A_MOMENT;
import static sluice.upstream.failover.SelectorBench.FAILBACK_AFTER;
import static sluice.upstream.failover.SelectorBench.PATIENCE;
import static sluice.upstream.failover.SelectorBench.SWITCH_TIMEOUT;
import static sluice.upstream.failover.SelectorBench.justBefore;

import org.junit.jupiter.api.Test;

/** Which upstreams are open, and when. */
class SelectorOpeningTest {
    private final SelectorBench bench = new SelectorBench();

    @Test
    void theFirstIsOpenedAndUsedAsSoonAsItIsReady() {
        assertThat(bench.listed("a", "b", "c")).containsExactly("open a");
        assertThat(bench.inUse()).isEqualTo("none");
        assertThat(bench.selector.isHolding()).isTrue();

        assertThat(bench.ready("a")).containsExactly("start a: the first that is ready");
        assertThat(bench.inUse()).isEqualTo("a");
        assertThat(bench.selector.isHolding()).isFalse();
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void warmOnesAreOpenAtAllTimes() {
        assertThat(bench.listed("a", "b", "c*")).containsExactly("open a", "open c");
        bench.ready("a");
        assertThat(bench.ready("c")).isEmpty();
        assertThat(bench.lost("c")).isEmpty();
        assertThat(bench.after(FAILBACK_AFTER)).isEmpty();
    }

    @Test
    void theNextIsOpenedWhenTheOneBeforeIsLost() {
        bench.listed("a", "b", "c");

        assertThat(bench.lost("a")).containsExactly("open b");
        assertThat(bench.lost("a")).isEmpty();
        assertThat(bench.lost("b")).containsExactly("open c");
        assertThat(bench.lost("c")).isEmpty();
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void theNextIsOpenedWhenTheOneBeforeTakesTooLong() {
        bench.listed("a", "b", "c");

        assertThat(bench.untilDeadline()).contains(PATIENCE);
        assertThat(bench.after(justBefore(PATIENCE))).isEmpty();
        assertThat(bench.after(A_MOMENT)).containsExactly("open b");
        assertThat(bench.untilDeadline()).contains(PATIENCE);
        assertThat(bench.after(PATIENCE)).containsExactly("open c");
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void thoseThatWereOpenedForNothingAreClosedOnceABetterOneIsUsed() {
        bench.listed("a", "b", "c");
        bench.lost("a");
        bench.lost("b");

        assertThat(bench.ready("b")).containsExactly("start b: the first that is ready", "close c: b is in use");
        assertThat(bench.drained("c")).isEmpty();
    }

    @Test
    void betterOnesStayOpen() {
        bench.listed("a", "b", "c");
        bench.lost("a");

        assertThat(bench.ready("b")).containsExactly("start b: the first that is ready");
        assertThat(bench.after(FAILBACK_AFTER)).isEmpty();
    }

    @Test
    void aWarmBackupThatIsReadyFirstGivesWayToTheFirstChoiceRightAfterTheStart() {
        bench.listed("a", "b*");

        assertThat(bench.ready("b")).containsExactly("start b: the first that is ready");
        bench.now = bench.now.plus(justBefore(SWITCH_TIMEOUT));
        assertThat(bench.ready("a")).containsExactly("switch b > a: the order was changed");
    }

    @Test
    void aColdBackupIsDialledAtOnceWhenTheOneInUseIsLost() {
        SelectorBench mining = SelectorBench.mining("a", "b", "c");

        assertThat(mining.lost("a")).containsExactly("hold: mining: reset", "open b");
        assertThat(mining.after(PATIENCE)).containsExactly("open c");
    }

    @Test
    void aBetterOneThatIsStillOpeningDoesNotDelayTheBackup() {
        SelectorBench mining = SelectorBench.mining("a", "b");
        mining.listed("x", "a", "b");

        assertThat(mining.lost("a")).containsExactly("hold: mining: reset", "open b");
    }

    @Test
    void whatASearchHasOpenedStaysOpenUntilSomethingIsFoundAlsoWithANewList() {
        bench.listed("a", "b");
        bench.lost("a");

        assertThat(bench.listed("x", "a", "b")).containsExactly("open x");
        assertThat(bench.ready("b")).containsExactly("start b: the first that is ready");
    }

    @Test
    void aCloseUnderWayIsCancelledForOneThatIsWantedAgain() {
        SelectorBench mining = SelectorBench.mining("a", "b");
        mining.lost("a");
        assertThat(mining.ready("a")).containsExactly("resume", "close b: a is in use");

        assertThat(mining.lost("a")).containsExactly("hold: mining: reset", "keep b");
        assertThat(mining.ready("b")).containsExactly("failover a > b: mining: reset");
    }

    @Test
    void oneThatIsReadyWhileItIsClosedIsUsedWithoutWaiting() {
        SelectorBench mining = SelectorBench.mining("a", "b", "c");
        mining.lost("a");
        mining.lost("b");
        mining.ready("c");
        mining.ready("a");
        assertThat(mining.after(FAILBACK_AFTER))
                .containsExactly(
                        "failback c > a: ready for 60 s without a loss",
                        "close b: a is in use",
                        "close c: a is in use");

        assertThat(mining.lost("a")).containsExactly("keep c", "failover a > c: mining: reset", "keep b");
    }

    @Test
    void oneThatWasDrainedIsOpenedAnew() {
        SelectorBench mining = SelectorBench.mining("a", "b");
        mining.lost("a");
        mining.ready("a");
        mining.drained("b");

        assertThat(mining.lost("a")).containsExactly("hold: mining: reset", "open b");
    }

    @Test
    void oneThatWasKeptTooLateIsOpenedAgain() {
        SelectorBench mining = SelectorBench.mining("a", "b");
        mining.lost("a");
        mining.ready("b");
        mining.ready("a");
        mining.after(FAILBACK_AFTER);
        assertThat(mining.lost("a")).containsExactly("keep b", "failover a > b: mining: reset");

        assertThat(mining.drained("b")).containsExactly("hold: close: closed before it could be kept", "open b");
        assertThat(mining.ready("b")).containsExactly("resume");
    }

    @Test
    void newsOfWhatIsNotOpenMeanNothing() {
        SelectorBench mining = SelectorBench.mining("a", "b");

        assertThat(mining.ready("b")).isEmpty();
        assertThat(mining.lost("b")).isEmpty();
        assertThat(mining.drained("b")).isEmpty();
        assertThat(mining.ready("stranger")).isEmpty();
        assertThat(mining.lost("stranger")).isEmpty();
        assertThat(mining.drained("stranger")).isEmpty();
        assertThat(mining.lost("a")).containsExactly("hold: mining: reset", "open b");
    }
}
