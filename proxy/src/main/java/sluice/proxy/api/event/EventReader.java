package sluice.proxy.api.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One reader's place in the ledger. Confined to its reader. */
public final class EventReader {
    /** Events that are looked at in one go: a filter that takes none of them must not occupy its thread for long. */
    static final int MAX_LOOKED_AT = 4_096;

    private final EventLedger ledger;
    private final EventFilter filter;
    private EventId place;
    private boolean fromAnotherRun;

    private EventReader(EventLedger ledger, EventFilter filter, EventId place, boolean fromAnotherRun) {
        this.ledger = ledger;
        this.filter = filter;
        this.place = place;
        this.fromAnotherRun = fromAnotherRun;
    }

    /**
     * What was read.
     *
     * @param lost how many events had given way before they were read, those that the filter would not have taken included
     * @param fromAnotherRun the reader came from an earlier run of the gateway, of which nothing is left
     * @param place the last event that was looked at
     * @param isMore whether more is there already
     */
    public record Batch(
            List<PublishedEvent> events, long lost, boolean fromAnotherRun, EventId place, boolean isMore) {}

    /** What happens from now on. */
    public static EventReader fromNow(EventLedger ledger, EventFilter filter) {
        return new EventReader(ledger, filter, ledger.last(), false);
    }

    /** All that there still is. */
    public static EventReader fromOldest(EventLedger ledger, EventFilter filter) {
        EventId last = ledger.last();
        EventId place = new EventId(
                last.run(),
                ledger.frequent().oldest(last.frequent()) - 1,
                ledger.others().oldest(last.others()) - 1);
        return new EventReader(ledger, filter, place, false);
    }

    /** What happened after the event with this id. An id of another run gets all that there still is. */
    public static EventReader after(EventLedger ledger, EventFilter filter, EventId id) {
        EventId last = ledger.last();
        boolean known = id.run().equals(last.run()) && id.frequent() <= last.frequent() && id.others() <= last.others();
        if (known) {
            return new EventReader(ledger, filter, id, false);
        }
        EventReader oldest = fromOldest(ledger, filter);
        oldest.fromAnotherRun = true;
        return oldest;
    }

    /** The last event that was looked at. */
    EventId place() {
        return place;
    }

    /** Up to {@code most} events that pass the filter, in the order in which they happened. */
    public Batch next(int most) {
        EventId end = ledger.last();
        List<PublishedEvent> events = new ArrayList<>();
        long lost = overtaken(end);
        int looked = 0;
        while (events.size() < most && looked < MAX_LOOKED_AT && place.number() < end.number()) {
            looked++;
            Optional<PublishedEvent> event = follow(end);
            if (event.isEmpty()) {
                lost++;
            } else if (filter.takes(event.get())) {
                events.add(event.get());
            }
        }
        boolean other = fromAnotherRun;
        fromAnotherRun = false;
        return new Batch(events, lost, other, place, place.number() < end.number());
    }

    /** Leaves out what is known to be gone. Returns how many those are. */
    private long overtaken(EventId end) {
        long nextFrequent = Math.max(place.frequent(), ledger.frequent().oldest(end.frequent()) - 1);
        long nextOthers = Math.max(place.others(), ledger.others().oldest(end.others()) - 1);
        long lost = nextFrequent - place.frequent() + nextOthers - place.others();
        place = new EventId(place.run(), nextFrequent, nextOthers);
        return lost;
    }

    /**
     * Goes on by one event; empty where that gave way since {@code end} was read. Each event says how many of the other sort
     * were before it.
     */
    private Optional<PublishedEvent> follow(EventId end) {
        PublishedEvent other = place.others() < end.others() ? ledger.others().at(place.others() + 1) : null;
        PublishedEvent frequent =
                place.frequent() < end.frequent() ? ledger.frequent().at(place.frequent() + 1) : null;
        boolean isFrequent;
        if (other != null && other.id().frequent() <= place.frequent()) {
            isFrequent = false;
        } else if (frequent != null && frequent.id().others() <= place.others()) {
            isFrequent = true;
        } else {
            isFrequent = frequent == null && place.frequent() < end.frequent();
            place = place.next(isFrequent);
            return Optional.empty();
        }
        place = place.next(isFrequent);
        return Optional.of(isFrequent ? frequent : other);
    }
}
