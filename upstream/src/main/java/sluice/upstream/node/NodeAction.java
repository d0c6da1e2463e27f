package sluice.upstream.node;

import sluice.upstream.template.TemplateEvent;

/** What a {@link NodeSession} wants done, in order. */
public sealed interface NodeAction {

    /** Ask the node; what comes of it comes back as {@link NodeInput.Answered} with this number. */
    record Call(long number, NodeCall call) implements NodeAction {}

    /** Its answer is not wanted any more and must not come. */
    record Cancel(long number) implements NodeAction {}

    record Report(TemplateEvent event) implements NodeAction {}

    /**
     * Tell the operator.
     *
     * @param warning whether something is wrong that the operator has to put right
     */
    record Note(boolean warning, String text) implements NodeAction {}
}
