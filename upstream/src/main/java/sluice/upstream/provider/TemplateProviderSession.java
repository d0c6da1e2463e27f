package sluice.upstream.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.CommonMessage;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.message.template.RequestTransactionDataError;
import sluice.protocol.sv2.message.template.RequestTransactionDataSuccess;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.message.template.TemplateDistributionErrorCode;
import sluice.protocol.sv2.message.template.TemplateDistributionMessage;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireText;
import sluice.upstream.session.Introduction;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

/**
 * The conversation with one template provider, over as many connections as it takes: setup, the room for our outputs,
 * templates and tips, their transactions, and solutions (SV2 3.6, 7). It says nothing that is not of these protocols, because
 * providers hang up on what they do not know. Pure; confined to the loop of its connection.
 */
public final class TemplateProviderSession {
    /** Templates that may wait for their tip; the oldest gives way. */
    public static final int MAX_FUTURE_TEMPLATES = 16;

    static final String NOT_OF_ITS_TEMPLATE = "not-of-its-template";
    /** BIP22. */
    private static final String DUPLICATE = "duplicate";

    static final String UNKNOWN_TEMPLATE = "unknown-template";
    static final String TOO_MANY_OPEN = "too-many-blocks-without-verdict";

    /** The id of no template: asking for it tells whether anybody is there. */
    static final long NO_TEMPLATE = -1;

    private enum Phase {
        SETUP,
        FIRST_TEMPLATE,
        SERVING
    }

    private final String softwareVersion;
    private final List<ProviderAction> actions = new ArrayList<>();
    private final Map<Long, ProvidedTemplate> futures = new LinkedHashMap<>();
    private final IssuedTemplates issued = new IssuedTemplates();
    private final TransactionRequests requests = new TransactionRequests();
    private final Solutions solutions = new Solutions();
    private CoinbaseReserve reserve;
    private boolean closed;

    // Null while there is no conversation.
    private Phase phase;
    private Optional<NewTemplate> lastTemplate = Optional.empty();
    private Optional<SetNewPrevHash> tip = Optional.empty();
    private Instant tipCameAt;
    private Instant heardAt;
    private Instant askedForLifeAt;

    public TemplateProviderSession(CoinbaseReserve reserve, String softwareVersion) {
        this.reserve = reserve;
        this.softwareVersion = softwareVersion;
    }

    /** Takes one input. The list is the session's own and is valid until the next call. */
    public List<ProviderAction> on(ProviderInput input, Instant now) {
        actions.clear();
        switch (input) {
            case ProviderInput.Connected connected -> setUp(connected, now);
            case ProviderInput.FrameReceived received -> onFrame(received.frame(), now);
            case ProviderInput.CommandGiven given -> onCommand(given.command(), now);
            case ProviderInput.DeadlineReached reached -> onDeadline(reached.deadline(), now);
            case ProviderInput.Disconnected disconnected -> {
                if (phase != null) {
                    endConversation(disconnected.reason());
                }
            }
            case ProviderInput.Unreachable unreachable -> report(new TemplateEvent.Unavailable(unreachable.reason()));
        }
        return actions;
    }

    /** Whether a conversation is going on. */
    public boolean isConversing() {
        return phase != null;
    }

    private void setUp(ProviderInput.Connected connected, Instant now) {
        phase = Phase.SETUP;
        futures.clear();
        requests.restart();
        issued.newConversation();
        lastTemplate = Optional.empty();
        tip = Optional.empty();
        send(Introduction.of(
                SetupConnection.TEMPLATE_DISTRIBUTION, 0, connected.host(), connected.port(), softwareVersion));
        setDeadline(ProviderDeadline.SETUP, now);
    }

    private void onFrame(Frame frame, Instant now) {
        if (phase == null) {
            return;
        }
        heardAt = now;
        try {
            Sv2Codec.decode(frame, this::note).ifPresent(message -> onMessage(message, now));
        } catch (ProtocolViolation violation) {
            lose("protocol violation: " + violation.getMessage());
        }
    }

