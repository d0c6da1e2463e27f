package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import sluice.upstream.failover.Contender.Loss;
import sluice.upstream.failover.SelectorAction.Kind;

/**
 * Decides which of an ordered list of upstreams feeds one lane of miners, and which others are open meanwhile. A pure
 * machine, confined to one loop.
 */
public final class UpstreamSelector {
    /** Upstreams in one list. */
    public static final int MAX_ENTRIES = 16;
    /** An upstream lost so soon after a fail-back has to be ready for longer before the next. */
    public static final Duration FAILBACK_PROBATION = Duration.ofMinutes(10);
    /** Stands for the step of {@link SelectorAction.PrepareFailed} where the first choice said nothing at all. */
    public static final String TIMEOUT_STEP = "timeout";

    private Settings settings;
    private final List<SelectorAction> actions = new ArrayList<>();
    private final List<SelectorAction> readOnlyActions = Collections.unmodifiableList(actions);
    /** All that are listed, in use, prepared or not drained yet. */
    private final Map<String, Contender> contenders = new LinkedHashMap<>();

    private List<Contender> listed = List.of();
    /** What is listed, with the preferred one in front. */
    private List<Contender> ranking = List.of();

    private Optional<Contender> preferred = Optional.empty();
    /** The preferred one was not in use yet since the operator asked for it. */
    private boolean preferenceDue;

    private Optional<Engagement> engagement = Optional.empty();
    private Optional<Preparation> preparation = Optional.empty();
    /** Until then a better one is used as soon as it is ready, because the operator just asked for this order. */
    private Instant switchUntil = Instant.MIN;

    private Optional<Instant> deadline = Optional.empty();
    private boolean stopped;

    public UpstreamSelector(Settings settings) {
        this.settings = settings;
    }

    /**
     * Throws IllegalArgumentException for a duration that is not positive, or fail-back times in the wrong order.
     *
     * @param failbackAfter for so long a better upstream must have been ready without a loss
     * @param longestFailback to what that grows for one that is lost soon after each fail-back
     * @param patience for so long an upstream that was opened has the time to get ready, before the next is opened as well
     * @param switchTimeout for a preparation, for the decision about it, and for a new order to be taken at its word
     */
    public record Settings(
            Duration failbackAfter, Duration longestFailback, Duration patience, Duration switchTimeout) {
        public Settings {
            if (!Stream.of(failbackAfter, patience, switchTimeout).allMatch(Duration::isPositive)
                    || longestFailback.compareTo(failbackAfter) < 0) {
                throw new IllegalArgumentException("failbackAfter " + failbackAfter + ", longestFailback "
                        + longestFailback + ", patience " + patience + ", switchTimeout " + switchTimeout
                        + ": all must be positive, and longestFailback at least failbackAfter");
            }
        }
    }

    /**
     * One line of the list.
     *
     * @param upstream its name, which is its identity
     * @param warm open at all times, so that a failover to it takes no time
     */
    public record Entry(String upstream, boolean warm) {}

    static List<Entry> checked(List<Entry> order) {
        if (order.isEmpty() || order.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("a list has 1 to " + MAX_ENTRIES + " upstreams, not " + order.size());
        }
        Set<String> names = new HashSet<>();
        for (Entry entry : order) {
            if (!names.add(entry.upstream())) {
                throw new IllegalArgumentException("the upstream " + entry.upstream() + " is listed twice");
            }
        }
        return List.copyOf(order);
    }

    /**
     * What to do about {@code input}, in order; the list is valid until the next call. What {@link SelectorInput} says of
     * exceptions is thrown before anything changes; news of an upstream that is not open are ignored.
     */
    public List<SelectorAction> on(SelectorInput input, Instant now) {
        actions.clear();
        if (stopped) {
            if (input instanceof SelectorInput.Drained(String upstream)) {
                contenders.remove(upstream);
            }
            return readOnlyActions;
        }
        preparation = preparation.filter(current -> !current.isExpired(now));
        take(input, now);
        if (!stopped) {
            choose(now);
            holdOrResume(now);
            prepare(now);
            openAndClose(now);
            contenders.values().removeIf(this::isForgettable);
            deadline = soonestDeadline(now);
        }
        return readOnlyActions;
    }

