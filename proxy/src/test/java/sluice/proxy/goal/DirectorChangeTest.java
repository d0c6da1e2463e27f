package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.config.FailoverConfig;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** A change is prepared while miners mine on, and then applied whole, or not at all. */
class DirectorChangeTest {
    private static final Duration TIMEOUT = DirectorBench.FAILOVER.switchTimeout();

    private final DirectorBench bench = DirectorBench.mining(PlanSketch.of("main"), "main");
    private final DirectorBench.Opened main = bench.upstream("main");

    private void assertNothingChanged(List<String> alsoOpen) {
        assertThat(bench.feeding()).isSameAs(main);
        assertThat(main.commands(UpstreamCommand.Close.class)).isEmpty();
        assertThat(bench.open()).containsExactlyElementsOf(alsoOpen);
        assertThat(bench.director.revision()).isEqualTo(1);
        assertThat(bench.events(GatewayEvent.UpstreamSwitched.class)).hasSize(1);
        assertThat(bench.said(DirectorAction.LaneOfAll.class)).isEmpty();
        assertThat(bench.said(DirectorAction.Engage.class)).isEmpty();
    }

    @Test
    void theNewUpstreamHasWorkBeforeAnybodyMoves() {
        RoutingPlan before = bench.director.plan();
        long change = bench.change(PlanSketch.of("other"));
        assertThat(bench.open()).containsExactly("main", "other");
        bench.connected(bench.upstream("other"), true);
        assertThat(bench.answers).isEmpty();
        assertThat(bench.director.plan()).isSameAs(before);
        assertNothingChanged(List.of("main", "other"));

        bench.tip(bench.upstream("other"));

        assertThat(bench.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(bench.feeding()).hasToString("other");
        assertThat(bench.director.plan()).isEqualTo(PlanSketch.of("other").plan());
        assertThat(bench.events(GatewayEvent.UpstreamSwitched.class).getLast().kind())
                .isEqualTo(SwitchKind.SWITCH);
        assertThat(bench.events(GatewayEvent.PlanApplied.class).getLast().revision())
                .isEqualTo(2);
        assertThat(bench.events(GatewayEvent.HoldBegan.class)).isEmpty();
    }

    @Test
    void nobodyWaitsBetweenTheOldJobAndTheNew() {
        bench.change(PlanSketch.of("other"));
        bench.pass(Duration.ofSeconds(2));
        bench.ready("other");
        SwitchReport report = bench.said(DirectorAction.Engage.class).getLast().report();
        assertThat(report.since()).isEqualTo(bench.now);
        assertThat(report.from()).isEqualTo("main");
    }

    @ParameterizedTest
    @EnumSource(UpstreamEvent.Step.class)
    void anUpstreamThatFailsAtAnyStepRejectsTheChangeWithThatStep(UpstreamEvent.Step step) {
        long change = bench.change(PlanSketch.of("other"));
        DirectorBench.Opened other = bench.upstream("other");
        bench.lost(other, step, "no luck");
        ChangeResult.Rejected rejected = new ChangeResult.Rejected("other", step.name(), "no luck");
        assertThat(bench.answers).containsEntry(change, rejected);
        assertThat(bench.events(GatewayEvent.PlanRejected.class))
                .extracting(
                        GatewayEvent.PlanRejected::upstream,
                        GatewayEvent.PlanRejected::step,
                        GatewayEvent.PlanRejected::reason)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("other", step.name(), "no luck"));
        assertThat(other.closing).isTrue();
        assertNothingChanged(List.of("main"));
    }

