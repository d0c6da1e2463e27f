package sluice.proxy.api.event.netty;

import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import sluice.config.WebhookConfig;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.event.EventEndpoints;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.event.EventLedger;
import sluice.proxy.api.event.NodeEventEndpoints;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.api.event.WebhookEndpoints;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** All ways in which events leave a gateway for other programs: the ring behind the API's stream, and webhooks. */
public final class EventOutlets implements AutoCloseable {
    private static final int RADIX = 36;

    private final EventFeed feed;
    private final Webhooks webhooks;

    /** To be made before the gateway, so that nothing is missed. */
    public EventOutlets(List<WebhookConfig> configs, PoolAddresses pools, InstantSource clock) {
        this.feed = new EventFeed(new EventLedger(Long.toString(clock.millis(), RADIX)), pools);
        this.webhooks = Webhooks.start(configs, feed, clock);
    }

    /** What wakes those who read events. */
    public EventFeed feed() {
        return feed;
    }

    /** What the gateway's bus tells. */
    public GatewayEvents.Listener listener() {
        return feed;
    }

    /** What the API has of events. */
    public List<Endpoint> endpoints(Consumer<GatewayEvent.NodeReported> report) {
        return Stream.of(EventEndpoints.of(feed), NodeEventEndpoints.of(report), WebhookEndpoints.of(webhooks))
                .flatMap(List::stream)
                .toList();
    }

    /** To be called when the gateway and the API are closed. */
    @Override
    public void close() {
        webhooks.close();
    }
}