    private void onMessage(Sv2Message message, Instant now) {
        switch (message) {
            case CommonMessage common -> onCommon(common, now);
            case TemplateDistributionMessage template when phase != Phase.SETUP -> onTemplateMessage(template, now);
            default -> unexpected(message);
        }
    }

    private void onCommon(CommonMessage message, Instant now) {
        switch (message) {
            case SetupConnectionSuccess success -> onSetup(success, now);
            case SetupConnectionError error -> {
                if (phase == Phase.SETUP) {
                    lose("the template provider refused the setup: " + WireText.printable(error.errorCode()));
                } else {
                    unexpected(error);
                }
            }
            // Where our blocks go is for the operator to say, so it is the configured address that is dialled again.
            case Reconnect reconnect -> lose("the template provider asked us to reconnect");
            case ChannelEndpointChanged changed -> unexpected(changed);
            case SetupConnection setup -> unexpected(setup);
        }
    }

    private void onSetup(SetupConnectionSuccess success, Instant now) {
        if (phase != Phase.SETUP) {
            unexpected(success);
            return;
        }
        if (success.usedVersion() != SetupConnection.VERSION) {
            lose("the template provider chose protocol version " + success.usedVersion() + ", which we did not offer");
            return;
        }
        phase = Phase.FIRST_TEMPLATE;
        sendReserve();
        setDeadline(ProviderDeadline.FIRST_TEMPLATE, now);
        setDeadline(ProviderDeadline.SILENCE, now);
        solutions.takeWaiting().forEach(waiting -> send(solution(waiting.solution(), waiting.providerId())));
    }

    private void onTemplateMessage(TemplateDistributionMessage message, Instant now) {
        switch (message) {
            case NewTemplate template -> onTemplate(template, now);
            case SetNewPrevHash newTip -> onTip(newTip, now);
            case RequestTransactionDataSuccess success -> onTransactions(success, now);
            case RequestTransactionDataError error -> onNoTransactions(error, now);
            case CoinbaseOutputConstraints _, RequestTransactionData _, SubmitSolution _ -> unexpected(message);
        }
    }

    private void onTemplate(NewTemplate message, Instant now) {
        if (lastTemplate.isPresent()
                && Long.compareUnsigned(message.templateId(), lastTemplate.get().templateId()) <= 0) {
            lose("protocol violation: template " + Long.toUnsignedString(message.templateId())
                    + " came behind template "
                    + Long.toUnsignedString(lastTemplate.get().templateId()));
            return;
        }
        ProvidedTemplate template;
        try {
            template = ProvidedTemplate.of(message);
        } catch (IllegalArgumentException unusable) {
            lose("protocol violation: template " + Long.toUnsignedString(message.templateId()) + ": "
                    + unusable.getMessage());
            return;
        }
        lastTemplate = Optional.of(message);
        // One that is meant for now has to wait all the same where no tip is known yet.
        if (message.futureTemplate() || tip.isEmpty()) {
            if (futures.size() == MAX_FUTURE_TEMPLATES) {
                futures.remove(futures.keySet().iterator().next());
            }
            futures.put(template.id(), template);
        } else {
            issue(template, tip.get(), false, now);
        }
    }

    private void onTip(SetNewPrevHash newTip, Instant now) {
        ProvidedTemplate template = futures.get(newTip.templateId());
        if (template == null) {
            lose("protocol violation: SetNewPrevHash names template " + Long.toUnsignedString(newTip.templateId())
                    + ", which was not announced as a future template");
            return;
        }
        futures.clear();
        boolean isNew = tip.isEmpty() || !isSameTip(tip.get(), newTip);
        tip = Optional.of(newTip);
        tipCameAt = now;
        phase = Phase.SERVING;
        if (solutions.isFoundAgain(newTip.prevHash())) {
            actions.add(new ProviderAction.Alarm(
                    "block " + newTip.prevHash().display() + " is not lost: it is the tip of the chain"));
        }
        judge(solutions.onTip(newTip.prevHash()));
        issue(template, newTip, isNew, now);
    }

    private static boolean isSameTip(SetNewPrevHash a, SetNewPrevHash b) {
        return a.prevHash().equals(b.prevHash())
                && a.nbits() == b.nbits()
                && a.target().equals(b.target());
    }

