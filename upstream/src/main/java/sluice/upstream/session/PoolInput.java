package sluice.upstream.session;

import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.UpstreamCommand;

/** What can happen to a pool session. */
public sealed interface PoolInput {
    /**
     * The encrypted connection stands and a new conversation begins.
     *
     * @param host what was dialled
     * @param port what was dialled, U16
     */
    record Connected(String host, int port) implements PoolInput {}

    /** One decrypted frame. */
    record FrameReceived(Frame frame) implements PoolInput {}

    record CommandGiven(UpstreamCommand command) implements PoolInput {}

    record DeadlineReached(PoolDeadline deadline) implements PoolInput {}

    /** The connection is gone; {@code reason} is for the operator. */
    record Disconnected(String reason) implements PoolInput {}
}
