package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** How an upstream that is no longer used ends, and what becomes of shares and blocks that belong to it. */
class DirectorDrainTest {
    private final DirectorBench bench = DirectorBench.mining(PlanSketch.of("old"), "old");
    private final DirectorBench.Opened old = bench.upstream("old");
    private final MiningJob oldJob = old.job();

    private void changeToNew() {
        bench.change(PlanSketch.of("new"));
        bench.ready("new");
        assertThat(bench.feeding()).hasToString("new");
    }

    private List<String> unforwardable() {
        return bench.events(GatewayEvent.ShareUnforwardable.class).stream()
                .map(GatewayEvent.ShareUnforwardable::reason)
                .toList();
    }

    @Test
    void lateSharesOfTheOldJobsGoToTheOldUpstream() {
        changeToNew();
        bench.share(oldJob);
        bench.share(bench.feeding().job());
        assertThat(old.shares()).hasSize(1);
        assertThat(bench.feeding().shares()).hasSize(1);
        assertThat(bench.events(GatewayEvent.ShareForwarded.class))
                .extracting(GatewayEvent.ShareForwarded::upstream)
                .containsExactly("old", "new");
        bench.accepts(old, 1);
        assertThat(bench.events(GatewayEvent.UpstreamAccepted.class))
                .extracting(GatewayEvent.UpstreamAccepted::upstream)
                .containsExactly("old");
        assertThat(bench.director.unanswered()).isEqualTo(1);
    }

    @Test
    void theOldUpstreamStaysForSharesThatAreStillOnTheirWay() {
        changeToNew();
        assertThat(old.closing).isFalse();
        bench.pass(Routes.LATE_SHARES.minusMillis(1));
        assertThat(old.closing).isFalse();
        bench.pass(Duration.ofMillis(1));
        assertThat(old.commands).last().isInstanceOf(UpstreamCommand.Close.class);
    }

    @Test
    void theOldUpstreamStaysForTheVerdictsItOwes() {
        bench.share(oldJob);
        changeToNew();
        bench.pass(Routes.LATE_SHARES.plusSeconds(1));
        assertThat(old.closing).isFalse();
        bench.accepts(old, 1);
        assertThat(old.closing).isTrue();
    }

    @Test
    void theOldUpstreamIsToldToCloseAfterTenSecondsWhateverItOwes() {
        bench.share(oldJob);
        changeToNew();
        bench.pass(Routes.DRAIN_PATIENCE.minusMillis(1));
        assertThat(old.closing).isFalse();
        bench.pass(Duration.ofMillis(1));
        assertThat(old.closing).isTrue();
        bench.closed(old);
        assertThat(bench.events(GatewayEvent.UpstreamUnanswered.class))
                .extracting(GatewayEvent.UpstreamUnanswered::count)
                .containsExactly(1L);
    }

    @Test
    void anUpstreamThatSaysNothingOfItsCloseIsOverAfterFiveSeconds() {
        changeToNew();
        bench.pass(Routes.LATE_SHARES.plus(Routes.CLOSE_PATIENCE).minusMillis(1));
        assertThat(old.over).isFalse();
        bench.pass(Duration.ofMillis(1));
        assertThat(old.over).isTrue();
    }

    @Test
    void anUpstreamThatSaysItsLastIsOverAtOnce() {
        changeToNew();
        bench.pass(Routes.LATE_SHARES);
        bench.closed(old);
        assertThat(old.over).isTrue();
        assertThat(bench.said(DirectorAction.Forget.class)).containsExactly(new DirectorAction.Forget(old.route));
    }

    @Test
    void anUpstreamThatIsLostWhileItDrainsIsClosedAtOnce() {
        bench.share(oldJob);
        changeToNew();
        bench.lost(old, UpstreamEvent.Step.MINING, "connection reset");
        assertThat(old.closing).isTrue();
    }

    @Test
    void aStandbyThatFedNobodyIsClosedAtOnce() {
        DirectorBench other = DirectorBench.mining(PlanSketch.of("main").warm("backup"), "main", "backup");
        DirectorBench.Opened backup = other.upstream("backup");
        other.change(PlanSketch.of("main"));
        assertThat(backup.closing).isTrue();
    }

    @Test
    void anUpstreamThatIsWantedAgainWhileItDrainsIsKept() {
        changeToNew();
        bench.pass(Duration.ofSeconds(1));
        bench.change(PlanSketch.of("old"));
        assertThat(bench.feeding()).isSameAs(old);
        bench.pass(Duration.ofMinutes(1));
        assertThat(old.closing).isFalse();
        bench.share(oldJob);
        assertThat(old.shares()).hasSize(1);
    }

