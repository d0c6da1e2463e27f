package sluice.upstream.node;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.node.NodeOutbox.Subject;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;

/**
 * Brings blocks to the node until it has judged them. A null of {@code submitblock} is not yet believed, because one kind
 * of node says it before it looks: the chain has to show the block.
 */
final class NodeBlocks {
    /**
     * Blocks without a verdict; one more is refused. Where blocks are found faster than the node takes them, as on a chain
     * for tests, the earlier ones are those that can still become its tip.
     */
    static final int MAX_BLOCKS = 16;
    /** Blocks that are on their way to the node at one time; a node checks one after the other anyway. */
    static final int MAX_SUBMITTING = 4;
    /** Until a node that took a block must have it in its chain. */
    static final Duration CONFIRMATION_PATIENCE = Duration.ofSeconds(10);

    static final Duration CONFIRMATION_PAUSE = Duration.ofMillis(500);
    /** Before a block is offered again that the node could not take. */
    static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

    static final int METHOD_NOT_FOUND = -32601;
    private static final int DECODE_FAILED = -22;
    /** What is wrong with the call itself, and will be next time. */
    private static final int INVALID_REQUEST = -32600;

    private static final int INVALID_PARAMS = -32602;
    private static final int WRONG_TYPE = -3;
    private static final int MISC_ERROR = -1;

    private final NodeOutbox outbox;
    private final Map<Long, Delivery> deliveries = new LinkedHashMap<>();

    NodeBlocks(NodeOutbox outbox) {
        this.outbox = outbox;
    }

    private enum Step {
        SUBMITTING,
        ASKING_TIP,
        ASKING_HEADER,
        WAITING_TO_SUBMIT,
        WAITING_TO_CONFIRM
    }

    private static final class Delivery {
        private final BlockSolution solution;
        private final Bytes block;
        private Step step = Step.WAITING_TO_SUBMIT;
        private long call = NodeOutbox.NONE;
        private Instant due = Instant.MIN;
        private Optional<Instant> unconfirmedAt = Optional.empty();
        private boolean tipUnknown;

        private Delivery(BlockSolution solution, Bytes block) {
            this.solution = solution;
            this.block = block;
        }
    }

    /** What became of a block. */
    record Judged(BlockSolution solution, BlockVerdict verdict) {}

    boolean isEmpty() {
        return deliveries.isEmpty();
    }

    /** The verdict, where there is one already. */
    Optional<Judged> submit(BlockSolution solution, Bytes block) {
        if (deliveries.size() >= MAX_BLOCKS) {
            outbox.note(Subject.BLOCK, true, "blocks are refused: " + MAX_BLOCKS + " earlier ones wait for the node");
            return Optional.of(new Judged(
                    solution, new BlockVerdict(BlockVerdict.Outcome.REJECTED, "too many blocks wait for the node")));
        }
        deliveries.put(solution.number(), new Delivery(solution, block));
        return Optional.empty();
    }

    /** The verdict, where {@code answer} is the last that was missing. */
    Optional<Judged> onAnswer(long call, NodeAnswer answer, Instant now) {
        Optional<Delivery> found =
                deliveries.values().stream().filter(one -> one.call == call).findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Delivery delivery = found.get();
        delivery.call = NodeOutbox.NONE;
        Optional<BlockVerdict> verdict = switch (delivery.step) {
            case SUBMITTING -> onSubmitted(delivery, answer, now);
            case ASKING_TIP -> onTip(delivery, answer, now);
            case ASKING_HEADER -> onHeader(delivery, answer, now);
            case WAITING_TO_SUBMIT, WAITING_TO_CONFIRM -> throw new IllegalStateException("no call was made");
        };
        verdict.ifPresent(judged -> deliveries.remove(delivery.solution.number()));
        return verdict.map(judged -> new Judged(delivery.solution, judged));
    }

    private Optional<BlockVerdict> onSubmitted(Delivery delivery, NodeAnswer answer, Instant now) {
        return switch (answer) {
            case NodeAnswer.Said(Optional<String> text)
            when text.isPresent() -> Optional.of(BlockVerdict.ofReason(text.get()));
            case NodeAnswer.Said taken -> {
                delivery.unconfirmedAt = Optional.of(now.plus(CONFIRMATION_PATIENCE));
                ask(delivery, Step.ASKING_TIP);
                yield Optional.empty();
            }
            case NodeAnswer.Refused(int code, String message)
            when isFinal(code) -> Optional.of(new BlockVerdict(BlockVerdict.Outcome.REJECTED, message));
            default -> {
                submitLater(delivery, now, answer);
                yield Optional.empty();
            }
        };
    }

