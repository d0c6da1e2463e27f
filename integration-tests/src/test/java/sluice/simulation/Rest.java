package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import sluice.config.GoalConfig;
import sluice.proxy.goal.RoutingPlan;

/** What must be true of a gateway and its pools when nothing has gone wrong for long. */
final class Rest {
    /** A goal is off by so many times the hashrate of a miner that could mine for another. */
    private static final double CLEARLY_OFF = 1.5;

    private static final double WORTH_A_MOVE = 0.1;

    /** Lanes stay for a minute without miners, and we look every few seconds. */
    private static final Duration LINGER = Duration.ofSeconds(70);

    private final Instant now;
    private final SimulatedGateway gateway;
    private final List<SimulatedPool> pools;

    Rest(Instant now, SimulatedGateway gateway, List<SimulatedPool> pools) {
        this.now = now;
        this.gateway = gateway;
        this.pools = pools;
    }

    void check() {
        DirectorWitness witness = gateway.control().witness();
        witness.checkAtRest();
        checkConversations();
        for (SimulatedMinerConnection miner : gateway.connections()) {
            checkPlace(miner, witness);
        }
        checkLanes(witness);
        if (witness.placesOneByOne()) {
            checkSplit();
        }
    }

    /** Pools have seen each connection closed that is not needed any more. */
    private void checkConversations() {
        Set<Integer> links = gateway.control().links();
        for (SimulatedPool pool : pools) {
            for (PoolConversation conversation : pool.conversations()) {
                require(
                        links.contains(conversation.link()),
                        "%s has link %d open, which nobody uses",
                        pool.name(),
                        conversation.link());
            }
        }
    }

    private void checkPlace(SimulatedMinerConnection miner, DirectorWitness witness) {
        if (miner.facts().isEmpty() || miner.identifiedAt().plusSeconds(1).isAfter(now)) {
            return;
        }
        SeenLane lane = gateway.laneOf(miner).orElse(null);
        require(lane != null, "%s has no place", miner.facts());
        OptionalInt place = witness.placeOf(miner.connectionId());
        require(
                place.isEmpty() || place.getAsInt() == lane.number(),
                "%s is in %s and was put into %s",
                miner.facts(),
                lane,
                place);
        Optional<String> pin = gateway.control().witness().pinOf(miner.facts().get());
        require(
                pin.isEmpty() || pin.get().equals(lane.goal()),
                "%s is pinned to %s and in %s",
                miner.facts(),
                pin,
                lane);
        Optional<String> user = lane.engaged().orElseThrow().user();
        require(
                user.isEmpty() || user.get().equals(miner.facts().get().userIdentity()),
                "%s mines as %s",
                miner.facts(),
                user);
    }

    /** No lane is left over: each has a miner or had one a moment ago, or is the one that its goal always has. */
    private void checkLanes(DirectorWitness witness) {
        Map<String, Integer> empty = new HashMap<>();
        for (SeenLane lane : witness.lanes()) {
            if (lane.lastInhabited().plus(LINGER).isBefore(now)) {
                empty.merge(lane.goal(), 1, Integer::sum);
            }
        }
        empty.forEach((goal, count) -> require(count == 1, "goal %s has %d empty lanes", goal, count));
    }

    /** No miner is at a goal that has far too much while another has far too little. */
    private void checkSplit() {
        RoutingPlan plan = gateway.control().director().plan();
        Map<String, Double> fixed = new HashMap<>();
        Map<String, Double> all = new HashMap<>();
        double whole = 0;
        for (SimulatedMinerConnection miner : gateway.connections()) {
            if (gateway.laneOf(miner).isPresent()) {
                String goal = gateway.laneOf(miner).orElseThrow().goal();
                double hashrate = miner.session().nominalHashrate();
                whole += hashrate;
                all.merge(goal, hashrate, Double::sum);
                if (gateway.control().witness().pinOf(miner.facts().get()).isPresent()) {
                    fixed.merge(goal, hashrate, Double::sum);
                }
            }
        }
        if (whole == 0) {
            return;
        }
        Map<String, Double> targets = targets(plan.goals(), fixed, whole);
        for (SimulatedMinerConnection miner : gateway.connections()) {
            if (gateway.laneOf(miner).isEmpty()
                    || gateway.control().witness().pinOf(miner.facts().get()).isPresent()) {
                continue;
            }
            double hashrate = miner.session().nominalHashrate();
            String from = gateway.laneOf(miner).orElseThrow().goal();
            double surplus = all.get(from) - targets.get(from);
            for (GoalConfig to : plan.goals()) {
                double lack = targets.get(to.name()) - all.getOrDefault(to.name(), 0.0);
                require(
                        hashrate < WORTH_A_MOVE * whole || Math.min(surplus, lack) < CLEARLY_OFF * hashrate,
                        "%s with %g of %g mines for %s, which has %g too much, and %s lacks %g",
                        miner.facts(),
                        hashrate,
                        whole,
                        from,
                        surplus,
                        to.name(),
                        lack);
            }
        }
    }

    /** What is pinned stays; the rest is split by weight among those that are not full by it. */
    private static Map<String, Double> targets(List<GoalConfig> goals, Map<String, Double> fixed, double whole) {
        Map<String, Double> targets = new HashMap<>();
        Set<GoalConfig> free = new HashSet<>(goals);
        double rest = whole;
        boolean settled = false;
        while (!settled) {
            settled = true;
            double weights = free.stream().mapToDouble(GoalConfig::weight).sum();
            for (GoalConfig goal : goals) {
                double bound = fixed.getOrDefault(goal.name(), 0.0);
                if (free.contains(goal) && bound > rest * goal.weight() / weights) {
                    free.remove(goal);
                    targets.put(goal.name(), bound);
                    rest -= bound;
                    settled = false;
                    break;
                }
            }
        }
        double weights = free.stream().mapToDouble(GoalConfig::weight).sum();
        for (GoalConfig goal : free) {
            targets.put(goal.name(), rest * goal.weight() / weights);
        }
        return targets;
    }
}
