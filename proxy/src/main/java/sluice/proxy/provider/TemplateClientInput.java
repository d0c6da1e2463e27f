package sluice.proxy.provider;

import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.TemplateEvent;

/** What can happen to a {@link TemplateClientSession}. */
public sealed interface TemplateClientInput {
    /** The connection stands, encrypted. */
    record Started() implements TemplateClientInput {}

    /** One decrypted frame. */
    record FrameReceived(Frame frame) implements TemplateClientInput {}

    /** The source of the templates reports; a client that comes later is told the latest template as a new tip. */
    record SourceReported(TemplateEvent event) implements TemplateClientInput {}

    record DeadlineReached(TemplateClientDeadline deadline) implements TemplateClientInput {}
}
