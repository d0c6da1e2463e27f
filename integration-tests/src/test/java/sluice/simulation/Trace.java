package sluice.simulation;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What happened in a run, as one number that two equal runs have in common, and in words where somebody wants to read them. */
final class Trace {
    private static final int MAX_LINES = 800;
    private static final int MAX_TRIFLES = 60;
    private static final long PRIME = 0x9e37_79b9_7f4a_7c15L;

    private final VirtualTime time;
    private final boolean inWords;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private final ArrayDeque<Line> trifles = new ArrayDeque<>();
    private long told;
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

    private record Line(long order, String words) {}

    void tell(String words) {
        note(words, lines, MAX_LINES);
    }

    /** As {@link #tell} for what happens all the time: only the last of it are of interest. */
    void mutter(String words) {
        note(words, trifles, MAX_TRIFLES);
    }

    private void note(String words, ArrayDeque<Line> to, int most) {
        if (inWords) {
            if (to.size() == most) {
                to.removeFirst();
            }
            to.addLast(new Line(++told, time.elapsed() + " " + words));
        }
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return Stream.concat(lines.stream(), trifles.stream())
                .sorted(Comparator.comparingLong(Line::order))
                .map(Line::words)
                .toList();
    }
}
