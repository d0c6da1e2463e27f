package sluice.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import sluice.proxy.goal.DirectorInput.MinerFacts;

/** Who the miners of a gateway are and into which lanes its director has put them. */
final class SeenMiners {
    private final Map<Long, MinerFacts> facts = new HashMap<>();
    private final Map<Long, Integer> places = new HashMap<>();
    private OptionalInt laneOfAll = OptionalInt.empty();

    void know(MinerFacts miner) {
        facts.put(miner.connectionId(), miner);
    }

    /** Null where it has not said yet who it is. */
    MinerFacts facts(long connectionId) {
        return facts.get(connectionId);
    }

    void left(long connectionId) {
        places.remove(connectionId);
        facts.remove(connectionId);
    }

    void put(long connectionId, int lane) {
        places.put(connectionId, lane);
    }

    /** All are in this lane; from now on each has its own place where it is empty. */
    void putAll(OptionalInt lane) {
        laneOfAll = lane;
        places.clear();
    }

    boolean areOneByOne() {
        return laneOfAll.isEmpty();
    }

    boolean areIn(int lane) {
        return places.containsValue(lane) || laneOfAll.equals(OptionalInt.of(lane));
    }

    /** The lane that this one was put into last. */
    OptionalInt placeOf(long connectionId) {
        Integer number = places.get(connectionId);
        return number == null ? laneOfAll : OptionalInt.of(number);
    }

    /** Each that was put somewhere alone, with its lane. */
    void forEachPlace(BiConsumer<Long, Integer> action) {
        places.forEach(action);
    }
}
