package sluice.protocol.bitcoin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The siblings of the coinbase transaction on its way to the merkle root, deepest first (SV2 5.3.15): all a miner needs to
 * know of a block's other transactions.
 */
public final class MerklePath {
    public static final MerklePath EMPTY = new MerklePath(new byte[0]);
    /** Enough for 2^32 transactions; miners exist that fail beyond. */
    public static final int MAX_DEPTH = 32;

    private final byte[] siblings;

    private MerklePath(byte[] siblings) {
        this.siblings = siblings;
    }

    /** The path with these siblings, deepest first. Throws IllegalArgumentException above {@link #MAX_DEPTH}. */
    public static MerklePath of(List<Hash256> siblings) {
        if (siblings.size() > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "a merkle path has at most " + MAX_DEPTH + " entries, not " + siblings.size());
        }
        return siblings.isEmpty() ? EMPTY : new MerklePath(flat(siblings, 0));
    }

    /** The path of a block whose transactions behind the coinbase have these txids, in block order. */
    public static MerklePath ofTxids(List<Hash256> txids) {
        if (txids.isEmpty()) {
            return EMPTY;
        }
        Sha256d hasher = new Sha256d();
        // Position 0 stands for the coinbase and stays empty: its siblings do not depend on it.
        byte[] level = flat(txids, 1);
        List<Hash256> path = new ArrayList<>();
        for (int count = txids.size() + 1; count > 1; count = (count + 1) / 2) {
            path.add(Hash256.of(level, Hash256.LENGTH));
            hashPairs(hasher, level, 1, count);
        }
        return of(path);
    }

    /** The merkle root over all of {@code hashes}, which are at least one: txids for a header, wtxids for a commitment. */
    public static Hash256 rootOf(List<Hash256> hashes) {
        Sha256d hasher = new Sha256d();
        byte[] level = flat(hashes, 0);
        for (int count = hashes.size(); count > 1; count = (count + 1) / 2) {
            hashPairs(hasher, level, 0, count);
        }
        return Hash256.of(level, 0);
    }

    public int depth() {
        return siblings.length / Hash256.LENGTH;
    }

    public List<Hash256> siblings() {
        List<Hash256> list = new ArrayList<>(depth());
        for (int at = 0; at < siblings.length; at += Hash256.LENGTH) {
            list.add(Hash256.of(siblings, at));
        }
        return List.copyOf(list);
    }

    /** The merkle root of the block whose coinbase has this txid. */
    public Hash256 root(Hash256 coinbaseTxid) {
        byte[] node = coinbaseTxid.toArray();
        fold(new Sha256d(), node, 0);
        return Hash256.of(node, 0);
    }

    /** Turns the coinbase txid in the 32 bytes of {@code node} at {@code offset} into the merkle root, in place. */
    public void fold(Sha256d hasher, byte[] node, int offset) {
        for (int at = 0; at < siblings.length; at += Hash256.LENGTH) {
            hasher.update(node, offset, Hash256.LENGTH)
                    .update(siblings, at, Hash256.LENGTH)
                    .finish(node, offset);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MerklePath that && Arrays.equals(siblings, that.siblings);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(siblings);
    }

    @Override
    public String toString() {
        return siblings().toString();
    }

    /** Replaces the pairs from pair {@code firstPair} on by their hashes; an odd last node is paired with itself. */
    private static void hashPairs(Sha256d hasher, byte[] level, int firstPair, int count) {
        for (int pair = firstPair; 2 * pair < count; pair++) {
            int left = 2 * pair * Hash256.LENGTH;
            int right = 2 * pair + 1 < count ? left + Hash256.LENGTH : left;
            hasher.update(level, left, Hash256.LENGTH)
                    .update(level, right, Hash256.LENGTH)
                    .finish(level, pair * Hash256.LENGTH);
        }
    }

    private static byte[] flat(List<Hash256> hashes, int gap) {
        byte[] all = new byte[(hashes.size() + gap) * Hash256.LENGTH];
        int at = gap * Hash256.LENGTH;
        for (Hash256 hash : hashes) {
            at = hash.copyTo(all, at);
        }
        return all;
    }
}
