package sluice.upstream.node;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.failover.Backoff;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.node.NodeAnswer.Templated;
import sluice.upstream.node.NodeOutbox.Subject;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateLimits;

/**
 * A bitcoind-compatible node as a source of templates. It long-polls for the next template, with one plain call now and
 * then beside it; where the node offers no long poll it looks at the tip every second. A node that is lost is tried for
 * ever, and its last template is used for {@link NodeDeadline#PATIENCE}. A pure machine, confined to one loop.
 *
 * <p>A published {@code hashblock} says that there is a new tip, but neither its height nor its bits, so no empty template
 * can be made of it: it only makes us ask at once. The long poll's answer is a full template already.
 */
public final class NodeSession {
    /** A long poll that comes back within this time, on the same tip, is followed by a pause. */
    static final Duration QUICK_LONG_POLL = Duration.ofSeconds(5);

    private static final List<String> RULES = List.of("segwit");
    private static final List<String> SIGNET_RULES = List.of("segwit", "signet");
    private static final String SIGNET = "signet";
    private static final String MAIN = "main";
    private static final int INVALID_PARAMETER = -8;

    private final NodeOutbox outbox = new NodeOutbox();
    private final NodeBlocks blocks = new NodeBlocks(outbox);
    private final NodeClock clock = new NodeClock(outbox);
    private final HashblockSequence sequence = new HashblockSequence();
    private final NodeTrial trial;
    private final Backoff backoff;
    private final Map<NodeDeadline, Instant> deadlines = new EnumMap<>(NodeDeadline.class);

    private List<String> rules = RULES;
    private boolean chainKnown;
    private boolean tipCanBeAsked = true;
    /** Until the next tip there is no long poll: the last one of this tip may occupy a thread of the node still. */
    private boolean longPollAllowed = true;

    private long chainCall;
    private long templateCall;
    private long tipCall;
    private long longPollCall;
    private Instant longPollSince = Instant.MIN;
    private boolean askAgain;

    private Optional<Templated> latest = Optional.empty();
    /** Calls with smaller numbers were made before the latest tip was known to us. */
    private long firstCallOfTip;
    /** What whoever uses the templates has; empty while there is none for them. */
    private Optional<Template> reported = Optional.empty();

    private Optional<String> failure = Optional.empty();
    private Optional<String> unavailable = Optional.empty();
    private CoinbaseReserve room = CoinbaseReserve.NONE;
    private long nextTemplate = 1;
    private boolean closed;

    /** @param backoff the pauses between attempts; belongs to this session alone */
    public NodeSession(Optional<NodeProposal> proposal, Backoff backoff) {
        this.trial = new NodeTrial(proposal, outbox);
        this.backoff = backoff;
    }

    /** What to do about {@code input}, in order. */
    public List<NodeAction> on(NodeInput input, Instant now) {
        switch (input) {
            case NodeInput.Started started -> {
                if (!closed) {
                    ask();
                }
            }
            case NodeInput.Answered(long call, NodeAnswer answer) -> onAnswer(call, answer, now);
            case NodeInput.BlockNoticed(Hash256 hash, OptionalLong number) -> onNotice(hash, number);
            case NodeInput.Requested(TemplateCommand.SubmitBlock submit) -> onBlock(submit.solution());
            case NodeInput.Requested(TemplateCommand.ReserveCoinbase(CoinbaseReserve wanted)) -> leaveRoom(wanted);
            case NodeInput.Requested(TemplateCommand.LookNow look) -> {
                if (!closed) {
                    ask();
                }
            }
            case NodeInput.Requested(TemplateCommand.Close close) -> onClose();
            case NodeInput.TimePassed passed -> {}
        }
        expire(now);
        return outbox.drain();
    }

    /** When {@link NodeInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        return Stream.concat(deadlines.values().stream(), blocks.nextDeadline().stream())
                .min(Instant::compareTo);
    }

    /** Whether nothing is to be done any more. */
    public boolean isDone() {
        return closed && blocks.isEmpty();
    }

    /** Published blocks that we did not hear of. */
    public long missedNotices() {
        return sequence.missed();
    }

    /** What a node leaves free is its own setting, so it is our reading of its templates that changes. */
    private void leaveRoom(CoinbaseReserve wanted) {
        boolean other = !TemplateLimits.leaveTheSame(room, wanted);
        room = wanted;
        if (other && latest.isPresent() && !closed) {
            outbox.cancel(longPollCall);
            longPollCall = NodeOutbox.NONE;
            ask();
        }
    }