    /**
     * Other durations from now on. A wait for a fail-back that runs is as long as they say, unless it has grown; a
     * preparation that runs keeps its time. {@link SelectorInput.TimePassed} shows what that makes due.
     */
    public void settings(Settings next) {
        for (Contender contender : contenders.values()) {
            Duration patience = contender.failbackPatience();
            if (patience.equals(settings.failbackAfter()) || patience.compareTo(next.failbackAfter()) < 0) {
                contender.setFailbackPatience(next.failbackAfter());
            } else if (patience.compareTo(next.longestFailback()) > 0) {
                contender.setFailbackPatience(next.longestFailback());
            }
        }
        settings = next;
    }

    /** The upstream in use, also while it is lost: miners hold its last job. */
    public Optional<String> inUse() {
        return engagement.map(now -> now.upstream().name());
    }

    /** Nothing is usable: the one in use is lost, or none is in use yet or any more. */
    public boolean isHolding() {
        return !engagement.map(now -> now.upstream().isReady()).orElse(false);
    }

    /** When {@link SelectorInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        return deadline;
    }

    /** Those listed, best first, and then others that are open. */
    public List<Standing> standings() {
        return Stream.concat(ranking.stream(), contenders.values().stream().filter(Contender::isOpen))
                .distinct()
                .map(Contender::standing)
                .toList();
    }

    private void take(SelectorInput input, Instant now) {
        switch (input) {
            case SelectorInput.Listed(List<Entry> order) -> list(order, now);
            case SelectorInput.Ready(String upstream, boolean fit) ->
                opened(upstream).ifPresent(contender -> contender.ready(fit, now));
            case SelectorInput.Lost(String upstream, String step, String reason) ->
                opened(upstream).ifPresent(contender -> lose(contender, new Loss(step, reason), now));
            case SelectorInput.Drained(String upstream) ->
                opened(upstream).ifPresent(contender -> drain(contender, now));
            case SelectorInput.Preferred(Optional<String> upstream) -> prefer(upstream, now);
            case SelectorInput.Prepare(List<Entry> order) -> {
                if (preparation.isPresent()) {
                    throw new IllegalStateException("a switch is being prepared already; list its order or abandon it");
                }
                List<Contender> candidates = contenders(order, now);
                preparation = Optional.of(new Preparation(candidates, settings, now));
                candidates.forEach(candidate -> retry(candidate, now));
            }
            case SelectorInput.Abandon() -> preparation = Optional.empty();
            case SelectorInput.Stopped(String reason) -> stop(reason);
            case SelectorInput.TimePassed() -> {}
        }
    }

    private Optional<Contender> opened(String upstream) {
        return Optional.ofNullable(contenders.get(upstream)).filter(contender -> !contender.isOff());
    }

    private List<Contender> contenders(List<Entry> order, Instant now) {
        return order.stream()
                .map(entry -> contenders.computeIfAbsent(
                        entry.upstream(), name -> new Contender(name, settings.failbackAfter(), now)))
                .toList();
    }

    private void list(List<Entry> order, Instant now) {
        List<Contender> before = listed;
        listed = contenders(order, now);
        for (int position = 0; position < order.size(); position++) {
            listed.get(position).setWarm(order.get(position).warm());
        }
        // Somebody who reloads an unchanged list does not ask for a switch.
        if (!listed.equals(before) || preparation.isPresent()) {
            switchUntil = now.plus(settings.switchTimeout());
        }
        preparation = Optional.empty();
        preferred = preferred.filter(listed::contains);
        rank();
    }

    private void prefer(Optional<String> upstream, Instant now) {
        if (upstream.isPresent()) {
            Contender wanted = Optional.ofNullable(contenders.get(upstream.get()))
                    .filter(listed::contains)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the upstream " + upstream.get() + " is not listed, so it cannot be preferred"));
            preferred = Optional.of(wanted);
            preferenceDue = !isInUse(wanted);
            retry(wanted, now);
        } else if (preferred.isPresent()) {
            preferred = Optional.empty();
            switchUntil = now.plus(settings.switchTimeout());
        }
        rank();
    }

