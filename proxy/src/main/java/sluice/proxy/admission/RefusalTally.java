package sluice.proxy.admission;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Counts refused connections until they are reported together: a flood must not become a flood of events. Not shared. */
public final class RefusalTally {
    private final Map<Refusal, Refused> counts = new EnumMap<>(Refusal.class);

    /**
     * @param count so many since the last report
     * @param latest where the last of them came from, as far as is known
     */
    public record Refused(long count, Optional<InetAddress> latest) {}

    /** Says whether it is the first since the last report. */
    public boolean add(Refusal refusal, Optional<InetAddress> from) {
        boolean first = counts.isEmpty();
        counts.merge(refusal, new Refused(1, from), (before, one) -> new Refused(before.count() + 1, from));
        return first;
    }

    /** Reports all and starts afresh. */
    public void drain(BiConsumer<Refusal, Refused> report) {
        counts.forEach(report);
        counts.clear();
    }
}