    private void onAnswer(long call, NodeAnswer answer, Instant now) {
        if (call == chainCall) {
            chainCall = NodeOutbox.NONE;
            onChain(answer, now);
        } else if (call == templateCall) {
            templateCall = NodeOutbox.NONE;
            onTemplate(call, answer, now);
        } else if (call == longPollCall) {
            longPollCall = NodeOutbox.NONE;
            onLongPoll(call, answer, now);
        } else if (call == tipCall) {
            tipCall = NodeOutbox.NONE;
            onTip(answer, now);
        } else if (trial.asked(call)) {
            onTrial(trial.onAnswer(answer));
        } else {
            blocks.onAnswer(call, answer, now).ifPresent(this::judged);
        }
    }

    private void judged(NodeBlocks.Judged judged) {
        if (!closed) {
            outbox.report(new TemplateEvent.BlockJudged(judged.solution().number(), judged.verdict()));
        }
    }

    /** Whatever has to be asked next, unless it is being asked. */
    private void ask() {
        deadlines.remove(NodeDeadline.RETRY);
        if (chainKnown) {
            askTemplate();
        } else if (chainCall == NodeOutbox.NONE) {
            chainCall = outbox.call(new NodeCall.GetBlockchainInfo());
        }
    }

    private void askTemplate() {
        if (templateCall != NodeOutbox.NONE) {
            askAgain = true;
            return;
        }
        templateCall = outbox.call(new NodeCall.GetBlockTemplate(nextTemplate++, rules, Optional.empty(), room));
    }

    private void onChain(NodeAnswer answer, Instant now) {
        switch (answer) {
            case NodeAnswer.ChainTold told -> {
                rules = told.name().equals(SIGNET) ? SIGNET_RULES : RULES;
                // A chain that is only old, as that of a test, has to go on; one that is not whole would be forked.
                if (told.initialBlockDownload() && (told.name().equals(MAIN) || told.headers() > told.blocks())) {
                    fail(
                            "the node is in initial block download: it has " + told.blocks() + " blocks of "
                                    + told.headers(),
                            now);
                    return;
                }
                outbox.note(Subject.CHAIN, false, "the node follows the chain \"" + told.name() + "\"");
                chainKnown = true;
                askTemplate();
            }
            default -> {
                if (!NodeBlocks.isUnavailable(answer)) {
                    fail(reason(answer), now);
                    return;
                }
                outbox.note(Subject.CHAIN, false, "the node does not say which chain it follows: " + reason(answer));
                chainKnown = true;
                askTemplate();
            }
        }
    }

    private void onTemplate(long call, NodeAnswer answer, Instant now) {
        boolean again = askAgain;
        askAgain = false;
        switch (answer) {
            case Templated templated -> accept(call, templated, now);
            case NodeAnswer.Refused(int code, String message)
            when code == INVALID_PARAMETER && message.contains("signet rule") && !rules.equals(SIGNET_RULES) -> {
                rules = SIGNET_RULES;
                again = true;
            }
            default -> {
                fail(reason(answer), now);
                return;
            }
        }
        if (again) {
            askTemplate();
        }
    }

    private void onLongPoll(long call, NodeAnswer answer, Instant now) {
        if (!(answer instanceof Templated templated)) {
            endLongPolls("the long poll ended without a template, the tip is looked at instead: " + reason(answer));
            ask();
            return;
        }
        boolean sameTip = latest.isPresent() && sameTip(latest.get(), templated);
        if (sameTip && templated.longPollId().equals(latest.get().longPollId()) && !differs(latest.get(), templated)) {
            endLongPolls("the node answers a long poll without news, so the tip is looked at instead");
        } else if (sameTip && now.isBefore(longPollSince.plus(QUICK_LONG_POLL))) {
            set(NodeDeadline.LONG_POLL_PAUSE, now);
        }
        accept(call, templated, now);
    }

    private void endLongPolls(String why) {
        longPollAllowed = false;
        outbox.note(Subject.LONG_POLL, false, why);
    }

    private void onTip(NodeAnswer answer, Instant now) {
        if (NodeBlocks.isUnavailable(answer)) {
            tipCanBeAsked = false;
            set(NodeDeadline.TEMPLATE_POLL, now);
        } else if (latest.isPresent()
                && answer.equals(new NodeAnswer.Said(
                        Optional.of(latest.get().template().tip().prevHash().display())))) {
            set(NodeDeadline.TIP_POLL, now);
        } else {
            ask();
        }
    }

