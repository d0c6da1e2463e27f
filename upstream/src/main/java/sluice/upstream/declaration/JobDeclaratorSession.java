package sluice.upstream.declaration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.CommonMessage;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.JobDeclarationMessage;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireText;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.session.Introduction;

/**
 * The conversation with one job declaration server, over as many connections as it takes: setup, tokens, declared jobs with
 * the transactions that the server lacks, and solutions (SV2 3.6, 6). Each conversation that began ends with exactly one
 * {@link DeclaratorEvent.Lost}, unless we close it. A server that owes an answer for too long is lost. Commands that come
 * while there is no {@link DeclaratorEvent.Ready} are void. Pure; confined to the loop of its connection.
 */
public final class JobDeclaratorSession {
    /** Requests for tokens that may wait for their answer; one more and the server is of no use. */
    public static final int MAX_TOKEN_REQUESTS = 8;

    private static final String PROTOCOL_VIOLATION = "protocol violation: ";
    private static final int MAX_DETAIL_BYTES = 200;

    private enum Phase {
        SETUP(Step.SETUP),
        READY(Step.MINING);

        final Step step;

        Phase(Step step) {
            this.step = step;
        }
    }

    private final DeclaratorSettings settings;
    private final List<DeclaratorAction> actions = new ArrayList<>();
    private final Map<Long, Instant> tokenRequests = new LinkedHashMap<>();
    private final OpenDeclarations declarations = new OpenDeclarations();

    // Null while there is no conversation.
    private Phase phase;
    private DeclaratorInput.Connected endpoint;
    private long lastRequestId;

    public JobDeclaratorSession(DeclaratorSettings settings) {
        this.settings = settings;
    }

    /** Takes one input. The list is the session's own and is valid until the next call. */
    public List<DeclaratorAction> on(DeclaratorInput input, Instant now) {
        actions.clear();
        switch (input) {
            case DeclaratorInput.Connected connected -> setUp(connected, now);
            case DeclaratorInput.FrameReceived received -> onFrame(received.frame(), now);
            case DeclaratorInput.CommandGiven given -> onCommand(given.command(), now);
            case DeclaratorInput.DeadlineReached reached -> {
                if (phase != null) {
                    onDeadline(reached.deadline(), now);
                }
            }
            case DeclaratorInput.Disconnected disconnected -> {
                if (phase != null) {
                    reportLost(disconnected.reason());
                }
            }
        }
        return actions;
    }

    /** Whether a conversation is going on. */
    public boolean isConversing() {
        return phase != null;
    }

    private void setUp(DeclaratorInput.Connected connected, Instant now) {
        endpoint = connected;
        phase = Phase.SETUP;
        lastRequestId = 0;
        tokenRequests.clear();
        declarations.restart();
        send(Introduction.of(
                SetupConnection.JOB_DECLARATION,
                declares() ? SetupConnectionFlags.JOB_DECLARATION_DECLARE_TX_DATA : 0,
                connected.host(),
                connected.port(),
                settings.softwareVersion()));
        setDeadline(DeclaratorDeadline.SETUP, now);
    }

    private boolean declares() {
        return settings.mode() == DeclarationMode.FULL_TEMPLATE;
    }

    private void onFrame(Frame frame, Instant now) {
        if (phase == null) {
            return;
        }
        try {
            Sv2Codec.decode(frame, this::note).ifPresent(message -> onMessage(message, now));
        } catch (ProtocolViolation violation) {
            lose(PROTOCOL_VIOLATION + violation.getMessage());
        }
    }

    private void onMessage(Sv2Message message, Instant now) {
        switch (message) {
            case CommonMessage common -> onCommon(common);
            case JobDeclarationMessage declaration when phase == Phase.READY -> onDeclaration(declaration, now);
            default -> unexpected(message);
        }
    }

    private void onCommon(CommonMessage message) {
        switch (message) {
            case SetupConnectionSuccess success -> onSetup(success);
            case SetupConnectionError error -> onSetupRefused(error);
            case Reconnect reconnect -> onReconnect(reconnect);
            case ChannelEndpointChanged changed -> unexpected(changed);
            case SetupConnection setup -> unexpected(setup);
        }
    }

