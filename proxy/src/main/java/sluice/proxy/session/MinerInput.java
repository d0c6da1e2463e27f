package sluice.proxy.session;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;

/** What can happen to a miner's session. */
public sealed interface MinerInput {
    /** The first input: the connection speaks this session's protocol and, for SV2, is encrypted. */
    record Started() implements MinerInput {}

    /** One decrypted SV2 frame. */
    record FrameReceived(Frame frame) implements MinerInput {}

    /** One SV1 line, without its end of line. */
    record LineReceived(Bytes line) implements MinerInput {}

    /** The loop's {@link RouteReplica} has taken this update already. */
    record RouteUpdated(RouteUpdate update) implements MinerInput {}

    /** Work comes from the route behind this replica from now on, at once if it has any. */
    record RouteChanged(RouteReplica replica) implements MinerInput {}

    /** The loop's {@link MinerContext} has other profiles. */
    record ProfilesChanged() implements MinerInput {}

    record DeadlineReached(MinerDeadline deadline) implements MinerInput {}

    /** The last input: the socket is gone or going. */
    record Closed(String reason) implements MinerInput {}
}
