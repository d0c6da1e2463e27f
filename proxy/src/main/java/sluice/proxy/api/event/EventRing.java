package sluice.proxy.api.event;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** The latest events of one sort. One thread adds; any number look, and see for themselves that what they want is gone. */
final class EventRing {
    private final AtomicReferenceArray<PublishedEvent> slots;
    private final boolean frequent;

    EventRing(int capacity, boolean frequent) {
        this.slots = new AtomicReferenceArray<>(capacity);
        this.frequent = frequent;
    }

    void add(PublishedEvent event) {
        slots.set(slot(event.id().count(frequent)), event);
    }

    /** The event with this number among those of the ring, from 1; null where it has given way. */
    PublishedEvent at(long number) {
        PublishedEvent there = slots.get(slot(number));
        return there != null && there.id().count(frequent) == number ? there : null;
    }

    /** The number of the oldest event that is still there when {@code last} was the latest. */
    long oldest(long last) {
        return Math.max(1, last - slots.length() + 1);
    }

    private int slot(long number) {
        return (int) (number % slots.length());
    }
}
