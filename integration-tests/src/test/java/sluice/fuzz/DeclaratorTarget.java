package sluice.fuzz;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import sluice.config.DeclarationMode;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.WireText;
import sluice.upstream.declaration.DeclaratorAction;
import sluice.upstream.declaration.DeclaratorCommand;
import sluice.upstream.declaration.DeclaratorDeadline;
import sluice.upstream.declaration.DeclaratorEvent;
import sluice.upstream.declaration.DeclaratorInput;
import sluice.upstream.declaration.DeclaratorSettings;
import sluice.upstream.declaration.JobDeclaratorSession;

/**
 * A conversation with a job declaration server that says anything in any order: each ends with one Lost unless we close it,
 * every token and every word on a job was asked for, and no transactions leave but declared ones. Each byte of the input says
 * what happens next; capital letters are what we and the network do. The first byte holds the mode.
 */
final class DeclaratorTarget {
    private static final int MAX_OPEN = 8;

    private final DeclarationMode mode;
    private final JobDeclaratorSession session;
    private final Set<DeclaratorDeadline> deadlines = EnumSet.noneOf(DeclaratorDeadline.class);
    private final Map<Long, Declared> declared = new HashMap<>();
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private List<Bytes> lastTransactions = List.of();
    private boolean conversing;
    private int tokensAwaited;
    private long lastJob;

    private record Declared(long number, List<Bytes> transactions) {}

    private DeclaratorTarget(DeclarationMode mode) {
        this.mode = mode;
        session = new JobDeclaratorSession(new DeclaratorSettings(
                "server", new Sv2PoolAddress("jds.example.com", 3334, Optional.empty()), "farm", mode, "0.1.0"));
    }

    static void run(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        DeclaratorTarget target = new DeclaratorTarget(DeclarationMode.values()[input.below(2)]);
        target.connect();
        while (!input.isEmpty()) {
            target.take(input.u8(), input);
        }
        target.disconnect();
    }

    private void take(int op, FuzzInput input) {
        switch (op) {
            case 'f' -> receive(MinerTargets.frame(input));
            case 's' -> receive(new SetupConnectionSuccess(2, input.u8()));
            case 'v' -> receive(new SetupConnectionError(input.u8(), text(input)));
            case 't' -> receive(new AllocateMiningJobTokenSuccess(input.below(16), token(input), outputs(input)));
            case 'y' -> receive(new DeclareMiningJobSuccess(input.below(16), token(input)));
            case 'n' -> receive(new DeclareMiningJobError(input.below(16), text(input), Bytes.wrap(input.prefixed())));
            case 'm' -> receive(new ProvideMissingTransactions(input.below(16), positions(input)));
            case 'w' -> receive(new Reconnect(text(input), input.u16()));
            case 'A' -> command(new DeclaratorCommand.AllocateToken());
            case 'J' -> declare(input);
            case 'P' ->
                command(new DeclaratorCommand.Push(new PushSolution(
                        Bytes.wrap(input.bytes(input.below(33))),
                        Hash256.ZERO,
                        input.u32(),
                        input.u32(),
                        input.u32(),
                        input.u32())));
            case 'C' -> connect();
            case 'D' -> reachDeadline(input.u8());
            case 'T' -> now = now.plusSeconds(input.u8());
            case 'X' -> disconnect();
            case 'Q' -> {
                forget();
                command(new DeclaratorCommand.Close("enough"));
            }
            default -> {}
        }
    }

    private void declare(FuzzInput input) {
        if (mode == DeclarationMode.COINBASE_ONLY) {
            return;
        }
        lastTransactions = IntStream.range(0, input.below(8))
                .mapToObj(i -> Bytes.of((byte) i))
                .toList();
        command(new DeclaratorCommand.Declare(
                ++lastJob,
                token(input),
                0x2000_0000L,
                Bytes.wrap(input.prefixed()),
                Bytes.wrap(input.prefixed()),
                lastTransactions,
                Collections.nCopies(lastTransactions.size(), Hash256.ZERO),
                Bytes.wrap(input.prefixed())));
    }

    private void connect() {
        if (!conversing) {
            forget();
            conversing = true;
            feed(new DeclaratorInput.Connected("jds.example.com", 3334));
        }
    }

    private void disconnect() {
        if (conversing) {
            feed(new DeclaratorInput.Disconnected("gone"));
            Claim.that(!conversing, "no Lost");
        }
    }

