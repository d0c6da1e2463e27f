package sluice.proxy.route;

import java.time.Instant;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.upstream.UpstreamCommand;

/** What a route wants done, in order. */
public sealed interface RouteAction {
    /** To every loop, and there to every miner. */
    record Broadcast(RouteUpdate update) implements RouteAction {}

    record ToUpstream(UpstreamCommand command) implements RouteAction {}

    /** Write {@code block} to disk, then come back with {@link RouteInput.BlockRecorded} for its share. */
    record RecordBlock(FoundBlock block, ForwardedShare share) implements RouteAction {}

    record Publish(GatewayEvent event) implements RouteAction {}

    record SetDeadline(RouteDeadline deadline, Instant at) implements RouteAction {}
}