    private void rank() {
        ranking = Stream.concat(preferred.stream(), listed.stream()).distinct().toList();
    }

    private void lose(Contender contender, Loss loss, Instant now) {
        if (contender.isReady() && isInUse(contender)) {
            Engagement lost = engagement.get();
            lost.lost(loss.words(), now);
            // What the new order brought has failed: from here on it has to earn its place.
            if (!lost.since().plus(settings.switchTimeout()).isBefore(switchUntil)) {
                switchUntil = now;
            }
        }
        contender.lost(loss, now);
    }

    /** Also of one that was kept too late: it is gone all the same, and is opened again if it is needed. */
    private void drain(Contender contender, Instant now) {
        if (!contender.isClosing()) {
            lose(contender, new Loss("close", "closed before it could be kept"), now);
        }
        contender.drained(now);
    }

    private void stop(String reason) {
        stopped = true;
        engagement = Optional.empty();
        preparation = Optional.empty();
        deadline = Optional.empty();
        contenders.values().stream().filter(Contender::isOpen).forEach(contender -> close(contender, reason));
    }

    private void choose(Instant now) {
        Optional<Contender> best = best();
        if (best.isEmpty() || isInUse(best.get())) {
            return;
        }
        if (engagement.isEmpty()) {
            use(best.get(), Kind.START, "the first that is ready", now);
            return;
        }
        Contender current = engagement.get().upstream();
        if (!ranking.contains(current)) {
            if (!isWorthWaitingForFit(best.get(), now)) {
                use(best.get(), Kind.SWITCH, current.name() + " is not listed any more", now);
            }
        } else if (!current.isReady()) {
            use(best.get(), Kind.FAILOVER, engagement.get().loss(), now);
        } else if (best.get().isReadyAndFit() && !current.isReadyAndFit()) {
            use(best.get(), Kind.FAILOVER, current.name() + " works for part of the miners only", now);
        } else if (now.isBefore(switchUntil)) {
            use(best.get(), Kind.SWITCH, "the order was changed", now);
        } else if (preferenceDue && preferred.equals(best)) {
            use(best.get(), Kind.SWITCH, "it was preferred", now);
        } else {
            failbacks()
                    .filter(better -> !now.isBefore(better.failbackAt()))
                    .findFirst()
                    .ifPresent(better -> use(
                            better,
                            Kind.FAILBACK,
                            "ready for " + better.failbackPatience().toSeconds() + " s without a loss",
                            now));
        }
    }

    private Optional<Contender> best() {
        return firstRanked(Contender::isReadyAndFit).or(() -> firstRanked(Contender::isReady));
    }

    private Optional<Contender> firstRanked(Predicate<Contender> condition) {
        return ranking.stream().filter(condition).findFirst();
    }

    /** One that left the list still works for all miners: until a new list has had its time, only what does so too follows. */
    private boolean isWorthWaitingForFit(Contender best, Instant now) {
        return engagement.get().upstream().isReadyAndFit()
                && !best.isReadyAndFit()
                && now.isBefore(switchUntil)
                && ranking.stream().anyMatch(other -> !other.isReady() && !other.isLost());
    }

    /** Better ones than the one in use, which wait for their fail-back. */
    private Stream<Contender> failbacks() {
        Contender current = engagement.get().upstream();
        return ranking.stream()
                .takeWhile(better -> better != current)
                .filter(current.isReadyAndFit() ? Contender::isReadyAndFit : Contender::isReady);
    }

    private void use(Contender next, Kind kind, String reason, Instant now) {
        keep(next);
        actions.add(new SelectorAction.Use(next.name(), inUse(), kind, reason));
        engagement.filter(before -> before.upstream().isReady()).ifPresent(before -> {
            if (kind == Kind.FAILOVER) {
                before.disappointed(now);
            } else {
                before.left(now);
            }
        });
        engagement = Optional.of(new Engagement(next, kind, now, settings));
        if (preferred.filter(next::equals).isPresent()) {
            preferenceDue = false;
        }
    }

    private void holdOrResume(Instant now) {
        engagement.ifPresent(current -> {
            if (current.upstream().isReady() && current.isHolding()) {
                current.resume(now);
                actions.add(new SelectorAction.Resume());
            } else if (!current.upstream().isReady() && !current.isHolding()) {
                current.hold();
                actions.add(new SelectorAction.Hold(current.loss()));
            }
        });
    }

