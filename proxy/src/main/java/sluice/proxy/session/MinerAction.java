package sluice.proxy.session;

import java.time.Instant;
import sluice.protocol.Bytes;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;

/** What a miner's session wants done; its connection carries it out in order. */
public sealed interface MinerAction {
    /** Plaintext SV2 frame or SV1 line with its end of line; the same object may go to many miners. */
    record Send(Bytes bytes) implements MinerAction {}

    record Forward(ForwardedShare share) implements MinerAction {}

    record Publish(GatewayEvent event) implements MinerAction {}

    record SetDeadline(MinerDeadline deadline, Instant at) implements MinerAction {}

    /**
     * The miner said who it is, for the first time, and waits for work if it has none.
     *
     * @param index its local index, where its shape is narrow: nobody else in its lane may have the same; else without
     *     meaning
     */
    record Identified(String userIdentity, int index) implements MinerAction {}

    /** What is behind the route changed: hashrate, targets or channels of this session. */
    record DemandChanged() implements MinerAction {}

    /** Work came from this miner, for the first time. */
    record Proved() implements MinerAction {}

    /** The miner did what no miner does, which is held against its address; {@code reason} is short kebab-case. */
    record Offended(String reason) implements MinerAction {}

    /** Close the socket once what was sent before is written; {@code reason} is short kebab-case and counted. */
    record Disconnect(String reason, String detail) implements MinerAction {}
}
