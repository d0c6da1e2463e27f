package sluice.proxy.goal;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.PinConfig;

/** Who is where, while miners are placed one by one: pins, and the hashrate of each goal. Confined to the director. */
final class Placement {
    private final Map<Long, Placed> miners = new LinkedHashMap<>();
    private final Map<String, Crew> crews = new HashMap<>();
    private List<PinConfig> pins = List.of();

    /** A miner in its lane. */
    static final class Placed {
        private final int loop;
        private final DirectorInput.MinerFacts facts;
        private Lane lane;
        private boolean pinned;
        private double hashesPerSecond;
        private Instant since;

        private Placed(int loop, DirectorInput.MinerFacts facts) {
            this.loop = loop;
            this.facts = facts;
        }

        int loop() {
            return loop;
        }

        DirectorInput.MinerFacts facts() {
            return facts;
        }

        long connectionId() {
            return facts.connectionId();
        }

        Lane lane() {
            return lane;
        }

        boolean pinned() {
            return pinned;
        }
    }

    /** All miners of one goal. */
    private static final class Crew {
        private int miners;
        private double hashesPerSecond;

        void join(Placed miner) {
            miners++;
            hashesPerSecond += miner.hashesPerSecond;
        }

        /** Says whether it was the last. */
        boolean leave(Placed miner) {
            miners--;
            change(-miner.hashesPerSecond);
            return miners == 0;
        }

        // What was added in another order can leave a little less than nothing.
        void change(double difference) {
            hashesPerSecond = Math.max(0, hashesPerSecond + difference);
        }
    }

    void pins(List<PinConfig> newPins) {
        pins = List.copyOf(newPins);
    }

    /** The goal that a pin names for this miner: of the first that matches. */
    Optional<String> pinOf(DirectorInput.MinerFacts miner) {
        for (PinConfig pin : pins) {
            if (pin.matches(miner.userIdentity(), miner.address(), miner.listener())) {
                return Optional.of(pin.goal());
            }
        }
        return Optional.empty();
    }

    /** The miner with this connection, or null. */
    Placed find(long connectionId) {
        return miners.get(connectionId);
    }

    Collection<Placed> all() {
        return miners.values();
    }

    /** Notes a miner in its lane, be it new there or not. */
    Placed put(int loop, DirectorInput.MinerFacts facts, Lane lane, boolean pinned, double hashrate, Instant now) {
        Placed placed = miners.computeIfAbsent(facts.connectionId(), id -> new Placed(loop, facts));
        placed.pinned = pinned;
        if (placed.lane == lane) {
            return placed;
        }
        if (placed.lane != null) {
            leave(placed);
        } else {
            placed.hashesPerSecond = hashrate;
        }
        placed.lane = lane;
        placed.since = now;
        lane.joined(facts.index());
        crews.computeIfAbsent(lane.goal().name(), goal -> new Crew()).join(placed);
        return placed;
    }

    void hashrate(Placed placed, double hashesPerSecond) {
        crews.get(placed.lane.goal().name()).change(hashesPerSecond - placed.hashesPerSecond);
        placed.hashesPerSecond = hashesPerSecond;
    }

    /** Says whether the miner was here. */
    boolean remove(long connectionId) {
        Placed placed = miners.remove(connectionId);
        if (placed == null) {
            return false;
        }
        leave(placed);
        return true;
    }

    private void leave(Placed placed) {
        placed.lane.left(placed.facts.index());
        if (crews.get(placed.lane.goal().name()).leave(placed)) {
            crews.remove(placed.lane.goal().name());
        }
    }

    /** Nobody is placed one by one any more. */
    void clear() {
        miners.values().forEach(placed -> placed.lane.left(placed.facts.index()));
        miners.clear();
        crews.clear();
    }

    /** Of each goal that has miners, in hashes per second. */
    Map<String, Double> hashrates() {
        Map<String, Double> hashrates = new HashMap<>();
        crews.forEach((goal, crew) -> hashrates.put(goal, crew.hashesPerSecond));
        return hashrates;
    }

    /** What to expect of a miner that has not mined yet, in hashes per second: as much as of the others. */
    double expectedHashrate() {
        double sum = 0;
        for (Crew crew : crews.values()) {
            sum += crew.hashesPerSecond;
        }
        return miners.isEmpty() || sum <= 0 ? 1 : sum / miners.size();
    }

    List<GoalBalancer.Miner> forBalancer() {
        return miners.values().stream()
                .map(placed -> new GoalBalancer.Miner(
                        placed.connectionId(),
                        placed.lane.goal().name(),
                        Math.max(0, placed.hashesPerSecond),
                        placed.pinned,
                        placed.since))
                .toList();
    }
}
