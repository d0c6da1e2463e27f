package sluice.proxy.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockTemplateReader;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A session, a client whose part the test speaks, a source that reports what the test wants, and time. */
final class TemplateClientConversation {
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    static final Bytes PAYOUT = Script.p2wpkh(Bytes.zeros(20));

    final SimulatedChain chain =
            new SimulatedChain(SimulatedChain.Settings.regtest(Duration.ofHours(1)), new SplittableRandom(7), START);
    private final AtomicLong templateIds;
    private final AtomicLong blockNumbers = new AtomicLong();
    private final TemplateClientSession session;
    private final List<TemplateClientAction> actions = new ArrayList<>();
    private final Map<TemplateClientDeadline, Instant> deadlines = new EnumMap<>(TemplateClientDeadline.class);
    private Instant now = START;

    TemplateClientConversation() {
        this(new AtomicLong());
    }

    TemplateClientConversation(AtomicLong templateIds) {
        this.templateIds = templateIds;
        session = new TemplateClientSession(
                "template client 1", this.templateIds::incrementAndGet, blockNumbers::incrementAndGet);
    }

    Instant now() {
        return now;
    }

    TemplateClientConversation feed(TemplateClientInput input) {
        for (TemplateClientAction action : session.on(input, now)) {
            actions.add(action);
            if (action instanceof TemplateClientAction.SetDeadline set) {
                deadlines.put(set.deadline(), set.at());
            }
        }
        return this;
    }

    TemplateClientConversation start() {
        return feed(new TemplateClientInput.Started());
    }

    TemplateClientConversation say(Sv2Message message) {
        return feed(new TemplateClientInput.FrameReceived(Frame.parse(message.toFrame())));
    }

    TemplateClientConversation source(TemplateEvent event) {
        return feed(new TemplateClientInput.SourceReported(event));
    }

    /** The chain's present template as a new tip. */
    TemplateClientConversation tip() {
        return source(new TemplateEvent.NewTip(chain.current()));
    }

    static SetupConnection setup() {
        return setup(SetupConnection.TEMPLATE_DISTRIBUTION, 2, 2, 0);
    }

    static SetupConnection setup(int protocol, int minVersion, int maxVersion, long flags) {
        return new SetupConnection(protocol, minVersion, maxVersion, flags, "127.0.0.1", 8442, "test", "", "", "");
    }

    static CoinbaseOutputConstraints constraints() {
        return new CoinbaseOutputConstraints(100, 4);
    }

    /** Set up, with constraints and the chain's present template, all of it taken note of. */
    TemplateClientConversation serving() {
        start().tip().say(setup()).say(constraints());
        actions.clear();
        return this;
    }

    /** Lets the chain's mempool fill, so that its next template has transactions. */
    TemplateClientConversation fill() {
        pass(Duration.ofSeconds(30));
        chain.advance(now).forEach(this::source);
        return this;
    }

    /** Lets so much time pass, and what is due happen on the way. */
    TemplateClientConversation pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Optional<Map.Entry<TemplateClientDeadline, Instant>> next = deadlines.entrySet().stream()
                    .filter(deadline -> !deadline.getValue().isAfter(end))
                    .min(Map.Entry.comparingByValue());
            if (next.isEmpty()) {
                now = end;
                return this;
            }
            now = next.get().getValue();
            deadlines.remove(next.get().getKey());
            feed(new TemplateClientInput.DeadlineReached(next.get().getKey()));
        }
    }

    /** A solution of {@code template}, which the client knows as {@code id}. */
    static SubmitSolution solve(long id, Template template, int extranonce) {
        Coinbase coinbase = template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, 4);
        return solve(
                id,
                template,
                coinbase.full(Bytes.fromHex(String.format("%08x", extranonce))),
                coinbase.txid(Bytes.fromHex(String.format("%08x", extranonce))));
    }

    static SubmitSolution solve(long id, Template template, Bytes coinbase, Hash256 coinbaseTxid) {
        BlockHeader header = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbaseTxid),
                template.curTime(),
                template.tip().nbits(),
                0);
        while (!header.meets(template.networkTarget())) {
            header = header.withNonce(header.nonce() + 1);
        }
        return new SubmitSolution(id, header.version(), header.ntime(), header.nonce(), coinbase);
    }

    /** A template as a real node gave it. */
    static Template recorded(String name) {
        return BlockTemplateReader.read(answer(name), 1);
    }

    static JsonNode answer(String name) {
        try (InputStream in = TemplateClientConversation.class.getResourceAsStream("/templates/" + name + ".json")) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<TemplateClientAction> takeAll() {
        List<TemplateClientAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<Sv2Message> takeSent() {
        return takeAll().stream()
                .filter(TemplateClientAction.Send.class::isInstance)
                .map(action -> ((TemplateClientAction.Send) action).message())
                .toList();
    }

    List<BlockSolution> takeBlocks() {
        return takeAll().stream()
                .filter(TemplateClientAction.SubmitBlock.class::isInstance)
                .map(action -> ((TemplateClientAction.SubmitBlock) action).solution())
                .toList();
    }

    Optional<String> takeEnd() {
        return takeAll().stream()
                .filter(TemplateClientAction.Disconnect.class::isInstance)
                .map(action -> ((TemplateClientAction.Disconnect) action).reason())
                .findFirst();
    }

    List<String> takeNotes() {
        return takeAll().stream()
                .filter(TemplateClientAction.Note.class::isInstance)
                .map(action -> ((TemplateClientAction.Note) action).text())
                .toList();
    }
}
