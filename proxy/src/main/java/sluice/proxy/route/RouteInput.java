package sluice.proxy.route;

import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.upstream.UpstreamEvent;

/** What can happen to a route. */
public sealed interface RouteInput {
    record FromUpstream(UpstreamEvent event) implements RouteInput {}

    record Forward(ForwardedShare share) implements RouteInput {}

    /** The block that this share is has been written to disk. */
    record BlockRecorded(ForwardedShare share) implements RouteInput {}

    /**
     * What stands behind the route on one loop.
     *
     * @param hashrate hashes per second
     * @param hardestWanted the hardest target that difficulty control wants there
     */
    record Demand(int loop, double hashrate, Target hardestWanted) implements RouteInput {}

    /** Miners are fed by this route from now on. */
    record Engaged() implements RouteInput {}

    /** No miner is fed by this route any more; verdicts on what was sent up still come. */
    record Disengaged() implements RouteInput {}

    /** The upstream is told to close: nothing can be sent up any more. What it still says counts as ever. */
    record Closing() implements RouteInput {}

    record DeadlineReached(RouteDeadline deadline) implements RouteInput {}
}
