package sluice.proxy.coinbase;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import sluice.proxy.coinbase.OutputsRefusal.Reason;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.CoinbaseSplit;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

/**
 * Stands between the gateway's templates and those who make jobs of them, and has each template pay whom the registered
 * provider names for it. A new tip goes on at once and pays the configured payout until the answer is there. A better
 * template of a tip whose jobs pay the provider waits for its own answer, no longer than the provider's deadline. Who is
 * silent or wrong is left out. A pure machine, confined to one loop.
 */
public final class CoinbaseProvider {
    private Optional<ProviderTerms> terms = Optional.empty();
    /** The latest template of the source, without a split. */
    private Optional<Template> current = Optional.empty();

    private Instant currentSince = Instant.MIN;
    /** What those who make jobs know; another than {@link #current} while that waits for its answer. */
    private Optional<Template> told = Optional.empty();

    private Optional<OutputsQuestion> open = Optional.empty();
    /** The last question that was answered well, and the answer. */
    private Optional<Answered> answered = Optional.empty();
    /** The last question that was not. */
    private Optional<OutputsWanted> failed = Optional.empty();
    /** How long {@link #current} waits before it is asked about. */
    private Optional<Instant> waitsUntil = Optional.empty();

    private CoinbaseReserve room = CoinbaseReserve.NONE;
    /** Templates that came earlier may have been made before their source knew of the room. */
    private Instant roomSince = Instant.MIN;

    private long lastRequest;
    private long asked;
    private long taken;
    private final Map<String, Long> refused = new TreeMap<>();
    private Optional<String> problem = Optional.empty();
    private CoinbaseStanding.State state = CoinbaseStanding.State.NONE;
    private Instant stateSince;
    private List<CoinbaseAction> actions = new ArrayList<>();

    private record Answered(OutputsWanted wanted, OutputsAnswer answer, CoinbaseSplit split) {}

    public CoinbaseProvider(Instant now) {
        stateSince = now;
    }

    /** What to do about {@code input}, in order. */
    public List<CoinbaseAction> on(CoinbaseInput input, Instant now) {
        expire(now);
        switch (input) {
            case CoinbaseInput.TemplateReported(TemplateEvent event) -> onTemplate(event, now);
            case CoinbaseInput.Register(ProviderTerms wanted) -> judged(register(wanted, now));
            case CoinbaseInput.Withdraw() -> judged(withdraw(now));
            case CoinbaseInput.Answer(OutputsAnswer answer) -> judged(onAnswer(answer, now));
            case CoinbaseInput.TimePassed() -> {}
        }
        goOn(now);
        noteState(now);
        List<CoinbaseAction> done = actions;
        actions = new ArrayList<>();
        return done;
    }

    /** When {@link CoinbaseInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        return Stream.concat(open.map(question -> question.wanted().until()).stream(), waitsUntil.stream())
                .min(Instant::compareTo);
    }

    /** How it stands now. */
    public CoinbaseStanding standing() {
        return new CoinbaseStanding(
                terms,
                state,
                stateSince,
                problem,
                open.map(OutputsQuestion::wanted),
                told.flatMap(Template::split),
                asked,
                taken,
                Map.copyOf(refused));
    }

