package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

/**
 * Several template sources as one. All of them run; the first in order that is good feeds. One that is lost is left at once,
 * one whose chain is shorter than another's after some seconds, and a better one is gone back to when it has been good for
 * a while. Its templates have ids of their own, and a block is told in the terms of each source that can take it. A pure
 * machine.
 */
public final class TemplateFailover {
    public static final int MAX_SOURCES = 16;
    /** That a source's chain may be shorter than another's: a block takes a moment from one node to the next. */
    public static final Duration LAG_PATIENCE = Duration.ofSeconds(5);
    /** At first, a better source that is a little slower is not made to wait. */
    public static final Duration OPENING_PATIENCE = Duration.ofSeconds(5);
    /** That a better source must have been good before it feeds again. */
    public static final Duration FAILBACK_AFTER = Duration.ofSeconds(60);
    /** Templates that are known by the id we gave them; more than any job is made of. */
    static final int MAX_TEMPLATES = 64;

    private static final int IDS_PER_SECOND_BITS = 20;

    /**
     * One of the sources.
     *
     * @param takesBlocks whether it takes whole blocks, also those that are not of its own templates
     */
    public record Source(String name, boolean takesBlocks) {}

    private final List<Candidate> candidates;
    private final Instant opened;
    private final Map<Long, Origin> origins = new LinkedHashMap<>();
    private List<TemplateAction> actions = new ArrayList<>();
    private Optional<Candidate> active = Optional.empty();
    private Optional<Template> reported = Optional.empty();
    private String unavailable = "";
    private long nextId;
    private boolean closed;

    /** Throws IllegalArgumentException for none or more than {@link #MAX_SOURCES}. */
    public TemplateFailover(List<Source> sources, Instant now) {
        if (sources.isEmpty() || sources.size() > MAX_SOURCES) {
            throw new IllegalArgumentException("1 to " + MAX_SOURCES + " template sources, not " + sources.size());
        }
        candidates = new ArrayList<>();
        for (Source source : sources) {
            candidates.add(new Candidate(candidates.size(), source));
        }
        opened = now;
        // A block of an earlier run must not be taken for one of a template of this run.
        nextId = now.getEpochSecond() << IDS_PER_SECOND_BITS;
    }

    private static final class Candidate {
        private final int place;
        private final Source source;
        private Optional<Template> template = Optional.empty();
        private Optional<String> problem = Optional.empty();
        private Instant goodSince = Instant.MAX;
        /** It had a template and has lost it, so it is not just a little slower than others at the start. */
        private boolean wasLost;

        private Optional<Instant> behindSince = Optional.empty();

        private Candidate(int place, Source source) {
            this.place = place;
            this.source = source;
        }

        private boolean lags(Instant now) {
            return behindSince.isPresent() && !now.isBefore(behindSince.get().plus(LAG_PATIENCE));
        }

        private boolean isGood(Instant now) {
            return template.isPresent() && !lags(now);
        }
    }

    /** Where a template with an id of ours came from. */
    private record Origin(int source, long id) {}

    /** What to do about {@code input}, in order. */
    public List<TemplateAction> on(TemplateInput input, Instant now) {
        switch (input) {
            case TemplateInput.Reported(int source, TemplateEvent event) -> onEvent(candidates.get(source), event, now);
            case TemplateInput.Requested(TemplateCommand.SubmitBlock submit) ->
                throw new IllegalStateException("each source is offered blocks by itself");
            case TemplateInput.Requested(TemplateCommand.ReserveCoinbase reserve) ->
                candidates.forEach(candidate -> send(candidate.place, reserve));
            case TemplateInput.Requested(TemplateCommand.LookNow look) ->
                candidates.forEach(candidate -> send(candidate.place, look));
            case TemplateInput.Requested(TemplateCommand.Close close) -> {
                closed = true;
                candidates.forEach(candidate -> send(candidate.place, close));
            }
            case TemplateInput.TimePassed passed -> {}
        }
        if (!closed) {
            compareTips(now);
            choose(now);
        }
        List<TemplateAction> done = actions;
        actions = new ArrayList<>();
        return done;
    }