    @Test
    void anUpstreamThatIsWantedAgainWhileItClosesIsOpenedAnewAndTakenWhenItHasWork() {
        changeToNew();
        DirectorBench.Opened feeding = bench.feeding();
        bench.pass(Routes.LATE_SHARES);
        assertThat(old.closing).isTrue();
        bench.change(PlanSketch.of("old"));
        DirectorBench.Opened fresh = bench.upstream("old");
        assertThat(fresh).isNotSameAs(old);
        assertThat(bench.feeding()).isSameAs(feeding);
        bench.closed(old);
        assertThat(bench.feeding()).isSameAs(feeding);
        bench.ready(fresh);
        assertThat(bench.feeding()).isSameAs(fresh);
        assertThat(bench.events(GatewayEvent.UpstreamSwitched.class))
                .extracting(GatewayEvent.UpstreamSwitched::to)
                .containsExactly("old", "new", "old");
    }

    @Test
    void aStandbyThatIsNeededWhileItClosesIsOpenedAnew() {
        DirectorBench other = DirectorBench.mining(PlanSketch.of("main", "backup"), "main");
        other.lost("main");
        DirectorBench.Opened first = other.ready("backup");
        other.ready("main");
        other.pass(DirectorBench.FAILOVER.failbackAfter().plus(Routes.LATE_SHARES));
        assertThat(first.closing).isTrue();
        other.lost("main");
        assertThat(other.feeding()).as("nobody was moved to what is closing").hasToString("main");
        DirectorBench.Opened second = other.ready("backup");
        assertThat(second).isNotSameAs(first);
        assertThat(other.feeding()).isSameAs(second);
    }

    @Test
    void aShareOfAnUpstreamThatIsClosingOrOverGoesNowhereAndIsCounted() {
        changeToNew();
        bench.pass(Routes.LATE_SHARES);
        bench.share(oldJob);
        bench.closed(old);
        bench.share(oldJob);
        assertThat(old.shares()).isEmpty();
        assertThat(unforwardable()).containsExactly("upstream-gone", "upstream-gone");
        assertThat(bench.events(GatewayEvent.UpstreamUnanswered.class)).isEmpty();
    }

    @Test
    void aBlockThatIsBeingWrittenToDiskKeepsItsUpstreamOpen() {
        ForwardedShare block = bench.block(oldJob);
        changeToNew();
        bench.pass(Routes.LATE_SHARES.plusSeconds(1));
        assertThat(old.closing).isFalse();
        bench.tell(new DirectorInput.BlockRecorded(block));
        assertThat(old.shares()).hasSize(1);
        bench.accepts(old, 1);
        assertThat(bench.events(GatewayEvent.BlockAnswered.class))
                .extracting(GatewayEvent.BlockAnswered::path)
                .containsExactly("old");
        assertThat(old.closing).isTrue();
    }

    @Test
    void aBlockOfAnUpstreamThatIsOverIsStillRecordedAndReported() {
        changeToNew();
        bench.pass(Routes.LATE_SHARES);
        bench.closed(old);
        ForwardedShare block = bench.block(oldJob);
        assertThat(bench.events(GatewayEvent.BlockFound.class)).hasSize(1);
        assertThat(bench.toRecord).hasSize(1);
        assertThat(bench.toRecord.getFirst().share()).isSameAs(block);
        bench.tell(new DirectorInput.BlockRecorded(block));
        assertThat(unforwardable()).containsExactly("upstream-gone");
    }

    @Test
    void sharesFindTheirUpstreamByTheChannelTheirJobCameOver() {
        for (int channel = 2; channel <= Routes.MAX_GENERATIONS; channel++) {
            bench.lost(old, UpstreamEvent.Step.MINING, "connection reset");
            bench.ready(old);
        }
        ForwardedShare first = bench.block(oldJob);
        assertThat(bench.events(GatewayEvent.BlockFound.class).getLast().upstream())
                .isEqualTo("old");
        bench.tell(new DirectorInput.BlockRecorded(first));
        assertThat(unforwardable()).containsExactly("upstream-gone");
        bench.lost(old, UpstreamEvent.Step.MINING, "connection reset");
        bench.ready(old);
        bench.block(oldJob);
        assertThat(bench.events(GatewayEvent.BlockFound.class).getLast().upstream())
                .as("one channel too many ago")
                .isNotEqualTo("old");
        bench.share(old.job());
        assertThat(old.shares()).hasSize(1);
    }

    @Test
    void whatAnUpstreamSaysAfterItIsOverMeansNothing() {
        changeToNew();
        bench.pass(Routes.LATE_SHARES);
        bench.closed(old);
        bench.said.clear();
        bench.lost(old, UpstreamEvent.Step.MINING, "again");
        assertThat(bench.said).isEmpty();
    }

    @Test
    void anEngagedUpstreamThatIsClosingIsToldNothingMore() {
        bench.demand(0, bench.laneOfAll.getAsInt(), 5e12);
        changeToNew();
        bench.pass(Routes.LATE_SHARES);
        List<UpstreamCommand> before = List.copyOf(old.commands);
        bench.pass(Routes.CLOSE_PATIENCE);
        assertThat(old.commands).isEqualTo(before).last().isInstanceOf(UpstreamCommand.Close.class);
    }
}