    private void issue(ProvidedTemplate provided, SetNewPrevHash on, boolean isNewTip, Instant now) {
        IssuedTemplates.Issued fresh = issued.issue(provided);
        long elapsed = Math.max(0, Duration.between(tipCameAt, now).toSeconds());
        Template template = provided.on(on, fresh.id(), on.headerTimestamp() + elapsed);
        report(isNewTip ? new TemplateEvent.NewTip(template) : new TemplateEvent.Refreshed(template));
        requests.want(provided.id()).ifPresent(id -> request(id, now));
    }

    private void request(long providerId, Instant now) {
        if (!closed) {
            send(new RequestTransactionData(providerId));
            setDeadline(ProviderDeadline.TRANSACTIONS, now);
        }
    }

    private void onTransactions(RequestTransactionDataSuccess success, Instant now) {
        Optional<IssuedTemplates.Issued> template = issued.byProviderId(success.templateId());
        if (template.isEmpty()) {
            unexpected(success);
            return;
        }
        try {
            report(new TemplateEvent.TransactionsArrived(
                    template.get().id(),
                    TransactionCheck.of(
                            success.transactionList(),
                            success.excessData(),
                            template.get().merklePath())));
        } catch (IllegalArgumentException unusable) {
            note("the transactions of template " + Long.toUnsignedString(success.templateId())
                    + " cannot be used, it is mined on without them: " + unusable.getMessage());
        }
        requests.answered(success.templateId()).ifPresent(next -> request(next, now));
    }

    private void onNoTransactions(RequestTransactionDataError error, Instant now) {
        boolean expected = error.errorCode().equals(TemplateDistributionErrorCode.TEMPLATE_ID_NOT_FOUND)
                || error.errorCode().equals(TemplateDistributionErrorCode.STALE_TEMPLATE_ID);
        if (!expected) {
            note("no transactions of template " + Long.toUnsignedString(error.templateId()) + ": "
                    + WireText.printable(error.errorCode()));
        }
        requests.answered(error.templateId()).ifPresent(next -> request(next, now));
    }

    private void onCommand(TemplateCommand command, Instant now) {
        switch (command) {
            case TemplateCommand.SubmitBlock(BlockSolution solution) -> submit(solution, now);
            case TemplateCommand.ReserveCoinbase(CoinbaseReserve wanted) -> {
                boolean changed = !wanted.equals(reserve);
                reserve = wanted;
                if (changed && isSetUp()) {
                    sendReserve();
                }
            }
            // A provider tells us by itself, and cannot be asked.
            case TemplateCommand.LookNow look -> {}
            case TemplateCommand.Close close -> {
                closed = true;
                setDeadline(ProviderDeadline.LAST_BLOCK, now);
            }
        }
    }

    private void submit(BlockSolution solution, Instant now) {
        Optional<IssuedTemplates.Issued> template = issued.byId(solution.templateId());
        if (template.isEmpty()) {
            refuse(solution, UNKNOWN_TEMPLATE);
            return;
        }
        if (!isOfItsTemplate(solution, template.get())) {
            refuse(solution, NOT_OF_ITS_TEMPLATE);
            return;
        }
        if (solutions.wasTip(solution.hash())) {
            judge(List.of(new Solutions.Judged(solution, BlockVerdict.ofReason(DUPLICATE))));
            return;
        }
        long providerId = template.get().providerId();
        if (isSetUp()) {
            send(solution(solution, providerId));
        }
        if (!solutions.hasRoom()) {
            refuse(solution, TOO_MANY_OPEN);
            return;
        }
        solutions.add(solution, providerId, isSetUp(), now.plus(ProviderDeadline.BLOCK_VERDICT.patience()));
        scheduleVerdict();
    }

    /** The provider puts its own transactions behind our coinbase, so it can be no block with others. */
    private static boolean isOfItsTemplate(BlockSolution solution, IssuedTemplates.Issued template) {
        return template.merklePath()
                .root(Transaction.parse(solution.coinbase()).txid())
                .equals(solution.header().merkleRoot());
    }

