package sluice.proxy.declaration;

import static sluice.protocol.sv2.message.common.SetupConnectionFlags.JOB_DECLARATION_DECLARE_TX_DATA;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_JOB;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_MINING_JOB_TOKEN;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.MISSING_TXS;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.STALE_CHAIN_TIP;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
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
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.upstream.template.Template;

/**
 * The conversation with one client that declares its own jobs to us (SV2 3.6, 6). Pure; confined to the loop that all such
 * clients share.
 */
public final class DeclarationSession {
    /** Declarations of one client that have no answer yet; of one more the oldest is refused. */
    public static final int MAX_OPEN_DECLARATIONS = 4;
    /** Solutions of one client by which one that comes again is known. */
    public static final int MAX_REMEMBERED_SOLUTIONS = 64;
    /** Oddities of one client that are noted; later ones are not. */
    public static final int MAX_NOTES = 50;

    private enum Phase {
        SETUP,
        SERVING,
        OVER
    }

    private final DeclarationDesk desk;
    private final ClientTokens tokens;
    private final List<DeclarationAction> actions = new ArrayList<>();
    private final Map<Long, OpenDeclaration> open = new LinkedHashMap<>();
    private final Set<Hash256> solved = new LinkedHashSet<>();
    private Phase phase = Phase.SETUP;
    private boolean fullTemplate;
    private int notes;

    public DeclarationSession(DeclarationDesk desk) {
        this.desk = desk;
        this.tokens = desk.newClient();
    }

    /** Takes one input. The list is the session's own and is valid until the next call. */
    public List<DeclarationAction> on(DeclarationInput input, Instant now) {
        actions.clear();
        if (phase == Phase.OVER) {
            return actions;
        }
        switch (input) {
            case DeclarationInput.Started started -> setDeadline(DeclarationDeadline.SETUP, now);
            case DeclarationInput.FrameReceived received -> onFrame(received.frame(), now);
            case DeclarationInput.TemplateChanged changed -> onTemplate(now);
            case DeclarationInput.DeadlineReached reached -> onDeadline(reached.deadline(), now);
            case DeclarationInput.Closed closed -> end();
        }
        return actions;
    }

    private void onFrame(Frame frame, Instant now) {
        try {
            Sv2Codec.decode(frame, this::note).ifPresent(message -> onMessage(message, now));
        } catch (ProtocolViolation violation) {
            disconnect(violation.reason(), violation.detail());
        }
    }

    private void onMessage(Sv2Message message, Instant now) {
        switch (message) {
            case SetupConnection setup when phase == Phase.SETUP -> onSetup(setup);
            case Sv2Message early
            when phase == Phase.SETUP -> disconnect("setup-expected", "its first message is " + early.type());
            case AllocateMiningJobToken request -> onAllocate(request, now);
            case DeclareMiningJob declaration -> onDeclare(declaration, now);
            case ProvideMissingTransactionsSuccess answer -> onTransactions(answer, now);
            case PushSolution solution -> onSolution(solution);
            default -> note("ignored an unexpected " + message.type());
        }
    }

    private void onSetup(SetupConnection setup) {
        long unknown = setup.flags() & ~JOB_DECLARATION_DECLARE_TX_DATA;
        if (setup.protocol() != SetupConnection.JOB_DECLARATION) {
            refuse(0, SetupConnectionErrorCode.UNSUPPORTED_PROTOCOL);
        } else if (setup.minVersion() > SetupConnection.VERSION || setup.maxVersion() < SetupConnection.VERSION) {
            refuse(0, SetupConnectionErrorCode.PROTOCOL_VERSION_MISMATCH);
        } else if (unknown != 0) {
            refuse(unknown, SetupConnectionErrorCode.UNSUPPORTED_FEATURE_FLAGS);
        } else {
            phase = Phase.SERVING;
            fullTemplate = setup.flags() != 0;
            send(new SetupConnectionSuccess(SetupConnection.VERSION, 0));
        }
    }

    private void refuse(long flags, String code) {
        send(new SetupConnectionError(flags, code));
        disconnect(code, "");
    }

    private void onAllocate(AllocateMiningJobToken request, Instant now) {
        Bytes token = tokens.allocate(request.userIdentifier(), fullTemplate, now);
        send(new AllocateMiningJobTokenSuccess(
                request.requestId(),
                token,
                TxOut.serialiseList(desk.jobs().payout().outputs())));
    }

    private void onDeclare(DeclareMiningJob message, Instant now) {
        try {
            if (!fullTemplate) {
                throw new DeclarationRefused(
                        INVALID_JOB, "SetupConnection came without DECLARE_TX_DATA, so no job is declared here");
            }
            if (open.containsKey(message.requestId())) {
                throw new DeclarationRefused(INVALID_JOB, "another declaration of that request_id has no answer yet");
            }
            Optional<String> userIdentity = tokens.use(message.miningJobToken(), now);
            if (userIdentity.isEmpty()) {
                throw new DeclarationRefused(
                        INVALID_MINING_JOB_TOKEN, "the token was never allocated here, was used before or has expired");
            }
            judge(OpenDeclaration.of(message, userIdentity.get()), now);
        } catch (DeclarationRefused refused) {
            refuse(message.requestId(), refused);
        }
    }

