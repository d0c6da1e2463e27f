package sluice.proxy.goal;

import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * Which local indexes are taken in one lane of a gateway where they are few. A miner brings its own, so the question is only
 * whether somebody else in the lane has it, or had it so lately that its work may still be counted. Confined to the director.
 */
final class Seats {
    /** New tips of the lane's upstream for which an index rests after its miner left. */
    static final int REST_TIPS = 2;

    private final BitSet taken = new BitSet();
    private final ArrayDeque<Resting> resting = new ArrayDeque<>();
    private long tips;

    private record Resting(int index, long since) {}

    boolean isFree(int index) {
        return !taken.get(index);
    }

    void take(int index) {
        if (taken.get(index)) {
            throw new IllegalArgumentException("index " + index + " is taken in this lane");
        }
        taken.set(index);
    }

    void release(int index) {
        resting.addLast(new Resting(index, tips));
    }

    /** The route that feeds the lane has a new tip: shares of the one before are worthless. */
    void onTip() {
        tips++;
        while (!resting.isEmpty() && tips - resting.getFirst().since() >= REST_TIPS) {
            taken.clear(resting.removeFirst().index());
        }
    }
}
