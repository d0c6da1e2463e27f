package sluice.proxy.mining.extranonce;

import java.util.OptionalInt;

/**
 * Hands out the few indexes of a narrow shape on one event loop, each to as many miners as it takes: miners with the same
 * one are put into different lanes, which have upstream channels of their own. So it gives the one that fewest have, and as
 * few lanes are needed as can be. Confined to its loop.
 */
public final class SharedIndexes implements IndexSource {
    private final int[] holders;
    private final int limit;
    private int next;
    private int inUse;

    /**
     * @param start where to begin, so that loops do not all begin with the same ones
     * @param shape a narrow one
     * @param limit most indexes out at once
     */
    public SharedIndexes(int start, ExtranonceShape shape, int limit) {
        if (!shape.isNarrow()) {
            throw new IllegalArgumentException(shape + " has indexes for everybody");
        }
        this.holders = new int[(int) shape.highestIndex()];
        this.next = Math.floorMod(start, holders.length);
        this.limit = limit;
    }

    @Override
    public OptionalInt take() {
        if (inUse >= limit) {
            return OptionalInt.empty();
        }
        int best = next;
        for (int i = 0; i < holders.length && holders[best] > 0; i++) {
            int candidate = (next + i) % holders.length;
            best = holders[candidate] < holders[best] ? candidate : best;
        }
        holders[best]++;
        inUse++;
        next = (best + 1) % holders.length;
        return OptionalInt.of(best + 1);
    }

    @Override
    public void release(int index) {
        if (index < 1 || index > holders.length || holders[index - 1] == 0) {
            throw new IllegalArgumentException("index " + index + " is not out");
        }
        holders[index - 1]--;
        inUse--;
    }

    @Override
    public int inUse() {
        return inUse;
    }

    @Override
    public void forgo(int index) {
        release(index);
    }

    @Override
    public void adopt(int index) {
        holders[index - 1]++;
        inUse++;
    }

    // An index rests in its lane, where others must not get it too soon.
    @Override
    public void onTipChanged() {}
}
