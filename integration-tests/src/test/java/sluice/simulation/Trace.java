package sluice.simulation;

import java.util.ArrayDeque;
import java.util.List;

/** What happened in a run, as one number that two equal runs have in common, and in words where somebody wants to read them. */
final class Trace {
    private static final int MAX_LINES = 400;
    private static final long PRIME = 0x9e37_79b9_7f4a_7c15L;

    private final VirtualTime time;
    private final boolean inWords;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 1;

    Trace(VirtualTime time, boolean inWords) {
        this.time = time;
        this.inWords = inWords;
    }

    /** Something happened now; {@code what} tells it from all else that could have. */
    void mix(long what) {
        long mixed = (hash ^ what) * PRIME + time.nanos();
        hash = mixed ^ mixed >>> 29;
    }

    /** Whether {@link #tell} is worth the words. */
    boolean isInWords() {
        return inWords;
    }

    void tell(String words) {
        if (inWords) {
            if (lines.size() == MAX_LINES) {
                lines.removeFirst();
            }
            lines.addLast(time.elapsed() + " " + words);
        }
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
