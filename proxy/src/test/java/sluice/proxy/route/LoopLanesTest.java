package sluice.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.upstream.UpstreamChannel;

/** One loop with three miners to a slice: who is told what, and which replica feeds whom. */
class LoopLanesTest {
    private static final Target TARGET = Difficulty.targetOf(2);
    private static final int SLICE = 3;
    private static final int ROUTE = 11;
    private static final int OTHER = 12;
    private static final int LANE = 1;
    private static final int SECOND = 2;

    private final Numbering numbering = new Numbering();
    private final RouteReplica nothing = new RouteReplica(numbering);
    private final Witness host = new Witness();
    private final LoopLanes<String> lanes = new LoopLanes<>(host, nothing, numbering, SLICE);
    private final List<Integer> delivered = new ArrayList<>();

    /** Writes down what miners are told, as "who: what". */
    private static final class Witness implements LoopLanes.Host<String> {
        final List<String> told = new ArrayList<>();
        final List<RouteReplica> replicas = new ArrayList<>();
        final Queue<Runnable> later = new ArrayDeque<>();
        int newTips;

        @Override
        public void update(List<String> miners, int from, int to, RouteUpdate update) {
            miners.subList(from, to)
                    .forEach(miner -> told.add(miner + ": " + update.getClass().getSimpleName()));
        }

        @Override
        public void changeRoute(List<String> miners, RouteReplica replica) {
            for (String miner : miners) {
                told.add(miner + ": another route");
                replicas.add(replica);
            }
        }

        @Override
        public void later(Runnable rest) {
            later.add(rest);
        }

        @Override
        public void everyRouteHasNewTip() {
            newTips++;
        }

        List<String> hears() {
            List<String> heard = List.copyOf(told);
            told.clear();
            return heard;
        }

        void goOn() {
            for (Runnable rest = later.poll(); rest != null; rest = later.poll()) {
                rest.run();
            }
        }
    }

    private void update(int route, RouteUpdate update) {
        lanes.update(route, update, delivered::add);
    }

    private void engage(int lane, int route) {
        lanes.engage(lane, route, delivered::add);
    }

