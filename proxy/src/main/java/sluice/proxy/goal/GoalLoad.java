package sluice.proxy.goal;

import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** One usable goal while a split is worked out: what mines for it, what should, and who may leave. */
final class GoalLoad {
    static final Comparator<GoalLoad> MOST_LACKING =
            Comparator.comparingDouble(GoalLoad::lack).reversed().thenComparingInt(load -> load.order);
    static final Comparator<GoalLoad> MOST_LADEN =
            Comparator.comparingDouble(GoalLoad::surplus).reversed().thenComparingInt(load -> load.order);

    /** A miner that may leave, with the hashrate that leaves with it. */
    record Candidate(double hashesPerSecond, long connectionId) implements Comparable<Candidate> {
        private static final Comparator<Candidate> ORDER =
                Comparator.comparingDouble(Candidate::hashesPerSecond).thenComparingLong(Candidate::connectionId);

        @Override
        public int compareTo(Candidate other) {
            return ORDER.compare(this, other);
        }
    }

    private final String name;
    private final int order;
    private final double weight;
    private final NavigableSet<Candidate> movable = new TreeSet<>();
    private double hashesPerSecond;
    private double fixed;
    private double target;

    GoalLoad(GoalBalancer.Goal goal, int order) {
        this.name = goal.name();
        this.order = order;
        this.weight = goal.weight();
    }

    /** Sets each goal's target: its weight's part of the whole, unless more than that is fixed to it. */
    static void aim(List<GoalLoad> loads, double whole) {
        boolean weighted = loads.stream().anyMatch(load -> load.weight > 0);
        List<GoalLoad> free = loads;
        double rest = whole;
        while (true) {
            double weights = 0;
            for (GoalLoad load : free) {
                weights += load.weight(weighted);
            }
            for (GoalLoad load : free) {
                load.target = weights > 0 ? Math.max(0, rest) * (load.weight(weighted) / weights) : 0;
            }
            // What cannot leave a goal is not there to be split: the others share what remains by their weights.
            List<GoalLoad> full =
                    free.stream().filter(load -> load.fixed > load.target).toList();
            if (full.isEmpty()) {
                return;
            }
            for (GoalLoad load : full) {
                load.target = load.fixed;
                rest -= load.fixed;
            }
            free = free.stream().filter(load -> !full.contains(load)).toList();
        }
    }

    private double weight(boolean weighted) {
        return weighted ? weight : 1;
    }

    String name() {
        return name;
    }

    double target() {
        return target;
    }

    double surplus() {
        return hashesPerSecond - target;
    }

    double lack() {
        return target - hashesPerSecond;
    }

    NavigableSet<Candidate> movable() {
        return movable;
    }

    /** Counts a miner that stays, whatever the split. */
    void addFixed(double hashrate) {
        hashesPerSecond += hashrate;
        fixed += hashrate;
    }

    /** Counts a miner that rests: it may leave another day. */
    void add(double hashrate) {
        hashesPerSecond += hashrate;
    }

    void addMovable(Candidate candidate) {
        hashesPerSecond += candidate.hashesPerSecond();
        movable.add(candidate);
    }

    void remove(Candidate candidate) {
        movable.remove(candidate);
        hashesPerSecond -= candidate.hashesPerSecond();
    }
}
