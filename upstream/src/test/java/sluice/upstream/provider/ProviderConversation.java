package sluice.upstream.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.WireWriter;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

/** A session, a provider whose part the test speaks, and the time that the test lets pass. */
final class ProviderConversation {
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    static final CoinbaseReserve RESERVE = new CoinbaseReserve(200, 4);
    static final Bytes PAYOUT = Script.p2wpkh(Bytes.zeros(20));
    static final long TIMESTAMP = START.getEpochSecond();
    static final long NBITS = 0x207fffffL;
    static final Target TARGET = Target.ofCompact(NBITS);
    static final Hash256 TIP = Hash256.fromHex("11".repeat(32));
    static final Hash256 NEXT_TIP = Hash256.fromHex("22".repeat(32));

    final TemplateProviderSession session = new TemplateProviderSession(RESERVE, "test");
    private final List<ProviderAction> actions = new ArrayList<>();
    private final Map<ProviderDeadline, Instant> deadlines = new EnumMap<>(ProviderDeadline.class);
    private final List<Sv2Message> everSent = new ArrayList<>();
    private final Map<Long, Template> templates = new HashMap<>();
    private Instant now = START;
    private long solutions;

    Instant now() {
        return now;
    }

    ProviderConversation feed(ProviderInput input) {
        for (ProviderAction action : session.on(input, now)) {
            actions.add(action);
            switch (action) {
                case ProviderAction.Send send -> everSent.add(send.message());
                case ProviderAction.SetDeadline set -> deadlines.put(set.deadline(), set.at());
                case ProviderAction.Report(TemplateEvent event) -> keep(event);
                default -> {}
            }
        }
        return this;
    }

    private void keep(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> templates.put(template.id(), template);
            case TemplateEvent.Refreshed(Template template) -> templates.put(template.id(), template);
            case TemplateEvent.TransactionsArrived arrived ->
                templates.computeIfPresent(
                        arrived.templateId(), (id, template) -> template.with(arrived.transactions()));
            default -> {}
        }
    }

    /** Every template that was reported, with its transactions where these came. */
    Map<Long, Template> templates() {
        return templates;
    }

    ProviderConversation connect() {
        return feed(new ProviderInput.Connected("127.0.0.1", 8442));
    }

    ProviderConversation hear(Sv2Message message) {
        return hear(frame(message));
    }

    ProviderConversation hear(Frame frame) {
        return feed(new ProviderInput.FrameReceived(frame));
    }

    ProviderConversation command(TemplateCommand command) {
        return feed(new ProviderInput.CommandGiven(command));
    }

    /** Connected, set up, and with a first template that is taken note of. */
    ProviderConversation serving() {
        connect().hear(new SetupConnectionSuccess(2, 0)).hear(future(1)).hear(tip(1, TIP));
        actions.clear();
        return this;
    }

    /** Lets so much time pass, and what is due happen on the way. */
    ProviderConversation pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Optional<Map.Entry<ProviderDeadline, Instant>> next = deadlines.entrySet().stream()
                    .filter(deadline -> !deadline.getValue().isAfter(end))
                    .min(Map.Entry.comparingByValue());
            if (next.isEmpty()) {
                now = end;
                return this;
            }
            now = next.get().getValue();
            deadlines.remove(next.get().getKey());
            feed(new ProviderInput.DeadlineReached(next.get().getKey()));
        }
    }

    /** The connection is gone, and with it the deadlines that do not outlive it. */
    ProviderConversation hangUp(String reason) {
        deadlines.keySet().removeIf(deadline -> !deadline.outlivesConnection());
        return feed(new ProviderInput.Disconnected(reason));
    }

    static Frame frame(Sv2Message message) {
        return Frame.parse(message.toFrame());
    }

    static NewTemplate future(long id) {
        return template(id, true);
    }

    static NewTemplate active(long id) {
        return template(id, false);
    }

    private static NewTemplate template(long id, boolean isFuture) {
        return new NewTemplate(
                id,
                isFuture,
                0x20000000L,
                2,
                Bytes.fromHex("029700"),
                0xfffffffeL,
                5_000_000_000L,
                1,
                TxOut.serialiseSequence(List.of(
                        WitnessCommitment.output(WitnessCommitment.of(List.of(), Coinbase.ZERO_RESERVED_VALUE)))),
                150,
                List.of());
    }

    static SetNewPrevHash tip(long templateId, Hash256 prevHash) {
        return new SetNewPrevHash(templateId, prevHash, TIMESTAMP, NBITS, TARGET);
    }

    /** A block on {@code template}, as a solo session would make it. */
    BlockSolution solve(Template template) {
        Coinbase coinbase = template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, 8);
        Bytes extranonce = Bytes.wrap(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) ++solutions});
        BlockHeader header = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(extranonce)),
                template.curTime(),
                template.tip().nbits(),
                0);
        while (!header.meets(template.networkTarget())) {
            header = header.withNonce(header.nonce() + 1);
        }
        return solution(template, header, coinbase.full(extranonce));
    }

    /** What a client once sent for {@code template}. */
    BlockSolution solution(Template template, SubmitSolution sent) {
        Hash256 txid = Transaction.parse(sent.coinbaseTx()).txid();
        return solution(
                template,
                new BlockHeader(
                        sent.version(),
                        template.tip().prevHash(),
                        template.merklePath().root(txid),
                        sent.headerTimestamp(),
                        template.tip().nbits(),
                        sent.headerNonce()),
                sent.coinbaseTx());
    }

    private BlockSolution solution(Template template, BlockHeader header, Bytes coinbase) {
        return new BlockSolution(
                ++solutions,
                template.id(),
                template.height(),
                header.hash(),
                header,
                coinbase,
                template.transactions().map(transactions -> Block.assemble(header, coinbase, transactions.raw())),
                "farm.one");
    }

    ProviderConversation submit(BlockSolution solution) {
        return command(new TemplateCommand.SubmitBlock(solution));
    }

    /** A message whose type no specification has. */
    static Frame unknown() {
        WireWriter writer = new WireWriter();
        writer.beginFrame(0, false, 0x99);
        writer.endFrame();
        return Frame.parse(writer.toArray());
    }

    List<ProviderAction> takeAll() {
        List<ProviderAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<Sv2Message> everSent() {
        return everSent;
    }

    List<Sv2Message> takeSent() {
        return taken(ProviderAction.Send.class)
                .map(ProviderAction.Send::message)
                .toList();
    }

    List<TemplateEvent> takeEvents() {
        return taken(ProviderAction.Report.class)
                .map(ProviderAction.Report::event)
                .toList();
    }

    Template takeTemplate() {
        return takeEvents().stream()
                .flatMap(event -> switch (event) {
                    case TemplateEvent.NewTip newTip -> Stream.of(newTip.template());
                    case TemplateEvent.Refreshed refreshed -> Stream.of(refreshed.template());
                    default -> Stream.<Template>empty();
                })
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    List<BlockVerdict> takeVerdicts() {
        return takeEvents().stream()
                .filter(TemplateEvent.BlockJudged.class::isInstance)
                .map(event -> ((TemplateEvent.BlockJudged) event).verdict())
                .toList();
    }

    private <T extends ProviderAction> Stream<T> taken(Class<T> type) {
        return takeAll().stream().filter(type::isInstance).map(type::cast);
    }
}
