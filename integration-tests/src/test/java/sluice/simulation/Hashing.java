package sluice.simulation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

/**
 * Proof of work once more, written for the simulation alone: what a pool, a miner and a witness compute must not come from
 * the code that is being watched. All hashes and integers in header order.
 */
final class Hashing {
    private static final int HEADER = 80;
    private static final BigInteger DIFFICULTY_1 = BigInteger.valueOf(0xffff).shiftLeft(208);
    private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);

    private final MessageDigest sha256;
    private final byte[] header = new byte[HEADER];
    private final byte[] hash = new byte[32];
    private final byte[] inner = new byte[32];

    Hashing() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The merkle root over the coinbase that {@code parts} make together. */
    byte[] root(List<Hash256> path, Bytes... parts) {
        for (Bytes part : parts) {
            part.digestInto(sha256);
        }
        byte[] node = new byte[32];
        finish(node);
        for (Hash256 sibling : path) {
            sha256.update(node);
            sha256.update(sibling.toArray());
            finish(node);
        }
        return node;
    }

    /** Takes up a header whose nonces are then tried. */
    void header(long version, Hash256 prevHash, byte[] root, long ntime, long nbits) {
        u32(0, version);
        prevHash.copyTo(header, 4);
        System.arraycopy(root, 0, header, 36, 32);
        u32(68, ntime);
        u32(72, nbits);
    }

    /** Hashes the header with this nonce; the array is overwritten by the next call. */
    byte[] tryNonce(long nonce) {
        u32(76, nonce);
        sha256.update(header);
        finish(hash);
        return hash;
    }

    private void finish(byte[] out) {
        try {
            sha256.digest(inner, 0, 32);
            sha256.update(inner);
            sha256.digest(out, 0, 32);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    private void u32(int at, long value) {
        header[at] = (byte) value;
        header[at + 1] = (byte) (value >>> 8);
        header[at + 2] = (byte) (value >>> 16);
        header[at + 3] = (byte) (value >>> 24);
    }

    /** Whether a hash is at or below a bound; both little-endian. */
    static boolean meets(byte[] hash, byte[] bound) {
        for (int at = 31; at >= 0; at--) {
            int difference = (hash[at] & 0xff) - (bound[at] & 0xff);
            if (difference != 0) {
                return difference < 0;
            }
        }
        return true;
    }

    /** Whether {@code one} asks for more work than {@code other}. */
    static boolean isHarder(byte[] one, byte[] other) {
        return !meets(other, one);
    }

    static byte[] bound(Target target) {
        byte[] bytes = new byte[32];
        target.copyTo(bytes, 0);
        return bytes;
    }

    /** What a miner that was told {@code difficulty} holds its hashes against. */
    static byte[] bound(double difficulty) {
        return littleEndian(new BigDecimal(DIFFICULTY_1)
                .divideToIntegralValue(new BigDecimal(difficulty))
                .toBigInteger()
                .min(LARGEST));
    }

    /** The network's bound in its compact form. */
    static byte[] bound(long nbits) {
        int exponent = (int) (nbits >>> 24);
        return littleEndian(BigInteger.valueOf(nbits & 0x7fffff).shiftLeft(8 * (exponent - 3)));
    }

    /** The work that a hash below this bound stands for, in difficulties. */
    static double difficulty(byte[] bound) {
        byte[] big = new byte[32];
        for (int i = 0; i < 32; i++) {
            big[i] = bound[31 - i];
        }
        return DIFFICULTY_1.doubleValue() / new BigInteger(1, big).doubleValue();
    }

    private static byte[] littleEndian(BigInteger value) {
        byte[] big = value.toByteArray();
        byte[] little = new byte[32];
        for (int i = 0; i < 32 && i < big.length; i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }
}
