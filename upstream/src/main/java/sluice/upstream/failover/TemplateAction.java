package sluice.upstream.failover;

import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

/** What a {@link TemplateFailover} wants done, in order. */
public sealed interface TemplateAction {

    /** Ask the source of that place in the order. */
    record Send(int source, TemplateCommand command) implements TemplateAction {}

    record Report(TemplateEvent event) implements TemplateAction {}

    /** Templates come from another source now; for people. */
    record Switched(String to, String reason) implements TemplateAction {}
}
