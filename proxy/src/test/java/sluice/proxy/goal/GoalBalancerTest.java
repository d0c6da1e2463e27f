package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import sluice.proxy.goal.GoalBalancer.Goal;
import sluice.proxy.goal.GoalBalancer.Miner;
import sluice.proxy.goal.GoalBalancer.Move;
import sluice.proxy.goal.GoalBalancer.Settings;

class GoalBalancerTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1));
    private static final Settings SETTINGS = new Settings(Duration.ofMinutes(10), Duration.ofMinutes(30), 0.02, 4);
    private static final List<Goal> HALVES = List.of(goal("a", 1), goal("b", 1));
    private static final List<Goal> ONLY_B = List.of(new Goal("a", 1, false), goal("b", 1));
    private static final List<Goal> NONE = List.of(new Goal("a", 1, false), new Goal("b", 1, false));

    private final GoalBalancer balancer = new GoalBalancer(SETTINGS);

    @Test
    void aNewMinerGoesToTheGoalThatLacksMostOfItsShare() {
        List<Goal> goals = List.of(goal("a", 70), goal("b", 30));
        assertThat(balancer.place(goals, Map.of(), 100)).isEqualTo("a");
        assertThat(balancer.place(goals, Map.of("a", 100.0), 100)).isEqualTo("b");
        assertThat(balancer.place(goals, Map.of("a", 100.0, "b", 100.0), 100)).isEqualTo("a");
    }

    @Test
    void ofGoalsThatLackTheSameTheFirstGetsTheMiner() {
        assertThat(balancer.place(HALVES, Map.of("a", 5.0, "b", 5.0), 1)).isEqualTo("a");
    }

    @Test
    void aMinerOfUnknownHashrateGoesWhereTheWeightIsLargest() {
        assertThat(balancer.place(List.of(goal("a", 1), goal("b", 2)), Map.of(), 0))
                .isEqualTo("b");
    }

    @Test
    void noNewMinerGoesToAGoalThatIsNotUsable() {
        assertThat(balancer.place(ONLY_B, Map.of("b", 1e15), 1)).isEqualTo("b");
    }

    @Test
    void whereNoGoalIsUsableAMinerIsPlacedAsIfAllWere() {
        assertThat(balancer.place(NONE, Map.of("a", 10.0), 5)).isEqualTo("b");
    }

    @Test
    void aGoalOfWeightZeroGetsNobodyUnlessItIsAllThatIsUsable() {
        Goal pinsOnly = goal("pins", 0);
        assertThat(balancer.place(List.of(pinsOnly, goal("a", 1)), Map.of("a", 1e15), 1))
                .isEqualTo("a");
        assertThat(balancer.place(List.of(pinsOnly, new Goal("a", 1, false)), Map.of(), 1))
                .isEqualTo("pins");
    }

    @Test
    void placingManyMinersFollowsWeightsFromOneToAMillion() {
        List<Goal> goals = List.of(goal("tiny", 1), goal("small", 1_000), goal("large", 1_000_000));
        Map<String, Double> hashrates = new HashMap<>();
        for (int miner = 0; miner < 2_002; miner++) {
            hashrates.merge(balancer.place(goals, hashrates, 1), 1.0, Double::sum);
        }
        assertThat(hashrates).containsEntry("small", 2.0).containsEntry("large", 2_000.0);
    }

    @Test
    void aFarmThatIsOffIsSplitWithTheFewestMiners() {
        List<Miner> miners =
                List.of(miner(1, "a", 10), miner(2, "a", 20), miner(3, "a", 30), miner(4, "a", 60), miner(5, "b", 60));
        assertThat(balancer.rebalance(HALVES, miners, NOW)).containsExactly(new Move(3, "a", "b"));
    }

    @Test
    void ofMinersAlikeTheOneThatConnectedFirstMoves() {
        List<Miner> miners = List.of(miner(7, "a", 10), miner(3, "a", 10), miner(5, "a", 10), miner(9, "b", 10));
        assertThat(balancer.rebalance(HALVES, miners, NOW)).containsExactly(new Move(3, "a", "b"));
    }

    @Test
    void nothingMovesWithinTheTolerance() {
        List<Miner> miners = alike(100, "a", 1);
        miners.addAll(alike(96, "b", 1_001));
        assertThat(balancer.rebalance(HALVES, miners, NOW)).isEmpty();
    }

    @Test
    void noMoreMinersMoveAtOnceThanAllowedAndTheRestAtTheNextLook() {
        List<Miner> miners = alike(20, "a", 1);
        List<Move> first = balancer.rebalance(HALVES, miners, NOW);
        assertThat(first).hasSize(4);
        miners = after(first, miners, NOW);
        List<Move> second = balancer.rebalance(HALVES, miners, NOW.plus(SETTINGS.interval()));
        assertThat(second).hasSize(4);
        miners = after(second, miners, NOW);
        assertThat(balancer.rebalance(
                        HALVES, miners, NOW.plus(SETTINGS.interval().multipliedBy(2))))
                .hasSize(2);
    }

    @Test
    void whatTheBoundOfMovesLeftWithinTheToleranceIsFinishedAtTheNextLook() {
        List<Miner> miners = alike(56, "a", 1);
        miners.addAll(alike(44, "b", 1_001));
        List<Move> moves = balancer.rebalance(HALVES, miners, NOW);
        assertThat(moves).hasSize(4);
        miners = after(moves, miners, LONG_AGO);
        Instant next = NOW.plus(SETTINGS.interval());
        assertThat(new GoalBalancer(SETTINGS).rebalance(HALVES, miners, next)).isEmpty();
        moves = balancer.rebalance(HALVES, miners, next);
        assertThat(moves).hasSize(1);
        miners = after(moves, miners, LONG_AGO);
        assertThat(balancer.rebalance(HALVES, miners, next.plus(SETTINGS.interval())))
                .isEmpty();
    }

    @Test
    void nothingMovesUntilTheIntervalHasPassed() {
        balancer.rebalance(HALVES, List.of(), NOW);
        List<Miner> miners = alike(20, "a", 1);
        Instant due = NOW.plus(SETTINGS.interval());
        assertThat(balancer.rebalance(HALVES, miners, due.minusNanos(1))).isEmpty();
        assertThat(balancer.rebalance(HALVES, miners, due)).isNotEmpty();
    }

    @Test
    void aMinerRestsAfterItWasPlaced() {
        Instant placed = NOW.minus(SETTINGS.rest());
        List<Miner> resting = alike(20, "a", 1, placed.plusNanos(1));
        assertThat(balancer.rebalance(HALVES, resting, NOW)).isEmpty();
        assertThat(new GoalBalancer(SETTINGS).rebalance(HALVES, alike(20, "a", 1, placed), NOW))
                .isNotEmpty();
    }

    @Test
    void aClockThatStepsBackByADayStopsNothing() {
        balancer.rebalance(HALVES, List.of(), NOW.plus(Duration.ofDays(1)));
        assertThat(balancer.rebalance(HALVES, alike(20, "a", 1, NOW.plus(Duration.ofDays(1))), NOW))
                .isNotEmpty();
    }

    @Test
    void pinnedMinersNeverMoveAndTheOthersMakeUpForThem() {
        List<Miner> miners = alike(8, "a", 1);
        miners.add(pinned(100, "b", 4));
        assertThat(balancer.rebalance(HALVES, miners, NOW))
                .containsExactly(new Move(1, "a", "b"), new Move(2, "a", "b"));
    }

    @Test
    void whatPinsMakeUnreachableIsSplitByTheOtherWeights() {
        List<Goal> goals = List.of(goal("a", 1), goal("b", 1), goal("c", 2));
        List<Miner> miners = alike(9, "b", 1);
        miners.add(pinned(100, "a", 91));
        GoalBalancer coarse = new GoalBalancer(new Settings(Duration.ZERO, Duration.ZERO, 0.001, 100));
        for (Move move : coarse.rebalance(goals, miners, NOW)) {
            assertThat(move.to()).isEqualTo("c");
            miners = after(List.of(move), miners, LONG_AGO);
        }
        assertThat(hashrates(miners)).containsEntry("b", 3.0).containsEntry("c", 6.0);
        assertThat(coarse.rebalance(goals, miners, NOW)).isEmpty();
    }

    @Test
    void twoMinersChangePlacesWhereEachByItselfIsTooLarge() {
        List<Miner> miners = List.of(miner(1, "a", 100), miner(2, "a", 100), miner(3, "b", 50), miner(4, "b", 50));
        assertThat(balancer.rebalance(HALVES, miners, NOW))
                .containsExactly(new Move(1, "a", "b"), new Move(3, "b", "a"));
    }

    @Test
    void minersNearlyAlikeDoNotChangePlaces() {
        List<Miner> miners = List.of(miner(1, "a", 110), miner(2, "a", 110), miner(3, "b", 90), miner(4, "b", 90));
        assertThat(balancer.rebalance(HALVES, miners, NOW)).isEmpty();
    }

    @Test
    void aMinerThatWouldOvershootAsFarAsTheSplitIsOffStays() {
        assertThat(balancer.rebalance(HALVES, List.of(miner(1, "a", 100)), NOW)).isEmpty();
        List<Miner> three = List.of(miner(1, "a", 100), miner(2, "a", 100), miner(3, "b", 100));
        assertThat(new GoalBalancer(SETTINGS).rebalance(HALVES, three, NOW)).isEmpty();
    }

    @Test
    void aDeadMinerIsNotMoved() {
        List<Miner> miners = List.of(
                miner(1, "a", 100), miner(2, "a", 100), miner(3, "a", 0.001), miner(4, "a", 0), miner(5, "b", 100));
        assertThat(balancer.rebalance(HALVES, miners, NOW)).isEmpty();
    }

    @Test
    void aFarmWithoutHashrateOrMinersOrUsableGoalsIsLeftAlone() {
        GoalBalancer eager = new GoalBalancer(new Settings(Duration.ZERO, Duration.ZERO, 0.02, 4));
        assertThat(eager.rebalance(HALVES, List.of(), NOW)).isEmpty();
        assertThat(eager.rebalance(HALVES, List.of(miner(1, "a", 0), miner(2, "a", 0)), NOW))
                .isEmpty();
        assertThat(eager.rebalance(NONE, alike(20, "a", 1), NOW)).isEmpty();
        assertThat(eager.evacuate(NONE, alike(20, "a", 1))).isEmpty();
        assertThat(eager.evacuate(HALVES, alike(20, "a", 1))).isEmpty();
    }

    @Test
    void whereGoalsOutnumberMinersTheLargestWeightsGetThem() {
        List<Goal> goals = new ArrayList<>();
        for (int number = 1; number <= 20; number++) {
            goals.add(goal("goal" + number, number));
        }
        Map<String, Double> hashrates = new HashMap<>();
        for (int miner = 0; miner < 3; miner++) {
            hashrates.merge(balancer.place(goals, hashrates, 1), 1.0, Double::sum);
        }
        assertThat(hashrates.keySet()).containsExactlyInAnyOrder("goal20", "goal19", "goal18");
        List<Miner> miners = List.of(miner(1, "goal20", 1), miner(2, "goal19", 1), miner(3, "goal18", 1));
        assertThat(balancer.rebalance(goals, miners, NOW)).isEmpty();
    }

    @Test
    void aGoalSmallerThanTheToleranceStillGetsItsMiners() {
        List<Goal> goals = List.of(goal("a", 99), goal("b", 1));
        assertThat(balancer.rebalance(goals, alike(200, "a", 1), NOW)).hasSize(2);
    }

    @Test
    void aFailedGoalIsEmptiedOntoTheOthersByWeightWhateverIntervalAndRestSay() {
        List<Goal> goals = List.of(new Goal("a", 50, false), goal("b", 30), goal("c", 20));
        List<Miner> miners = alike(50, "a", 1, NOW);
        miners.addAll(alike(30, "b", 1_001));
        miners.addAll(alike(20, "c", 2_001));
        balancer.rebalance(goals, miners, NOW);
        List<Move> moves = balancer.evacuate(goals, miners);
        assertThat(moves).hasSize(50).allMatch(move -> move.from().equals("a"));
        assertThat(hashrates(after(moves, miners, NOW))).isEqualTo(Map.of("b", 60.0, "c", 40.0));
    }

    @Test
    void minersOfAGoalThatIsGoneAreEvacuatedAndPinnedOnesStay() {
        List<Miner> miners = List.of(miner(1, "gone", 5), pinned(2, "gone", 5), pinned(3, "a", 5));
        assertThat(balancer.evacuate(HALVES, miners)).containsExactly(new Move(1, "gone", "b"));
    }

    @Test
    void minersThatHaveShownNothingYetAreEvacuatedToAllGoals() {
        List<Goal> goals = List.of(new Goal("a", 1, false), goal("b", 3), goal("c", 1));
        List<Miner> miners = new ArrayList<>();
        for (int id = 0; id < 8; id++) {
            miners.add(miner(id, "a", 0));
        }
        assertThat(balancer.evacuate(goals, miners).stream()
                        .collect(Collectors.groupingBy(Move::to, Collectors.counting())))
                .isEqualTo(Map.of("b", 6L, "c", 2L));
    }

    @Test
    void aGoalThatReturnsIsFilledInOneGo() {
        List<Miner> miners = alike(40, "b", 1);
        assertThat(balancer.rebalance(ONLY_B, miners, NOW)).isEmpty();
        Instant next = NOW.plus(SETTINGS.interval());
        List<Move> moves = balancer.rebalance(HALVES, miners, next);
        assertThat(moves).hasSize(20).allMatch(move -> move.to().equals("a"));
    }

    @Test
    void aGoalThatReturnedAndWasFilledIsBoundLikeTheOthers() {
        List<Miner> miners = alike(40, "b", 1);
        balancer.evacuate(ONLY_B, miners);
        miners = after(balancer.rebalance(HALVES, miners, NOW), miners, LONG_AGO);
        assertThat(hashrates(miners)).containsEntry("a", 20.0);
        List<Goal> heavier = List.of(goal("a", 3), goal("b", 1));
        assertThat(balancer.rebalance(heavier, miners, NOW.plus(SETTINGS.interval())))
                .hasSize(SETTINGS.mostMoves());
    }

    @Test
    void theAllowanceOfAGoalThatReturnedEndsWithTheRestOfThoseWhoLeftIt() {
        balancer.evacuate(ONLY_B, List.of());
        assertThat(balancer.rebalance(HALVES, alike(40, "b", 1, NOW), NOW)).isEmpty();
        Instant rested = NOW.plus(SETTINGS.rest());
        assertThat(balancer.rebalance(HALVES, alike(40, "b", 1, NOW.plusSeconds(1)), rested))
                .isEmpty();
        assertThat(balancer.rebalance(HALVES, alike(40, "b", 1), rested.plus(SETTINGS.interval())))
                .hasSize(SETTINGS.mostMoves());
    }

    @Test
    void noLookMakesAnySplitWorse() {
        Random chance = new Random(7);
        for (int farm = 0; farm < 2_000; farm++) {
            List<Goal> goals = new ArrayList<>();
            int count = 2 + chance.nextInt(5);
            for (int number = 0; number < count; number++) {
                goals.add(goal("goal" + number, Math.pow(10, 6 * chance.nextDouble())));
            }
            List<Miner> miners = new ArrayList<>();
            int size = 1 + chance.nextInt(60);
            for (int id = 0; id < size; id++) {
                miners.add(miner(id, "goal" + chance.nextInt(count), Math.exp(3 * chance.nextGaussian())));
            }
            Settings eager = new Settings(Duration.ZERO, Duration.ZERO, 0.02, 1 + chance.nextInt(20));
            List<Move> moves = new GoalBalancer(eager).rebalance(goals, miners, NOW);
            assertThat(moves).hasSizeLessThanOrEqualTo(eager.mostMoves());
            double before = misplaced(goals, miners);
            List<Miner> moved = after(moves, miners, NOW);
            if (moves.isEmpty()) {
                assertThat(moved).isEqualTo(miners);
            } else {
                assertThat(misplaced(goals, moved)).as("farm %d", farm).isLessThan(before);
            }
            List<Miner> shuffled = new ArrayList<>(miners);
            Collections.shuffle(shuffled, chance);
            assertThat(new GoalBalancer(eager).rebalance(goals, shuffled, NOW)).isEqualTo(moves);
        }
    }

    @Test
    void aFarmThatIsSeenExactlyComesToRest() {
        Random chance = new Random(8);
        for (int farm = 0; farm < 500; farm++) {
            List<Goal> goals =
                    List.of(goal("a", 1 + chance.nextInt(9)), goal("b", 1 + chance.nextInt(9)), goal("c", 1));
            List<Miner> miners = new ArrayList<>();
            int size = 1 + chance.nextInt(40);
            for (int id = 0; id < size; id++) {
                boolean pinned = chance.nextInt(4) == 0;
                String goal = goals.get(chance.nextInt(3)).name();
                miners.add(new Miner(id, goal, 1 + chance.nextInt(300), pinned, LONG_AGO));
            }
            GoalBalancer eager = new GoalBalancer(new Settings(Duration.ZERO, Duration.ZERO, 0.02, 4));
            int looks = 0;
            for (List<Move> moves = eager.rebalance(goals, miners, NOW);
                    !moves.isEmpty();
                    moves = eager.rebalance(goals, miners, NOW)) {
                miners = after(moves, miners, LONG_AGO);
                assertThat(++looks).as("looks at farm %d", farm).isLessThan(40);
            }
        }
    }

    @Test
    void twentyThousandMinersOfTenGoalsAreSplitWithinTheToleranceAndEvacuatedByWeight() {
        Random chance = new Random(9);
        List<Goal> goals = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            goals.add(goal("goal" + number, number + 1));
        }
        List<Miner> miners = new ArrayList<>();
        for (int id = 0; id < 20_000; id++) {
            miners.add(miner(id, "goal0", 50e12 + 200e12 * chance.nextDouble()));
        }
        Settings large = new Settings(Duration.ofMinutes(10), Duration.ofMinutes(30), 0.02, 20_000);
        GoalBalancer balancerOfMany = new GoalBalancer(large);
        List<Move> moves = balancerOfMany.rebalance(goals, miners, NOW);
        assertThat(moves).hasSizeBetween(10_000, 19_636);
        miners = after(moves, miners, NOW);
        assertShares(goals, miners, 0.011);

        goals.set(9, new Goal("goal9", 10, false));
        List<Move> evacuated = balancerOfMany.evacuate(goals, miners);
        assertThat(evacuated.stream().map(Move::connectionId)).doesNotHaveDuplicates();
        miners = after(evacuated, miners, NOW);
        assertThat(hashrates(miners)).doesNotContainKey("goal9");
        assertShares(goals.subList(0, 9), miners, 0.011);
    }

    @Test
    void numbersThatAreNoneAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> goal("a", Double.NaN))
                .withMessage("the weight of goal a is no number from 0: NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> miner(3, "a", Double.POSITIVE_INFINITY))
                .withMessage("the hashrate of connection 3 is no number from 0: Infinity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> balancer.place(HALVES, Map.of("b", -1.0), 1))
                .withMessage("the hashrate of goal b is no number from 0: -1.0");
        assertThatIllegalArgumentException().isThrownBy(() -> balancer.place(List.of(), Map.of(), 1));
        Duration minute = Duration.ofMinutes(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(minute.negated(), minute, 0.02, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(minute, minute.negated(), 0.02, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(minute, minute, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(minute, minute, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(minute, minute, 0.02, 0));
    }

    private static void assertShares(List<Goal> goals, List<Miner> miners, double precision) {
        Map<String, Double> hashrates = hashrates(miners);
        double whole =
                hashrates.values().stream().mapToDouble(Double::doubleValue).sum();
        double weights = goals.stream().mapToDouble(Goal::weight).sum();
        for (Goal goal : goals) {
            assertThat(hashrates.get(goal.name()) / whole)
                    .as(goal.name())
                    .isCloseTo(goal.weight() / weights, within(precision));
        }
    }

    private static double misplaced(List<Goal> goals, List<Miner> miners) {
        Map<String, Double> hashrates = hashrates(miners);
        double whole =
                hashrates.values().stream().mapToDouble(Double::doubleValue).sum();
        double weights = goals.stream().mapToDouble(Goal::weight).sum();
        return goals.stream()
                .mapToDouble(
                        goal -> Math.abs(hashrates.getOrDefault(goal.name(), 0.0) - whole * goal.weight() / weights))
                .sum();
    }

    private static Map<String, Double> hashrates(List<Miner> miners) {
        return miners.stream()
                .collect(Collectors.groupingBy(Miner::goal, Collectors.summingDouble(Miner::hashesPerSecond)));
    }

    private static List<Miner> after(List<Move> moves, List<Miner> miners, Instant now) {
        Map<Long, Move> byMiner = moves.stream().collect(Collectors.toMap(Move::connectionId, move -> move));
        List<Miner> moved = new ArrayList<>();
        for (Miner miner : miners) {
            Move move = byMiner.get(miner.connectionId());
            if (move == null) {
                moved.add(miner);
                continue;
            }
            assertThat(miner.pinned()).isFalse();
            assertThat(miner.goal()).isEqualTo(move.from()).isNotEqualTo(move.to());
            moved.add(new Miner(miner.connectionId(), move.to(), miner.hashesPerSecond(), false, now));
        }
        return moved;
    }

    private static List<Miner> alike(int count, String goal, long firstId) {
        return alike(count, goal, firstId, LONG_AGO);
    }

    private static List<Miner> alike(int count, String goal, long firstId, Instant placedAt) {
        List<Miner> miners = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            miners.add(new Miner(firstId + number, goal, 1, false, placedAt));
        }
        return miners;
    }

    private static Goal goal(String name, double weight) {
        return new Goal(name, weight, true);
    }

    private static Miner miner(long connectionId, String goal, double hashrate) {
        return new Miner(connectionId, goal, hashrate, false, LONG_AGO);
    }

    private static Miner pinned(long connectionId, String goal, double hashrate) {
        return new Miner(connectionId, goal, hashrate, true, LONG_AGO);
    }
}
