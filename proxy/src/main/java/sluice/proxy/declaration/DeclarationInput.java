package sluice.proxy.declaration;

import sluice.protocol.sv2.wire.Frame;

/** What can happen to a {@link DeclarationSession}. */
public sealed interface DeclarationInput {
    /** The connection stands, encrypted. */
    record Started() implements DeclarationInput {}

    /** One decrypted frame. */
    record FrameReceived(Frame frame) implements DeclarationInput {}

    /** Our own templates changed; {@link DeclarationDesk} knows already. */
    record TemplateChanged() implements DeclarationInput {}

    record DeadlineReached(DeclarationDeadline deadline) implements DeclarationInput {}

    /** The connection is gone; nothing comes after it. */
    record Closed() implements DeclarationInput {}
}
