package sluice.upstream.node;

import java.util.OptionalLong;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.TemplateCommand;

/** What a {@link NodeSession} reacts to. */
public sealed interface NodeInput {

    /** Templates are wanted from now on. */
    record Started() implements NodeInput {}

    /** What came of the call of that number. */
    record Answered(long call, NodeAnswer answer) implements NodeInput {}

    /**
     * The node published that its chain has grown by {@code hash}.
     *
     * @param sequence U32, one more each time; some publishers number nothing
     */
    record BlockNoticed(Hash256 hash, OptionalLong sequence) implements NodeInput {}

    /** Whoever uses the templates asks. */
    record Requested(TemplateCommand command) implements NodeInput {}

    /** {@link NodeSession#nextDeadline} has come. */
    record TimePassed() implements NodeInput {}
}