    /** When {@link TemplateInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        if (closed || active.isEmpty()) {
            return Optional.empty();
        }
        Candidate feeding = active.get();
        Stream<Instant> lag = feeding.behindSince.map(since -> since.plus(LAG_PATIENCE)).stream();
        Stream<Instant> failback = candidates.subList(0, feeding.place).stream()
                .filter(better -> better.template.isPresent() && better.behindSince.isEmpty())
                .map(better -> better.goodSince.plus(FAILBACK_AFTER));
        return Stream.concat(lag, failback).min(Instant::compareTo);
    }

    private void onEvent(Candidate candidate, TemplateEvent event, Instant now) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> onTemplate(candidate, template, now);
            case TemplateEvent.Refreshed(Template template) -> onTemplate(candidate, template, now);
            case TemplateEvent.TransactionsArrived arrived -> onTransactions(candidate, arrived);
            case TemplateEvent.BlockJudged judged ->
                throw new IllegalStateException("verdicts go to whoever offered the block");
            case TemplateEvent.Unavailable(String reason) -> {
                candidate.wasLost |= candidate.template.isPresent();
                candidate.template = Optional.empty();
                candidate.problem = Optional.of(reason);
                candidate.behindSince = Optional.empty();
            }
        }
    }

    private void onTemplate(Candidate candidate, Template template, Instant now) {
        if (candidate.template.isEmpty()) {
            candidate.goodSince = now;
        }
        candidate.template = Optional.of(template);
        candidate.problem = Optional.empty();
        if (active.equals(Optional.of(candidate)) && !closed) {
            report(candidate);
        }
    }

    private void onTransactions(Candidate candidate, TemplateEvent.TransactionsArrived arrived) {
        candidate.template = candidate.template.map(
                template -> template.id() == arrived.templateId() ? template.with(arrived.transactions()) : template);
        Origin origin = new Origin(candidate.place, arrived.templateId());
        origins.forEach((id, known) -> {
            if (known.equals(origin) && !closed) {
                actions.add(
                        new TemplateAction.Report(new TemplateEvent.TransactionsArrived(id, arrived.transactions())));
            }
        });
    }

    private void compareTips(Instant now) {
        long highest = candidates.stream()
                .flatMap(candidate -> candidate.template.stream())
                .mapToLong(Template::height)
                .max()
                .orElse(0);
        for (Candidate candidate : candidates) {
            boolean behind =
                    candidate.template.isPresent() && candidate.template.get().height() < highest;
            if (!behind) {
                if (candidate.lags(now)) {
                    candidate.goodSince = now;
                }
                candidate.behindSince = Optional.empty();
            } else if (candidate.behindSince.isEmpty()) {
                candidate.behindSince = Optional.of(now);
            }
        }
    }

    private void choose(Instant now) {
        Optional<Candidate> first =
                candidates.stream().filter(candidate -> candidate.isGood(now)).findFirst();
        if (first.isEmpty()) {
            nobody();
        } else if (active.isEmpty()) {
            switchTo(first.get(), "the first that has a template");
        } else if (!active.get().isGood(now)) {
            Candidate left = active.get();
            switchTo(
                    first.get(),
                    left.source.name() + ": "
                            + left.problem.orElse("its chain is shorter than that of " + highestName()));
        } else {
            candidates.subList(0, active.get().place).stream()
                    .filter(better -> better.isGood(now) && better.behindSince.isEmpty() && mayReturn(better, now))
                    .findFirst()
                    .ifPresent(better -> switchTo(better, "it comes first in the order and is good"));
        }
    }

    private boolean mayReturn(Candidate better, Instant now) {
        boolean justSlower = !better.wasLost && now.isBefore(opened.plus(OPENING_PATIENCE));
        return justSlower || !now.isBefore(better.goodSince.plus(FAILBACK_AFTER));
    }

    private String highestName() {
        return candidates.stream()
                .filter(candidate -> candidate.template.isPresent() && candidate.behindSince.isEmpty())
                .map(candidate -> candidate.source.name())
                .findFirst()
                .orElseThrow();
    }

    private void nobody() {
        boolean allSpoke = candidates.stream().allMatch(candidate -> candidate.problem.isPresent());
        if (active.isEmpty() && !allSpoke) {
            return;
        }
        active = Optional.empty();
        reported = Optional.empty();
        String reasons = candidates.stream()
                .filter(candidate -> candidate.problem.isPresent())
                .map(candidate -> candidate.source.name() + ": " + candidate.problem.get())
                .collect(Collectors.joining("; "));
        if (!reasons.equals(unavailable)) {
            unavailable = reasons;
            actions.add(new TemplateAction.Report(new TemplateEvent.Unavailable(reasons)));
        }
    }

    private void switchTo(Candidate candidate, String reason) {
        active = Optional.of(candidate);
        actions.add(new TemplateAction.Switched(candidate.source.name(), reason));
        report(candidate);
    }

    private void report(Candidate candidate) {
        Template theirs = candidate.template.orElseThrow();
        Template ours = theirs.withId(nextId++);
        origins.put(ours.id(), new Origin(candidate.place, theirs.id()));
        if (origins.size() > MAX_TEMPLATES) {
            origins.remove(origins.keySet().iterator().next());
        }
        boolean sameTip = reported.isPresent()
                && reported.get().tip().prevHash().equals(ours.tip().prevHash())
                && reported.get().tip().nbits() == ours.tip().nbits();
        reported = Optional.of(ours);
        unavailable = "";
        actions.add(new TemplateAction.Report(
                sameTip ? new TemplateEvent.Refreshed(ours) : new TemplateEvent.NewTip(ours)));
    }

    /**
     * The block as the source of that place in the order takes it; empty where that can do nothing with it. Also of use
     * when all is closed.
     */
    public Optional<BlockSolution> solutionFor(int source, BlockSolution solution) {
        Optional<Origin> own =
                Optional.ofNullable(origins.get(solution.templateId())).filter(origin -> origin.source() == source);
        if (own.isPresent()) {
            return Optional.of(solution.ofTemplate(own.get().id()));
        }
        boolean takes =
                candidates.get(source).source.takesBlocks() && solution.block().isPresent();
        return takes ? Optional.of(solution.ofTemplate(BlockSolution.NO_TEMPLATE)) : Optional.empty();
    }

    private void send(int source, TemplateCommand command) {
        actions.add(new TemplateAction.Send(source, command));
    }
}
