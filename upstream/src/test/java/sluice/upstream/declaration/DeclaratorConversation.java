package sluice.upstream.declaration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sluice.config.DeclarationMode;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.wire.Frame;

/** A session, a server whose part the test speaks, and the time that the test lets pass. */
final class DeclaratorConversation {
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    static final Bytes TOKEN = Bytes.fromHex("0102030405060708");
    static final List<TxOut> OUTPUTS =
            List.of(new TxOut(0, Script.p2wpkh(Bytes.zeros(20))), new TxOut(0, Bytes.fromHex("6a0470656f6e")));
    static final List<Bytes> TRANSACTIONS =
            List.of(Bytes.fromHex("aa"), Bytes.fromHex("bbbb"), Bytes.fromHex("cccccc"));
    static final List<Hash256> WTXIDS = List.of(hash("0a"), hash("0b"), hash("0c"));

    final JobDeclaratorSession session;
    private final List<DeclaratorAction> actions = new ArrayList<>();
    private final Map<DeclaratorDeadline, Instant> deadlines = new EnumMap<>(DeclaratorDeadline.class);
    private Instant now = START;

    DeclaratorConversation(DeclarationMode mode) {
        session = new JobDeclaratorSession(new DeclaratorSettings(
                "pool", new Sv2PoolAddress("jds.example", 34_264, Optional.empty()), "farm.one", mode, "0.1.0"));
    }

    DeclaratorConversation feed(DeclaratorInput input) {
        for (DeclaratorAction action : session.on(input, now)) {
            actions.add(action);
            if (action instanceof DeclaratorAction.SetDeadline set) {
                deadlines.put(set.deadline(), set.at());
            }
        }
        return this;
    }

    DeclaratorConversation connect() {
        deadlines.clear();
        return feed(new DeclaratorInput.Connected("jds.example", 34_264));
    }

    DeclaratorConversation hear(Sv2Message message) {
        return feed(new DeclaratorInput.FrameReceived(Frame.parse(message.toFrame())));
    }

    DeclaratorConversation command(DeclaratorCommand command) {
        return feed(new DeclaratorInput.CommandGiven(command));
    }

    /** Set up, and nothing of it remembered. */
    DeclaratorConversation ready() {
        connect().hear(new SetupConnectionSuccess(2, 0)).takeAll();
        return this;
    }

    DeclaratorConversation allocate() {
        return command(new DeclaratorCommand.AllocateToken());
    }

    DeclaratorConversation declare(long number) {
        return command(job(number));
    }

    static DeclaratorCommand.Declare job(long number) {
        return new DeclaratorCommand.Declare(
                number,
                TOKEN,
                0x20000000L,
                Bytes.fromHex("0200000000010151"),
                Bytes.fromHex("ffffffff00000000"),
                TRANSACTIONS,
                WTXIDS,
                Bytes.fromHex("ee"));
    }

    static AllocateMiningJobTokenSuccess token(long requestId) {
        return new AllocateMiningJobTokenSuccess(requestId, TOKEN, TxOut.serialiseList(OUTPUTS));
    }

    /** Lets so much time pass, and what is due happen on the way. */
    DeclaratorConversation pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Optional<Map.Entry<DeclaratorDeadline, Instant>> next = deadlines.entrySet().stream()
                    .filter(deadline -> !deadline.getValue().isAfter(end))
                    .min(Map.Entry.comparingByValue());
            if (next.isEmpty()) {
                now = end;
                return this;
            }
            now = next.get().getValue();
            deadlines.remove(next.get().getKey());
            feed(new DeclaratorInput.DeadlineReached(next.get().getKey()));
        }
    }

    List<DeclaratorAction> takeAll() {
        List<DeclaratorAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<Sv2Message> takeSent() {
        return taken(DeclaratorAction.Send.class)
                .map(DeclaratorAction.Send::message)
                .toList();
    }

    List<DeclaratorEvent> takeEvents() {
        return taken(DeclaratorAction.Report.class)
                .map(DeclaratorAction.Report::event)
                .toList();
    }

    private <T extends DeclaratorAction> Stream<T> taken(Class<T> type) {
        return takeAll().stream().filter(type::isInstance).map(type::cast);
    }

    private static Hash256 hash(String hexByte) {
        return Hash256.fromHex(hexByte.repeat(Hash256.LENGTH));
    }
}
