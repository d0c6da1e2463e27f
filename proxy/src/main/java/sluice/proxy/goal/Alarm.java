package sluice.proxy.goal;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The one instant at which the director wants to be woken: the earliest of all that is due. Confined to it. */
final class Alarm {
    private final DirectorOutbox out;
    private Optional<Instant> set = Optional.empty();

    Alarm(DirectorOutbox out) {
        this.out = out;
    }

    /** It has rung. */
    void rung() {
        set = Optional.empty();
    }

    /** What is due; an alarm that is not needed any more is left to ring. */
    void set(Stream<Instant> due) {
        Optional<Instant> next = due.min(Comparator.naturalOrder());
        if (next.isPresent() && !next.equals(set)) {
            set = next;
            out.add(new DirectorAction.WakeAt(next.get()));
        }
    }
}
