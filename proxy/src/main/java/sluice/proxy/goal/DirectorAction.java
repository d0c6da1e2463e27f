package sluice.proxy.goal;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.FoundBlock;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamCommand;

/** What the director wants done, in order. */
public sealed interface DirectorAction {
    /**
     * Begin to connect to an upstream, whose events come back under this route's number.
     *
     * @param userIdentity under which it is to mine; empty for the upstream's own
     */
    record Open(int route, UpstreamDefinition upstream, Optional<String> userIdentity) implements DirectorAction {}

    record ToUpstream(int route, UpstreamCommand command) implements DirectorAction {}

    /** The route is over: nothing of it counts any more, here or on any loop. */
    record Forget(int route) implements DirectorAction {}

    /** To every loop. */
    record Broadcast(int route, RouteUpdate update) implements DirectorAction {}

    /** To every loop: {@code route} feeds {@code lane} from now on. {@code report} when the last miner has its job. */
    record Engage(int lane, int route, SwitchReport report) implements DirectorAction {}

    /** To every loop. */
    record RemoveLane(int lane) implements DirectorAction {}

    /** To every loop: where all miners go that join; empty where each is to be placed when it says who it is. */
    record LaneOfAll(OptionalInt lane) implements DirectorAction {}

    /** To one loop: put this miner there. */
    record Place(int loop, long connectionId, int lane) implements DirectorAction {}

    /** To one loop: there is no place for this miner. */
    record Refuse(int loop, long connectionId, String reason, String detail) implements DirectorAction {}

    /** Write {@code block} to disk, then come back with {@link DirectorInput.BlockRecorded} for its share. */
    record RecordBlock(int route, FoundBlock block, ForwardedShare share) implements DirectorAction {}

    record Publish(GatewayEvent event) implements DirectorAction {}

    record SetRouteDeadline(int route, RouteDeadline deadline, Instant at) implements DirectorAction {}

    /** Come back then with {@link DirectorInput.TimePassed}; replaces the instant before. */
    record WakeAt(Instant at) implements DirectorAction {}

    /** Close the miners' ports and connections, so that machines use what else they have. */
    record ClosePorts(String reason) implements DirectorAction {}

    /** Take miners again. */
    record OpenPorts() implements DirectorAction {}

    /** What became of a change or an activation. */
    record Answer(long id, ChangeResult result) implements DirectorAction {}
}
