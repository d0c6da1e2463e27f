package sluice.proxy.provider;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.message.template.RequestTransactionDataError;
import sluice.protocol.sv2.message.template.RequestTransactionDataSuccess;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.message.template.TemplateDistributionErrorCode;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;

/**
 * The conversation with one client that gets its templates from us (SV2 3.6, 7). Pure; confined to the loop that all clients
 * of a source share.
 */
public final class TemplateClientSession {
    /** Blocks of one client that are with the source and have no verdict; one more is not taken. */
    public static final int MAX_OPEN_BLOCKS = 16;
    /** Solutions of one client by which one that comes again is known. */
    public static final int MAX_REMEMBERED_SOLUTIONS = 64;
    /** Oddities of one client that are noted; later ones are not. */
    public static final int MAX_NOTES = 50;

    private static final int OLD_CONSTRAINTS_LENGTH = 4;

    private enum Phase {
        SETUP,
        CONSTRAINTS,
        SERVING
    }

    private final String name;
    private final LongSupplier templateIds;
    private final LongSupplier blockNumbers;
    private final List<TemplateClientAction> actions = new ArrayList<>();
    private final ServedTemplates served = new ServedTemplates();
    private final Set<Long> openBlocks = new HashSet<>();
    private final Set<Hash256> seen = new LinkedHashSet<>();
    private Phase phase = Phase.SETUP;
    private CoinbaseReserve reserve = CoinbaseReserve.NONE;
    private Optional<Template> current = Optional.empty();
    private boolean reduced;
    private boolean over;
    private int notes;

    /**
     * @param name whose work it is that this client submits
     * @param templateIds strictly increasing over all clients, so that no id of one connection means something in the next
     * @param blockNumbers unique within the source
     */
    public TemplateClientSession(String name, LongSupplier templateIds, LongSupplier blockNumbers) {
        this.name = name;
        this.templateIds = templateIds;
        this.blockNumbers = blockNumbers;
    }

    /** Takes one input. The list is the session's own and is valid until the next call. */
    public List<TemplateClientAction> on(TemplateClientInput input, Instant now) {
        actions.clear();
        if (over) {
            return actions;
        }
        switch (input) {
            case TemplateClientInput.Started started -> {
                setDeadline(TemplateClientDeadline.SETUP, now);
                setDeadline(TemplateClientDeadline.NO_TEMPLATES, now);
            }
            case TemplateClientInput.FrameReceived received -> onFrame(received.frame(), now);
            case TemplateClientInput.SourceReported reported -> onSource(reported.event(), now);
            case TemplateClientInput.DeadlineReached reached -> onDeadline(reached.deadline(), now);
        }
        return actions;
    }

    private void onFrame(Frame frame, Instant now) {
        try {
            Sv2Codec.decode(completed(frame), this::note).ifPresent(message -> onMessage(message, now));
        } catch (ProtocolViolation violation) {
            disconnect(violation.reason(), violation.detail());
        }
    }

    /** Clients of an older specification say nothing of sigops; other providers take that for none. */
    private static Frame completed(Frame frame) {
        boolean isOld = frame.extensionType() == 0
                && frame.messageType() == MessageType.COINBASE_OUTPUT_CONSTRAINTS.code()
                && frame.payload().length() == OLD_CONSTRAINTS_LENGTH;
        return isOld ? new Frame(0, false, frame.messageType(), Bytes.concat(frame.payload(), Bytes.zeros(2))) : frame;
    }

    private void onMessage(Sv2Message message, Instant now) {
        switch (message) {
            case SetupConnection setup when phase == Phase.SETUP -> onSetup(setup, now);
            case Sv2Message early
            when phase == Phase.SETUP -> disconnect("setup-expected", "its first message is " + early.type());
            case CoinbaseOutputConstraints constraints -> onConstraints(constraints, now);
            case RequestTransactionData request -> onRequest(request.templateId());
            case SubmitSolution solution -> onSolution(solution);
            default -> note("ignored an unexpected " + message.type());
        }
    }

