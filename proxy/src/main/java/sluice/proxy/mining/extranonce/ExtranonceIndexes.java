package sluice.proxy.mining.extranonce;

import java.util.ArrayDeque;
import java.util.OptionalInt;

/**
 * Hands out local indexes on one event loop. Loops take disjoint residues, so no two loops ever give the same index and
 * none has to ask another; one that another loop gave out first may be adopted with its miner. A released index rests until every job that was mined with it is stale: it comes back only
 * after {@link #REST_TIPS} further tips. Confined to its loop.
 */
public final class ExtranonceIndexes implements IndexSource {
    /** Tips that must pass before a released index is given out again. */
    static final int REST_TIPS = 2;

    private final int shards;
    private final long highest;
    private final int limit;
    private final ArrayDeque<Released> resting = new ArrayDeque<>();
    private long next;
    private int inUse;
    private long tips;

    private record Released(int index, long tips) {}

    /**
     * @param shard which residue is ours, 0 to {@code shards - 1}
     * @param highest the largest index that fits, U32; index 0 is never used
     * @param limit most indexes out at once, and again most that rest; one more that is released is never given out again
     */
    public ExtranonceIndexes(int shard, int shards, long highest, int limit) {
        if (shard < 0 || shard >= shards) {
            throw new IllegalArgumentException("shard " + shard + " of " + shards);
        }
        this.shards = shards;
        this.highest = highest;
        this.limit = limit;
        this.next = shard == 0 ? shards : shard;
    }

    /** A fresh index, or empty where none is free. */
    @Override
    public OptionalInt take() {
        if (inUse >= limit) {
            return OptionalInt.empty();
        }
        Released oldest = resting.peekFirst();
        if (oldest != null && tips - oldest.tips >= REST_TIPS) {
            resting.removeFirst();
            inUse++;
            return OptionalInt.of(oldest.index);
        }
        if (next > highest) {
            return OptionalInt.empty();
        }
        int index = (int) next;
        next += shards;
        inUse++;
        return OptionalInt.of(index);
    }

    @Override
    public void release(int index) {
        inUse--;
        // There are four thousand million indexes and only so many can be remembered. A miner that comes and goes for
        // ever
        // must not keep the others from theirs.
        if (resting.size() == limit) {
            resting.removeFirst();
        }
        resting.addLast(new Released(index, tips));
    }

    @Override
    public void forgo(int index) {
        inUse--;
    }

    @Override
    public void adopt(int index) {
        inUse++;
    }

    @Override
    public void onTipChanged() {
        tips++;
    }

    @Override
    public int inUse() {
        return inUse;
    }

    int resting() {
        return resting.size();
    }
}
