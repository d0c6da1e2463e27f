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
    private final Map<String, Double> hashrates = new HashMap<>();
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
        hashrates.merge(lane.goal(), placed.hashesPerSecond, Double::sum);
        return placed;
    }

    void hashrate(Placed placed, double hashesPerSecond) {
        hashrates.merge(placed.lane.goal(), hashesPerSecond - placed.hashesPerSecond, Double::sum);
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
        hashrates.merge(placed.lane.goal(), -placed.hashesPerSecond, Double::sum);
    }

    /** Nobody is placed one by one any more. */
    void clear() {
        miners.values().forEach(placed -> placed.lane.left(placed.facts.index()));
        miners.clear();
        hashrates.clear();
    }

    Map<String, Double> hashrates() {
        return hashrates;
    }

    /** What to expect of a miner that has not mined yet, in hashes per second: as much as of the others. */
    double expectedHashrate() {
        double sum = 0;
        for (double hashrate : hashrates.values()) {
            sum += hashrate;
        }
        return miners.isEmpty() || sum <= 0 ? 1 : sum / miners.size();
    }

    List<GoalBalancer.Miner> forBalancer() {
        return miners.values().stream()
                .map(placed -> new GoalBalancer.Miner(
                        placed.connectionId(),
                        placed.lane.goal(),
                        Math.max(0, placed.hashesPerSecond),
                        placed.pinned,
                        placed.since))
                .toList();
    }
}
