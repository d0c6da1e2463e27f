package sluice.proxy.api.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import sluice.proxy.api.ApiStream;

/**
 * Events as they happen, for one caller, in the form of server-sent events. A caller that is slower than the events is
 * overtaken in their ring and told how many it missed.
 */
final class EventStream implements ApiStream {
    /** Events that are written ahead of what the caller has room for. */
    static final int MAX_AHEAD = 64;

    /** What a caller that missed events gets in their place. */
    static final String LOST = "EventsLost";

    /** A caller whose connection ends is asked to come back after so many milliseconds. */
    private static final String RETRY = "retry: 2000\n";

    private final EventFeed feed;
    private final Function<EventLedger, EventReader> begin;
    private final Deque<byte[]> ahead = new ArrayDeque<>();
    private EventReader reader;
    private Runnable wake;

    /** @param begin where the caller's reading begins */
    EventStream(EventFeed feed, Function<EventLedger, EventReader> begin) {
        this.feed = feed;
        this.begin = begin;
    }

    @Override
    public void start(Runnable whenMore) {
        wake = whenMore;
        reader = begin.apply(feed.ledger());
        // A caller that is cut off before its first event can come back to here, too.
        ahead.add(bytes(RETRY + id(reader.place()) + "\n"));
        feed.onMore(wake);
    }

    @Override
    public byte[] take(int most) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean isMore = true;
        while (isMore) {
            while (!ahead.isEmpty() && out.size() + ahead.getFirst().length <= most) {
                out.writeBytes(ahead.removeFirst());
            }
            isMore = ahead.isEmpty() && readAhead();
        }
        return out.toByteArray();
    }

    @Override
    public void stop() {
        feed.noMore(wake);
    }

    /** Whether anything was written ahead. */
    private boolean readAhead() {
        EventReader.Batch batch = reader.next(MAX_AHEAD);
        if (batch.fromAnotherRun()) {
            ahead.add(bytes(lost("{\"restarted\":true}")));
        }
        if (batch.lost() > 0) {
            ahead.add(bytes(lost("{\"count\":" + batch.lost() + "}")));
        }
        for (PublishedEvent event : batch.events()) {
            ahead.add(bytes(id(event.id()) + "event: " + event.type().text() + "\ndata: "
                    + new String(EventJson.write(event), StandardCharsets.UTF_8) + "\n\n"));
        }
        if (batch.isMore() && batch.events().isEmpty()) {
            // No event for this caller, but it need not come back to a place where the ring has been overwritten since.
            ahead.add(bytes(id(batch.place()) + "\n"));
        }
        return !ahead.isEmpty();
    }

    private static String lost(String data) {
        return "event: " + LOST + "\ndata: {\"type\":\"" + LOST + "\",\"data\":" + data + "}\n\n";
    }

    private static String id(EventId id) {
        return "id: " + id + "\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
