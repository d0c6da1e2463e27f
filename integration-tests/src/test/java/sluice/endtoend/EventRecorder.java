package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.netty.Gateway;

/** Keeps every event of a gateway. They come by a thread that gives way to all others, so some time after what they tell. */
public final class EventRecorder implements GatewayEvents.Listener {
    private final Queue<GatewayEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    public void on(GatewayEvent event) {
        events.add(event);
    }

    /** Waits until the recorders of this gateway have every event of what had happened before, or it is closed. */
    static void settle(Gateway gateway) {
        try {
            gateway.ask(() -> true).get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException closed) {
            assertThat(closed).hasCauseInstanceOf(RejectedExecutionException.class);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("events that are not handed over", e);
        }
    }

    /** All events of this type that were recorded so far, in order. */
    public <T extends GatewayEvent> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