    @Test
    void anUpstreamThatSaysNothingRejectsTheChangeWhenTheTimeIsUp() {
        long change = bench.change(PlanSketch.of("other"));
        bench.pass(TIMEOUT.minusMillis(1));
        assertThat(bench.answers).isEmpty();
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.answers)
                .containsEntry(change, new ChangeResult.Rejected("other", "timeout", "not ready within 10 s"));
        assertNothingChanged(List.of("main"));
    }

    @Test
    void aSecondChangeIsRejectedWhileOneIsPrepared() {
        long first = bench.change(PlanSketch.of("other"));
        long second = bench.change(PlanSketch.of("third"));
        long activation = bench.activate("default", "main");
        assertThat(bench.answers).containsOnlyKeys(second, activation);
        assertThat(bench.answers.get(second))
                .isEqualTo(
                        new ChangeResult.Rejected("", "", "another change is being prepared; try again in a moment"));
        assertThat(bench.open()).containsExactly("main", "other");
        bench.ready("other");
        assertThat(bench.answers).containsEntry(first, new ChangeResult.Applied(2));
    }

    @Test
    void afterARejectedChangeTheNextIsTaken() {
        bench.change(PlanSketch.of("other"));
        bench.lost(bench.upstream("other"), UpstreamEvent.Step.CONNECT, "refused");
        long next = bench.change(PlanSketch.of("other"));
        bench.ready("other");
        assertThat(bench.answers).containsEntry(next, new ChangeResult.Applied(2));
        assertThat(bench.feeding()).hasToString("other");
    }

    @Test
    void anotherFirstChoiceThatCannotBeHadRejectsTheChangeThoughTheOneInUseIsListedBehindIt() {
        long change = bench.change(PlanSketch.of("other", "main"));
        bench.lost(bench.upstream("other"), UpstreamEvent.Step.CONNECT, "refused");
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Rejected("other", "CONNECT", "refused"));
        assertNothingChanged(List.of("main"));
    }

    @Test
    void backupsAreChangedWithoutWaitingForThem() {
        long change = bench.change(PlanSketch.of("main", "backup"));
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(bench.feeding()).isSameAs(main);
        assertThat(bench.open()).containsExactly("main");
    }

    @Test
    void aFirstChoiceThatIsLostAlreadyDoesNotKeepTheOperatorFromChangingTheOthers() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        two.lost("main");
        two.ready("backup");
        long change = two.change(PlanSketch.of("main", "backup", "third"));
        assertThat(two.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(two.feeding()).hasToString("backup");
    }

    @Test
    void anUpstreamThatIsLostIsDialledNowWhenItIsActivatedAndItsOldLossDoesNotCount() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        two.lost("main");
        two.ready("backup");

        long change = two.activate("default", "main");

        assertThat(two.upstream("main").commands(UpstreamCommand.ConnectNow.class))
                .hasSize(1);
        assertThat(two.answers).isEmpty();
        two.ready("main");
        assertThat(two.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(two.feeding()).hasToString("main");
    }

    @Test
    void anUpstreamThatIsLostAndStillNotToBeHadRejectsItsActivationWithTheNewLoss() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        two.lost("main");
        two.ready("backup");
        long change = two.activate("default", "main");

        two.lost(two.upstream("main"), UpstreamEvent.Step.CONNECT, "refused");

        assertThat(two.answers).containsEntry(change, new ChangeResult.Rejected("main", "CONNECT", "refused"));
        assertThat(two.feeding()).hasToString("backup");
    }

    @Test
    void theSamePlanAgainTouchesNoUpstream() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main", "backup");
        long change = two.change(PlanSketch.of("main").warm("backup"));
        assertThat(two.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(two.said)
                .as("the news, the answer, and nothing to anybody else")
                .allMatch(
                        action -> action instanceof DirectorAction.Publish || action instanceof DirectorAction.Answer);
    }

    @Test
    void whatAChangeLeavesAloneIsNotTouched() {
        DirectorBench two =
                DirectorBench.mining(PlanSketch.of("a", "b").goal("x", 1, "a").goal("y", 1, "b"), "a", "b");
        DirectorBench.Opened a = two.upstream("a");
        two.change(PlanSketch.of("a", "c").goal("x", 5, "a").goal("y", 1, "c"));
        two.ready("c");
        assertThat(two.said(DirectorAction.Engage.class)).hasSize(1);
        assertThat(two.open()).contains("a");
        assertThat(a.commands).isEmpty();
    }

    @Test
    void anUpstreamWithAnotherDefinitionUnderItsNameIsAnotherUpstream() {
        long change = bench.change(new PlanSketch().withUser("main", "somebody else"));
        assertThat(bench.upstreams("main")).hasSize(2);
        DirectorBench.Opened fresh = bench.ready("main");
        assertThat(fresh.pool.user()).isEqualTo("somebody else");
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(bench.feeding()).isSameAs(fresh);
        assertThat(bench.events(GatewayEvent.UpstreamSwitched.class).getLast().to())
                .isEqualTo("main");
        bench.pass(Routes.DRAIN_PATIENCE);
        assertThat(main.closing).isTrue();
        long back = bench.change(PlanSketch.of("main"));
        bench.ready("main");
        assertThat(bench.answers).containsEntry(back, new ChangeResult.Applied(3));
        assertThat(bench.feeding().pool.user()).isEqualTo("farm");
    }

    @Test
    void anUpstreamThatWasDefinedAnewIsNotTouchedByTheNextChanges() {
        PlanSketch anew = new PlanSketch().withUser("main", "somebody else");
        bench.change(anew);
        DirectorBench.Opened fresh = bench.ready("main");
        bench.pass(Routes.DRAIN_PATIENCE);
        bench.closed(main);
        bench.change(anew);
        bench.change(anew);
        assertThat(bench.upstreams("main")).containsExactly(fresh);
        assertThat(bench.feeding()).isSameAs(fresh);
    }

    @Test
    void aNewGoalIsTriedFirstAndGivenUpWithTheChange() {
        long change = bench.change(
                PlanSketch.of("main", "other").goal("default", 1, "main").goal("new", 1, "other"));
        assertThat(bench.open()).containsExactly("main", "other");
        assertThat(bench.laneOfAll).as("miners know nothing of it").isPresent();
        bench.said.clear();
        bench.lost(bench.upstream("other"), UpstreamEvent.Step.HANDSHAKE, "wrong key");
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Rejected("other", "HANDSHAKE", "wrong key"));
        assertNothingChanged(List.of("main"));
    }

    @Test
    void aNewGoalThatSaysNothingIsGivenUpWhenTheTimeIsUp() {
        long change = bench.change(
                PlanSketch.of("main", "other").goal("default", 1, "main").goal("new", 1, "other"));
        bench.pass(TIMEOUT);
        assertThat(bench.answers)
                .containsEntry(change, new ChangeResult.Rejected("other", "", "it gave no job in time"));
        assertNothingChanged(List.of("main"));
    }

    @Test
    void aNewGoalMayBeginWithItsSecondUpstream() {
        long change = bench.change(PlanSketch.of("main", "other", "spare")
                .goal("default", 1, "main")
                .goal("new", 1, "other", "spare"));
        bench.lost(bench.upstream("other"), UpstreamEvent.Step.CONNECT, "refused");
        assertThat(bench.answers).isEmpty();
        bench.ready("spare");
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(bench.laneOfAll).isEmpty();
        assertThat(bench.feeding.values()).extracting(Object::toString).containsExactly("main", "spare");
    }

    @Test
    void whereOneGoalOfSeveralFailsNoneChanges() {
        DirectorBench two =
                DirectorBench.mining(PlanSketch.of("a", "b").goal("x", 1, "a").goal("y", 1, "b"), "a", "b");
        long change = two.change(PlanSketch.of("c", "d").goal("x", 1, "c").goal("y", 1, "d"));
        two.ready("c");
        assertThat(two.answers).isEmpty();
        two.lost(two.upstream("d"), UpstreamEvent.Step.SETUP, "unsupported-protocol");
        assertThat(two.answers).containsEntry(change, new ChangeResult.Rejected("d", "SETUP", "unsupported-protocol"));
        assertThat(two.open()).containsExactly("a", "b");
        assertThat(two.feeding.values()).extracting(Object::toString).containsExactly("a", "b");
    }

    @Test
    void whereSeveralGoalsChangeAllChangeTogether() {
        DirectorBench two =
                DirectorBench.mining(PlanSketch.of("a", "b").goal("x", 1, "a").goal("y", 1, "b"), "a", "b");
        two.change(PlanSketch.of("c", "d").goal("x", 1, "c").goal("y", 1, "d"));
        two.ready("c");
        assertThat(two.said(DirectorAction.Engage.class)).isEmpty();
        two.ready("d");
        assertThat(two.feeding.values()).extracting(Object::toString).containsExactly("c", "d");
    }

    @Test
    void aChangeWhileNothingIsUsableIsAppliedAtOnce() {
        bench.lost("main");
        long change = bench.change(PlanSketch.of("other"));
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(bench.open()).contains("other");
        bench.ready("other");
        assertThat(bench.feeding()).hasToString("other");
        bench.pass(Routes.DRAIN_PATIENCE);
        assertThat(bench.open()).containsExactly("other");
    }

    @Test
    void theUpstreamInUseMayBeLostWhileAChangeIsPrepared() {
        long change = bench.change(PlanSketch.of("other"));
        bench.lost("main");
        assertThat(bench.answers).isEmpty();
        bench.ready("other");
        assertThat(bench.answers).containsEntry(change, new ChangeResult.Applied(2));
        assertThat(bench.feeding()).hasToString("other");
    }

    @Test
    void allLanesOfAGoalFollowTheChange() {
        DirectorBench lanes = DirectorBench.mining(new PlanSketch().aggregated("a", 1), "a");
        lanes.identified(1, "rig1");
        lanes.identified(2, "rig2");
        lanes.ready("a");
        lanes.change(new PlanSketch().aggregated("b", 1));
        lanes.ready("b");
        assertThat(lanes.feeds(1)).isEqualTo("b");
        assertThat(lanes.feeds(2)).as("until its own has work").isEqualTo("a");
        lanes.ready("b");
        assertThat(lanes.feeds(2)).isEqualTo("b");
    }

    @Test
    void otherTimesOfFailoverHoldFromTheChangeOnAlsoForWhatIsWaitedFor() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main", "backup");
        two.lost("main");
        two.ready("main");
        two.pass(Duration.ofSeconds(2));
        FailoverConfig quick = new FailoverConfig(
                DirectorBench.FAILOVER.hold(),
                DirectorBench.FAILOVER.afterHold(),
                Duration.ofSeconds(3),
                DirectorBench.FAILOVER.switchTimeout(),
                DirectorBench.FAILOVER.noJobTimeout(),
                DirectorBench.FAILOVER.rejectsTimeout(),
                DirectorBench.FAILOVER.redistributeAfter(),
                DirectorBench.FAILOVER.rebalanceInterval());
        two.change(PlanSketch.of("main").warm("backup"), quick);
        assertThat(two.feeding()).hasToString("backup");
        two.pass(Duration.ofSeconds(1));
        assertThat(two.feeding()).hasToString("main");
    }

    @Test
    void anUpstreamThatIsActivatedGoesBeforeTheOrderUntilTheOperatorReturns() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        long activation = two.activate("default", "backup");
        assertThat(two.feeding()).hasToString("main");
        two.ready("backup");
        assertThat(two.answers).containsEntry(activation, new ChangeResult.Applied(2));
        assertThat(two.feeding()).hasToString("backup");
        two.pass(Duration.ofHours(1));
        assertThat(two.feeding()).as("no fail-back to where the operator left").hasToString("backup");
        long back = two.comeBack("default");
        assertThat(two.answers).containsEntry(back, new ChangeResult.Applied(3));
        two.ready("main");
        assertThat(two.feeding()).as("at once, because it was asked for").hasToString("main");
    }

    @Test
    void anUpstreamThatCannotBeHadIsNotActivated() {
        DirectorBench two = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        long activation = two.activate("default", "backup");
        two.lost(two.upstream("backup"), UpstreamEvent.Step.OPEN_CHANNEL, "unknown-user");
        assertThat(two.answers)
                .containsEntry(activation, new ChangeResult.Rejected("backup", "OPEN_CHANNEL", "unknown-user"));
        assertThat(two.feeding()).hasToString("main");
        assertThat(two.open()).containsExactly("main");
    }

    @Test
    void anActivationOfWhatThereIsNotSaysSo() {
        long goal = bench.activate("nowhere", "main");
        long upstream = bench.activate("default", "nobody");
        assertThat(bench.answers)
                .containsEntry(goal, new ChangeResult.Rejected("", "", "there is no goal nowhere"))
                .containsEntry(
                        upstream, new ChangeResult.Rejected("nobody", "", "goal default has no upstream nobody"));
        assertThat(bench.events(GatewayEvent.PlanRejected.class)).hasSize(2);
        assertNothingChanged(List.of("main"));
    }
}