    private void onNotice(Hash256 hash, OptionalLong number) {
        long missed = sequence.missedBefore(number);
        if (missed > 0) {
            outbox.note(Subject.NOTICES, false, sequence.missed() + " published blocks were not heard of");
        }
        boolean known =
                latest.isPresent() && latest.get().template().tip().prevHash().equals(hash) && failure.isEmpty();
        if (!closed && !known) {
            ask();
        }
    }

    /** Takes a template, be it better or not, and asks for the next one. */
    private void accept(long call, Templated templated, Instant now) {
        recovered();
        boolean newTip = latest.isEmpty() || !sameTip(latest.get(), templated);
        if (newTip && latest.isPresent() && call < firstCallOfTip) {
            // Two answers have overtaken each other, or the chain went back: a call made now tells.
            askTemplate();
            return;
        }
        clock.check(templated.template(), now);
        templated
                .template()
                .reduction()
                .ifPresentOrElse(
                        why -> outbox.note(Subject.TRANSACTIONS, true, why),
                        () -> outbox.settled(Subject.TRANSACTIONS));
        boolean better = newTip || differs(latest.get(), templated);
        if (newTip) {
            firstCallOfTip = outbox.nextCall();
            longPollAllowed = true;
        }
        // Where nothing has changed the earlier template stands, for its id is in use.
        latest = Optional.of(
                better
                        ? templated
                        : new Templated(latest.get().template(), templated.longPollId(), templated.takesProposals()));
        if (trial.refusal().isPresent()) {
            tryNow();
        } else {
            if (better || reported.isEmpty()) {
                use(latest.get().template());
            }
            if (trial.isWanted(latest.get()) && trial.isNew()) {
                tryNow();
            } else if (trial.isWanted(latest.get()) && newTip) {
                set(NodeDeadline.PROPOSAL, now);
            }
        }
        goOn(newTip, now);
    }

    private void goOn(boolean newTip, Instant now) {
        set(NodeDeadline.REFRESH, now);
        if (longPollCall != NodeOutbox.NONE && newTip) {
            set(NodeDeadline.LONG_POLL_GRACE, now);
        } else if (longPollCall == NodeOutbox.NONE) {
            deadlines.remove(NodeDeadline.LONG_POLL_GRACE);
            if (newTip) {
                deadlines.remove(NodeDeadline.LONG_POLL_PAUSE);
            }
            awaitNext(now);
        }
    }

    private void awaitNext(Instant now) {
        if (!longPollAllowed || latest.orElseThrow().longPollId().isEmpty()) {
            set(tipCanBeAsked ? NodeDeadline.TIP_POLL : NodeDeadline.TEMPLATE_POLL, now);
        } else if (!deadlines.containsKey(NodeDeadline.LONG_POLL_PAUSE)) {
            longPoll(now);
        }
    }

    private void longPoll(Instant now) {
        longPollSince = now;
        longPollCall = outbox.call(new NodeCall.GetBlockTemplate(
                nextTemplate++, rules, latest.orElseThrow().longPollId(), room));
    }

    private void use(Template template) {
        boolean refreshed = reported.isPresent() && sameTip(reported.get(), template);
        reported = Optional.of(template);
        unavailable = Optional.empty();
        outbox.report(refreshed ? new TemplateEvent.Refreshed(template) : new TemplateEvent.NewTip(template));
    }

    private void tryNow() {
        deadlines.remove(NodeDeadline.PROPOSAL);
        if (latest.isPresent() && trial.isWanted(latest.get())) {
            trial.propose(latest.get().template());
        }
    }

    private void onTrial(NodeTrial.Outcome outcome) {
        if (outcome == NodeTrial.Outcome.REFUSED) {
            unavailable("the node would refuse our blocks: " + trial.refusal().orElseThrow());
        } else if (outcome == NodeTrial.Outcome.TAKEN && reported.isEmpty() && latest.isPresent()) {
            use(latest.get().template());
        }
    }

    private void fail(String reason, Instant now) {
        chainKnown = false;
        failure = Optional.of(reason);
        deadlines.remove(NodeDeadline.REFRESH);
        deadlines.remove(NodeDeadline.TIP_POLL);
        deadlines.remove(NodeDeadline.TEMPLATE_POLL);
        deadlines.remove(NodeDeadline.LONG_POLL_PAUSE);
        deadlines.put(NodeDeadline.RETRY, now.plus(backoff.next()));
        outbox.note(Subject.FAILURE, true, "no template: " + reason);
        if (latest.isPresent()) {
            deadlines.putIfAbsent(NodeDeadline.PATIENCE, now.plus(NodeDeadline.PATIENCE.patience()));
        } else {
            unavailable(reason);
        }
    }

