package sluice.proxy.cli.demo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** Which upstreams could not be had, how often, and why the last time. Safe for any thread. */
final class UpstreamLosses implements GatewayEvents.Listener {
    private final Map<String, Refusals> byUpstream = new ConcurrentHashMap<>();

    /** @param lastReason of the last attempt, with the step that it reached */
    record Refusals(int attempts, String lastReason) {
        static final Refusals NONE = new Refusals(0, "");
    }

    @Override
    public void on(GatewayEvent event) {
        if (event instanceof GatewayEvent.MiningPoolDisconnected lost && !lost.hadChannel()) {
            byUpstream.merge(
                    lost.upstream(),
                    new Refusals(1, lost.step() + ": " + lost.reason()),
                    (before, now) -> new Refusals(before.attempts() + 1, now.lastReason()));
        }
    }

    /** Attempts that ended before a channel was open. */
    Refusals of(String upstream) {
        return byUpstream.getOrDefault(upstream, Refusals.NONE);
    }
}
