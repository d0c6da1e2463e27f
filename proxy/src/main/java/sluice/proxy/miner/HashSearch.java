package sluice.proxy.miner;

import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;

/**
 * Searches the nonces of one range for headers that meet their work's target; the threads of a miner have disjoint
 * ranges, so they never search the same header. An exhausted range rolls the extranonce, or, where there is none, ntime.
 * Works in slices, between which the thread can take newer work. Allocates nothing per hash. Confined to one thread.
 */
public final class HashSearch {
    /** Most seconds by which ntime is rolled past the work's own; servers take 7200 at most. */
    public static final int MAX_NTIME_ROLL = 7_000;

    private static final long NONCES = 1L << 32;

    /**
     * What a slice achieved.
     *
     * @param hashes 0 exactly where there is nothing to search: no work yet, or its whole space is exhausted
     */
    public record Slice(int hashes, Optional<Share> share) {
        private static final Slice NONE = new Slice(0, Optional.empty());
    }

    private final Sha256d hasher = new Sha256d();
    private final byte[] header = new byte[BlockHeader.LENGTH];
    private final byte[] hash = new byte[Hash256.LENGTH];
    private final long firstNonce;
    private final long nonceCount;

    private Work work;
    private byte[] extranonce = new byte[0];
    // Both run on from work to work: a job that is sent again under a new id must not give the same headers again.
    private long noncePosition;
    private long extranonceCounter;

    private long noncesLeft;
    private long extranoncesLeft;
    private int ntimeRoll;

    /** Searches the {@code nonceCount} nonces from {@code firstNonce}. */
    HashSearch(long firstNonce, long nonceCount) {
        if (firstNonce < 0 || nonceCount < 1 || firstNonce + nonceCount > NONCES) {
            throw new IllegalArgumentException("no nonces: " + nonceCount + " from " + firstNonce);
        }
        this.firstNonce = firstNonce;
        this.nonceCount = nonceCount;
    }

    /** The search of thread {@code thread} (0..threads-1) of {@code threads}. */
    public static HashSearch ofThread(int thread, int threads) {
        long each = NONCES / threads;
        return new HashSearch(thread * each, each);
    }

    /** Drops the present work for {@code newer}. */
    public void take(Work newer) {
        work = newer;
        extranonce = new byte[newer.merkle().extranonceSize()];
        noncesLeft = nonceCount;
        extranoncesLeft = extranonces();
        ntimeRoll = 0;
        nextExtranonce();
        BlockHeader.write(header, 0, newer.version(), newer.prevHash(), newer.ntime(), newer.nbits(), 0);
        writeRoot();
    }

    /** The generation of the present work; -1 without one. */
    public long generation() {
        return work == null ? -1 : work.generation();
    }

    /** Tries up to {@code most} nonces; ends early behind a share or where the space is exhausted. */
    public Slice search(int most) {
        if (work == null || noncesLeft == 0 && !roll()) {
            return Slice.NONE;
        }
        int tries = (int) Math.min(most, noncesLeft);
        for (int tried = 1; tried <= tries; tried++) {
            long nonce = firstNonce + noncePosition;
            noncePosition = noncePosition + 1 == nonceCount ? 0 : noncePosition + 1;
            BlockHeader.writeNonce(header, 0, nonce);
            hasher.hash(header, 0, BlockHeader.LENGTH, hash, 0);
            if (work.target().isMetBy(hash, 0)) {
                noncesLeft -= tried;
                return new Slice(tried, Optional.of(share(nonce)));
            }
        }
        noncesLeft -= tries;
        return new Slice(tries, Optional.empty());
    }

    private Share share(long nonce) {
        return new Share(work, Bytes.of(extranonce), work.ntime() + ntimeRoll, nonce, Hash256.of(hash, 0));
    }

    private boolean roll() {
        if (extranoncesLeft > 1) {
            extranoncesLeft--;
        } else if (ntimeRoll < MAX_NTIME_ROLL) {
            ntimeRoll++;
            extranoncesLeft = extranonces();
            BlockHeader.write(header, 0, work.version(), work.prevHash(), work.ntime() + ntimeRoll, work.nbits(), 0);
        } else {
            return false;
        }
        noncesLeft = nonceCount;
        nextExtranonce();
        writeRoot();
        return true;
    }

    private long extranonces() {
        return extranonce.length >= Long.BYTES - 1 ? Long.MAX_VALUE : 1L << (8 * extranonce.length);
    }

    // The counter's low bytes, most significant first.
    private void nextExtranonce() {
        long counter = extranonceCounter++;
        for (int i = extranonce.length - 1; i >= 0; i--) {
            extranonce[i] = (byte) counter;
            counter >>>= 8;
        }
    }

    private void writeRoot() {
        work.merkle().writeRoot(extranonce, hasher, header, BlockHeader.merkleRootOffset(0));
    }
}
