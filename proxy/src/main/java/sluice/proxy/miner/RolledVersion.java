package sluice.proxy.miner;

import sluice.protocol.bitcoin.VersionRolling;

/** The version a miner hashes: every second work has one rolled bit, so that a run shows whether rolling works. */
final class RolledVersion {
    private RolledVersion() {}

    /**
     * {@code jobVersion} with a bit of {@code mask} set, or as it is. Set, never cleared: servers that join the rolled bits
     * by or agree with those that replace them only then.
     *
     * @param mask bits that may change; 0 for none
     */
    static long of(long jobVersion, long mask, long generation) {
        return generation % 2 == 0 ? jobVersion | bitOf(mask) : jobVersion;
    }

    // An SV2 job can only say yes or no, while an SV1 pool behind its sender may allow no more than BIP320's bits.
    private static long bitOf(long mask) {
        long common = mask & VersionRolling.BIP320_MASK;
        return Long.lowestOneBit(common == VersionRolling.NO_MASK ? mask : common);
    }
}
