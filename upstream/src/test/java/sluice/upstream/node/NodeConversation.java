package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.failover.Backoff;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import tools.jackson.databind.node.ObjectNode;

/** A {@link NodeSession} on a virtual clock, and the node's side of it. */
final class NodeConversation {
    /** About when the templates were recorded. */
    static final Instant START = Instant.ofEpochSecond(1_795_391_760);

    final NodeSession session;
    final List<TemplateEvent> events = new ArrayList<>();
    final List<NodeAction.Note> notes = new ArrayList<>();
    final List<Long> cancelled = new ArrayList<>();
    /** Every call ever made, in order. */
    final List<NodeCall> made = new ArrayList<>();
    /** Those without an answer. */
    final Map<Long, NodeCall> open = new LinkedHashMap<>();

    Instant now = START;

    NodeConversation() {
        this(Optional.empty());
    }

    NodeConversation(Optional<NodeProposal> proposal) {
        session = new NodeSession(
                proposal, new Backoff(Duration.ofMillis(500), NodeDeadline.RETRY.patience(), new SplittableRandom(1)));
    }

    NodeConversation start() {
        return feed(new NodeInput.Started());
    }

    /** As far as the first template, {@code name}. */
    NodeConversation startWith(String name) {
        start().answer(NodeCall.GetBlockchainInfo.class, chain("regtest"));
        return answer(NodeCall.GetBlockTemplate.class, name);
    }

    NodeConversation feed(NodeInput input) {
        for (NodeAction action : session.on(input, now)) {
            switch (action) {
                case NodeAction.Call call -> {
                    made.add(call.call());
                    open.put(call.number(), call.call());
                }
                case NodeAction.Cancel cancel -> {
                    cancelled.add(cancel.number());
                    assertThat(open.remove(cancel.number())).isNotNull();
                }
                case NodeAction.Report report -> events.add(report.event());
                case NodeAction.Note note -> notes.add(note);
            }
        }
        assertThat(open.values().stream().filter(NodeConversation::isLongPoll)).hasSizeLessThanOrEqualTo(1);
        return this;
    }

    NodeConversation pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Optional<Instant> next = session.nextDeadline().filter(at -> !at.isAfter(end));
            if (next.isEmpty()) {
                now = end;
                return this;
            }
            now = next.get().isAfter(now) ? next.get() : now;
            feed(new NodeInput.TimePassed());
        }
    }

    /** The number of the one call of {@code kind} that has no answer; a plain call for a template, not the long poll. */
    long number(Class<? extends NodeCall> kind) {
        List<Long> numbers = open.entrySet().stream()
                .filter(entry -> kind.isInstance(entry.getValue()) && !isLongPoll(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(numbers).as("open calls %s", open.values()).hasSize(1);
        return numbers.getFirst();
    }

    long longPoll() {
        return open.entrySet().stream()
                .filter(entry -> isLongPoll(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no long poll among " + open.values()));
    }

    boolean isOpen(Class<? extends NodeCall> kind) {
        return open.values().stream().anyMatch(call -> kind.isInstance(call) && !isLongPoll(call));
    }

    boolean isLongPolling() {
        return open.values().stream().anyMatch(NodeConversation::isLongPoll);
    }

    static boolean isLongPoll(NodeCall call) {
        return call instanceof NodeCall.GetBlockTemplate template
                && template.longPollId().isPresent();
    }

    NodeConversation answer(Class<? extends NodeCall> kind, NodeAnswer answer) {
        return answer(number(kind), answer);
    }

    NodeConversation answer(Class<? extends NodeCall> kind, RecordedAnswer recorded) {
        long number = number(kind);
        return answer(number, recorded.to(open.get(number)));
    }

    NodeConversation answer(Class<? extends NodeCall> kind, String template) {
        return answer(kind, RecordedAnswer.ofTemplate(template));
    }

    NodeConversation answer(long number, NodeAnswer answer) {
        assertThat(open.remove(number)).isNotNull();
        return feed(new NodeInput.Answered(number, answer));
    }

    NodeConversation answer(long number, String template) {
        return answer(number, RecordedAnswer.ofTemplate(template).to(open.get(number)));
    }

    /** A recorded template as it would be if something were different. */
    NodeAnswer templated(long number, String name, UnaryOperator<ObjectNode> change) {
        ObjectNode result = (ObjectNode) RecordedAnswer.read("/templates/" + name + ".json");
        RecordedAnswer changed =
                new RecordedAnswer("", 200, "application/json", "{\"result\":" + change.apply(result) + "}");
        return changed.to(open.get(number));
    }

    TemplateEvent lastEvent() {
        return events.getLast();
    }

    Template template() {
        return switch (lastEvent()) {
            case TemplateEvent.NewTip(Template template) -> template;
            case TemplateEvent.Refreshed(Template template) -> template;
            default -> throw new AssertionError("no template: " + lastEvent());
        };
    }

    String unavailable() {
        return ((TemplateEvent.Unavailable) lastEvent()).reason();
    }

    BlockSolution submit(long number) {
        Block block = Block.parse(block());
        BlockSolution solution = new BlockSolution(
                number,
                1,
                141,
                block.hash(),
                block.header(),
                block.coinbase().serialise(),
                Optional.of(block()),
                "bob");
        feed(new NodeInput.Requested(new TemplateCommand.SubmitBlock(solution)));
        return solution;
    }

    /** The one that a real node accepted. */
    static Bytes block() {
        return Bytes.fromHex(RecordedAnswer.json(RecordedAnswer.of("bitcoind/submitblock/submit_accepted")
                        .request())
                .get("params")
                .get(0)
                .asString());
    }

    static NodeAnswer chain(String name) {
        return new NodeAnswer.ChainTold(name, false, 110, 110);
    }

    static NodeAnswer said(String text) {
        return new NodeAnswer.Said(Optional.of(text));
    }

    static NodeAnswer saidNothing() {
        return new NodeAnswer.Said(Optional.empty());
    }

    static NodeAnswer unreachable() {
        return new NodeAnswer.Failed(NodeAnswer.Cause.UNREACHABLE, "no connection");
    }

    static Hash256 hash(int n) {
        return Hash256.fromHex(String.format("%064x", n));
    }
}
