package sluice.proxy.miner;

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
        return generation % 2 == 0 ? jobVersion | Long.lowestOneBit(mask) : jobVersion;
    }
}
