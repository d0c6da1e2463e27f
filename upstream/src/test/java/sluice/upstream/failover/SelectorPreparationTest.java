package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static sluice.upstream.failover.SelectorBench.A_MOMENT;
import static sluice.upstream.failover.SelectorBench.PATIENCE;
import static sluice.upstream.failover.SelectorBench.SWITCH_TIMEOUT;
import static sluice.upstream.failover.SelectorBench.justBefore;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The first phase of a switch, and how it ends. */
class SelectorPreparationTest {
    private final SelectorBench bench = SelectorBench.mining("a", "b");

    @Test
    void aCandidateIsOpenedButNotUsed() {
        assertThat(bench.prepare("x", "y")).containsExactly("open x");
        assertThat(bench.ready("x")).containsExactly("prepared x");
        assertThat(bench.ready("x")).isEmpty();
        assertThat(bench.inUse()).isEqualTo("a");
    }

    @Test
    void theReadyCandidateIsUsedAtOnceWhenItsOrderIsListed() {
        bench.prepare("x", "y");
        bench.ready("x");

        assertThat(bench.listed("x", "y"))
                .containsExactly("switch a > x: a is not listed any more", "close a: not listed");
    }

    @Test
    void theReadyCandidateIsUsedAtOnceAlsoWhereTheOneInUseStaysListed() {
        bench.prepare("x", "a");
        bench.ready("x");

        assertThat(bench.listed("x", "a"))
                .containsExactly("switch a > x: the order was changed", "close a: x is in use");
    }

    @Test
    void theOrderInForceCanBePreparedToCutAFailbackShort() {
        bench.lost("a");
        bench.ready("b");
        bench.ready("a");

        assertThat(bench.prepare("a", "b")).containsExactly("prepared a");
        assertThat(bench.listed("a", "b"))
                .containsExactly("switch b > a: the order was changed", "close b: a is in use");
    }

    @Test
    void aFirstChoiceThatIsReadyAlreadyIsPreparedAtOnce() {
        assertThat(bench.prepare("a", "x")).containsExactly("prepared a");
    }

    @Test
    void whatIsReadyByChanceIsNoReasonToPassOverTheFirstChoice() {
        assertThat(bench.prepare("x", "a")).containsExactly("open x");
        assertThat(bench.after(justBefore(SWITCH_TIMEOUT))).isEmpty();
        assertThat(bench.ready("x")).containsExactly("prepared x");
    }

    @Test
    void theNextCandidateIsOpenedWhenTheOneBeforeIsLost() {
        bench.prepare("x", "y");

        assertThat(bench.lost("x")).containsExactly("open y");
        assertThat(bench.ready("y")).containsExactly("prepared y");
        assertThat(bench.listed("x", "y"))
                .containsExactly("switch a > y: a is not listed any more", "close a: not listed");
    }

    @Test
    void theNextCandidateIsOpenedWhenTheOneBeforeTakesTooLongAndCountsWhenTheTimeIsUp() {
        bench.prepare("x", "y");

        assertThat(bench.untilDeadline()).contains(PATIENCE);
        assertThat(bench.after(justBefore(PATIENCE))).isEmpty();
        assertThat(bench.after(A_MOMENT)).containsExactly("open y");
        assertThat(bench.ready("y")).isEmpty();
        assertThat(bench.untilDeadline()).contains(SWITCH_TIMEOUT.minus(PATIENCE));
        assertThat(bench.after(SWITCH_TIMEOUT.minus(PATIENCE))).containsExactly("prepared y");
    }

    @Test
    void aLaterCandidateThatIsReadyCountsAsSoonAsAllBeforeItAreLost() {
        bench.prepare("x", "y");
        bench.after(PATIENCE);
        bench.ready("y");

        assertThat(bench.lost("x")).containsExactly("prepared y");
    }