    private void onSetup(SetupConnection setup, Instant now) {
        if (setup.protocol() != SetupConnection.TEMPLATE_DISTRIBUTION) {
            refuse(0, SetupConnectionErrorCode.UNSUPPORTED_PROTOCOL);
        } else if (setup.minVersion() > SetupConnection.VERSION || setup.maxVersion() < SetupConnection.VERSION) {
            refuse(0, SetupConnectionErrorCode.PROTOCOL_VERSION_MISMATCH);
        } else if (setup.flags() != 0) {
            // None are defined for this protocol.
            refuse(setup.flags(), SetupConnectionErrorCode.UNSUPPORTED_FEATURE_FLAGS);
        } else {
            phase = Phase.CONSTRAINTS;
            send(new SetupConnectionSuccess(SetupConnection.VERSION, 0));
            setDeadline(TemplateClientDeadline.CONSTRAINTS, now);
        }
    }

    private void refuse(long flags, String code) {
        send(new SetupConnectionError(flags, code));
        disconnect(code, "");
    }

    private void onConstraints(CoinbaseOutputConstraints constraints, Instant now) {
        if (constraints.coinbaseOutputMaxAdditionalSize() > CoinbaseReserve.MAX_BYTES) {
            disconnect(
                    "constraints-too-large",
                    constraints.coinbaseOutputMaxAdditionalSize() + " bytes of outputs fit in no block");
            return;
        }
        phase = Phase.SERVING;
        reserve = new CoinbaseReserve(
                constraints.coinbaseOutputMaxAdditionalSize(), constraints.coinbaseOutputMaxAdditionalSigops());
        actions.add(new TemplateClientAction.Reserve(reserve));
        current.ifPresent(template -> serve(template, true));
    }

