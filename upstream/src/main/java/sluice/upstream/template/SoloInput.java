package sluice.upstream.template;

import sluice.upstream.UpstreamCommand;

/** What a {@link SoloSession} reacts to. */
public sealed interface SoloInput {

    /** The template source reports. */
    record TemplateReported(TemplateEvent event) implements SoloInput {}

    /** The route asks. */
    record Requested(UpstreamCommand command) implements SoloInput {}

    /** {@link SoloSession#nextDeadline} has come. */
    record TimePassed() implements SoloInput {}
}
