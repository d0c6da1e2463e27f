package sluice.protocol.bitcoin;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 80 bytes that are hashed for proof of work.
 *
 * @param version U32
 * @param prevHash hash of the previous block, internal order
 * @param merkleRoot internal order
 * @param ntime seconds since 1970, U32
 * @param nbits compact network target, U32
 * @param nonce U32
 */
public record BlockHeader(long version, Hash256 prevHash, Hash256 merkleRoot, long ntime, long nbits, long nonce) {
    public static final int LENGTH = 80;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PREV_HASH_AT = 4;
    private static final int MERKLE_ROOT_AT = 36;
    private static final int NTIME_AT = 68;
    private static final int NBITS_AT = 72;
    private static final int NONCE_AT = 76;

    /** Reads 80 bytes of {@code source} at {@code offset}. */
    public static BlockHeader of(byte[] source, int offset) {
        return new BlockHeader(
                u32(source, offset),
                Hash256.of(source, offset + PREV_HASH_AT),
                Hash256.of(source, offset + MERKLE_ROOT_AT),
                u32(source, offset + NTIME_AT),
                u32(source, offset + NBITS_AT),
                u32(source, offset + NONCE_AT));
    }

    /** Writes the 80 bytes; returns the offset behind them. */
    public int copyTo(byte[] target, int offset) {
        write(target, offset, version, prevHash, ntime, nbits, nonce);
        merkleRoot.copyTo(target, offset + MERKLE_ROOT_AT);
        return offset + LENGTH;
    }

    /**
     * Writes a header whose merkle root the caller puts, or has put, at {@link #merkleRootOffset}: the share path's way
     * to a header without allocation. U32 arguments use their low 32 bits.
     */
    public static void write(
            byte[] target, int offset, long version, Hash256 prevHash, long ntime, long nbits, long nonce) {
        INT.set(target, offset, (int) version);
        prevHash.copyTo(target, offset + PREV_HASH_AT);
        INT.set(target, offset + NTIME_AT, (int) ntime);
        INT.set(target, offset + NBITS_AT, (int) nbits);
        INT.set(target, offset + NONCE_AT, (int) nonce);
    }

    /** Replaces the nonce of the header at {@code offset}. */
    public static void writeNonce(byte[] target, int offset, long nonce) {
        INT.set(target, offset + NONCE_AT, (int) nonce);
    }

    /** Where the merkle root of the header at {@code headerOffset} stands. */
    public static int merkleRootOffset(int headerOffset) {
        return headerOffset + MERKLE_ROOT_AT;
    }

    public byte[] toArray() {
        byte[] raw = new byte[LENGTH];
        copyTo(raw, 0);
        return raw;
    }

    /** The block hash, internal order. */
    public Hash256 hash() {
        return Sha256d.of(toArray(), 0, LENGTH);
    }

    public boolean meets(Target target) {
        return target.isMetBy(hash());
    }

    public BlockHeader withNonce(long newNonce) {
        return new BlockHeader(version, prevHash, merkleRoot, ntime, nbits, newNonce);
    }

    private static long u32(byte[] source, int offset) {
        return Integer.toUnsignedLong((int) INT.get(source, offset));
    }
}