    private void onSetup(SetupConnectionSuccess success) {
        if (phase != Phase.SETUP) {
            unexpected(success);
            return;
        }
        if (success.usedVersion() != SetupConnection.VERSION) {
            lose("the job declaration server chose protocol version " + success.usedVersion()
                    + ", which we did not offer");
            return;
        }
        phase = Phase.READY;
        report(new DeclaratorEvent.Ready());
    }

    private void onSetupRefused(SetupConnectionError error) {
        if (phase != Phase.SETUP) {
            unexpected(error);
            return;
        }
        lose("the job declaration server refused the setup: " + WireText.printable(error.errorCode())
                + otherMode(error)
                        .map(mode -> " (write mode = \"" + mode.text() + "\")")
                        .orElse(""));
    }

    /** The mode that the server can do, where it says that it cannot do ours: which one it is, is the operator's to say. */
    private Optional<DeclarationMode> otherMode(SetupConnectionError error) {
        if (!declares()) {
            return error.errorCode().equals(SetupConnectionErrorCode.MISSING_DECLARE_TX_DATA_FLAG)
                    ? Optional.of(DeclarationMode.FULL_TEMPLATE)
                    : Optional.empty();
        }
        boolean transactionsRefused = (error.flags() & SetupConnectionFlags.JOB_DECLARATION_DECLARE_TX_DATA) != 0;
        return transactionsRefused ? Optional.of(DeclarationMode.COINBASE_ONLY) : Optional.empty();
    }

    private void onReconnect(Reconnect reconnect) {
        // No host has a name that cannot be printed, and this one is going to be in logs.
        String host = reconnect.newHost().isEmpty() ? endpoint.host() : WireText.printable(reconnect.newHost());
        int port = reconnect.newPort() == 0 ? endpoint.port() : reconnect.newPort();
        reportLost("the job declaration server asked us to reconnect to " + host + ":" + port);
        actions.add(new DeclaratorAction.Redirect(host, port));
    }

    private void onDeclaration(JobDeclarationMessage message, Instant now) {
        switch (message) {
            case AllocateMiningJobTokenSuccess success -> onToken(success);
            case DeclareMiningJobSuccess success -> {
                OptionalLong number = declarations.answered(success.requestId());
                if (number.isPresent()) {
                    report(new DeclaratorEvent.JobDeclared(number.getAsLong(), success.newMiningJobToken()));
                } else {
                    unexpected(success);
                }
            }
            case DeclareMiningJobError error -> onJobRefused(error);
            case ProvideMissingTransactions request -> onMissing(request, now);
            case AllocateMiningJobToken _, DeclareMiningJob _, ProvideMissingTransactionsSuccess _, PushSolution _ ->
                unexpected(message);
        }
    }

    private void onToken(AllocateMiningJobTokenSuccess success) {
        if (tokenRequests.remove(success.requestId()) == null) {
            unexpected(success);
            return;
        }
        List<TxOut> outputs;
        try {
            outputs = TxOut.parseList(success.coinbaseTxOutputs());
        } catch (IllegalArgumentException malformed) {
            lose(PROTOCOL_VIOLATION + "coinbase outputs of a token: " + malformed.getMessage());
            return;
        }
        if (outputs.isEmpty()) {
            lose(PROTOCOL_VIOLATION + "a token without a coinbase output that pays the pool");
            return;
        }
        report(new DeclaratorEvent.TokenAllocated(new JobToken(success.miningJobToken(), outputs)));
    }

    private void onJobRefused(DeclareMiningJobError error) {
        OptionalLong number = declarations.answered(error.requestId());
        if (number.isEmpty()) {
            unexpected(error);
            return;
        }
        if (!error.errorDetails().isEmpty()) {
            note("a declared job was refused, " + WireText.printable(error.errorCode()) + ": "
                    + inWords(error.errorDetails()));
        }
        report(new DeclaratorEvent.JobRefused(number.getAsLong(), WireText.printable(error.errorCode())));
    }

    private static String inWords(Bytes details) {
        byte[] text = details.toArray();
        return WireText.printable(WireText.decode(text, 0, Math.min(text.length, MAX_DETAIL_BYTES)));
    }

    private void onMissing(ProvideMissingTransactions request, Instant now) {
        if (!declarations.isOpen(request.requestId())) {
            unexpected(request);
            return;
        }
        try {
            send(declarations.provide(request, now));
        } catch (IllegalArgumentException faulty) {
            lose(PROTOCOL_VIOLATION + faulty.getMessage());
        }
    }