    private void onSource(TemplateEvent event, Instant now) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> onNewTip(template, now);
            case TemplateEvent.Refreshed(Template template) -> {
                if (current.isPresent() && isSameTip(current.get(), template)) {
                    current = Optional.of(template);
                    if (phase == Phase.SERVING) {
                        serve(template, false);
                    }
                } else {
                    onNewTip(template, now);
                }
            }
            case TemplateEvent.TransactionsArrived arrived -> {
                current = current.map(template ->
                        template.id() == arrived.templateId() ? template.with(arrived.transactions()) : template);
                served.complete(arrived.templateId(), arrived.transactions()).forEach(this::onRequest);
            }
            case TemplateEvent.BlockJudged judged -> openBlocks.remove(judged.number());
            case TemplateEvent.Unavailable unavailable -> {
                if (current.isPresent()) {
                    current = Optional.empty();
                    setDeadline(TemplateClientDeadline.NO_TEMPLATES, now);
                }
            }
        }
    }

    private static boolean isSameTip(Template a, Template b) {
        return a.tip().prevHash().equals(b.tip().prevHash())
                && a.tip().nbits() == b.tip().nbits()
                && a.networkTarget().equals(b.networkTarget());
    }

    private void onNewTip(Template template, Instant now) {
        current = Optional.of(template);
        served.forget(now).forEach(this::sayStale);
        if (served.size() > 0) {
            served.retire(now.plus(TemplateClientDeadline.STALE.patience()));
            setDeadline(TemplateClientDeadline.STALE, now);
        }
        if (phase == Phase.SERVING) {
            serve(template, true);
        }
    }

    /** A template for now, or, with its tip, for a tip that is new to the client (SV2 7.2, 7.3). */
    private void serve(Template whole, boolean withTip) {
        Optional<Template> fitting = CoinbaseRoom.fit(whole, reserve);
        if (fitting.isEmpty()) {
            disconnect(
                    "constraints-too-large",
                    "template " + whole.id() + " does not leave " + reserve.bytes() + " bytes and " + reserve.sigops()
                            + " sigops, and the fees of its transactions are not known, so they cannot be left out");
            return;
        }
        Template template = fitting.get();
        noteReduction(template != whole);
        long id = templateIds.getAsLong();
        served.add(id, template).forEach(this::sayStale);
        send(new NewTemplate(
                id,
                withTip,
                template.version(),
                template.coinbase().version(),
                template.coinbase().scriptSigPrefix(),
                template.coinbase().sequence(),
                template.coinbase().value(),
                template.coinbase().requiredOutputs().size(),
                TxOut.serialiseSequence(template.coinbase().requiredOutputs()),
                template.coinbase().lockTime(),
                template.merklePath().siblings()));
        if (withTip) {
            send(new SetNewPrevHash(
                    id,
                    template.tip().prevHash(),
                    template.curTime(),
                    template.tip().nbits(),
                    template.networkTarget()));
        }
    }

    private void noteReduction(boolean now) {
        if (now && !reduced) {
            note("its coinbase needs " + reserve.bytes() + " bytes and " + reserve.sigops()
                    + " sigops, more than the transactions leave: it gets templates without transactions and their fees."
                    + " Have the node reserve more (blockreservedweight)");
        }
        reduced = now;
    }

    private void onRequest(long id) {
        Optional<Template> template = served.find(id);
        if (template.isEmpty()) {
            send(new RequestTransactionDataError(
                    id,
                    served.isGone(id)
                            ? TemplateDistributionErrorCode.STALE_TEMPLATE_ID
                            : TemplateDistributionErrorCode.TEMPLATE_ID_NOT_FOUND));
            return;
        }
        if (template.get().transactions().isEmpty()) {
            served.await(id);
            return;
        }
        Bytes excess = template.get().coinbase().witnessReservedValue();
        send(new RequestTransactionDataSuccess(
                id, excess, template.get().transactions().get().raw()));
    }

    private void sayStale(long id) {
        send(new RequestTransactionDataError(id, TemplateDistributionErrorCode.STALE_TEMPLATE_ID));
    }

    private void onSolution(SubmitSolution message) {
        Optional<Template> template = served.find(message.templateId());
        if (template.isEmpty()) {
            note("a solution of template " + Long.toUnsignedString(message.templateId())
                    + (served.isGone(message.templateId()) ? " came too late" : ", which it never had"));
            return;
        }
        ReceivedSolution solution;
        try {
            solution = ReceivedSolution.of(message, template.get());
        } catch (ReceivedSolution.Refused refused) {
            note("a solution of template " + message.templateId() + " is no block: " + refused.getMessage());
            return;
        }
        Hash256 hash = solution.header().hash();
        if (!seen.add(hash)) {
            note("block " + hash.display() + " came once more");
            return;
        }
        if (seen.size() > MAX_REMEMBERED_SOLUTIONS) {
            seen.remove(seen.iterator().next());
        }
        if (openBlocks.size() >= MAX_OPEN_BLOCKS) {
            note("block " + hash.display() + " is not taken: " + MAX_OPEN_BLOCKS + " others have no verdict yet");
            return;
        }
        long number = blockNumbers.getAsLong();
        openBlocks.add(number);
        actions.add(new TemplateClientAction.SubmitBlock(new BlockSolution(
                number,
                template.get().id(),
                template.get().height(),
                hash,
                solution.header(),
                solution.coinbase(),
                solution.block(),
                name)));
    }

    private void onDeadline(TemplateClientDeadline deadline, Instant now) {
        switch (deadline) {
            case SETUP -> {
                if (phase == Phase.SETUP) {
                    disconnect("setup-timeout", "no SetupConnection within 10 s");
                }
            }
            case CONSTRAINTS -> {
                if (phase == Phase.CONSTRAINTS) {
                    disconnect("constraints-timeout", "no CoinbaseOutputConstraints within 5 min");
                }
            }
            case NO_TEMPLATES -> {
                if (current.isEmpty()) {
                    disconnect("no-templates", "our own source has none");
                }
            }
            case STALE -> served.forget(now).forEach(this::sayStale);
        }
    }

    private void disconnect(String reason, String detail) {
        over = true;
        actions.add(new TemplateClientAction.Disconnect(reason, detail));
    }

    private void send(Sv2Message message) {
        actions.add(new TemplateClientAction.Send(message));
    }

    private void setDeadline(TemplateClientDeadline deadline, Instant now) {
        actions.add(new TemplateClientAction.SetDeadline(deadline, now.plus(deadline.patience())));
    }

    private void note(String text) {
        if (++notes <= MAX_NOTES) {
            actions.add(new TemplateClientAction.Note(text));
        }
    }
}
