package sluice.proxy.event;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Adds up what happens often, by kind, so that it can be told seldom. Not shared. */
final class SparseCounts {
    /** Of one kind nothing more is told for so long. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Map<String, Kind> kinds = new HashMap<>();

    private static final class Kind {
        private Instant toldAt;
        private long untold;
    }

    /**
     * Adds {@code count}. What to tell now, if anything: all since the last time.
     *
     * @param kind one of a few
     */
    OptionalLong add(String kind, long count, Instant at) {
        Kind known = kinds.computeIfAbsent(kind, fresh -> new Kind());
        known.untold += count;
        if (known.toldAt != null && Duration.between(known.toldAt, at).abs().compareTo(INTERVAL) < 0) {
            return OptionalLong.empty();
        }
        long told = known.untold;
        known.toldAt = at;
        known.untold = 0;
        return OptionalLong.of(told);
    }
}
