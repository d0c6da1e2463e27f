package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import sluice.config.AfterHold;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** Which upstream feeds the miners of a goal, and what becomes of them while none does. */
class DirectorFailoverTest {
    private static final Duration MOMENT = Duration.ofMillis(100);

    private static GatewayEvent.UpstreamSwitched lastSwitch(DirectorBench bench) {
        return bench.events(GatewayEvent.UpstreamSwitched.class).getLast();
    }

    @Test
    void theFirstUpstreamWithWorkFeedsAllMinersFromTheStart() {
        DirectorBench bench = DirectorBench.started(PlanSketch.of("main", "backup"));
        assertThat(bench.open()).containsExactly("main");
        assertThat(bench.laneOfAll).isPresent();
        assertThat(bench.feeding).isEmpty();

        bench.ready("main");

        assertThat(bench.feeding()).hasToString("main");
        assertThat(bench.feeding).containsOnlyKeys(bench.laneOfAll.getAsInt());
        assertThat(lastSwitch(bench).kind()).isEqualTo(SwitchKind.START);
        assertThat(lastSwitch(bench).from()).isEmpty();
        assertThat(bench.events(GatewayEvent.PlanApplied.class))
                .extracting(GatewayEvent.PlanApplied::revision)
                .containsExactly(1L);
    }

    @Test
    void anUpstreamWithoutATipFeedsNobody() {
        DirectorBench bench = DirectorBench.started(PlanSketch.of("main"));
        bench.connected(bench.upstream("main"), true);
        assertThat(bench.feeding).isEmpty();
    }

    @Test
    void theNextIsTriedAsSoonAsTheFirstCannotBeHad() {
        DirectorBench bench = DirectorBench.started(PlanSketch.of("main", "backup"));
        bench.lost(bench.upstream("main"), UpstreamEvent.Step.CONNECT, "refused");
        assertThat(bench.open()).containsExactly("main", "backup");
        bench.ready("backup");
        assertThat(bench.feeding()).hasToString("backup");
    }

