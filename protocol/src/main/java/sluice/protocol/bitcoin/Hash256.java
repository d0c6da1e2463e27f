package sluice.protocol.bitcoin;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * A 256-bit hash in internal byte order: the raw output of SHA256d as it stands in a block header and on the SV2 wire.
 * Explorers and node RPC show the reverse ({@link #display()}).
 */
public final class Hash256 {
    public static final int LENGTH = 32;
    public static final Hash256 ZERO = new Hash256(0, 0, 0, 0);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Little-endian words: word0 holds bytes 0..7, word3 bytes 24..31.
    private final long word0;
    private final long word1;
    private final long word2;
    private final long word3;

    private Hash256(long word0, long word1, long word2, long word3) {
        this.word0 = word0;
        this.word1 = word1;
        this.word2 = word2;
        this.word3 = word3;
    }

    /** Reads 32 bytes of {@code source} at {@code offset}, internal order. */
    public static Hash256 of(byte[] source, int offset) {
        return new Hash256(
                (long) LONG.get(source, offset),
                (long) LONG.get(source, offset + 8),
                (long) LONG.get(source, offset + 16),
                (long) LONG.get(source, offset + 24));
    }

    /** Parses 64 hex digits in internal order. Throws IllegalArgumentException for another length or other characters. */
    public static Hash256 fromHex(String hex) {
        byte[] raw = HexFormat.of().parseHex(hex);
        if (raw.length != LENGTH) {
            throw new IllegalArgumentException("a hash has 64 hex digits, not " + hex.length());
        }
        return of(raw, 0);
    }

    /** Parses 64 hex digits in display order, as node RPC and explorers print hashes. */
    public static Hash256 fromDisplay(String hex) {
        Hash256 reversed = fromHex(hex);
        return new Hash256(
                Long.reverseBytes(reversed.word3),
                Long.reverseBytes(reversed.word2),
                Long.reverseBytes(reversed.word1),
                Long.reverseBytes(reversed.word0));
    }

    /** Writes the 32 bytes in internal order; returns the offset behind them. */
    public int copyTo(byte[] target, int offset) {
        LONG.set(target, offset, word0);
        LONG.set(target, offset + 8, word1);
        LONG.set(target, offset + 16, word2);
        LONG.set(target, offset + 24, word3);
        return offset + LENGTH;
    }

    public byte[] toArray() {
        byte[] raw = new byte[LENGTH];
        copyTo(raw, 0);
        return raw;
    }

    /** Word {@code index} (0..3) of the hash read as a little-endian 256-bit integer; 3 is the most significant. */
    long word(int index) {
        return switch (index) {
            case 0 -> word0;
            case 1 -> word1;
            case 2 -> word2;
            default -> word3;
        };
    }

    /** Hex in internal order. */
    public String hex() {
        return HexFormat.of().formatHex(toArray());
    }

    /** Hex in display order. */
    public String display() {
        byte[] raw = toArray();
        StringBuilder text = new StringBuilder(2 * LENGTH);
        for (int i = LENGTH - 1; i >= 0; i--) {
            HexFormat.of().toHexDigits(text, raw[i]);
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash256 that
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
        return display();
    }
}
