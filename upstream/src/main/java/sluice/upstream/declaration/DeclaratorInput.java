package sluice.upstream.declaration;

import sluice.protocol.sv2.wire.Frame;

/** What can happen to a {@link JobDeclaratorSession}. */
public sealed interface DeclaratorInput {
    /**
     * The connection stands, encrypted, and a new conversation begins.
     *
     * @param host what was dialled
     * @param port what was dialled, U16
     */
    record Connected(String host, int port) implements DeclaratorInput {}

    /** One decrypted frame. */
    record FrameReceived(Frame frame) implements DeclaratorInput {}

    record CommandGiven(DeclaratorCommand command) implements DeclaratorInput {}

    record DeadlineReached(DeclaratorDeadline deadline) implements DeclaratorInput {}

    /** The connection is gone; {@code reason} is for the operator. */
    record Disconnected(String reason) implements DeclaratorInput {}
}
