package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.PlacementReason;

/** Which miners go to which goal and lane, and when they move. */
class DirectorPlacementTest {
    private static final Duration REBALANCE = DirectorBench.FAILOVER.rebalanceInterval();

    private static PlanSketch halves() {
        return PlanSketch.of("a", "b").goal("ours", 50, "a").goal("theirs", 50, "b");
    }

    private static DirectorBench mining(PlanSketch plan) {
        return DirectorBench.mining(plan, "a", "b");
    }

    private static void join(DirectorBench bench, int from, int to, String user) {
        for (int connection = from; connection <= to; connection++) {
            bench.identified(connection, user + connection);
        }
    }

    private static List<PlacementReason> reasons(DirectorBench bench) {
        return bench.events(GatewayEvent.MinerPlaced.class).stream()
                .map(GatewayEvent.MinerPlaced::reason)
                .toList();
    }

    @Test
    void whereThereIsOneLaneNobodyIsPlacedOneByOne() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("a"), "a");
        assertThat(bench.laneOfAll).isPresent();
        join(bench, 1, 3, "rig");
        assertThat(bench.said(DirectorAction.Place.class)).isEmpty();
        bench.left(1);
        bench.tell(new DirectorInput.Census(0, List.of(DirectorBench.counted(2, "rig2", 1, 1e12))));
        assertThat(bench.said).isEmpty();
    }

    @Test
    void minersAreDividedByTheWeightsOfTheGoals() {
        DirectorBench bench =
                mining(PlanSketch.of("a", "b").goal("ours", 75, "a").goal("theirs", 25, "b"));
        assertThat(bench.laneOfAll).isEmpty();
        join(bench, 1, 40, "rig");
        assertThat(bench.fed()).containsEntry("a", 30).containsEntry("b", 10);
        assertThat(reasons(bench)).containsOnly(PlacementReason.WEIGHT).hasSize(40);
    }

    @Test
    void aPinDecidesBeforeAnyWeightAndTheFirstThatMatchesCounts() {
        DirectorBench bench = mining(halves().pin("theirs", "tenant.*").pin("ours", "*.gold"));
        join(bench, 1, 10, "tenant.rig");
        bench.identified(11, "tenant.gold");
        bench.identified(12, "farm.gold");
        assertThat(bench.fed()).containsEntry("b", 11).containsEntry("a", 1);
        assertThat(reasons(bench)).containsOnly(PlacementReason.PIN);
        join(bench, 13, 22, "farm.rig");
        assertThat(bench.fed()).as("the others make up for them").containsEntry("a", 11);
    }

    @Test
    void aMinerIsPlacedOnceHoweverOftenItIsHeardOf() {
        DirectorBench bench = mining(halves());
        bench.identified(1, "rig1");
        bench.identified(1, "rig1");
        bench.census(1e12);
        assertThat(bench.said(DirectorAction.Place.class)).hasSize(1);
    }

    @Test
    void placesThatMinersLeaveAreTakenByTheNext() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 10, "rig");
        List<Long> ours = bench.places.keySet().stream()
                .filter(connection -> bench.feeds(connection).equals("a"))
                .toList();
        ours.forEach(bench::left);
        join(bench, 11, 15, "rig");
        assertThat(bench.fed()).containsEntry("a", 5).containsEntry("b", 5);
    }

    @Test
    void sumsOfHashratesThatRoundBelowZeroHurtNobody() {
        DirectorBench bench = mining(halves().pin("ours", "a.*"));
        Random random = new Random(7);
        for (long connection = 1; connection < 1_000; connection += 3) {
            bench.identified(connection, "a.1");
            bench.identified(connection + 1, "a.2");
            bench.tell(new DirectorInput.Census(
                    0,
                    List.of(
                            DirectorBench.counted(connection, "a.1", 1, random.nextDouble()),
                            DirectorBench.counted(connection + 1, "a.2", 1, random.nextDouble()))));
            bench.left(connection);
            bench.left(connection + 1);
            bench.identified(connection + 2, "rig");
            bench.left(connection + 2);
        }
        assertThat(bench.events(GatewayEvent.MinerPlaced.class)).hasSize(999);
    }

    @Test
    void minersThatTurnOutFasterThanOthersAreMovedToRightTheSplit() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 20, "rig");
        List<DirectorInput.Counted> shown = bench.places.keySet().stream()
                .map(connection -> DirectorBench.counted(
                        connection,
                        "rig" + connection,
                        bench.places.get(connection),
                        bench.feeds(connection).equals("a") ? 3e12 : 1e12))
                .toList();
        bench.tell(new DirectorInput.Census(0, shown));
        bench.events.clear();
        bench.pass(Redistribution.MINER_REST.minusSeconds(1));
        assertThat(bench.events(GatewayEvent.MinerPlaced.class))
                .as("they are left alone for a while")
                .isEmpty();
        bench.pass(REBALANCE.plusSeconds(1));
        assertThat(reasons(bench)).containsOnly(PlacementReason.REBALANCING).hasSizeBetween(3, 4);
        assertThat(bench.events(GatewayEvent.MinerPlaced.class))
                .allMatch(moved -> moved.from().equals("ours"));
        bench.events.clear();
        bench.pass(REBALANCE.multipliedBy(10));
        assertThat(bench.events(GatewayEvent.MinerPlaced.class))
                .as("and then it is good enough")
                .isEmpty();
    }

    @Test
    void minersOfAGoalWithoutAnUpstreamGoToTheOthersAfterAWhileAndSomeReturn() {
        DirectorBench bench = mining(halves().pin("ours", "loyal"));
        join(bench, 1, 10, "rig");
        bench.identified(11, "loyal");
        bench.census(1e12);
        bench.lost("a");
        bench.events.clear();
        bench.pass(DirectorBench.FAILOVER.redistributeAfter().minusMillis(1));
        assertThat(bench.fed()).containsEntry("a", 6);
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.fed()).as("the pinned one stays").containsEntry("a", 1).containsEntry("b", 10);
        assertThat(reasons(bench)).containsOnly(PlacementReason.EVACUATION).hasSize(5);
        join(bench, 12, 13, "rig");
        assertThat(bench.fed()).as("nobody is sent there").containsEntry("b", 12);

        bench.ready("a");
        bench.pass(Redistribution.MINER_REST.plus(REBALANCE));
        assertThat(bench.fed().get("a")).isBetween(6, 7);
    }

    @Test
    void aGoalThatIsBackInTimeKeepsItsMiners() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 10, "rig");
        bench.lost("a");
        bench.pass(DirectorBench.FAILOVER.redistributeAfter().minusMillis(1));
        bench.ready("a");
        bench.pass(Duration.ofHours(1));
        assertThat(bench.fed()).containsEntry("a", 5);
    }

    @Test
    void whileNoGoalHasAnUpstreamMinersStayAndLeaveAsSoonAsAnotherHas() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 10, "rig");
        bench.lost("a");
        bench.lost("b");
        bench.pass(Duration.ofHours(1));
        assertThat(bench.fed()).containsEntry("a", 5).containsEntry("b", 5);
        bench.ready("b");
        assertThat(bench.fed()).containsEntry("b", 10);
    }

    @Test
    void aLaneThatIsFullMakesRoomForAnotherWithAnUpstreamOfItsOwn() {
        DirectorBench bench = DirectorBench.mining(new PlanSketch().aggregated("a", 2), "a");
        assertThat(bench.laneOfAll).isEmpty();
        join(bench, 1, 2, "rig");
        assertThat(bench.open()).containsExactly("a");
        join(bench, 3, 5, "rig");
        assertThat(bench.open()).containsExactly("a", "a", "a");
        assertThat(bench.places.values()).containsExactly(1, 1, 2, 2, 3);
        bench.left(1);
        bench.identified(6, "rig6");
        assertThat(bench.places).containsEntry(6L, 1);
    }

    @Test
    void aLaneThatIsEmptyKeepsItsUpstreamForAMinuteAndTheFirstForEver() {
        DirectorBench bench = DirectorBench.mining(new PlanSketch().aggregated("a", 1), "a");
        join(bench, 1, 3, "rig");
        bench.upstreams("a").subList(1, 3).forEach(bench::ready);
        assertThat(bench.feeding).hasSize(3);
        bench.left(1);
        bench.left(3);
        bench.pass(Lanes.LINGER.minusMillis(1));
        assertThat(bench.open()).hasSize(3);
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.feeding).containsOnlyKeys(1, 2);
        bench.pass(Routes.DRAIN_PATIENCE);
        assertThat(bench.open()).hasSize(2);
    }

    @Test
    void aMinerThatRestartsFindsItsLaneAgain() {
        DirectorBench bench = DirectorBench.mining(new PlanSketch().perChannel("a"), "a");
        bench.identified(1, "anna");
        int lane = bench.places.get(1L);
        bench.left(1);
        bench.pass(Lanes.LINGER.minusMillis(1));
        bench.identified(2, "anna");
        bench.pass(Lanes.LINGER.multipliedBy(2));
        assertThat(bench.places).containsEntry(2L, lane);
        assertThat(bench.open()).containsExactly("a", "a of anna");
    }

    @Test
    void whereIdentitiesAreKeptApartEachHasAnUpstreamUnderItsName() {
        DirectorBench bench = DirectorBench.mining(new PlanSketch().perChannel("a"), "a");
        bench.identified(1, "anna");
        bench.identified(2, "bob");
        bench.identified(3, "anna");
        assertThat(bench.open()).containsExactly("a", "a of anna", "a of bob");
        bench.upstreams("a").subList(1, 3).forEach(bench::ready);
        assertThat(bench.fed()).containsEntry("a of anna", 2).containsEntry("a of bob", 1);
    }

    @Test
    void whoGivesNoNameMinesUnderTheUpstreamsOwnUser() {
        DirectorBench bench = DirectorBench.mining(new PlanSketch().perChannel("a"), "a");
        bench.identified(1, "");
        assertThat(bench.open()).containsExactly("a");
        assertThat(bench.feeds(1)).isEqualTo("a");
    }

    @Test
    void aMinerThatWouldNeedOneLaneTooManyIsRefused() {
        DirectorBench bench = DirectorBench.mining(new PlanSketch().perChannel("a"), "a");
        int most = Director.MAX_LANES - 1;
        join(bench, 1, most, "rig");
        assertThat(bench.refused).isEmpty();
        bench.identified(most + 1, "one too many");
        assertThat(bench.refused).containsOnlyKeys((long) most + 1);
        assertThat(bench.refused.values()).containsOnly("too-many-upstream-channels");
        bench.identified(most + 2, "rig1");
        assertThat(bench.places).as("a lane that is there takes more").containsKey((long) most + 2);
    }

    @Test
    void minersThatWereAllInOneLaneStayThereWhereTheNewPlanLetsThem() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("a").goal("ours", 50, "a"), "a");
        int lane = bench.laneOfAll.getAsInt();
        bench.change(halves().pin("theirs", "tenant"));
        bench.ready("b");
        assertThat(bench.laneOfAll).isEmpty();
        bench.said.clear();
        bench.tell(new DirectorInput.Census(
                0,
                List.of(
                        DirectorBench.counted(1, "rig1", lane, 1e12),
                        DirectorBench.counted(2, "tenant", lane, 1e12),
                        new DirectorInput.Counted(DirectorBench.facts(3, "rig3"), OptionalInt.empty(), 1e12))));
        assertThat(bench.said(DirectorAction.Place.class))
                .extracting(DirectorAction.Place::connectionId)
                .containsExactly(2L, 3L);
        assertThat(bench.feeds(2)).isEqualTo("b");
    }

    @Test
    void minersThatWereAllInOneLaneAreSpreadOverLanesWhereThePlanSaysHowManyGoInOne() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("a"), "a");
        int lane = bench.laneOfAll.getAsInt();
        bench.change(new PlanSketch().aggregated("a", 2));
        assertThat(bench.laneOfAll).isEmpty();
        bench.tell(new DirectorInput.Census(
                0,
                List.of(
                        DirectorBench.counted(1, "rig1", lane, 1e12),
                        DirectorBench.counted(2, "rig2", lane, 1e12),
                        DirectorBench.counted(3, "rig3", lane, 1e12))));
        assertThat(bench.places.values()).containsExactly(lane, lane, lane + 1);
    }

    @Test
    void minersOfSeveralGoalsComeTogetherWhereOneIsLeft() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 10, "rig");
        bench.change(PlanSketch.of("a").goal("ours", 50, "a"));
        assertThat(bench.laneOfAll).isPresent();
        assertThat(bench.feeding.get(bench.laneOfAll.getAsInt())).hasToString("a");
        bench.pass(Lanes.RETIREMENT.plus(Routes.DRAIN_PATIENCE));
        assertThat(bench.open()).containsExactly("a");
        assertThat(bench.said(DirectorAction.RemoveLane.class)).hasSize(1);
        bench.said.clear();
        bench.pass(Duration.ofDays(1));
        assertThat(bench.said).as("nobody is looked at any more").isEmpty();
    }

    @Test
    void aGoalThatIsGoneGivesItsMinersToTheOthersAtOnceAndItsUpstreamUpSoon() {
        PlanSketch three =
                PlanSketch.of("a", "b", "c").goal("x", 1, "a").goal("y", 1, "b").goal("z", 1, "c");
        DirectorBench bench = DirectorBench.mining(three, "a", "b", "c");
        join(bench, 1, 12, "rig");
        bench.change(PlanSketch.of("a", "b").goal("x", 1, "a").goal("y", 1, "b"));
        assertThat(bench.fed()).containsOnlyKeys("a", "b").containsEntry("a", 6);
        bench.pass(Lanes.RETIREMENT.plus(Routes.DRAIN_PATIENCE));
        assertThat(bench.open()).containsExactly("a", "b");
    }

    @Test
    void aGoalWithAnotherNameIsAnotherGoal() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("a").goal("old", 1, "a"), "a");
        int before = bench.laneOfAll.getAsInt();
        bench.change(PlanSketch.of("a").goal("new", 1, "a"));
        assertThat(bench.upstreams("a")).hasSize(2);
        bench.ready("a");
        assertThat(bench.laneOfAll).isPresent().isNotEqualTo(OptionalInt.of(before));
        bench.pass(Lanes.RETIREMENT.plus(Routes.DRAIN_PATIENCE));
        assertThat(bench.feeding).containsOnlyKeys(bench.laneOfAll.getAsInt());
        assertThat(bench.open()).containsExactly("a");
    }

    @Test
    void aPinThatComesLaterMovesWhomItBinds() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 10, "rig");
        bench.change(halves().pin("theirs", "*"));
        assertThat(bench.fed()).containsOnlyKeys("b").containsEntry("b", 10);
        bench.lost("b");
        bench.pass(Duration.ofMinutes(1));
        assertThat(bench.fed()).as("pinned miners stay").containsEntry("b", 10);
        bench.change(halves());
        bench.pass(Duration.ofMinutes(1));
        assertThat(bench.fed()).as("now they may go").containsOnlyKeys("a");
    }

    @Test
    void lanesGrowAndShrinkWithThePlan() {
        PlanSketch apart = new PlanSketch()
                .aggregated("a", 2)
                .aggregated("b", 2)
                .goal("ours", 1, "a")
                .goal("theirs", 1, "b");
        PlanSketch together = PlanSketch.of("a", "b").goal("ours", 1, "a").goal("theirs", 1, "b");
        DirectorBench bench = mining(together);
        join(bench, 1, 10, "rig");
        bench.change(apart);
        assertThat(bench.open().stream().filter("a"::equals)).as("2, 2 and 1").hasSize(3);
        bench.change(together);
        bench.pass(Lanes.LINGER.plus(Routes.DRAIN_PATIENCE));
        assertThat(bench.open()).containsExactly("a", "b");
        assertThat(bench.places.values()).containsOnly(1, 2);
    }

    @Test
    void minersGetUpstreamsOfTheirOwnAndLoseThemAgainWithThePlan() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 4, "rig");
        bench.change(new PlanSketch()
                .perChannel("a")
                .perChannel("b")
                .goal("ours", 50, "a")
                .goal("theirs", 50, "b"));
        assertThat(bench.open())
                .containsExactlyInAnyOrder("a", "b", "a of rig1", "b of rig2", "a of rig3", "b of rig4");
        bench.change(halves());
        bench.pass(Lanes.LINGER.plus(Routes.DRAIN_PATIENCE));
        assertThat(bench.open()).containsExactly("a", "b");
        assertThat(bench.fed()).containsEntry("a", 2).containsEntry("b", 2);
    }

    @Test
    void newWeightsMoveMinersWithoutHaste() {
        DirectorBench bench = mining(halves());
        join(bench, 1, 20, "rig");
        bench.census(1e12);
        bench.pass(Redistribution.MINER_REST);
        bench.change(PlanSketch.of("a", "b").goal("ours", 75, "a").goal("theirs", 25, "b"));
        assertThat(bench.fed()).containsEntry("a", 10);
        bench.pass(REBALANCE.multipliedBy(4));
        assertThat(bench.fed()).containsEntry("a", 15);
    }
}
