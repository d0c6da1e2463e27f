package sluice.protocol.bitcoin;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * A 256-bit bound that a block hash must not exceed (SV2 5.3: "at or below"). On the wire it is a little-endian U256:
 * byte 31 is the most significant. Larger targets are easier.
 */
public final class Target implements Comparable<Target> {
    public static final int LENGTH = 32;
    /** The easiest target: every hash meets it. */
    public static final Target MAX = new Target(-1, -1, -1, -1);
    /** Difficulty 1: 0xffff * 2^208. */
    public static final Target DIFFICULTY_1 =
            ofBigInteger(BigInteger.valueOf(0xffff).shiftLeft(208));

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Little-endian words: word3 is the most significant.
    private final long word0;
    private final long word1;
    private final long word2;
    private final long word3;

    private Target(long word0, long word1, long word2, long word3) {
        this.word0 = word0;
        this.word1 = word1;
        this.word2 = word2;
        this.word3 = word3;
    }

    /** Reads the 32 wire bytes (little-endian) of {@code source} at {@code offset}. */
    public static Target ofWire(byte[] source, int offset) {
        return new Target(
                (long) LONG.get(source, offset),
                (long) LONG.get(source, offset + 8),
                (long) LONG.get(source, offset + 16),
                (long) LONG.get(source, offset + 24));
    }

    /** The target with this value. Throws IllegalArgumentException unless it lies in 0..2^256-1. */
    public static Target ofBigInteger(BigInteger value) {
        if (value.signum() < 0 || value.bitLength() > 256) {
            throw new IllegalArgumentException("a target lies in 0..2^256-1, not " + value);
        }
        return new Target(
                value.longValue(),
                value.shiftRight(64).longValue(),
                value.shiftRight(128).longValue(),
                value.shiftRight(192).longValue());
    }

    /** Parses 64 hex digits, most significant first, as node RPC prints a target. */
    public static Target fromHex(String bigEndianHex) {
        if (bigEndianHex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException("a target has 64 hex digits, not " + bigEndianHex.length());
        }
        return ofBigInteger(new BigInteger(bigEndianHex, 16));
    }

    /**
     * Expands the compact form of a block header ({@code nbits}). A negative or overflowing mantissa, which consensus
     * rejects, gives target 0, which no hash is taken to meet in practice.
     */
    public static Target ofCompact(long nbits) {
        int exponent = (int) (nbits >>> 24) & 0xff;
        BigInteger mantissa = BigInteger.valueOf(nbits & 0x7fffff);
        boolean negative = (nbits & 0x800000) != 0;
        BigInteger value =
                exponent <= 3 ? mantissa.shiftRight(8 * (3 - exponent)) : mantissa.shiftLeft(8 * (exponent - 3));
        if (negative || value.bitLength() > 256) {
            return new Target(0, 0, 0, 0);
        }
        return ofBigInteger(value);
    }

    /** The compact form, rounded down to its 23-bit mantissa as Bitcoin does. */
    public long toCompact() {
        BigInteger value = toBigInteger();
        int size = (value.bitLength() + 7) / 8;
        long mantissa = size <= 3
                ? value.longValue() << (8 * (3 - size))
                : value.shiftRight(8 * (size - 3)).longValue();
        if ((mantissa & 0x800000) != 0) {
            mantissa >>>= 8;
            size++;
        }
        return mantissa | ((long) size << 24);
    }

    /** Whether {@code hash}, read as a little-endian integer, is at or below this target. */
    public boolean isMetBy(Hash256 hash) {
        return isAtOrBelow(hash.word(3), hash.word(2), hash.word(1), hash.word(0));
    }

    /** As {@link #isMetBy(Hash256)} for 32 raw hash bytes at {@code offset}: no allocation. */
    public boolean isMetBy(byte[] rawHash, int offset) {
        return isAtOrBelow(
                (long) LONG.get(rawHash, offset + 24),
                (long) LONG.get(rawHash, offset + 16),
                (long) LONG.get(rawHash, offset + 8),
                (long) LONG.get(rawHash, offset));
    }

    private boolean isAtOrBelow(long high, long third, long second, long low) {
        if (high != word3) {
            return Long.compareUnsigned(high, word3) < 0;
        }
        if (third != word2) {
            return Long.compareUnsigned(third, word2) < 0;
        }
        if (second != word1) {
            return Long.compareUnsigned(second, word1) < 0;
        }
        return Long.compareUnsigned(low, word0) <= 0;
    }

    /** Whether this is target 0, which asks for the impossible and has no difficulty. */
    public boolean isZero() {
        return (word0 | word1 | word2 | word3) == 0;
    }

    public boolean isHarderThan(Target other) {
        return compareTo(other) < 0;
    }

    public boolean isEasierThan(Target other) {
        return compareTo(other) > 0;
    }

    public static Target hardest(Target a, Target b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    public static Target easiest(Target a, Target b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Writes the 32 wire bytes (little-endian); returns the offset behind them. */
    public int copyTo(byte[] target, int offset) {
        LONG.set(target, offset, word0);
        LONG.set(target, offset + 8, word1);
        LONG.set(target, offset + 16, word2);
        LONG.set(target, offset + 24, word3);
        return offset + LENGTH;
    }

    public BigInteger toBigInteger() {
        byte[] magnitude = new byte[LENGTH];
        copyTo(magnitude, 0);
        for (int i = 0; i < LENGTH / 2; i++) {
            byte swap = magnitude[i];
            magnitude[i] = magnitude[LENGTH - 1 - i];
            magnitude[LENGTH - 1 - i] = swap;
        }
        return new BigInteger(1, magnitude);
    }

    /** 64 hex digits, most significant first. */
    public String hex() {
        return String.format("%064x", toBigInteger());
    }

    /** Orders by value: harder targets first. */
    @Override
    public int compareTo(Target other) {
        int high = Long.compareUnsigned(word3, other.word3);
        if (high != 0) {
            return high;
        }
        int third = Long.compareUnsigned(word2, other.word2);
        if (third != 0) {
            return third;
        }
        int second = Long.compareUnsigned(word1, other.word1);
        return second != 0 ? second : Long.compareUnsigned(word0, other.word0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Target that
                && word0 == that.word0
                && word1 == that.word1
                && word2 == that.word2
                && word3 == that.word3;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(word0 ^ Long.rotateLeft(word1, 16) ^ Long.rotateLeft(word2, 32) ^ word3);
    }

    @Override
    public String toString() {
        return hex();
    }
}
