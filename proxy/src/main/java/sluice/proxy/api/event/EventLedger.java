package sluice.proxy.api.event;

import sluice.config.EventType;

/**
 * The latest events, for those who read them and those who come back. What comes with shares has a ring of its own, so that a
 * farm's shares do not push out the loss of a pool. One thread adds, that of the event bus; readers are on any thread and
 * hold nobody up: who is too slow is overtaken.
 */
public final class EventLedger {
    /** Events that come with shares. */
    public static final int MAX_FREQUENT = 16_384;
    /** All others. */
    public static final int MAX_OTHERS = 16_384;

    private final EventRing frequent;
    private final EventRing others;
    // Written behind the ring's slot: whoever reads it finds all events up to it there.
    private volatile EventId last;

    /** @param run names this run of the gateway among others */
    public EventLedger(String run) {
        this(run, MAX_FREQUENT, MAX_OTHERS);
    }

    EventLedger(String run, int frequentCapacity, int otherCapacity) {
        this.frequent = new EventRing(frequentCapacity, true);
        this.others = new EventRing(otherCapacity, false);
        this.last = EventId.start(run);
    }

    /** The id that the next event gets; asked by the one thread that adds. */
    EventId next(EventType type) {
        return last.next(type.isFrequent());
    }

    void add(PublishedEvent event) {
        (event.type().isFrequent() ? frequent : others).add(event);
        last = event.id();
    }

    /** That of the latest event. */
    public EventId last() {
        return last;
    }

    EventRing frequent() {
        return frequent;
    }

    EventRing others() {
        return others;
    }
}
