package sluice.upstream.provider;

import java.time.Instant;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.upstream.template.TemplateEvent;

/** What a {@link TemplateProviderSession} wants done, in order. */
public sealed interface ProviderAction {
    record Send(Sv2Message message) implements ProviderAction {}

    /** Tell whoever uses the templates. */
    record Report(TemplateEvent event) implements ProviderAction {}

    record SetDeadline(ProviderDeadline deadline, Instant at) implements ProviderAction {}

    /** Close the connection once what was sent before is written. */
    record Disconnect(String reason) implements ProviderAction {}

    /** Something odd that changes nothing, for the log. */
    record Note(String text) implements ProviderAction {}

    /** A block may be lost, or is not lost after all: for the log, where nobody can miss it. */
    record Alarm(String text) implements ProviderAction {}
}
