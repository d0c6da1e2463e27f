package sluice.upstream.session;

/** Sequence numbers of one channel's shares: 64 bits here, of which the wire has the lower 32. Confined to its session. */
final class ShareSequences {
    private static final long U32_MASK = 0xffff_ffffL;

    private long last;

    /** Another channel. */
    void restart() {
        last = 0;
    }

    /** Takes the sequence of a share to send, above all earlier ones; returns its U32. */
    long sent(long sequence) {
        last = sequence;
        return sequence & U32_MASK;
    }

    /** The sequence that was sent last of those whose lower 32 bits are {@code wire}; below 1 if there is none. */
    long full(long wire) {
        long sequence = last & ~U32_MASK | wire;
        return sequence > last ? sequence - U32_MASK - 1 : sequence;
    }
}