    private void reachDeadline(int choice) {
        if (conversing && !deadlines.isEmpty()) {
            DeclaratorDeadline deadline = List.copyOf(deadlines).get(choice % deadlines.size());
            deadlines.remove(deadline);
            feed(new DeclaratorInput.DeadlineReached(deadline));
        }
    }

    private void receive(Sv2Message message) {
        receive(Frame.parse(message.toFrame()));
    }

    private void receive(Frame frame) {
        feed(new DeclaratorInput.FrameReceived(frame));
    }

    private void command(DeclaratorCommand command) {
        feed(new DeclaratorInput.CommandGiven(command));
    }

    private void feed(DeclaratorInput input) {
        for (DeclaratorAction action : List.copyOf(session.on(input, now))) {
            switch (action) {
                case DeclaratorAction.Send(Sv2Message message) -> sent(message);
                case DeclaratorAction.Report(DeclaratorEvent event) -> reported(event);
                case DeclaratorAction.SetDeadline set -> deadlines.add(set.deadline());
                case DeclaratorAction.Disconnect disconnect -> Claim.isOneLineOfText(disconnect.reason());
                case DeclaratorAction.Redirect redirect -> {
                    Claim.isOneLineOfText(redirect.host());
                    Claim.that(redirect.port() > 0 && redirect.port() <= 65_535, "port %d", redirect.port());
                }
                case DeclaratorAction.Note note -> Claim.isOneLineOfText(note.text());
            }
        }
        Claim.that(session.isConversing() == conversing, "conversing: %s", session.isConversing());
        Claim.that(tokensAwaited <= MAX_OPEN, "%d tokens are waited for", tokensAwaited);
        Claim.that(declared.size() <= MAX_OPEN, "%d declarations are waited for", declared.size());
    }

    private void sent(Sv2Message message) {
        Claim.that(conversing, "%s to nobody", message);
        Claim.that(
                Sv2Codec.decode(Frame.parse(message.toFrame())).orElseThrow().equals(message),
                "%s reads otherwise",
                message);
        switch (message) {
            case AllocateMiningJobToken request -> tokensAwaited++;
            case DeclareMiningJob job -> declared.put(job.requestId(), new Declared(lastJob, lastTransactions));
            case ProvideMissingTransactionsSuccess provided -> {
                Declared job = declared.get(provided.requestId());
                Claim.that(
                        job != null
                                && job.transactions().containsAll(provided.transactionList())
                                && provided.transactionList().size()
                                        <= job.transactions().size(),
                        "%s for %s",
                        provided,
                        job);
            }
            default -> {}
        }
        Claim.that(
                mode == DeclarationMode.FULL_TEMPLATE
                        || !(message instanceof DeclareMiningJob) && !(message instanceof PushSolution),
                "%s to a server that is to see coinbases only",
                message);
    }

    private void reported(DeclaratorEvent event) {
        Claim.that(conversing, "%s behind the end", event);
        switch (event) {
            case DeclaratorEvent.Ready ready -> {}
            case DeclaratorEvent.TokenAllocated allocated -> {
                Claim.that(--tokensAwaited >= 0, "a token that nobody asked for");
                Claim.that(!allocated.token().outputs().isEmpty(), "a token that pays nobody");
            }
            case DeclaratorEvent.JobDeclared taken -> answered(taken.number());
            case DeclaratorEvent.JobRefused refused -> {
                answered(refused.number());
                Claim.isOneLineOfText(refused.errorCode());
            }
            case DeclaratorEvent.Lost lost -> {
                Claim.isOneLineOfText(lost.reason());
                forget();
            }
        }
    }

    private void answered(long number) {
        Claim.that(declared.values().removeIf(job -> job.number() == number), "no word on job %d is due", number);
    }

    private void forget() {
        conversing = false;
        deadlines.clear();
        declared.clear();
        tokensAwaited = 0;
    }

    private static Bytes token(FuzzInput input) {
        return Bytes.wrap(input.prefixed());
    }

    private static Bytes outputs(FuzzInput input) {
        return input.flag()
                ? TxOut.serialiseList(List.of(new TxOut(0, Script.p2wpkh(Bytes.zeros(20)))))
                : Bytes.wrap(input.prefixed());
    }

    private static List<Integer> positions(FuzzInput input) {
        return IntStream.range(0, input.below(8)).mapToObj(_ -> input.below(8)).toList();
    }

    private static String text(FuzzInput input) {
        byte[] text = input.prefixed();
        return WireText.decode(text, 0, text.length);
    }
}
