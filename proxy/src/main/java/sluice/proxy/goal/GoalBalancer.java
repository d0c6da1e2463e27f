package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Splits the farm's hashrate between goals by their weights, with whole miners: new ones go where most is missing, and
 * later as few as possible move, slowly, and only where chance does not explain the difference.
 */
public final class GoalBalancer {
    /** A miner with less than this part of an average one's hashrate never moves: it would change nothing. */
    static final double NEGLIGIBLE = 0.05;

    /**
     * How the farm is to be split.
     *
     * @param interval the least time between two rebalancings
     * @param rest how long a miner is left alone after it was placed or moved
     * @param tolerance the part of the farm's hashrate by which a goal may be off before anything moves
     * @param mostMoves the most miners that one rebalancing moves, other than to goals that were out of use; with 1 no two
     *     change places
     */
    public record Settings(Duration interval, Duration rest, double tolerance, int mostMoves) {
        public Settings {
            require(!interval.isNegative(), "an interval is never negative", interval);
            require(!rest.isNegative(), "a rest is never negative", rest);
            require(tolerance > 0 && tolerance < 1, "a tolerance is a part of the whole, between 0 and 1", tolerance);
            require(mostMoves > 0, "without a single move nothing is ever balanced", mostMoves);
        }
    }

    /**
     * What to mine for.
     *
     * @param weight its part of the hashrate, in proportion to the weights of the other usable goals
     */
    public record Goal(String name, double weight, boolean usable) {
        public Goal {
            require(
                    Double.isFinite(weight) && weight >= 0,
                    "the weight of goal " + name + " is no number from 0",
                    weight);
        }
    }

    /**
     * A miner at work.
     *
     * @param placedAt when it was placed or last moved
     */
    public record Miner(long connectionId, String goal, double hashesPerSecond, boolean pinned, Instant placedAt) {
        public Miner {
            requireHashrate(hashesPerSecond, "connection " + connectionId);
        }
    }

    /** One miner that is to mine for another goal. */
    public record Move(long connectionId, String from, String to) {}

    private Settings settings;
    private final SteadyHashrates hashrates = new SteadyHashrates();
    private final Set<String> outOfUse = new HashSet<>();
    private final Map<String, Instant> returnedAt = new HashMap<>();
    private Set<String> unfinished = Set.of();
    private Instant lastLook;

    public GoalBalancer(Settings settings) {
        this.settings = settings;
    }

    /** From now on; what is known of goals and miners stays. */
    public void settings(Settings next) {
        settings = next;
    }

    /** The goal for a new, unpinned miner: the usable one that lacks most of its share; where none is usable, as if all were. */
    public String place(List<Goal> goals, Map<String, Double> hashratePerGoal, double expectedHashrate) {
        require(!goals.isEmpty(), "a miner needs a goal, and there is none", goals);
        requireHashrate(expectedHashrate, "a new miner");
        Map<String, GoalLoad> loads = loads(goals);
        if (loads.isEmpty()) {
            loads = loads(goals.stream()
                    .map(goal -> new Goal(goal.name(), goal.weight(), true))
                    .toList());
        }
        double whole = expectedHashrate;
        for (GoalLoad load : loads.values()) {
            double hashrate = hashratePerGoal.getOrDefault(load.name(), 0.0);
            requireHashrate(hashrate, "goal " + load.name());
            load.add(hashrate);
            whole += hashrate;
        }
        // Where nothing is known about anybody the weights alone decide.
        GoalLoad.aim(List.copyOf(loads.values()), whole > 0 ? whole : 1);
        return loads.values().stream().min(GoalLoad.MOST_LACKING).orElseThrow().name();
    }

    /**
     * Moves to make now; empty where the split is good enough or the last rebalancing is too recent. Ask as often as you
     * like: miners are looked at once per interval, whether any moves or not, so that each look sees new shares.
     */
    public List<Move> rebalance(List<Goal> goals, Collection<Miner> miners, Instant now) {
        noteUsability(goals, now);
        if (lastLook != null && !passed(settings.interval(), lastLook, now)) {
            return List.of();
        }
        lastLook = now;
        hashrates.look(miners);
        Map<String, GoalLoad> loads = loads(goals);
        double whole = load(loads, miners, now);
        if (whole == 0) {
            return List.of();
        }
        GoalLoad.aim(List.copyOf(loads.values()), whole);
        Rebalancing rebalancing = new Rebalancing(
                List.copyOf(loads.values()),
                whole * settings.tolerance(),
                settings.mostMoves(),
                returnedAt.keySet(),
                unfinished);
        List<Move> moves = rebalancing.moves();
        unfinished = rebalancing.unfinished();
        // From here on nobody rests any more who left the goal when it failed.
        returnedAt.values().removeIf(since -> passed(settings.rest(), since, now));
        returnedAt.keySet().removeIf(name -> !rebalancing.lacks(loads.get(name)));
        return moves;
    }

