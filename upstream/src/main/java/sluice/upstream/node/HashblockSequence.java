package sluice.upstream.node;

import java.util.OptionalLong;

/** Counts published blocks that never reached us, by the numbers of those that did. */
final class HashblockSequence {
    private static final long U32_MASK = 0xffffffffL;
    /** A publisher that was started anew begins at zero: that is no gap of four thousand million. */
    private static final long LARGEST_GAP = 1L << 16;

    private OptionalLong last = OptionalLong.empty();
    private long missed;

    /** How many are missing between the notice before and the one with {@code number}. */
    long missedBefore(OptionalLong number) {
        if (number.isEmpty()) {
            return 0;
        }
        long gap = last.isEmpty() ? 0 : (number.getAsLong() - last.getAsLong() - 1) & U32_MASK;
        last = number;
        long counted = gap <= LARGEST_GAP ? gap : 0;
        missed += counted;
        return counted;
    }

    long missed() {
        return missed;
    }
}
