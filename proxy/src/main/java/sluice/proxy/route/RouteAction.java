package sluice.proxy.route;

import java.time.Instant;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.UpstreamCommand;

/** What a route wants done, in order. */
public sealed interface RouteAction {
    /** To every loop, and there to every miner. */
    record Broadcast(RouteUpdate update) implements RouteAction {}

    record ToUpstream(UpstreamCommand command) implements RouteAction {}

    /** Write {@code block} to disk first, then send {@code command}. */
    record RecordBlock(FoundBlock block, UpstreamCommand command) implements RouteAction {}

    record Publish(GatewayEvent event) implements RouteAction {}

    record SetDeadline(RouteDeadline deadline, Instant at) implements RouteAction {}
}