    @Test
    void noMoreCandidatesAreOpenedThanTheFirstReadyOne() {
        bench.prepare("x", "y", "z");
        bench.after(PATIENCE);

        assertThat(bench.ready("y")).isEmpty();
        assertThat(bench.after(PATIENCE)).isEmpty();
        assertThat(bench.untilDeadline()).contains(SWITCH_TIMEOUT.minus(PATIENCE.multipliedBy(2)));
    }

    @Test
    void aFirstChoiceThatIsLostMayStillComeUpBeforeTheNext() {
        bench.prepare("x", "y");
        bench.lost("x");

        assertThat(bench.ready("x")).containsExactly("prepared x");
    }

    @Test
    void whenAllCandidatesAreLostThePreparationFailsWithWhatHappenedToTheFirst() {
        bench.prepare("x", "y");
        bench.on(new SelectorInput.Lost("x", "handshake", "wrong key"));

        assertThat(bench.lost("y"))
                .containsExactly(
                        "prepare failed x: handshake: wrong key", "close x: not listed", "close y: not listed");
        assertThat(bench.inUse()).isEqualTo("a");
        assertThat(bench.drained("x")).isEmpty();
        assertThat(bench.prepare("x")).containsExactly("open x");
    }

    @Test
    void whenTheTimeIsUpThePreparationFails() {
        bench.prepare("x");

        assertThat(bench.after(justBefore(SWITCH_TIMEOUT))).isEmpty();
        assertThat(bench.after(A_MOMENT))
                .containsExactly("prepare failed x: timeout: not ready within 30 s", "close x: not listed");
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void aLossOfAnEarlierConnectionIsNotTakenForThatOfTheFirstChoice() {
        bench.lost("a");
        bench.lost("b");
        bench.ready("a");
        bench.drained("b");

        assertThat(bench.prepare("b")).containsExactly("open b");
        assertThat(bench.after(SWITCH_TIMEOUT)).first().isEqualTo("prepare failed b: timeout: not ready within 30 s");
    }

    @Test
    void aCandidateThatIsLostAlreadyIsDialledNowAndItsOldLossDoesNotCount() {
        SelectorBench warm = SelectorBench.mining("a", "b*");
        warm.lost("b");

        assertThat(warm.prepare("b")).containsExactly("connect now b");
        assertThat(warm.ready("b")).containsExactly("prepared b");
    }

    @Test
    void aCandidateThatIsLostAlreadyFailsWithItsNextLoss() {
        SelectorBench warm = SelectorBench.mining("a", "b*");
        warm.lost("b");
        warm.prepare("b");

        assertThat(warm.on(new SelectorInput.Lost("b", "connect", "refused")))
                .containsExactly("prepare failed b: connect: refused");
    }

    @Test
    void aCandidateThatWasLostIsDialledNowAlsoWhereItWasAboutToBeClosed() {
        bench.prepare("x");
        bench.ready("x");
        bench.lost("x");
        bench.abandon();

        assertThat(bench.prepare("x")).containsExactly("keep x", "connect now x");
    }

    @Test
    void theOneThatFeedsMinersIsDialledNowWhereItIsLostAndAskedFor() {
        bench.lost("a");

        assertThat(bench.prepare("a")).containsExactly("connect now a");
        assertThat(bench.selector.isHolding()).isTrue();
        assertThat(bench.ready("a")).containsExactly("resume", "prepared a", "close b: a is in use");
    }

    @Test
    void aPreferredOneThatIsLostIsDialledNow() {
        SelectorBench warm = SelectorBench.mining("a", "b*");
        warm.lost("b");

        assertThat(warm.preferred("b")).containsExactly("connect now b");
        assertThat(warm.ready("b")).containsExactly("switch a > b: it was preferred", "close a: b is in use");
    }

    @Test
    void aFirstChoiceThatWasLostIsNamedWithItsLossAlsoWhenTheTimeIsUp() {
        bench.prepare("x", "y");
        bench.lost("x");

        assertThat(bench.after(SWITCH_TIMEOUT)).first().isEqualTo("prepare failed x: mining: reset");
    }

    @Test
    void aPreparationThatIsGivenUpClosesItsCandidates() {
        bench.prepare("x", "b");
        bench.lost("x");
        bench.ready("b");

        assertThat(bench.abandon()).containsExactly("close b: a is in use", "close x: not listed");
        assertThat(bench.selector.nextDeadline()).isEmpty();
        assertThat(bench.abandon()).isEmpty();
    }

    @Test
    void aPreparationThatNobodyDecidesAboutIsGivenUp() {
        bench.prepare("x");
        bench.after(Duration.ofSeconds(10));
        bench.ready("x");

        assertThat(bench.untilDeadline()).contains(SWITCH_TIMEOUT);
        assertThat(bench.after(justBefore(SWITCH_TIMEOUT))).isEmpty();
        assertThat(bench.after(A_MOMENT)).containsExactly("close x: not listed");
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void oneThatNobodyDecidedAboutMakesRoomForTheNextAlsoWhereTheTimerIsLate() {
        bench.prepare("x");
        bench.ready("x");
        bench.now = bench.now.plus(SWITCH_TIMEOUT);

        assertThat(bench.prepare("y")).containsExactly("open y", "close x: not listed");
    }

    @Test
    void candidatesStayOpenUntilTheDecision() {
        bench.prepare("x", "y");
        bench.after(PATIENCE);
        bench.ready("x");

        assertThat(bench.lost("x")).isEmpty();
        assertThat(bench.abandon()).containsExactly("close x: not listed", "close y: not listed");
    }

    @Test
    void nothingMoreIsOpenedOnceACandidateIsPrepared() {
        bench.prepare("x", "y");
        bench.ready("x");

        assertThat(bench.lost("x")).isEmpty();
    }

    @Test
    void aReadyCandidateThatIsNotListedIsNoBackup() {
        bench.prepare("x");
        bench.ready("x");

        assertThat(bench.lost("a")).containsExactly("hold: mining: reset", "open b");
        assertThat(bench.selector.isHolding()).isTrue();
    }

    @Test
    void aReadyCandidateThatIsListedStaysABackup() {
        bench.prepare("x", "b");
        bench.lost("x");
        bench.ready("b");

        assertThat(bench.lost("a")).containsExactly("failover a > b: mining: reset");
    }

    @Test
    void aFailoverMeanwhileLeavesThePreparationAlone() {
        bench.prepare("x");
        bench.lost("a");
        bench.ready("b");

        assertThat(bench.ready("x")).containsExactly("prepared x");
    }

    @Test
    void aCandidateThatIsNeededAnywayIsNotClosedWithThePreparation() {
        SelectorBench warm = SelectorBench.mining("a", "b*");
        warm.prepare("b");

        assertThat(warm.lost("b")).containsExactly("prepare failed b: mining: reset");
    }

    @Test
    void aCandidateThatIsBeingClosedIsKept() {
        bench.prepare("x");
        bench.ready("x");
        bench.abandon();

        assertThat(bench.prepare("x")).containsExactly("keep x", "prepared x");
    }

    @Test
    void aNewListEndsAPreparation() {
        bench.prepare("x");

        assertThat(bench.listed("a")).containsExactly("close x: not listed");
        assertThat(bench.prepare("y")).containsExactly("open y");
    }

    @Test
    void onlyOnePreparationRunsAtATime() {
        bench.prepare("x");
        assertThatIllegalStateException()
                .isThrownBy(() -> bench.prepare("y"))
                .withMessage("a switch is being prepared already; list its order or abandon it");
        bench.ready("x");
        assertThatIllegalStateException().isThrownBy(() -> bench.prepare("y"));
        bench.abandon();
        assertThat(bench.prepare("y")).containsExactly("open y");
    }

    @Test
    void aSwitchCanBePreparedBeforeThereIsAList() {
        SelectorBench fresh = new SelectorBench();
        assertThat(fresh.prepare("x")).containsExactly("open x");
        assertThat(fresh.ready("x")).containsExactly("prepared x");
        assertThat(fresh.listed("x")).containsExactly("start x: the first that is ready");
    }
}
