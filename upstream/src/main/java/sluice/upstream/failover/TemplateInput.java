package sluice.upstream.failover;

import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

/** What a {@link TemplateFailover} reacts to. */
public sealed interface TemplateInput {

    /** The source of that place in the order reports. */
    record Reported(int source, TemplateEvent event) implements TemplateInput {}

    /** Whoever uses the templates asks. */
    record Requested(TemplateCommand command) implements TemplateInput {}

    /** {@link TemplateFailover#nextDeadline} has come. */
    record TimePassed() implements TemplateInput {}
}
