package sluice.proxy.route;

import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.job.MiningJob;
import sluice.upstream.UpstreamChannel;

/** What a route tells all its miners: one immutable value for every loop. */
public sealed interface RouteUpdate {

    /** Work comes from this upstream channel from now on; jobs follow. Jobs of an earlier channel are stale. */
    record UpstreamReady(UpstreamChannel channel, long generation) implements RouteUpdate {}

    /** A future job, or an active one beside those of the same tip. */
    record JobAdded(MiningJob job) implements RouteUpdate {}

    /** {@code activated} replaces everything before it. */
    record TipChanged(MiningJob activated) implements RouteUpdate {}

    /** The job in force once more, with a later ntime and a new id, because nothing was sent for a while. */
    record JobRepeated(MiningJob job) implements RouteUpdate {}

    /** The target that jobs activated from now on must meet to be forwarded. */
    record TargetChanged(Target target) implements RouteUpdate {}

    /** No upstream: miners keep what they have; shares are counted as unforwardable. */
    record UpstreamLost(String reason) implements RouteUpdate {}
}