    private static RouteUpdate.UpstreamReady ready(long generation) {
        return new RouteUpdate.UpstreamReady(
                new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, TARGET, true), generation);
    }

    private MiningJob job(long generation) {
        return MiningJob.active(
                numbering.nextJobId(),
                VectorJobs.UPSTREAM,
                VectorJobs.upstreamJob(OptionalLong.empty(), true),
                VectorJobs.GRANTED,
                generation,
                VectorJobs.SHARE_TIP,
                TARGET);
    }

    /** A route with work, whose generation is its number. */
    private void working(int route) {
        update(route, ready(route));
        tip(route);
    }

    private void tip(int route) {
        update(route, new RouteUpdate.TipChanged(job(route)));
    }

    private void activeJob(int route) {
        update(route, new RouteUpdate.JobAdded(job(route)));
    }

    private void join(String... miners) {
        for (String miner : miners) {
            lanes.join(miner);
        }
    }

    @Test
    void aRouteThatFeedsNobodyIsKeptUpToDateAndSilent() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        engage(LANE, ROUTE);
        working(ROUTE);
        join("a");
        host.hears();
        delivered.clear();
        working(OTHER);
        activeJob(OTHER);
        assertThat(host.hears()).isEmpty();
        assertThat(delivered).containsOnly(0).hasSize(3);

        engage(LANE, OTHER);

        assertThat(host.hears()).containsExactly("a: another route");
        assertThat(host.replicas.getLast().hasWork()).isTrue();
        assertThat(host.replicas.getLast().generation()).isEqualTo(OTHER);
    }

    @Test
    void allMembersOfALaneFollowItToTheRouteThatFeedsItNow() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        engage(LANE, ROUTE);
        join("a", "b");
        host.hears();
        engage(LANE, OTHER);
        assertThat(host.hears()).containsExactly("a: another route", "b: another route");
        assertThat(delivered).last().isEqualTo(2);
        working(ROUTE);
        assertThat(host.hears()).as("of the route before").isEmpty();
        tip(OTHER);
        assertThat(host.hears()).containsExactly("a: TipChanged", "b: TipChanged");
    }

    @Test
    void theReplicaHasTakenAnUpdateWhenMinersAreToldOfIt() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        engage(LANE, ROUTE);
        join("a");
        RouteReplica replica = host.replicas.getLast();
        working(ROUTE);
        assertThat(replica.hasWork()).isTrue();
    }

    @Test
    void whoMovesHearsOfItsNewLaneOnly() {
        lanes.laneOfAll(OptionalInt.empty());
        engage(LANE, ROUTE);
        engage(SECOND, OTHER);
        join("a", "b");
        lanes.place("a", LANE);
        lanes.place("b", LANE);
        host.hears();

        lanes.place("a", SECOND);

        assertThat(host.hears()).containsExactly("a: another route");
        working(ROUTE);
        assertThat(host.hears()).containsExactly("b: UpstreamReady", "b: TipChanged");
        working(OTHER);
        assertThat(host.hears()).containsExactly("a: UpstreamReady", "a: TipChanged");
        assertThat(lanes.laneOf("a")).hasValue(SECOND);
        assertThat(lanes.members(LANE)).containsExactly("b");
    }

    @Test
    void whoIsPlacedWhereItIsHearsNothing() {
        lanes.laneOfAll(OptionalInt.empty());
        join("a");
        lanes.place("a", LANE);
        host.hears();
        lanes.place("a", LANE);
        assertThat(host.hears()).isEmpty();
    }

    @Test
    void whoHasNoLaneHearsNothingUntilItIsPlaced() {
        lanes.laneOfAll(OptionalInt.empty());
        engage(LANE, ROUTE);
        working(ROUTE);
        join("a");
        tip(ROUTE);
        assertThat(host.hears()).isEmpty();
        assertThat(lanes.laneOf("a")).isEmpty();
        lanes.place("a", LANE);
        assertThat(host.hears()).containsExactly("a: another route");
        assertThat(host.replicas.getLast().hasWork()).isTrue();
    }

    @Test
    void whereAllAreInOneLaneThoseWithoutALaneAndThoseOfOthersComeToo() {
        lanes.laneOfAll(OptionalInt.empty());
        join("a", "b", "c");
        lanes.place("b", LANE);
        lanes.place("c", SECOND);
        host.hears();
        lanes.laneOfAll(OptionalInt.of(SECOND));
        assertThat(host.hears()).containsExactly("a: another route", "b: another route");
        assertThat(lanes.members(SECOND)).containsExactlyInAnyOrder("a", "b", "c");
        join("d");
        assertThat(lanes.laneOf("d")).hasValue(SECOND);
    }

    @Test
    void whereMinersArePlacedOneByOneAgainTheyStayUntilThen() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        join("a");
        host.hears();
        lanes.laneOfAll(OptionalInt.empty());
        join("b");
        assertThat(host.hears()).isEmpty();
        assertThat(lanes.laneOf("a")).hasValue(LANE);
        assertThat(lanes.laneOf("b")).isEmpty();
    }

    @Test
    void whoIsStillInALaneThatGoesKeepsWhatItHasAndHasNoLane() {
        lanes.laneOfAll(OptionalInt.empty());
        engage(LANE, ROUTE);
        join("a");
        lanes.place("a", LANE);
        host.hears();
        lanes.removeLane(LANE);
        working(ROUTE);
        assertThat(host.hears()).isEmpty();
        assertThat(lanes.laneOf("a")).isEmpty();
        lanes.place("a", SECOND);
        assertThat(host.hears()).containsExactly("a: another route");
    }

    @Test
    void whoIsGoneHearsNothing() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        engage(LANE, ROUTE);
        join("a", "b");
        host.hears();
        lanes.remove("a");
        working(ROUTE);
        assertThat(host.hears()).containsExactly("b: UpstreamReady", "b: TipChanged");
        assertThat(lanes.members(LANE)).containsExactly("b");
    }

    @Test
    void aRouteThatIsOverLeavesItsMinersWhatTheyHave() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        engage(LANE, ROUTE);
        working(ROUTE);
        join("a");
        RouteReplica replica = host.replicas.getLast();
        host.hears();
        lanes.forget(ROUTE);
        assertThat(host.hears()).isEmpty();
        assertThat(replica.currentJob()).isPresent();
        join("b");
        assertThat(host.replicas.getLast()).isSameAs(replica);
    }

    @Test
    void versionRollingIsAllowedWhileNoRouteThatIsOpenForbidsIt() {
        assertThat(lanes.isVersionRollingAllowed()).isTrue();
        working(ROUTE);
        assertThat(lanes.isVersionRollingAllowed()).isTrue();
        update(
                OTHER,
                new RouteUpdate.UpstreamReady(
                        new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, TARGET, false), 9));
        assertThat(lanes.isVersionRollingAllowed()).isFalse();
        lanes.forget(OTHER);
        assertThat(lanes.isVersionRollingAllowed()).isTrue();
    }

    // ---- routine jobs

    @Test
    void aRoutineJobGoesRoundEachLaneInSlicesOfItsOwn() {
        lanes.laneOfAll(OptionalInt.empty());
        engage(LANE, ROUTE);
        engage(SECOND, OTHER);
        join("a1", "a2", "a3", "a4", "b1");
        List.of("a1", "a2", "a3", "a4").forEach(miner -> lanes.place(miner, LANE));
        lanes.place("b1", SECOND);
        working(ROUTE);
        working(OTHER);
        host.hears();
        delivered.clear();

        activeJob(ROUTE);
        activeJob(OTHER);

        assertThat(host.hears()).containsExactly("a1: JobAdded", "a2: JobAdded", "a3: JobAdded", "b1: JobAdded");
        assertThat(delivered).containsExactly(1);
        host.goOn();
        assertThat(host.hears()).containsExactly("a4: JobAdded");
        assertThat(delivered).containsExactly(1, 4);
    }

    private void fourMinersHalfThroughARoutineJob() {
        lanes.laneOfAll(OptionalInt.of(LANE));
        engage(LANE, ROUTE);
        working(ROUTE);
        working(OTHER);
        join("a", "b", "c", "d");
        delivered.clear();
        activeJob(ROUTE);
        host.hears();
    }

    @Test
    void aSwitchDropsTheRestOfARoutineJob() {
        fourMinersHalfThroughARoutineJob();
        engage(LANE, OTHER);
        assertThat(host.hears())
                .containsExactly("a: another route", "b: another route", "c: another route", "d: another route");
        assertThat(delivered).containsExactly(SLICE, 4);
        host.goOn();
        assertThat(host.hears()).isEmpty();
    }

    @Test
    void aLaneThatGoesDropsTheRestOfARoutineJob() {
        fourMinersHalfThroughARoutineJob();
        lanes.removeLane(LANE);
        assertThat(delivered).containsExactly(SLICE);
        host.goOn();
        assertThat(host.hears()).isEmpty();
    }

    @Test
    void whoMovesWhileARoutineJobGoesRoundDoesNotHearOfItAnyMore() {
        fourMinersHalfThroughARoutineJob();
        engage(SECOND, OTHER);
        lanes.place("d", SECOND);
        assertThat(host.hears()).containsExactly("d: another route");
        host.goOn();
        assertThat(host.hears()).isEmpty();
        assertThat(delivered).last().isEqualTo(SLICE);
    }

    @Test
    void whoLeavesWhileARoutineJobGoesRoundIsNotCounted() {
        fourMinersHalfThroughARoutineJob();
        lanes.remove("d");
        update(ROUTE, new RouteUpdate.TargetChanged(TARGET));
        assertThat(host.hears()).containsExactly("a: TargetChanged", "b: TargetChanged", "c: TargetChanged");
        assertThat(delivered).containsExactly(SLICE, SLICE);
    }

    // ---- tips

    @Test
    void whatWasMinedBeforeIsStaleWhenEveryRouteWithWorkHasANewTip() {
        working(ROUTE);
        assertThat(host.newTips).isEqualTo(1);
        working(OTHER);
        assertThat(host.newTips).as("the first still mines on its old one").isEqualTo(1);
        tip(OTHER);
        assertThat(host.newTips).isEqualTo(1);
        tip(ROUTE);
        assertThat(host.newTips).isEqualTo(2);
        tip(ROUTE);
        tip(OTHER);
        assertThat(host.newTips).isEqualTo(3);
    }

    @Test
    void aRouteThatIsLostHoldsNobodyUp() {
        working(ROUTE);
        working(OTHER);
        tip(ROUTE);
        assertThat(host.newTips).isEqualTo(2);
        tip(ROUTE);
        assertThat(host.newTips).isEqualTo(2);
        update(OTHER, new RouteUpdate.UpstreamLost("gone"));
        assertThat(host.newTips).isEqualTo(3);
        tip(ROUTE);
        assertThat(host.newTips).isEqualTo(4);
        working(OTHER);
        tip(ROUTE);
        assertThat(host.newTips).as("it counts again with its first tip").isEqualTo(5);
    }

    @Test
    void aRouteThatIsOverHoldsNobodyUp() {
        working(ROUTE);
        working(OTHER);
        tip(ROUTE);
        tip(ROUTE);
        int before = host.newTips;
        lanes.forget(OTHER);
        assertThat(host.newTips).isEqualTo(before + 1);
    }

    @Test
    void aRouteWithoutWorkDoesNotCount() {
        working(ROUTE);
        update(OTHER, ready(OTHER));
        tip(ROUTE);
        assertThat(host.newTips).isEqualTo(2);
        lanes.forget(OTHER);
        lanes.forget(ROUTE);
        assertThat(host.newTips).isEqualTo(2);
    }
}