    /**
     * Moves that empty the goals that are not usable or not there any more: all unpinned miners at once, onto the usable
     * goals by weight, whatever interval and rest say; empty where no goal is usable.
     */
    public List<Move> evacuate(List<Goal> goals, Collection<Miner> miners) {
        noteFailures(goals);
        Map<String, GoalLoad> loads = loads(goals);
        if (loads.isEmpty()) {
            return List.of();
        }
        List<Miner> ordered = inOrder(miners);
        ToDoubleFunction<Miner> hashrate = shownOrAverage(ordered);
        List<Miner> leaving = new ArrayList<>();
        double whole = 0;
        for (Miner miner : ordered) {
            GoalLoad load = loads.get(miner.goal());
            if (load != null) {
                load.addFixed(hashrate.applyAsDouble(miner));
                whole += hashrate.applyAsDouble(miner);
            } else if (!miner.pinned()) {
                leaving.add(miner);
                whole += hashrate.applyAsDouble(miner);
            }
        }
        leaving.sort(Comparator.comparingDouble(hashrate).reversed().thenComparingLong(Miner::connectionId));
        GoalLoad.aim(List.copyOf(loads.values()), whole);
        PriorityQueue<GoalLoad> lacking = new PriorityQueue<>(GoalLoad.MOST_LACKING);
        lacking.addAll(loads.values());
        List<Move> moves = new ArrayList<>(leaving.size());
        for (Miner miner : leaving) {
            GoalLoad to = lacking.remove();
            to.add(hashrate.applyAsDouble(miner));
            lacking.add(to);
            moves.add(new Move(miner.connectionId(), miner.goal(), to.name()));
        }
        return moves;
    }

    /** Counts a miner that has shown nothing yet as an average one, or all of those would end up at one goal. */
    private ToDoubleFunction<Miner> shownOrAverage(List<Miner> miners) {
        double average = miners.stream()
                .mapToDouble(hashrates::of)
                .filter(hashrate -> hashrate > 0)
                .average()
                .orElse(1);
        return miner -> hashrates.of(miner) > 0 ? hashrates.of(miner) : average;
    }

    private void noteUsability(List<Goal> goals, Instant now) {
        noteFailures(goals);
        for (Goal goal : goals) {
            if (goal.usable() && outOfUse.remove(goal.name())) {
                returnedAt.put(goal.name(), now);
            }
        }
        Set<String> names = new HashSet<>();
        goals.forEach(goal -> names.add(goal.name()));
        outOfUse.retainAll(names);
        returnedAt.keySet().retainAll(names);
    }

    private void noteFailures(List<Goal> goals) {
        for (Goal goal : goals) {
            if (!goal.usable()) {
                outOfUse.add(goal.name());
                returnedAt.remove(goal.name());
            }
        }
    }

    /** Counts the miners of usable goals; answers their hashrate. */
    private double load(Map<String, GoalLoad> loads, Collection<Miner> miners, Instant now) {
        List<Miner> counted = inOrder(miners);
        counted.removeIf(miner -> !loads.containsKey(miner.goal()));
        double whole = 0;
        for (Miner miner : counted) {
            whole += hashrates.of(miner);
        }
        double negligible = NEGLIGIBLE * whole / Math.max(1, counted.size());
        for (Miner miner : counted) {
            GoalLoad load = loads.get(miner.goal());
            double hashrate = hashrates.of(miner);
            if (miner.pinned()) {
                load.addFixed(hashrate);
            } else if (hashrate <= negligible || !passed(settings.rest(), miner.placedAt(), now)) {
                load.add(hashrate);
            } else {
                load.addMovable(new GoalLoad.Candidate(hashrate, miner.connectionId()));
            }
        }
        return whole;
    }

    /** Sums of floating point numbers depend on their order, which must not depend on the caller's collection. */
    private static List<Miner> inOrder(Collection<Miner> miners) {
        List<Miner> ordered = new ArrayList<>(miners);
        ordered.sort(Comparator.comparingLong(Miner::connectionId));
        return ordered;
    }

    private static Map<String, GoalLoad> loads(List<Goal> goals) {
        Map<String, GoalLoad> loads = new LinkedHashMap<>();
        for (Goal goal : goals) {
            if (goal.usable()) {
                loads.put(goal.name(), new GoalLoad(goal, loads.size()));
            }
        }
        return loads;
    }

    /** A clock that stepped back by more than the time to wait must not make us wait until it has caught up. */
    private static boolean passed(Duration time, Instant since, Instant now) {
        return Duration.between(since, now).abs().compareTo(time) >= 0;
    }

    private static void requireHashrate(double hashrate, String whose) {
        require(
                Double.isFinite(hashrate) && hashrate >= 0,
                "the hashrate of " + whose + " is no number from 0",
                hashrate);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ": " + value);
        }
    }
}
