package sluice.proxy.goal;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sluice.config.FailoverConfig;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.RouteDeadline;
import sluice.upstream.UpstreamEvent;

/** What can happen to the director. */
public sealed interface DirectorInput {
    /** The first input: begin to connect. */
    record Started() implements DirectorInput {}

    record FromUpstream(int route, UpstreamEvent event) implements DirectorInput {}

    record Forward(ForwardedShare share) implements DirectorInput {}

    /** The block that this share is has been written to disk. */
    record BlockRecorded(ForwardedShare share) implements DirectorInput {}

    /**
     * What stands in a lane on one loop.
     *
     * @param hashrate hashes per second
     * @param hardestWanted the hardest target that difficulty control wants there
     */
    record Demand(int loop, int lane, double hashrate, Target hardestWanted) implements DirectorInput {}

    /** A miner that has no lane said who it is. */
    record MinerIdentified(int loop, MinerFacts miner) implements DirectorInput {}

    record MinerLeft(long connectionId) implements DirectorInput {}

    /** All miners of a loop that have said who they are, where the director places them one by one. */
    record Census(int loop, List<Counted> miners) implements DirectorInput {
        public Census {
            miners = List.copyOf(miners);
        }
    }

    /** @param lane where the miner is now */
    record Counted(MinerFacts miner, OptionalInt lane, double hashesPerSecond) {}

    /**
     * What pins are held against.
     *
     * @param listener the name of the port it came in by
     * @param index its local index; where indexes are few, no other miner in its lane may have the same
     */
    record MinerFacts(long connectionId, String userIdentity, InetAddress address, String listener, int index) {}

    /** Apply this plan whole, in two phases, or not at all. The answer carries {@code id}. */
    record Change(long id, RoutingPlan plan, FailoverConfig failover) implements DirectorInput {}

    /** Put this upstream in front of its goal's order, in two phases, or return to the order. */
    record Activate(long id, String goal, Optional<String> upstream) implements DirectorInput {}

    record RouteDeadlineReached(int route, RouteDeadline deadline) implements DirectorInput {}

    /** The instant of the last {@link DirectorAction.WakeAt} has come. */
    record TimePassed() implements DirectorInput {}

    /** The last input: close every upstream. */
    record Stopped(String reason) implements DirectorInput {}
}
