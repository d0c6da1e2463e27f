package sluice.upstream.provider;

import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.TemplateCommand;

/** What can happen to a {@link TemplateProviderSession}. */
public sealed interface ProviderInput {
    /**
     * The connection stands, encrypted, and a new conversation begins.
     *
     * @param host what was dialled
     * @param port what was dialled, U16
     */
    record Connected(String host, int port) implements ProviderInput {}

    /** One decrypted frame. */
    record FrameReceived(Frame frame) implements ProviderInput {}

    record CommandGiven(TemplateCommand command) implements ProviderInput {}

    record DeadlineReached(ProviderDeadline deadline) implements ProviderInput {}

    /** The connection is gone; {@code reason} is for the operator. */
    record Disconnected(String reason) implements ProviderInput {}

    /** An attempt to connect failed before there was a conversation. */
    record Unreachable(String reason) implements ProviderInput {}
}