    private static SubmitSolution solution(BlockSolution solution, long providerId) {
        return new SubmitSolution(
                providerId,
                solution.header().version(),
                solution.header().ntime(),
                solution.header().nonce(),
                solution.coinbase());
    }

    private void refuse(BlockSolution solution, String reason) {
        judge(List.of(new Solutions.Judged(solution, new BlockVerdict(Outcome.REJECTED, reason))));
    }

    private void judge(List<Solutions.Judged> judged) {
        for (Solutions.Judged one : judged) {
            if (one.verdict().outcome() == Outcome.REJECTED) {
                actions.add(new ProviderAction.Alarm("block "
                        + one.solution().hash().display() + " at height "
                        + one.solution().height() + " is possibly lost: "
                        + one.verdict().reason()));
            }
            report(new TemplateEvent.BlockJudged(one.solution().number(), one.verdict()));
        }
    }

    private void onDeadline(ProviderDeadline deadline, Instant now) {
        switch (deadline) {
            case SETUP -> loseIfStillAt(Phase.SETUP, "answer to SetupConnection", deadline);
            case FIRST_TEMPLATE -> loseIfStillAt(Phase.FIRST_TEMPLATE, "template with its tip", deadline);
            case TRANSACTIONS -> requests.givenUp().ifPresent(next -> request(next, now));
            case SILENCE -> onSilence(now);
            case SIGN_OF_LIFE -> onSignOfLifeDue(now);
            case BLOCK_VERDICT -> {
                judge(solutions.onTime(now));
                scheduleVerdict();
            }
            case LAST_BLOCK -> {
                if (phase != null) {
                    lose("closed by us");
                }
            }
        }
    }

    private void onSilence(Instant now) {
        Instant due = heardAt.plus(ProviderDeadline.SILENCE.patience());
        if (!isSetUp()) {
            return;
        }
        if (now.isBefore(due)) {
            actions.add(new ProviderAction.SetDeadline(ProviderDeadline.SILENCE, due));
            return;
        }
        send(new RequestTransactionData(NO_TEMPLATE));
        askedForLifeAt = now;
        setDeadline(ProviderDeadline.SIGN_OF_LIFE, now);
    }

    private void onSignOfLifeDue(Instant now) {
        if (!isSetUp()) {
            return;
        }
        if (heardAt.isBefore(askedForLifeAt)) {
            lose("the template provider says nothing any more, not even to a question");
        } else {
            setDeadline(ProviderDeadline.SILENCE, now);
        }
    }

    private void loseIfStillAt(Phase awaited, String missing, ProviderDeadline deadline) {
        if (phase == awaited) {
            lose("no " + missing + " from the template provider within "
                    + deadline.patience().toSeconds() + " s");
        }
    }

    private boolean isSetUp() {
        return phase == Phase.FIRST_TEMPLATE || phase == Phase.SERVING;
    }

    private void sendReserve() {
        send(new CoinbaseOutputConstraints(reserve.bytes(), reserve.sigops()));
    }

    private void scheduleVerdict() {
        solutions
                .nextDue()
                .ifPresent(due -> actions.add(new ProviderAction.SetDeadline(ProviderDeadline.BLOCK_VERDICT, due)));
    }

    private void unexpected(Sv2Message message) {
        note("ignored an unexpected " + message.type() + " during " + phase);
    }

    private void lose(String reason) {
        endConversation(reason);
        actions.add(new ProviderAction.Disconnect(reason));
    }

    private void endConversation(String reason) {
        phase = null;
        judge(solutions.onDisconnected());
        report(new TemplateEvent.Unavailable(reason));
    }

    private void send(Sv2Message message) {
        actions.add(new ProviderAction.Send(message));
    }

    private void report(TemplateEvent event) {
        if (!closed) {
            actions.add(new ProviderAction.Report(event));
        }
    }

    private void setDeadline(ProviderDeadline deadline, Instant now) {
        actions.add(new ProviderAction.SetDeadline(deadline, now.plus(deadline.patience())));
    }

    private void note(String text) {
        actions.add(new ProviderAction.Note(text));
    }
}
