package sluice.protocol.bitcoin;

import java.util.OptionalLong;
import sluice.protocol.Bytes;

/** The block height at the start of a coinbase scriptSig, pushed as the shortest script number (BIP34). */
public final class Bip34 {
    private static final int OP_0 = 0x00;
    private static final int OP_1 = 0x51;
    private static final int OP_16 = 0x60;
    private static final int MAX_NUMBER_BYTES = 5;

    private Bip34() {}

    /** The push of {@code height}, as Bitcoin Core writes and compares it; 1..6 bytes. */
    public static Bytes push(long height) {
        if (height < 0 || height > 0xffffffffL) {
            throw new IllegalArgumentException("a block height lies in 0..2^32-1, not " + height);
        }
        if (height == 0) {
            return Bytes.of((byte) OP_0);
        }
        if (height <= 16) {
            return Bytes.of((byte) (OP_1 + height - 1));
        }
        // One bit more than the value needs: the top bit is the sign.
        int length = (64 - Long.numberOfLeadingZeros(height)) / 8 + 1;
        byte[] push = new byte[1 + length];
        push[0] = (byte) length;
        for (int i = 0; i < length; i++) {
            push[1 + i] = (byte) (height >>> (8 * i));
        }
        return Bytes.wrap(push);
    }

    /**
     * The push of {@code height} as a scriptSig may start with it: heights below 17 take one byte, and consensus wants
     * two, so OP_0 follows.
     */
    public static Bytes scriptSigPrefix(long height) {
        Bytes push = push(height);
        return push.length() >= 2 ? push : Bytes.concat(push, Bytes.of((byte) OP_0));
    }

    /** The height that {@code scriptSig} starts with, if it starts with one. */
    public static OptionalLong heightOf(Bytes scriptSig) {
        if (scriptSig.isEmpty()) {
            return OptionalLong.empty();
        }
        int first = scriptSig.at(0) & 0xff;
        if (first == OP_0) {
            return OptionalLong.of(0);
        }
        if (first >= OP_1 && first <= OP_16) {
            return OptionalLong.of(first - OP_1 + 1);
        }
        if (first > MAX_NUMBER_BYTES || scriptSig.length() < 1 + first) {
            return OptionalLong.empty();
        }
        long height = 0;
        for (int i = 0; i < first; i++) {
            height |= (scriptSig.at(1 + i) & 0xffL) << (8 * i);
        }
        return height <= 0xffffffffL && scriptSig.startsWith(push(height))
                ? OptionalLong.of(height)
                : OptionalLong.empty();
    }
}
