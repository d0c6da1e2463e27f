package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import sluice.config.AfterHold;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamEvent;

/** What becomes of lanes whose goal or whose miners are gone, and of lanes that come later than what was decided. */
class DirectorLeftoversTest {
    private static final PlanSketch TWO_GOALS =
            PlanSketch.of("a", "b", "c").goal("ours", 50, "a").goal("theirs", 50, "b", "c");
    private static final PlanSketch ONE_GOAL = PlanSketch.of("a").goal("ours", 50, "a");

    @Test
    void aGoalThatIsGoneMayLoseItsUpstreamBeforeItsLaneIsGone() {
        DirectorBench bench = DirectorBench.mining(TWO_GOALS, "a", "b");
        bench.change(ONE_GOAL);
        bench.lost("b");
        bench.pass(Lanes.RETIREMENT);
        assertThat(bench.open()).containsExactly("a");
    }

    @Test
    void theUpstreamOfALaneThatIsGoneRepeatsNoJobWhileItDrains() {
        DirectorBench bench =
                new DirectorBench(TWO_GOALS.plan(), DirectorBench.FAILOVER, Routes.LATE_SHARES.dividedBy(3));
        bench.tell(new DirectorInput.Started());
        bench.ready("a");
        DirectorBench.Opened drained = bench.ready("b");
        bench.change(ONE_GOAL);
        bench.pass(Lanes.RETIREMENT);
        assertThat(drained.closing).isFalse();
        bench.said.clear();
        bench.pass(Routes.LATE_SHARES);
        assertThat(bench.broadcasts(drained, RouteUpdate.JobRepeated.class)).isFalse();
        assertThat(bench.broadcasts(bench.upstream("a"), RouteUpdate.JobRepeated.class))
                .isTrue();
    }

    @Test
    void aGoalWhoseOnlyLaneWithWorkGoesEmptyIsHeldFromThenOn() {
        Duration hold = Duration.ofSeconds(30);
        DirectorBench bench = DirectorBench.started(
                new PlanSketch().aggregated("a", 1).goal("ours", 50, "a"),
                DirectorBench.failover(hold, AfterHold.CLOSE));
        bench.ready("a");
        DirectorBench.Opened first = bench.upstream("a");
        bench.identified(1, "rig1");
        bench.identified(2, "rig2");
        bench.ready("a");
        bench.lost(first, UpstreamEvent.Step.MINING, "connection reset");
        bench.left(2);
        bench.pass(Lanes.LINGER);
        assertThat(bench.said(DirectorAction.RemoveLane.class)).hasSize(1);
        bench.pass(hold.minusMillis(1));
        assertThat(bench.portsOpen).isTrue();
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.portsOpen).isFalse();
        assertThat(bench.events(GatewayEvent.PortsClosed.class)).hasSize(1);
    }

    @Test
    void aLaneThatIsMadeAfterAnActivationPrefersTheSameUpstream() {
        DirectorBench bench = DirectorBench.mining(
                new PlanSketch().aggregated("a", 1).aggregated("b", 1).goal("ours", 50, "a", "b"), "a");
        bench.identified(1, "rig1");
        bench.activate("ours", "b");
        bench.ready("b");
        assertThat(bench.feeds(1)).isEqualTo("b");
        bench.identified(2, "rig2");
        bench.ready("b");
        assertThat(bench.feeds(2)).isEqualTo("b");
        bench.comeBack("ours");
        bench.identified(3, "rig3");
        bench.ready("a");
        assertThat(bench.feeds(3)).isEqualTo("a");
    }
}
