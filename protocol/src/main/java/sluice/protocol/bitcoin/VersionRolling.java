package sluice.protocol.bitcoin;

/** Which bits of a header's version a miner may change, and the arithmetic on them. All values are U32. */
public final class VersionRolling {
    /** Bits 5..28, what SV2 allows where rolling is allowed (BIP323). */
    public static final long BIP323_MASK = 0x1fffffe0L;
    /** Bits 13..28, what deployed SV1 hardware rolls (BIP320). */
    public static final long BIP320_MASK = 0x1fffe000L;
    /** Nothing may change. */
    public static final long NO_MASK = 0;

    private VersionRolling() {}

    /** Whether {@code shareVersion} differs from {@code jobVersion} only in bits of {@code mask}. */
    public static boolean isAllowed(long jobVersion, long shareVersion, long mask) {
        return ((jobVersion ^ shareVersion) & ~mask) == 0;
    }

    /** Whether {@code versionBits}, as an SV1 miner submits them, lie within {@code mask} (BIP310). */
    public static boolean areBitsAllowed(long versionBits, long mask) {
        return (versionBits & ~mask) == 0;
    }

    /** The version that a share has: the job's outside {@code mask}, the submitted bits inside (BIP310). */
    public static long withBits(long jobVersion, long versionBits, long mask) {
        return (jobVersion & ~mask) | (versionBits & mask);
    }

    /**
     * {@code version} without the bits of {@code mask}. Miners replace, or or xor their bits into the version they were
     * sent; the three agree only where that version has none of them.
     */
    public static long cleared(long version, long mask) {
        return version & ~mask;
    }
}
