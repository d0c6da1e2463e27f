package sluice.protocol.bitcoin;

/** Bitcoin's variable-length count: 1, 3, 5 or 9 bytes, little-endian behind a marker. */
public final class CompactSize {
    private static final int U16_MARK = 0xfd;
    private static final int U32_MARK = 0xfe;
    private static final int U64_MARK = 0xff;
    private static final long U16_MAX = 0xffff;
    private static final long U32_MAX = 0xffffffffL;

    private CompactSize() {}

    /** How many bytes {@code value} takes; it is not negative. */
    public static int length(long value) {
        if (value < U16_MARK) {
            return 1;
        }
        if (value <= U16_MAX) {
            return 3;
        }
        return value <= U32_MAX ? 5 : 9;
    }

    /** Writes {@code value}; returns the offset behind it. */
    public static int write(byte[] target, int offset, long value) {
        int length = length(value);
        if (length == 1) {
            target[offset] = (byte) value;
            return offset + 1;
        }
        target[offset] = (byte) (length == 3 ? U16_MARK : length == 5 ? U32_MARK : U64_MARK);
        for (int i = 1; i < length; i++) {
            target[offset + i] = (byte) (value >>> (8 * (i - 1)));
        }
        return offset + length;
    }

    /** How many bytes follow the first byte of a count. */
    static int bytesBehind(int firstByte) {
        return switch (firstByte) {
            case U16_MARK -> 2;
            case U32_MARK -> 4;
            case U64_MARK -> 8;
            default -> 0;
        };
    }
}