    private void onCommand(DeclaratorCommand command, Instant now) {
        switch (command) {
            case DeclaratorCommand.AllocateToken _ when phase == Phase.READY -> allocate(now);
            case DeclaratorCommand.Declare job when phase == Phase.READY -> declare(job, now);
            // A server that does not know the transactions can make no block of it.
            case DeclaratorCommand.Push(PushSolution solution)
            when phase == Phase.READY && declares() -> send(solution);
            case DeclaratorCommand.AllocateToken _,
                    DeclaratorCommand.Declare _,
                    DeclaratorCommand.Push _,
                    DeclaratorCommand.ConnectNow _ -> {}
            case DeclaratorCommand.Close close -> {
                if (phase != null) {
                    phase = null;
                    actions.add(new DeclaratorAction.Disconnect("closed by us: " + close.reason()));
                }
            }
        }
    }

    private void allocate(Instant now) {
        if (tokenRequests.size() == MAX_TOKEN_REQUESTS) {
            lose("the job declaration server leaves " + MAX_TOKEN_REQUESTS + " requests for tokens unanswered");
            return;
        }
        tokenRequests.put(++lastRequestId, now);
        send(new AllocateMiningJobToken(settings.userIdentifier(), lastRequestId));
        if (tokenRequests.size() == 1) {
            setDeadline(DeclaratorDeadline.TOKEN, now);
        }
    }

    private void declare(DeclaratorCommand.Declare job, Instant now) {
        if (!declares()) {
            throw new IllegalStateException("a job with its transactions for a server that is not to know them");
        }
        if (declarations.isFull()) {
            lose("the job declaration server leaves " + OpenDeclarations.MAX_OPEN + " declared jobs unanswered");
            return;
        }
        boolean first = declarations.isEmpty();
        declarations.add(++lastRequestId, job, now);
        send(new DeclareMiningJob(
                lastRequestId,
                job.token(),
                job.version(),
                job.coinbasePrefix(),
                job.coinbaseSuffix(),
                job.wtxids(),
                job.excessData()));
        if (first) {
            setDeadline(DeclaratorDeadline.DECLARATION, now);
        }
    }

    private void onDeadline(DeclaratorDeadline deadline, Instant now) {
        switch (deadline) {
            case SETUP -> {
                if (phase == Phase.SETUP) {
                    loseSilent("SetupConnection", deadline);
                }
            }
            case TOKEN -> onDue("AllocateMiningJobToken", oldestTokenRequest(), deadline, now);
            case DECLARATION -> onDue("DeclareMiningJob", declarations.oldest(), deadline, now);
        }
    }

    private Optional<Instant> oldestTokenRequest() {
        Iterator<Instant> oldest = tokenRequests.values().iterator();
        return oldest.hasNext() ? Optional.of(oldest.next()) : Optional.empty();
    }

    private void onDue(String unanswered, Optional<Instant> since, DeclaratorDeadline deadline, Instant now) {
        if (since.isEmpty()) {
            return;
        }
        if (now.isBefore(since.get().plus(deadline.patience()))) {
            setDeadline(deadline, since.get());
        } else {
            loseSilent(unanswered, deadline);
        }
    }

    private void loseSilent(String unanswered, DeclaratorDeadline deadline) {
        lose("no answer to " + unanswered + " from the job declaration server within "
                + deadline.patience().toSeconds() + " s");
    }

    private void unexpected(Sv2Message message) {
        note("ignored an unexpected " + message.type() + " during " + phase);
    }

    private void lose(String reason) {
        reportLost(reason);
        actions.add(new DeclaratorAction.Disconnect(reason));
    }

    private void reportLost(String reason) {
        report(new DeclaratorEvent.Lost(phase.step, reason));
        phase = null;
        // Megabytes of transactions are nobody's concern any more.
        declarations.restart();
    }

    private void send(Sv2Message message) {
        actions.add(new DeclaratorAction.Send(message));
    }

    private void report(DeclaratorEvent event) {
        actions.add(new DeclaratorAction.Report(event));
    }

    /** @param since from when the deadline's patience counts */
    private void setDeadline(DeclaratorDeadline deadline, Instant since) {
        actions.add(new DeclaratorAction.SetDeadline(deadline, since.plus(deadline.patience())));
    }

    private void note(String text) {
        actions.add(new DeclaratorAction.Note(text));
    }
}
