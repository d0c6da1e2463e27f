package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import sluice.proxy.goal.GoalBalancer.Goal;
import sluice.proxy.goal.GoalBalancer.Miner;
import sluice.proxy.goal.GoalBalancer.Move;
import sluice.proxy.goal.GoalBalancer.Settings;

/** A farm whose miners do what the balancer says, which sees their hashrates as a gateway does: noisy. */
final class SimulatedFarm {
    static final Settings SETTINGS = new Settings(Duration.ofMinutes(10), Duration.ofMinutes(30), 0.02, 6);
    private static final Duration STEP = Duration.ofMinutes(1);

    /** One real miner. */
    private static final class Rig {
        final double hashrate;
        String goal = "";
        Instant placedAt = Instant.EPOCH;
        double luck;

        Rig(double hashrate) {
            this.hashrate = hashrate;
        }
    }

    private final GoalBalancer balancer;
    private final Random chance;
    private final double noise;
    private final Duration memory;
    private final List<Rig> rigs = new ArrayList<>();
    private List<Goal> goals;
    private Instant now = Instant.ofEpochSecond(1_700_000_000L);
    private int moves;

    /**
     * @param noise standard deviation of an estimate, as a part of it
     * @param memory of the estimates: those of two moments so far apart have hardly a share in common
     */
    SimulatedFarm(Settings settings, long seed, double noise, Duration memory) {
        this.balancer = new GoalBalancer(settings);
        this.chance = new Random(seed);
        this.noise = noise;
        this.memory = memory;
    }

    void weights(double first, double second) {
        goals = List.of(new Goal("first", first, usable("first")), new Goal("second", second, usable("second")));
    }

    void usable(String name, boolean usable) {
        goals = goals.stream()
                .map(goal -> goal.name().equals(name) ? new Goal(name, goal.weight(), usable) : goal)
                .toList();
        apply(balancer.evacuate(goals, miners()));
    }

    void connect(double hashrate, double expected) {
        Map<String, Double> loads = new HashMap<>();
        miners().forEach(miner -> loads.merge(miner.goal(), miner.hashesPerSecond(), Double::sum));
        Rig rig = new Rig(hashrate);
        rig.goal = balancer.place(goals, loads, expected);
        rig.placedAt = now;
        rig.luck = chance.nextGaussian();
        rigs.add(rig);
    }

    void run(Duration time) {
        Instant end = now.plus(time);
        double kept = Math.exp(-(double) STEP.toSeconds() / memory.toSeconds());
        while (now.isBefore(end)) {
            now = now.plus(STEP);
            for (Rig rig : rigs) {
                rig.luck = kept * rig.luck + Math.sqrt(1 - kept * kept) * chance.nextGaussian();
            }
            List<Move> told = balancer.rebalance(goals, miners(), now);
            moves += told.size();
            apply(told);
        }
    }

    /** The first goal's part of what the farm really does. */
    double firstShare() {
        Map<String, Double> loads = rigs.stream()
                .collect(Collectors.groupingBy(rig -> rig.goal, Collectors.summingDouble(rig -> rig.hashrate)));
        double first = loads.getOrDefault("first", 0.0);
        return first / (first + loads.getOrDefault("second", 0.0));
    }

    /** Moves by rebalancing since this was last asked. */
    int moves() {
        int made = moves;
        moves = 0;
        return made;
    }

    private boolean usable(String name) {
        return goals == null
                || goals.stream().filter(goal -> goal.name().equals(name)).allMatch(Goal::usable);
    }

    private List<Miner> miners() {
        List<Miner> miners = new ArrayList<>(rigs.size());
        for (int id = 0; id < rigs.size(); id++) {
            Rig rig = rigs.get(id);
            double estimate = Math.max(0, rig.hashrate * (1 + noise * rig.luck));
            miners.add(new Miner(id, rig.goal, estimate, false, rig.placedAt));
        }
        return miners;
    }

    private void apply(List<Move> told) {
        for (Move move : told) {
            Rig rig = rigs.get((int) move.connectionId());
            if (!rig.goal.equals(move.from())) {
                throw new IllegalStateException(move + " but it mines for " + rig.goal);
            }
            rig.goal = move.to();
            rig.placedAt = now;
        }
    }
}