    private void recovered() {
        if (failure.isPresent()) {
            outbox.settled(Subject.FAILURE);
            outbox.note(Subject.FAILURE, false, "the node gives templates again");
        }
        failure = Optional.empty();
        backoff.reset();
        deadlines.remove(NodeDeadline.RETRY);
        deadlines.remove(NodeDeadline.PATIENCE);
        deadlines.remove(NodeDeadline.TIP_POLL);
        deadlines.remove(NodeDeadline.TEMPLATE_POLL);
    }

    private void giveUp() {
        outbox.cancel(longPollCall);
        longPollCall = NodeOutbox.NONE;
        deadlines.remove(NodeDeadline.LONG_POLL_GRACE);
        deadlines.remove(NodeDeadline.PROPOSAL);
        latest = Optional.empty();
        unavailable(failure.orElseThrow());
    }

    private void unavailable(String reason) {
        reported = Optional.empty();
        if (!unavailable.equals(Optional.of(reason))) {
            unavailable = Optional.of(reason);
            outbox.report(new TemplateEvent.Unavailable(reason));
        }
    }

    private void onBlock(BlockSolution solution) {
        if (solution.block().isPresent()) {
            blocks.submit(solution, solution.block().get()).ifPresent(this::judged);
        } else if (!closed) {
            outbox.report(new TemplateEvent.BlockJudged(
                    solution.number(),
                    new BlockVerdict(BlockVerdict.Outcome.REJECTED, "a node takes whole blocks only")));
        }
    }

    private void onClose() {
        closed = true;
        Stream.of(chainCall, templateCall, tipCall, longPollCall).forEach(outbox::cancel);
        chainCall = templateCall = tipCall = longPollCall = NodeOutbox.NONE;
        trial.cancel();
        deadlines.clear();
    }

    private void expire(Instant now) {
        for (NodeDeadline deadline : NodeDeadline.values()) {
            Instant at = deadlines.get(deadline);
            if (at != null && !now.isBefore(at)) {
                deadlines.remove(deadline);
                onDeadline(deadline, now);
            }
        }
        blocks.onTime(now);
    }

    private void onDeadline(NodeDeadline deadline, Instant now) {
        switch (deadline) {
            case RETRY, REFRESH, TEMPLATE_POLL -> ask();
            case PATIENCE -> giveUp();
            case TIP_POLL -> {
                if (tipCall == NodeOutbox.NONE) {
                    tipCall = outbox.call(new NodeCall.GetBestBlockHash());
                }
            }
            case LONG_POLL_PAUSE -> {
                if (longPollCall == NodeOutbox.NONE && latest.isPresent()) {
                    awaitNext(now);
                }
            }
            case LONG_POLL_GRACE -> {
                outbox.cancel(longPollCall);
                longPollCall = NodeOutbox.NONE;
                awaitNext(now);
            }
            case PROPOSAL -> tryNow();
        }
    }

    private void set(NodeDeadline deadline, Instant now) {
        deadlines.put(deadline, now.plus(deadline.patience()));
    }

    private static boolean sameTip(Templated a, Templated b) {
        return sameTip(a.template(), b.template());
    }

    /** Miners hear the bits with the tip, so other bits are another tip. */
    private static boolean sameTip(Template a, Template b) {
        return a.tip().prevHash().equals(b.tip().prevHash())
                && a.tip().nbits() == b.tip().nbits();
    }

    /** Whether the second of two templates of one tip makes other blocks than the first. */
    private static boolean differs(Templated a, Templated b) {
        Template before = a.template();
        Template after = b.template();
        return before.version() != after.version()
                || !before.coinbase().equals(after.coinbase())
                || !before.merklePath().equals(after.merklePath());
    }

    /** What an answer that is no answer says, for people. */
    static String reason(NodeAnswer answer) {
        return switch (answer) {
            case NodeAnswer.Refused(int code, String message) ->
                "the node says: " + (message.isEmpty() ? "error" : message) + " (" + code + ")";
            case NodeAnswer.Failed(Cause cause, String reason) -> reason;
            default -> "the node answered something else than was asked";
        };
    }
}
