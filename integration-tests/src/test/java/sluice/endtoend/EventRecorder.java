package sluice.endtoend;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** Keeps every event of a gateway. */
public final class EventRecorder implements GatewayEvents.Listener {
    private final Queue<GatewayEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    public void on(GatewayEvent event) {
        events.add(event);
    }

    /** All events of this type so far, in order. */
    public <T extends GatewayEvent> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