    @Test
    void theNextIsTriedBesideTheFirstWhenThatTakesItsTime() {
        DirectorBench bench = DirectorBench.started(PlanSketch.of("main", "backup"));
        bench.pass(Lanes.OPENING_PATIENCE.minusMillis(1));
        assertThat(bench.open()).containsExactly("main");
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.open()).containsExactly("main", "backup");
    }

    @Test
    void aWarmStandbyHasWorkThatNobodyIsToldOfUntilItIsNeeded() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main");
        bench.events.clear();
        bench.ready("backup");
        assertThat(bench.feeding()).hasToString("main");
        assertThat(bench.broadcasts(bench.upstream("backup"), RouteUpdate.TipChanged.class))
                .as("loops have it ready")
                .isTrue();
        assertThat(bench.events(GatewayEvent.ChainTipUpdated.class))
                .as("operators hear of work that is mined")
                .isEmpty();

        bench.lost("main");

        assertThat(bench.feeding()).as("at once").hasToString("backup");
        assertThat(lastSwitch(bench).kind()).isEqualTo(SwitchKind.FAILOVER);
        assertThat(lastSwitch(bench).from()).isEqualTo("main");
        assertThat(lastSwitch(bench).reason()).isEqualTo("MINING: connection reset");
        assertThat(bench.events(GatewayEvent.ChainTipUpdated.class)).hasSize(1);
        assertThat(bench.events(GatewayEvent.HoldBegan.class)).isEmpty();
    }

    @Test
    void aColdStandbyIsOpenedWhenTheOneInUseIsLostAndMinersAreHeldMeanwhile() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        bench.lost("main");
        assertThat(bench.open()).containsExactly("main", "backup");
        assertThat(bench.events(GatewayEvent.HoldBegan.class))
                .extracting(GatewayEvent.HoldBegan::reason)
                .containsExactly("MINING: connection reset");
        bench.pass(Duration.ofSeconds(3));
        bench.ready("backup");
        assertThat(bench.feeding()).hasToString("backup");
        SwitchReport report = bench.said(DirectorAction.Engage.class).getLast().report();
        assertThat(Duration.between(report.since(), bench.now))
                .as("how long they were without")
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void minersReturnToTheBetterOneWhenItHasBeenGoodForLongEnough() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main", "backup");
        bench.lost("main");
        bench.ready("main");
        bench.pass(DirectorBench.FAILOVER.failbackAfter().minusMillis(1));
        assertThat(bench.feeding()).hasToString("backup");
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.feeding()).hasToString("main");
        assertThat(lastSwitch(bench).kind()).isEqualTo(SwitchKind.FAILBACK);
    }

    @Test
    void aColdStandbyIsClosedWhenItIsNotNeededAnyMore() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        bench.lost("main");
        DirectorBench.Opened backup = bench.ready("backup");
        bench.ready("main");
        bench.pass(DirectorBench.FAILOVER.failbackAfter().plus(Routes.DRAIN_PATIENCE));
        assertThat(bench.open()).containsExactly("main");
        bench.closed(backup);
        assertThat(backup.over).isTrue();
    }

    @Test
    void whileNoneIsUsableMinersAreHeldUntilTheSameOneIsBack() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main"), "main");
        bench.said.clear();
        bench.lost("main");
        bench.pass(Duration.ofHours(1));
        bench.ready("main");
        assertThat(bench.events(GatewayEvent.HoldBegan.class)).hasSize(1);
        assertThat(bench.events(GatewayEvent.HoldEnded.class)).hasSize(1);
        assertThat(bench.said(DirectorAction.Engage.class)).as("nobody moved").isEmpty();
        assertThat(bench.portsOpen).isTrue();
    }

    @Test
    void afterTheHoldThePortsCloseAndOpenAgainWithTheFirstUpstream() {
        DirectorBench bench = DirectorBench.started(
                PlanSketch.of("main", "backup"), DirectorBench.failover(Duration.ofSeconds(30), AfterHold.CLOSE));
        bench.ready("main");
        bench.lost("main");
        bench.pass(Duration.ofSeconds(30).minusMillis(1));
        assertThat(bench.portsOpen).isTrue();
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.portsOpen).isFalse();
        assertThat(bench.events(GatewayEvent.PortsClosed.class))
                .extracting(GatewayEvent.PortsClosed::reason)
                .containsExactly("no upstream for 30 s");
        bench.pass(Duration.ofHours(1));
        bench.ready("backup");
        assertThat(bench.portsOpen).isTrue();
        assertThat(bench.events(GatewayEvent.PortsOpened.class)).hasSize(1);
    }

    @Test
    void portsStayOpenWhileOneGoalHasAnUpstream() {
        DirectorBench bench = DirectorBench.started(
                PlanSketch.of("a", "b").goal("ours", 50, "a").goal("theirs", 50, "b"),
                DirectorBench.failover(Duration.ofSeconds(30), AfterHold.CLOSE));
        bench.ready("a");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.portsOpen).isTrue();
        bench.lost("a");
        bench.pass(Duration.ofSeconds(30));
        assertThat(bench.portsOpen).isFalse();
    }

    @Test
    void anOperatorWhoNoLongerWantsClosedPortsGetsThemOpenedBeforeAnyUpstreamIsBack() {
        DirectorBench bench = DirectorBench.started(
                PlanSketch.of("main"), DirectorBench.failover(Duration.ofSeconds(30), AfterHold.CLOSE));
        bench.pass(Duration.ofSeconds(30));
        assertThat(bench.portsOpen).isFalse();
        bench.change(PlanSketch.of("main"), DirectorBench.failover(Duration.ofSeconds(30), AfterHold.KEEP));
        assertThat(bench.portsOpen).isTrue();
    }

    @Test
    void minersThatJoinAGoalInNeedDoNotProlongItsHold() {
        DirectorBench bench = DirectorBench.started(
                new PlanSketch().perChannel("main"), DirectorBench.failover(Duration.ofSeconds(30), AfterHold.CLOSE));
        for (int second = 0; second < 30; second++) {
            bench.pass(Duration.ofSeconds(1));
            if (bench.portsOpen) {
                bench.identified(second, "rig" + second);
            }
        }
        assertThat(bench.portsOpen).isFalse();
    }

    @Test
    void theOneThatIsUsedIsToldOfTheDemandThatTheOtherWasToldOf() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main", "backup");
        int lane = bench.laneOfAll.getAsInt();
        bench.demand(0, lane, 3e12);
        bench.demand(1, lane, 4e12);
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.upstream("main").commands(UpstreamCommand.UpdateDemand.class))
                .containsExactly(new UpstreamCommand.UpdateDemand(7e12, DirectorBench.TARGET));
        assertThat(bench.upstream("backup").commands(UpstreamCommand.UpdateDemand.class))
                .isEmpty();
        bench.lost("main");
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.upstream("backup").commands(UpstreamCommand.UpdateDemand.class))
                .containsExactly(new UpstreamCommand.UpdateDemand(7e12, DirectorBench.TARGET));
        bench.ready("main");
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.upstream("main").commands(UpstreamCommand.UpdateDemand.class))
                .as("nobody mines there now")
                .hasSize(1);
    }

    @Test
    void onlyTheOneInUseRepeatsItsJobForMinersThatFearSilence() {
        DirectorBench bench =
                new DirectorBench(PlanSketch.of("main").warm("backup").plan(), DirectorBench.FAILOVER, MOMENT);
        bench.tell(new DirectorInput.Started());
        bench.ready("main");
        bench.ready("backup");
        bench.said.clear();
        bench.pass(MOMENT);
        assertThat(bench.broadcasts(bench.upstream("main"), RouteUpdate.JobRepeated.class))
                .isTrue();
        assertThat(bench.broadcasts(bench.upstream("backup"), RouteUpdate.JobRepeated.class))
                .isFalse();
    }

    @Test
    void aPoolThatForbidsVersionRollingIsUsedOnlyWhileNoOtherHasWork() {
        DirectorBench bench = DirectorBench.started(PlanSketch.of("main", "backup"));
        bench.ready(bench.upstream("main"), false);
        assertThat(bench.feeding()).hasToString("main");
        assertThat(bench.open()).containsExactly("main", "backup");
        bench.ready("backup");
        assertThat(bench.feeding()).hasToString("backup");
    }

    @Test
    void stoppingClosesEveryUpstreamAtOnceAndOpensNoneAgain() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main", "backup");
        DirectorBench.Opened main = bench.upstream("main");
        DirectorBench.Opened backup = bench.upstream("backup");
        bench.share(main.job());
        bench.tell(new DirectorInput.Stopped("shutting-down"));
        assertThat(main.commands).last().isEqualTo(new UpstreamCommand.Close("shutting-down"));
        assertThat(backup.commands).last().isEqualTo(new UpstreamCommand.Close("shutting-down"));
        bench.said.clear();
        bench.closed(main);
        bench.closed(backup);
        assertThat(bench.said(DirectorAction.Open.class)).isEmpty();
        assertThat(bench.said(DirectorAction.Engage.class)).isEmpty();
        assertThat(bench.director.openRoutes()).isEmpty();
        assertThat(bench.events(GatewayEvent.UpstreamUnanswered.class)).hasSize(1);
    }

    @Test
    void whoeverAsksForAChangeAfterTheEndIsAnswered() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main"), "main");
        long pending = bench.change(PlanSketch.of("other"));
        bench.tell(new DirectorInput.Stopped("shutting-down"));
        long late = bench.change(PlanSketch.of("other"));
        long activation = bench.activate("default", "main");
        assertThat(bench.answers).containsOnlyKeys(pending, late, activation);
        assertThat(bench.answers.values()).containsOnly(new ChangeResult.Rejected("", "", "shutting-down"));
        assertThat(bench.open()).isEmpty();
    }

    private static final Duration HOLD = Duration.ofSeconds(30);

    private static DirectorBench soloAfterTheHold(PlanSketch plan) {
        return DirectorBench.started(plan, DirectorBench.failover(HOLD, AfterHold.SOLO));
    }

    @Test
    void afterTheHoldMinersMineSoloUntilAnUpstreamIsBack() {
        DirectorBench bench = soloAfterTheHold(PlanSketch.of("main", "solo").goal("ours", 1, "main"));
        bench.ready("main");
        bench.lost("main");
        bench.pass(HOLD.minusMillis(1));
        assertThat(bench.open()).containsExactly("main");
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.open()).containsExactly("main", "solo");
        assertThat(bench.feeding()).hasToString("main");

        bench.ready("solo");
        assertThat(bench.feeding()).hasToString("solo");
        assertThat(lastSwitch(bench).kind()).isEqualTo(SwitchKind.FAILOVER);
        assertThat(bench.portsOpen).isTrue();
        bench.pass(Duration.ofHours(3));
        assertThat(bench.feeding()).hasToString("solo");

        bench.ready("main");
        assertThat(bench.feeding()).as("without waiting for a fail-back").hasToString("main");
        bench.pass(Duration.ofMinutes(1));
        assertThat(bench.open()).containsExactly("main");
    }

    @Test
    void whereSoloHasNoWorkEitherMinersKeepTheirJobAndTakeWhateverComesFirst() {
        DirectorBench bench = soloAfterTheHold(PlanSketch.of("main", "solo").goal("ours", 1, "main"));
        bench.ready("main");
        bench.lost("main");
        bench.pass(HOLD);
        bench.lost(bench.upstream("solo"), UpstreamEvent.Step.FIRST_JOB, "the node is syncing");
        bench.pass(Duration.ofHours(1));
        assertThat(bench.feeding()).hasToString("main");
        bench.ready("main");
        assertThat(bench.feeding()).hasToString("main");
        assertThat(bench.open()).containsExactly("main");
    }

    @Test
    void soloThatIsLostIsHeldAndBackWithItsTemplates() {
        DirectorBench bench = soloAfterTheHold(PlanSketch.of("main", "solo").goal("ours", 1, "main"));
        bench.pass(HOLD);
        bench.ready("solo");
        bench.lost("solo");
        assertThat(bench.events(GatewayEvent.HoldBegan.class)).isNotEmpty();
        bench.pass(Duration.ofMinutes(5));
        bench.ready("solo");
        assertThat(bench.feeding()).hasToString("solo");
    }

    @Test
    void nobodyMinesSoloWhileOneGoalHasAnUpstream() {
        DirectorBench bench = soloAfterTheHold(
                PlanSketch.of("a", "b", "solo").goal("ours", 50, "a").goal("theirs", 50, "b"));
        bench.ready("a");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.open()).containsExactly("a", "b");
    }

    @Test
    void aNewOrderTakesMinersOffSoloAsSoonAsOneOfItHasWork() {
        DirectorBench bench = soloAfterTheHold(PlanSketch.of("main", "solo").goal("ours", 1, "main"));
        bench.pass(HOLD);
        bench.ready("solo");
        bench.change(
                PlanSketch.of("other", "solo").goal("ours", 1, "other"), DirectorBench.failover(HOLD, AfterHold.SOLO));
        assertThat(bench.feeding()).hasToString("solo");
        bench.ready("other");
        assertThat(bench.feeding()).hasToString("other");
    }

    @Test
    void aGoalThatNamesSoloMinesSoloInItsTurn() {
        DirectorBench bench = soloAfterTheHold(PlanSketch.of("main", "solo").goal("ours", 1, "main", "solo"));
        bench.ready("main");
        bench.lost("main");
        bench.ready("solo");
        assertThat(bench.feeding()).hasToString("solo");
        bench.pass(Duration.ofHours(1));
        bench.ready("main");
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.feeding()).as("until main has earned its fail-back").hasToString("solo");
    }
}
