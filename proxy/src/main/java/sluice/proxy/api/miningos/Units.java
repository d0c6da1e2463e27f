package sluice.proxy.api.miningos;

/** Numbers as DATUM gateways give them. */
final class Units {
    private static final double TERAHASH = 1e12;
    private static final double LARGEST_EXACT = 0x1p53;

    private Units() {}

    static double terahashes(double hashesPerSecond) {
        return hashesPerSecond / TERAHASH;
    }

    /** Without a point where it is whole, as difficulties are with real machines. */
    static Number plain(double value) {
        if (value == Math.rint(value) && Math.abs(value) < LARGEST_EXACT) {
            return (long) value;
        }
        return value;
    }

    /** The work of {@code count} shares that nobody has added up, by that of others of the same sender. */
    static Number estimated(long count, double work, long shares) {
        return plain(shares == 0 ? 0 : count * (work / shares));
    }
}