    private Optional<BlockVerdict> onTip(Delivery delivery, NodeAnswer answer, Instant now) {
        delivery.tipUnknown = isUnavailable(answer);
        return switch (answer) {
            case NodeAnswer.Said(Optional<String> tip)
            when tip.equals(Optional.of(delivery.solution.hash().display())) -> Optional.of(BlockVerdict.ACCEPTED);
            case NodeAnswer.Failed failed
            when !delivery.tipUnknown -> {
                submitLater(delivery, now, answer);
                yield Optional.empty();
            }
            default -> {
                ask(delivery, Step.ASKING_HEADER);
                yield Optional.empty();
            }
        };
    }

    private Optional<BlockVerdict> onHeader(Delivery delivery, NodeAnswer answer, Instant now) {
        return switch (answer) {
            case NodeAnswer.HeaderFound(long confirmations) ->
                Optional.of(confirmations > 0 ? BlockVerdict.ACCEPTED : BlockVerdict.ofReason("inconclusive"));
            // Nothing to be asked: its null is all that there is.
            case NodeAnswer.Refused refused
            when isUnavailable(answer) && delivery.tipUnknown -> Optional.of(BlockVerdict.ACCEPTED);
            case NodeAnswer.Failed failed
            when isUnavailable(answer) && delivery.tipUnknown -> Optional.of(BlockVerdict.ACCEPTED);
            case NodeAnswer.Failed failed
            when !isUnavailable(answer) -> {
                submitLater(delivery, now, answer);
                yield Optional.empty();
            }
            default -> confirmLater(delivery, now);
        };
    }

    private Optional<BlockVerdict> confirmLater(Delivery delivery, Instant now) {
        if (!now.isBefore(delivery.unconfirmedAt.orElseThrow())) {
            return Optional.of(new BlockVerdict(BlockVerdict.Outcome.REJECTED, "unconfirmed"));
        }
        delivery.step = Step.WAITING_TO_CONFIRM;
        delivery.due = now.plus(CONFIRMATION_PAUSE);
        return Optional.empty();
    }

    /** A node that has the block by now will say "duplicate". */
    private void submitLater(Delivery delivery, Instant now, NodeAnswer answer) {
        delivery.step = Step.WAITING_TO_SUBMIT;
        delivery.due = now.plus(RETRY_PAUSE);
        outbox.note(
                Subject.BLOCK,
                true,
                "block " + delivery.solution.hash().display() + " is not delivered yet and is offered again: "
                        + NodeSession.reason(answer));
    }

    Optional<Instant> nextDeadline() {
        boolean mayAsk = submitting() < MAX_SUBMITTING;
        return deliveries.values().stream()
                .filter(delivery ->
                        delivery.step == Step.WAITING_TO_CONFIRM || (delivery.step == Step.WAITING_TO_SUBMIT && mayAsk))
                .map(delivery -> delivery.due)
                .min(Instant::compareTo);
    }

    /** Makes the calls whose time has come. */
    void onTime(Instant now) {
        for (Delivery delivery : deliveries.values()) {
            if (now.isBefore(delivery.due)) {
                continue;
            }
            if (delivery.step == Step.WAITING_TO_CONFIRM) {
                ask(delivery, Step.ASKING_TIP);
            } else if (delivery.step == Step.WAITING_TO_SUBMIT && submitting() < MAX_SUBMITTING) {
                ask(delivery, Step.SUBMITTING);
            }
        }
    }

    private long submitting() {
        return deliveries.values().stream()
                .filter(delivery -> delivery.step == Step.SUBMITTING)
                .count();
    }

    private void ask(Delivery delivery, Step step) {
        delivery.step = step;
        delivery.call = outbox.call(
                switch (step) {
                    case SUBMITTING -> new NodeCall.SubmitBlock(delivery.block);
                    case ASKING_TIP -> new NodeCall.GetBestBlockHash();
                    case ASKING_HEADER -> new NodeCall.GetBlockHeader(delivery.solution.hash());
                    case WAITING_TO_SUBMIT, WAITING_TO_CONFIRM -> throw new IllegalArgumentException("no question");
                });
    }

    private static boolean isFinal(int code) {
        return switch (code) {
            case DECODE_FAILED, METHOD_NOT_FOUND, INVALID_REQUEST, INVALID_PARAMS, WRONG_TYPE, MISC_ERROR -> true;
            default -> false;
        };
    }

    /** The node lives, and this cannot be asked of it, now or later. */
    static boolean isUnavailable(NodeAnswer answer) {
        return switch (answer) {
            case NodeAnswer.Refused(int code, String message) -> code == METHOD_NOT_FOUND;
            case NodeAnswer.Failed(Cause cause, String reason) -> cause == Cause.FORBIDDEN;
            default -> false;
        };
    }
}
