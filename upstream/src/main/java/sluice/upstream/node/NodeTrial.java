package sluice.upstream.node;

import java.util.Optional;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.node.NodeOutbox.Subject;
import sluice.upstream.template.Template;

/**
 * Asks the node once for each tip whether it would take the block that we would find. A node that would not makes us
 * suspect: no template is used any more until one of its blocks would be taken.
 */
final class NodeTrial {
    /** It says this of a proposal that does not build on its tip: one of us is a moment behind. */
    private static final String NOT_ON_TIP = "inconclusive-not-best-prevblk";

    private static final int DECODE_FAILED = -22;

    private final Optional<NodeProposal> proposal;
    private final NodeOutbox outbox;
    private Optional<Hash256> triedTip = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private long call = NodeOutbox.NONE;

    NodeTrial(Optional<NodeProposal> proposal, NodeOutbox outbox) {
        this.proposal = proposal;
        this.outbox = outbox;
    }

    /** What came of a proposal. */
    enum Outcome {
        /** Not ours, or no judgement. */
        NONE,
        TAKEN,
        REFUSED
    }

    /** Why the node would refuse our blocks; while there is a reason, templates must pass before they are used. */
    Optional<String> refusal() {
        return refusal;
    }

    /** Whether none was ever tried. */
    boolean isNew() {
        return triedTip.isEmpty();
    }

    boolean isWanted(NodeAnswer.Templated templated) {
        return proposal.isPresent()
                && templated.takesProposals()
                && call == NodeOutbox.NONE
                && (refusal.isPresent()
                        || !triedTip.equals(
                                Optional.of(templated.template().tip().prevHash())));
    }

    void propose(Template template) {
        triedTip = Optional.of(template.tip().prevHash());
        call = outbox.call(new NodeCall.ProposeBlock(proposal.orElseThrow().block(template)));
    }

    boolean asked(long number) {
        return call == number;
    }

    Outcome onAnswer(NodeAnswer answer) {
        call = NodeOutbox.NONE;
        return switch (answer) {
            case NodeAnswer.Said(Optional<String> reason) when reason.isEmpty() -> taken();
            case NodeAnswer.Said(Optional<String> reason) when reason.get().equals(NOT_ON_TIP) -> Outcome.NONE;
            case NodeAnswer.Said(Optional<String> reason) -> refused(reason.orElseThrow());
            case NodeAnswer.Refused(int code, String message) when code == DECODE_FAILED -> refused(message);
            default -> Outcome.NONE;
        };
    }

    private Outcome taken() {
        if (refusal.isPresent()) {
            outbox.settled(Subject.PROPOSAL);
            outbox.note(Subject.PROPOSAL, false, "the node would take our blocks again");
        }
        refusal = Optional.empty();
        return Outcome.TAKEN;
    }

    private Outcome refused(String reason) {
        refusal = Optional.of(reason);
        outbox.note(Subject.PROPOSAL, true, "the node would REFUSE our blocks: " + reason);
        return Outcome.REFUSED;
    }

    void cancel() {
        outbox.cancel(call);
        call = NodeOutbox.NONE;
    }
}
