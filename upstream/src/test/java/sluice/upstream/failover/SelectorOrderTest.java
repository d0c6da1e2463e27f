package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static sluice.upstream.failover.SelectorBench.A_MOMENT;
import static sluice.upstream.failover.SelectorBench.FAILBACK_AFTER;
import static sluice.upstream.failover.SelectorBench.PATIENCE;
import static sluice.upstream.failover.SelectorBench.START;
import static sluice.upstream.failover.SelectorBench.SWITCH_TIMEOUT;
import static sluice.upstream.failover.SelectorBench.entries;
import static sluice.upstream.failover.SelectorBench.justBefore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.upstream.failover.Standing.State;
import sluice.upstream.failover.UpstreamSelector.Settings;

/** What the operator says: new lists, a preference, the end; and what he is shown. */
class SelectorOrderTest {
    @Test
    void anUnchangedListChangesNothing() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c*");

        assertThat(bench.listed("a", "b", "c*")).isEmpty();
        assertThat(bench.selector.nextDeadline()).isEmpty();
    }

    @Test
    void reloadingAnUnchangedListDoesNotCutAFailbackShort() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.ready("b");
        bench.ready("a");

        assertThat(bench.listed("a", "b")).isEmpty();
        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER);
    }

    @Test
    void whatLeavesTheListIsClosedAndWhatBecomesWarmIsOpened() {
        SelectorBench bench = SelectorBench.mining("a", "b*", "c");

        assertThat(bench.listed("a", "c*")).containsExactly("open c", "close b: not listed");
        assertThat(bench.listed("a", "c")).containsExactly("close c: a is in use");
    }

    @Test
    void theOneInUseStaysUntilAListedOneIsReady() {
        SelectorBench bench = SelectorBench.mining("a");

        assertThat(bench.listed("x", "y")).containsExactly("open x");
        assertThat(bench.inUse()).isEqualTo("a");
        assertThat(bench.lost("x")).containsExactly("open y");
        assertThat(bench.ready("y")).containsExactly("switch a > y: a is not listed any more", "close a: not listed");
        assertThat(bench.drained("a")).isEmpty();
        assertThat(bench.selector.standings()).extracting(Standing::upstream).containsExactly("x", "y");
    }

    @Test
    void theOneInUseStaysForAsLongAsItTakesAListedOneToBeReady() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "y");

        assertThat(bench.after(PATIENCE)).containsExactly("open y");
        bench.after(SWITCH_TIMEOUT.multipliedBy(10));
        assertThat(bench.ready("x"))
                .containsExactly(
                        "switch a > x: a is not listed any more", "close a: not listed", "close y: x is in use");
    }

    @Test
    void oneThatLeftTheListAndIsLostIsHeldAndResumesLikeAnyOther() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x");

        assertThat(bench.lost("a")).containsExactly("hold: mining: reset");
        assertThat(bench.ready("a")).containsExactly("resume");
        bench.lost("a");
        assertThat(bench.ready("x")).containsExactly("switch a > x: a is not listed any more", "close a: not listed");
    }

    @Test
    void oneThatLeftTheListAndIsListedAgainIsInUseAsBefore() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x");

        assertThat(bench.listed("a", "x")).containsExactly("close x: a is in use");
    }

    @Test
    void aBetterListedOneThatIsReadyIsUsedAtOnce() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");

        assertThat(bench.listed("b", "a"))
                .containsExactly("switch a > b: the order was changed", "close a: b is in use");
    }

    @Test
    void aBetterListedOneThatIsReadySoonIsUsedAtOnce() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "a");
        bench.now = bench.now.plus(justBefore(SWITCH_TIMEOUT));

        assertThat(bench.ready("x")).containsExactly("switch a > x: the order was changed", "close a: x is in use");
    }

    @Test
    void aBetterListedOneThatIsReadyLateWaitsForItsFailback() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "a");
        bench.now = bench.now.plus(SWITCH_TIMEOUT);

        assertThat(bench.ready("x")).isEmpty();
        assertThat(bench.after(FAILBACK_AFTER)).first().isEqualTo("failback a > x: ready for 60 s without a loss");
    }

    @Test
    void whatANewOrderBroughtAndWasLostSoonHasToWaitForItsFailback() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "a*");
        bench.ready("x");
        bench.lost("x");
        assertThat(bench.inUse()).isEqualTo("a");

        assertThat(bench.ready("x")).isEmpty();
        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER);
    }

    @Test
    void aLossOfTheOneBeforeLeavesTheNewOrderItsTime() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "a");
        bench.lost("a");
        bench.ready("a");

        assertThat(bench.ready("x")).first().isEqualTo("switch a > x: the order was changed");
    }

    @Test
    void insteadOfAFitOneThatLeftTheListAnUnfitOneIsUsedWhenTheNewListHadItsTime() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "y*");

        assertThat(bench.readyForSome("y")).isEmpty();
        bench.after(PATIENCE);
        assertThat(bench.untilDeadline()).contains(SWITCH_TIMEOUT.minus(PATIENCE));
        bench.now = bench.now.plus(SWITCH_TIMEOUT.minus(PATIENCE));
        assertThat(bench.after(Duration.ZERO))
                .containsExactly("switch a > y: a is not listed any more", "close a: not listed");
    }

    @Test
    void insteadOfAFitOneThatLeftTheListAnUnfitOneIsUsedWhenNoOtherMayStillComeUp() {
        SelectorBench bench = SelectorBench.mining("a");
        bench.listed("x", "y*");
        bench.readyForSome("y");

        assertThat(bench.lost("x")).containsExactly("switch a > y: a is not listed any more", "close a: not listed");
    }

    @Test
    void thePreferredOneIsOpenedAndUsedAsSoonAsItIsReady() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c");

        assertThat(bench.preferred("c")).containsExactly("open c");
        bench.after(Duration.ofHours(1));
        assertThat(bench.ready("c")).containsExactly("switch a > c: it was preferred", "close a: c is in use");
        assertThat(bench.after(FAILBACK_AFTER)).isEmpty();
    }

    @Test
    void aPreferredOneThatIsReadyIsUsedAtOnce() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");

        assertThat(bench.preferred("b")).containsExactly("switch a > b: it was preferred", "close a: b is in use");
    }

    @Test
    void thePreferredOneIsLeftWhenItIsLostAndComesBackByFailback() {
        SelectorBench bench = SelectorBench.mining("a*", "b");
        bench.preferred("b");
        bench.ready("b");

        assertThat(bench.lost("b")).containsExactly("failover b > a: mining: reset");
        assertThat(bench.ready("b")).isEmpty();
        assertThat(bench.after(FAILBACK_AFTER)).containsExactly("failback a > b: ready for 60 s without a loss");
    }

    @Test
    void preferringTheOneInUseDoesNotCutALaterFailbackShort() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.preferred("a");
        bench.lost("a");
        bench.ready("b");

        assertThat(bench.ready("a")).isEmpty();
        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER);
    }

    @Test
    void withoutAPreferenceABetterOneThatIsReadyIsUsedAtOnce() {
        SelectorBench bench = SelectorBench.mining("a*", "b");
        bench.preferred("b");
        bench.ready("b");

        assertThat(bench.nonePreferred())
                .containsExactly("switch b > a: the order was changed", "close b: a is in use");
    }

    @Test
    void withoutAPreferenceABetterOneIsOpenedAndUsedAsSoonAsItIsReady() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.preferred("b");
        bench.ready("b");
        bench.drained("a");

        assertThat(bench.nonePreferred()).containsExactly("open a");
        assertThat(bench.ready("a")).containsExactly("switch b > a: the order was changed", "close b: a is in use");
    }

    @Test
    void takingNoPreferenceBackChangesNothing() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.lost("a");
        bench.ready("b");
        bench.ready("a");

        assertThat(bench.nonePreferred()).isEmpty();
        assertThat(bench.untilDeadline()).contains(FAILBACK_AFTER);
    }

    @Test
    void aPreferenceOutlivesANewListThatHoldsIt() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");
        bench.preferred("b");

        assertThat(bench.listed("x", "b")).isEmpty();
        assertThat(bench.selector.standings()).extracting(Standing::upstream).containsExactly("b", "x");
        assertThat(bench.nonePreferred()).containsExactly("open x");
    }

    @Test
    void aPreferenceEndsWithAListWithoutIt() {
        SelectorBench bench = SelectorBench.mining("a", "b");
        bench.preferred("b");
        bench.listed("a");

        assertThat(bench.listed("a", "b")).isEmpty();
    }

    @Test
    void onlyWhatIsListedCanBePreferred() {
        SelectorBench bench = SelectorBench.mining("a", "b");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> bench.preferred("stranger"))
                .withMessage("the upstream stranger is not listed, so it cannot be preferred");
        bench.listed("x", "b");
        assertThatIllegalArgumentException().isThrownBy(() -> bench.preferred("a"));
    }

    @Test
    void theEndClosesEverything() {
        SelectorBench bench = SelectorBench.mining("a", "b*", "c");
        bench.prepare("x");

        assertThat(bench.on(new SelectorInput.Stopped("shutdown")))
                .containsExactly("close a: shutdown", "close b: shutdown", "close x: shutdown");
        assertThat(bench.selector.inUse()).isEmpty();
        assertThat(bench.selector.isHolding()).isTrue();
        assertThat(bench.selector.nextDeadline()).isEmpty();
        assertThat(bench.ready("a")).isEmpty();
        assertThat(bench.lost("a")).isEmpty();
        assertThat(bench.drained("a")).isEmpty();
        assertThat(bench.listed("y")).isEmpty();
        assertThat(bench.after(SWITCH_TIMEOUT)).isEmpty();
    }

    @Test
    void aCloseUnderWayIsNotRepeatedAtTheEnd() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.listed("a");

        assertThat(bench.on(new SelectorInput.Stopped("shutdown"))).containsExactly("close a: shutdown");
    }

    @Test
    void aListHasSixteenUpstreamsAtMostAndOneAtLeast() {
        String[] most = IntStream.range(0, UpstreamSelector.MAX_ENTRIES)
                .mapToObj(number -> "u" + number + "*")
                .toArray(String[]::new);
        String[] tooMany = IntStream.rangeClosed(0, UpstreamSelector.MAX_ENTRIES)
                .mapToObj(number -> "u" + number)
                .toArray(String[]::new);

        assertThat(new SelectorBench().listed(most)).hasSize(UpstreamSelector.MAX_ENTRIES);
        assertThat(new SelectorBench().prepare(most)).containsExactly("open u0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SelectorInput.Listed(entries(tooMany)))
                .withMessage("a list has 1 to 16 upstreams, not 17");
        assertThatIllegalArgumentException().isThrownBy(() -> new SelectorInput.Prepare(entries(tooMany)));
        assertThatIllegalArgumentException().isThrownBy(() -> new SelectorInput.Listed(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new SelectorInput.Prepare(List.of()));
    }

    @Test
    void aListHoldsEachUpstreamOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SelectorInput.Listed(entries("a", "b", "a*")))
                .withMessage("the upstream a is listed twice");
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        Duration second = Duration.ofSeconds(1);

        for (int zero = 0; zero < 4; zero++) {
            Duration[] times = {second, second, second, second};
            times[zero] = Duration.ZERO;
            assertThatIllegalArgumentException()
                    .as("setting %d", zero)
                    .isThrownBy(() -> new Settings(times[0], times[1], times[2], times[3]));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Settings(second, second.minusMillis(1), second, second));
    }

    @Test
    void standingsShowEachUpstreamWithItsTimeAndItsLatestLoss() {
        SelectorBench bench = SelectorBench.mining("a", "b", "c*");
        bench.prepare("x");
        bench.on(new SelectorInput.Lost("a", "mining", "reset"));
        bench.now = bench.now.plus(A_MOMENT);
        bench.readyForSome("c");
        bench.lost("a");

        assertThat(bench.selector.standings())
                .containsExactly(
                        new Standing("a", State.LOST, true, START.plus(SWITCH_TIMEOUT), Optional.of("mining: reset")),
                        new Standing("b", State.OPENING, false, START.plus(SWITCH_TIMEOUT), Optional.empty()),
                        new Standing("c", State.READY, false, bench.now, Optional.empty()),
                        new Standing("x", State.OPENING, false, START.plus(SWITCH_TIMEOUT), Optional.empty()));
    }

    @Test
    void whatLeftTheListAndIsDrainedIsForgotten() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.lost("b");
        bench.listed("a");
        bench.drained("b");
        bench.listed("a", "b");

        assertThat(bench.selector.standings().getLast())
                .isEqualTo(new Standing("b", State.OFF, false, bench.now, Optional.empty()));
    }

    @Test
    void standingsShowWhatIsBeingClosedAsOff() {
        SelectorBench bench = SelectorBench.mining("a", "b*");
        bench.ready("b");
        bench.listed("a", "b");

        assertThat(bench.selector.standings())
                .extracting(Standing::upstream, Standing::state)
                .containsExactly(tuple("a", State.READY), tuple("b", State.OFF));
    }
}