    private void onTemplate(TemplateEvent event, Instant now) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> {
                arrived(template, now);
                if (!open.map(question -> question.isAbout(template)).orElse(false)) {
                    open = Optional.empty();
                }
                tell(new TemplateEvent.NewTip(template.paying(answerFor(template))));
            }
            case TemplateEvent.Refreshed(Template template) -> {
                boolean waits = paysProvider() && answerFor(template).isEmpty() && !hasFailed(template);
                arrived(template, now);
                if (!waits) {
                    tell(new TemplateEvent.Refreshed(template.paying(answerFor(template))));
                }
            }
            case TemplateEvent.TransactionsArrived(long id, TemplateTransactions transactions) -> {
                current = current.map(template -> template.id() == id ? template.with(transactions) : template);
                told = told.map(template -> template.id() == id ? template.with(transactions) : template);
                open = open.map(question -> question.template().id() == id
                        ? question.of(question.template().with(transactions))
                        : question);
                actions.add(new CoinbaseAction.Report(event));
            }
            case TemplateEvent.BlockJudged judged -> {}
            case TemplateEvent.Unavailable unavailable -> {
                current = Optional.empty();
                told = Optional.empty();
                open = Optional.empty();
                waitsUntil = Optional.empty();
                actions.add(new CoinbaseAction.Report(event));
            }
        }
    }

    private void arrived(Template template, Instant now) {
        current = Optional.of(template);
        currentSince = now;
        open = open.map(question -> question.isAbout(template) ? question.of(template) : question);
    }

    private void tell(TemplateEvent event) {
        told = switch (event) {
            case TemplateEvent.NewTip(Template template) -> Optional.of(template);
            case TemplateEvent.Refreshed(Template template) -> Optional.of(template);
            case TemplateEvent.TransactionsArrived _, TemplateEvent.BlockJudged _, TemplateEvent.Unavailable _ -> told;
        };
        actions.add(new CoinbaseAction.Report(event));
    }

    private boolean paysProvider() {
        return terms.isPresent() && told.flatMap(Template::split).isPresent();
    }

    /** What the provider has said of this template, or of another one that is worth the same. */
    private Optional<CoinbaseSplit> answerFor(Template template) {
        return answered.filter(known -> OutputsQuestion.isAbout(known.wanted(), template))
                .map(Answered::split);
    }

    private boolean hasFailed(Template template) {
        return failed.map(wanted -> OutputsQuestion.isAbout(wanted, template)).orElse(false);
    }

    private Optional<OutputsRefusal> register(ProviderTerms wanted, Instant now) {
        if (terms.isPresent() && !terms.get().name().equals(wanted.name())) {
            return Optional.of(new OutputsRefusal(
                    Reason.ANOTHER_PROVIDER,
                    "the coinbase provider is " + terms.get().name()
                            + "; it must be withdrawn before another one comes"));
        }
        if (terms.equals(Optional.of(wanted))) {
            return Optional.empty();
        }
        if (terms.isEmpty()) {
            asked = 0;
            taken = 0;
            refused.clear();
        }
        terms = Optional.of(wanted);
        forget();
        if (wanted.room().bytes() > room.bytes() || wanted.room().sigops() > room.sigops()) {
            roomSince = now.plus(CoinbaseDeadline.ROOM.patience());
        }
        reserve(wanted.room());
        actions.add(new CoinbaseAction.LeastDifficulty(wanted.minDifficulty()));
        publish(new GatewayEvent.CoinbaseProviderChanged(now, wanted.name(), true));
        return Optional.empty();
    }

    private Optional<OutputsRefusal> withdraw(Instant now) {
        if (terms.isEmpty()) {
            return Optional.of(noProvider());
        }
        String name = terms.get().name();
        terms = Optional.empty();
        forget();
        reserve(CoinbaseReserve.NONE);
        actions.add(new CoinbaseAction.LeastDifficulty(OptionalDouble.empty()));
        publish(new GatewayEvent.CoinbaseProviderChanged(now, name, false));
        fallBack();
        return Optional.empty();
    }

    private void forget() {
        open = Optional.empty();
        answered = Optional.empty();
        failed = Optional.empty();
        waitsUntil = Optional.empty();
        problem = Optional.empty();
    }

    private void reserve(CoinbaseReserve wanted) {
        if (!wanted.equals(room)) {
            room = wanted;
            actions.add(new CoinbaseAction.Reserve(wanted));
        }
    }

    private static OutputsRefusal noProvider() {
        return new OutputsRefusal(Reason.NO_PROVIDER, "no coinbase provider is registered");
    }

    private Optional<OutputsRefusal> onAnswer(OutputsAnswer answer, Instant now) {
        if (terms.isEmpty()) {
            return Optional.of(noProvider());
        }
        if (open.isEmpty() || open.get().wanted().requestId() != answer.requestId()) {
            Optional<OutputsRefusal> refusal = outOfTime(answer);
            refusal.ifPresent(reason -> refuse(answer.requestId(), reason, now));
            return refusal;
        }
        OutputsQuestion question = open.get();
        CoinbaseSplit split;
        try {
            split = judge(answer, question);
        } catch (OutputsJudge.Refused wrong) {
            open = Optional.of(question.answeredWrong());
            problem = Optional.of("its outputs are refused: " + wrong.refusal().detail());
            refuse(answer.requestId(), wrong.refusal(), now);
            return Optional.of(wrong.refusal());
        }
        taken++;
        problem = Optional.empty();
        open = Optional.empty();
        answered = Optional.of(new Answered(question.wanted(), answer, split));
        publish(new GatewayEvent.CoinbaseOutputsTaken(
                now,
                terms.get().name(),
                answer.requestId(),
                question.wanted().prevHash(),
                split.outputs().size(),
                split.sum()));
        tell(new TemplateEvent.Refreshed(question.template().paying(Optional.of(split))));
        return Optional.empty();
    }

    private CoinbaseSplit judge(OutputsAnswer answer, OutputsQuestion question) throws OutputsJudge.Refused {
        OutputsWanted wanted = question.wanted();
        if (!answer.prevHash().equals(wanted.prevHash())) {
            throw new OutputsJudge.Refused(
                    Reason.WRONG_PREV_HASH,
                    "request " + wanted.requestId() + " is about "
                            + wanted.prevHash().display());
        }
        if (answer.value() != wanted.value()) {
            throw new OutputsJudge.Refused(
                    Reason.WRONG_VALUE, "request " + wanted.requestId() + " is about " + wanted.value() + " satoshis");
        }
        return OutputsJudge.judge(answer, question.template(), terms.orElseThrow());
    }

    /** Why an answer to another than the open question is of no use; empty where it was taken before. */
    private Optional<OutputsRefusal> outOfTime(OutputsAnswer answer) {
        long id = answer.requestId();
        if (id < 1 || id > lastRequest) {
            return Optional.of(new OutputsRefusal(Reason.UNKNOWN_REQUEST, "there was no request " + id));
        }
        Optional<Answered> before = answered.filter(known -> known.wanted().requestId() == id);
        if (before.isPresent()) {
            return before.get().answer().equals(answer)
                    ? Optional.empty()
                    : Optional.of(new OutputsRefusal(
                            Reason.ALREADY_ANSWERED, "request " + id + " was answered with other outputs"));
        }
        return failed.filter(wanted -> wanted.requestId() == id).isPresent()
                ? Optional.of(new OutputsRefusal(Reason.TOO_LATE, "request " + id + " had to be answered before"))
                : Optional.of(new OutputsRefusal(
                        Reason.SUPERSEDED, "there is another template since request " + id + " was made"));
    }

    /** What was due before now has happened already, whatever comes now. */
    private void expire(Instant now) {
        if (open.isPresent() && !now.isBefore(open.get().wanted().until())) {
            OutputsQuestion late = open.get();
            open = Optional.empty();
            failed = Optional.of(late.wanted());
            if (!late.answered()) {
                String detail = "it gave no outputs within "
                        + terms.orElseThrow().deadline().toMillis() + " ms";
                problem = Optional.of(detail);
                refuse(late.wanted().requestId(), new OutputsRefusal(Reason.SILENT, detail), now);
            }
            fallBack();
        } else if (waitsUntil.filter(until -> !now.isBefore(until)).isPresent()) {
            fallBack();
        }
    }

    /** Has the latest template pay the configured payout, unless it does. */
    private void fallBack() {
        waitsUntil = Optional.empty();
        current.filter(template -> !isTold(template, Optional.empty()))
                .ifPresent(template -> tell(new TemplateEvent.Refreshed(template)));
    }

    /** By its id: templates are large. */
    private boolean isTold(Template template, Optional<CoinbaseSplit> split) {
        return told.filter(known -> known.id() == template.id() && known.split().equals(split))
                .isPresent();
    }

    /** Asks what is to be asked now. */
    private void goOn(Instant now) {
        if (terms.isEmpty() || current.isEmpty() || open.isPresent()) {
            return;
        }
        Template template = current.get();
        Optional<CoinbaseSplit> known = answerFor(template);
        if (known.isPresent()) {
            waitsUntil = Optional.empty();
            if (!isTold(template, known)) {
                tell(new TemplateEvent.Refreshed(template.paying(known)));
            }
        } else if (!hasFailed(template) && mayBeSplit(template)) {
            ask(template, now);
        } else if (!isTold(template, Optional.empty()) && waitsUntil.isEmpty()) {
            waitsUntil = Optional.of(now.plus(terms.get().deadline()));
        }
    }

    /** Whether it can be told, or is certain, that a block with a larger coinbase is none too large. */
    private boolean mayBeSplit(Template template) {
        boolean leavesRoom = template.transactions().isPresent() || !currentSince.isBefore(roomSince);
        return leavesRoom && template.coinbase().value() > 0;
    }

    private void ask(Template template, Instant now) {
        ProviderTerms provider = terms.orElseThrow();
        waitsUntil = Optional.empty();
        asked++;
        OutputsWanted wanted = new OutputsWanted(
                ++lastRequest,
                template.tip().prevHash(),
                template.height(),
                template.coinbase().value(),
                now.plus(provider.deadline()));
        open = Optional.of(new OutputsQuestion(wanted, template, false));
        publish(new GatewayEvent.CoinbaseOutputsWanted(
                now,
                provider.name(),
                wanted.requestId(),
                wanted.prevHash(),
                wanted.height(),
                wanted.value(),
                wanted.until()));
    }

    private void refuse(long requestId, OutputsRefusal refusal, Instant now) {
        refused.merge(refusal.reason().text(), 1L, Long::sum);
        publish(new GatewayEvent.CoinbaseOutputsRefused(
                now, terms.orElseThrow().name(), requestId, refusal.reason().text(), refusal.detail()));
    }

    private void noteState(Instant now) {
        CoinbaseStanding.State next;
        if (terms.isEmpty()) {
            next = CoinbaseStanding.State.NONE;
        } else if (current.isEmpty()) {
            next = CoinbaseStanding.State.NO_TEMPLATE;
        } else if (paysProvider()) {
            next = CoinbaseStanding.State.PAYING;
        } else {
            next = problem.isPresent() ? CoinbaseStanding.State.FALLBACK : CoinbaseStanding.State.WAITING;
        }
        if (next != state) {
            state = next;
            stateSince = now;
        }
    }

    private void judged(Optional<OutputsRefusal> refusal) {
        actions.add(new CoinbaseAction.Judged(refusal));
    }

    private void publish(GatewayEvent event) {
        actions.add(new CoinbaseAction.Publish(event));
    }
}