    private void judge(OpenDeclaration declaration, Instant now) throws DeclarationRefused {
        Optional<Template> current = desk.jobs().inForce();
        if (current.isPresent() && declaration.isAhead(current.get())) {
            await(declaration, DeclarationDeadline.TIP, now);
            return;
        }
        declaration.requireCurrent(current, desk.jobs().payout());
        List<Integer> missing = declaration.resolve(desk.transactions());
        if (missing.isEmpty()) {
            accept(declaration, now);
        } else {
            await(declaration, DeclarationDeadline.TRANSACTIONS, now);
            send(new ProvideMissingTransactions(declaration.requestId(), missing));
        }
    }

    private void accept(OpenDeclaration declaration, Instant now) throws DeclarationRefused {
        // The tip may have passed while its transactions came.
        Template template =
                declaration.requireCurrent(desk.jobs().inForce(), desk.jobs().payout());
        DeclaredJob job = declaration.job(template);
        Bytes token = tokens.declared(job, declaration.ownBytes(), now);
        send(new DeclareMiningJobSuccess(declaration.requestId(), token));
    }

    private void await(OpenDeclaration declaration, DeclarationDeadline what, Instant now) {
        declaration.await(what, now.plus(what.patience()));
        open.put(declaration.requestId(), declaration);
        scheduleNext(what);
        if (open.size() > MAX_OPEN_DECLARATIONS) {
            OpenDeclaration oldest = open.values().iterator().next();
            open.remove(oldest.requestId());
            refuse(
                    oldest.requestId(),
                    new DeclarationRefused(
                            STALE_CHAIN_TIP, MAX_OPEN_DECLARATIONS + " later declarations have no answer yet either"));
        }
    }

    private void onTransactions(ProvideMissingTransactionsSuccess answer, Instant now) {
        OpenDeclaration declaration = open.get(answer.requestId());
        if (declaration == null || !declaration.awaits(DeclarationDeadline.TRANSACTIONS)) {
            note("ignored transactions of declaration " + answer.requestId() + ", which needs none");
            return;
        }
        open.remove(answer.requestId());
        try {
            declaration.fill(answer.transactionList(), desk.transactions());
            accept(declaration, now);
        } catch (DeclarationRefused refused) {
            refuse(answer.requestId(), refused);
        }
    }

    /** Jobs of a former tip end, and what was ahead of us may have its turn. */
    private void onTemplate(Instant now) {
        Optional<Template> current = desk.jobs().inForce();
        if (current.isEmpty()) {
            return;
        }
        tokens.keepOnly(current.get());
        for (OpenDeclaration declaration : List.copyOf(open.values())) {
            if (declaration.awaits(DeclarationDeadline.TIP) && !declaration.isAhead(current.get())) {
                open.remove(declaration.requestId());
                try {
                    judge(declaration, now);
                } catch (DeclarationRefused refused) {
                    refuse(declaration.requestId(), refused);
                }
            }
        }
    }

    private void onSolution(PushSolution solution) {
        Optional<DeclarationAction.SubmitBlock> block = tokens.solve(solution, desk.nextBlockNumber());
        if (block.isEmpty()) {
            note("a solution is no block of any job that it declared on this tip");
            return;
        }
        if (!solved.add(block.get().solution().hash())) {
            note("block " + block.get().solution().hash().display() + " came once more");
            return;
        }
        if (solved.size() > MAX_REMEMBERED_SOLUTIONS) {
            solved.remove(solved.iterator().next());
        }
        actions.add(block.get());
    }

    private void onDeadline(DeclarationDeadline deadline, Instant now) {
        if (deadline == DeclarationDeadline.SETUP) {
            if (phase == Phase.SETUP) {
                disconnect(
                        "setup-timeout",
                        "no SetupConnection within " + deadline.patience().toSeconds() + " s");
            }
            return;
        }
        for (OpenDeclaration declaration : List.copyOf(open.values())) {
            if (declaration.awaits(deadline) && !now.isBefore(declaration.due())) {
                open.remove(declaration.requestId());
                refuse(declaration.requestId(), lateness(deadline));
            }
        }
        scheduleNext(deadline);
    }

    private static DeclarationRefused lateness(DeclarationDeadline deadline) {
        String within = " within " + deadline.patience().toSeconds() + " s";
        return deadline == DeclarationDeadline.TIP
                ? new DeclarationRefused(STALE_CHAIN_TIP, "the pool heard of no block at that height" + within)
                : new DeclarationRefused(MISSING_TXS, "what was asked for did not come" + within);
    }

    private void scheduleNext(DeclarationDeadline deadline) {
        open.values().stream()
                .filter(declaration -> declaration.awaits(deadline))
                .map(OpenDeclaration::due)
                .min(Instant::compareTo)
                .ifPresent(due -> actions.add(new DeclarationAction.SetDeadline(deadline, due)));
    }

    private void refuse(long requestId, DeclarationRefused refused) {
        note("declaration " + requestId + " is refused, " + refused.code() + ": " + refused.getMessage());
        send(new DeclareMiningJobError(
                requestId, refused.code(), Bytes.wrap(refused.getMessage().getBytes(StandardCharsets.UTF_8))));
    }

    private void disconnect(String reason, String detail) {
        end();
        actions.add(new DeclarationAction.Disconnect(reason, detail));
    }

    private void end() {
        phase = Phase.OVER;
        open.clear();
        tokens.revokeAll();
    }

    private void send(Sv2Message message) {
        actions.add(new DeclarationAction.Send(message));
    }

    private void setDeadline(DeclarationDeadline deadline, Instant now) {
        actions.add(new DeclarationAction.SetDeadline(deadline, now.plus(deadline.patience())));
    }

    private void note(String text) {
        if (++notes <= MAX_NOTES) {
            actions.add(new DeclarationAction.Note(text));
        }
    }
}