    private void prepare(Instant now) {
        preparation.filter(current -> current.isDecided(now)).ifPresent(current -> {
            Optional<Contender> ready = current.firstReady();
            if (ready.isPresent()) {
                keep(ready.get());
                actions.add(new SelectorAction.Prepared(ready.get().name()));
                current.prepared(now);
            } else {
                actions.add(current.failure());
                preparation = Optional.empty();
            }
        });
    }

    private void openAndClose(Instant now) {
        Set<Contender> needed = needed(now);
        for (Contender contender : needed) {
            if (contender.isOff()) {
                contender.open(now);
                actions.add(new SelectorAction.Open(contender.name()));
            }
            keep(contender);
        }
        for (Contender contender : contenders.values()) {
            if (contender.isOpen() && !needed.contains(contender)) {
                close(
                        contender,
                        ranking.contains(contender)
                                ? inUse().map(name -> name + " is in use").orElse("not needed")
                                : "not listed");
            }
        }
    }

    private Set<Contender> needed(Instant now) {
        Set<Contender> needed = new LinkedHashSet<>();
        engagement.ifPresent(current -> needed.add(current.upstream()));
        int own = ownPosition();
        boolean searching = isSearching();
        boolean reaching = searching;
        for (int position = 0; position < ranking.size(); position++) {
            Contender contender = ranking.get(position);
            // Whatever a search has opened stays open until something is found.
            boolean found = searching && contender.isOpen();
            if (position <= own || contender.isWarm() || reaching || found) {
                needed.add(contender);
            }
            // Those before the one in use are open anyway and hold up nobody.
            reaching &= position <= own || contender.isPassed(settings.patience(), now);
        }
        preparation.ifPresent(current -> needed.addAll(current.needed(now)));
        return needed;
    }

    /** Nothing that is to be used is usable for all miners. */
    private boolean isSearching() {
        return ownPosition() < 0 || !engagement.get().upstream().isReadyAndFit();
    }

    /** Where the one in use is ranked; -1 while there is none, or one that is listed no more. */
    private int ownPosition() {
        return engagement.map(current -> ranking.indexOf(current.upstream())).orElse(-1);
    }

    private Optional<Instant> soonestDeadline(Instant now) {
        List<Instant> deadlines = new ArrayList<>();
        if (isSearching()) {
            ranking.stream()
                    .skip(ownPosition() + 1L)
                    .filter(contender -> !contender.isPassed(settings.patience(), now))
                    .findFirst()
                    .filter(last -> last != ranking.getLast())
                    .ifPresent(last -> deadlines.add(last.since().plus(settings.patience())));
        }
        if (ownPosition() >= 0 && !isHolding()) {
            failbacks().map(Contender::failbackAt).forEach(deadlines::add);
        }
        if (engagement.isPresent() && ownPosition() < 0) {
            best().filter(next -> isWorthWaitingForFit(next, now)).ifPresent(next -> deadlines.add(switchUntil));
        }
        preparation.ifPresent(current -> deadlines.add(current.nextDeadline(now)));
        return deadlines.stream().min(Instant::compareTo);
    }

    private void keep(Contender contender) {
        if (contender.isClosing()) {
            contender.keep();
            actions.add(new SelectorAction.Keep(contender.name()));
        }
    }

    /** What was lost may be back: an operator who asks for it is not answered with an old loss. */
    private void retry(Contender contender, Instant now) {
        if (contender.isLost()) {
            keep(contender);
            contender.retry(now);
            actions.add(new SelectorAction.ConnectNow(contender.name()));
        }
    }

    private void close(Contender contender, String reason) {
        contender.close();
        actions.add(new SelectorAction.Close(contender.name(), reason));
    }

    private boolean isInUse(Contender contender) {
        return engagement.filter(current -> current.upstream() == contender).isPresent();
    }

    private boolean isForgettable(Contender contender) {
        return contender.isOff()
                && !ranking.contains(contender)
                && !preparation.map(current -> current.concerns(contender)).orElse(false);
    }
}
