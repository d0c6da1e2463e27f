package sluice.upstream.session;

import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.UpstreamCommand;

/** What can happen to a pool session. */
public sealed interface PoolInput {
    /**
     * The connection stands, encrypted where it has to be, and a new conversation begins.
     *
     * @param host what was dialled
     * @param port what was dialled, U16
     */
    record Connected(String host, int port) implements PoolInput {}

    /** One decrypted frame of an SV2 pool. */
    record FrameReceived(Frame frame) implements PoolInput {}

    /** One line of an SV1 pool. */
    record LineReceived(Sv1ServerMessage message) implements PoolInput {}

    record CommandGiven(UpstreamCommand command) implements PoolInput {}

    /**
     * Somebody wants this job of his own making mined; the answer is {@link PoolAction.CustomJobAnswered}. For sessions that
     * select work (SV2 5.3.18).
     *
     * @param job without our channel, which it gets here; its request id is the caller's, and not what the wire says
     */
    record CustomJobGiven(SetCustomMiningJob job) implements PoolInput {}

    record DeadlineReached(PoolDeadline deadline) implements PoolInput {}

    /** The connection is gone; {@code reason} is for the operator. */
    record Disconnected(String reason) implements PoolInput {}
}
