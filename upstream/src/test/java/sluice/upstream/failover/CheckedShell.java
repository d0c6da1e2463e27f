package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.failover.SelectorBench.FAILBACK_AFTER;
import static sluice.upstream.failover.SelectorBench.SETTINGS;
import static sluice.upstream.failover.SelectorBench.START;
import static sluice.upstream.failover.SelectorBench.SWITCH_TIMEOUT;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import sluice.upstream.failover.SelectorAction.Kind;
import sluice.upstream.failover.UpstreamSelector.Entry;

/** Carries a selector's actions out, keeps its own account of every upstream, and holds the one against the other. */
final class CheckedShell {
    private static final int STORY_LENGTH = 40;

    final UpstreamSelector selector = new UpstreamSelector(SETTINGS);
    final Set<String> open = new LinkedHashSet<>();
    final Set<String> closing = new LinkedHashSet<>();
    final Set<String> ready = new HashSet<>();
    final Set<String> unfit = new HashSet<>();
    /** Actions and kinds of use that happened. */
    final Set<String> seen = new HashSet<>();

    Instant now = START;
    List<Entry> order = List.of();
    Optional<String> inUse = Optional.empty();
    List<Entry> prepared = List.of();
    boolean preparing;
    boolean answered;

    private final String name;
    private final Deque<String> story = new ArrayDeque<>();
    private final Map<String, Instant> readySince = new HashMap<>();
    private Optional<String> preferred = Optional.empty();
    private Instant orderedAt = START;
    private Instant preparedUntil = Instant.MAX;
    private boolean holding;

    CheckedShell(String name) {
        this.name = name;
    }

    /** What happened lately, for a failure. */
    String story() {
        return name + ":\n" + String.join("\n", story) + "\n";
    }

    List<String> ranking() {
        return Stream.concat(preferred.stream(), order.stream().map(Entry::upstream))
                .distinct()
                .toList();
    }

    void give(SelectorInput input) {
        if (preparing && answered && !now.isBefore(preparedUntil)) {
            preparing = false;
        }
        learn(input);
        List<SelectorAction> actions = selector.on(input, now);
        story.add(Duration.between(START, now) + " " + input + " -> "
                + actions.stream().map(SelectorBench::text).toList());
        if (story.size() > STORY_LENGTH) {
            story.remove();
        }
        actions.forEach(this::carryOut);
        check();
    }

    /** Once everything that is due is done. */
    void expectNothingOf(SelectorInput input) {
        give(new SelectorInput.TimePassed());
        Optional<Instant> deadline = selector.nextDeadline();
        assertThat(selector.on(input, now)).as(this::story).isEmpty();
        assertThat(selector.nextDeadline()).as(this::story).isEqualTo(deadline);
    }

    void toDeadline() {
        selector.nextDeadline().ifPresent(next -> {
            now = next.isAfter(now) ? next : now;
            give(new SelectorInput.TimePassed());
        });
    }

    void pass(Duration wait) {
        Instant end = now.plus(wait);
        while (selector.nextDeadline().filter(next -> !next.isAfter(end)).isPresent()) {
            toDeadline();
        }
        now = end;
        expectNothingOf(new SelectorInput.TimePassed());
    }

    private void learn(SelectorInput input) {
        switch (input) {
            case SelectorInput.Listed(List<Entry> listed) -> {
                order = listed;
                preferred = preferred.filter(
                        wanted -> listed.stream().map(Entry::upstream).anyMatch(wanted::equals));
                orderedAt = now;
                preparing = false;
            }
            case SelectorInput.Preferred(Optional<String> upstream) -> {
                preferred = upstream;
                orderedAt = upstream.isEmpty() ? now : orderedAt;
            }
            case SelectorInput.Ready(String upstream, boolean fit) -> {
                if (ready.add(upstream)) {
                    readySince.put(upstream, now);
                }
                if (fit) {
                    unfit.remove(upstream);
                } else {
                    unfit.add(upstream);
                }
            }
            case SelectorInput.Lost lost -> ready.remove(lost.upstream());
            case SelectorInput.Drained(String upstream) -> {
                closing.remove(upstream);
                ready.remove(upstream);
            }
            case SelectorInput.Prepare(List<Entry> listed) -> {
                prepared = listed;
                preparing = true;
                answered = false;
                preparedUntil = now.plus(SWITCH_TIMEOUT);
            }
            case SelectorInput.Abandon() -> preparing = false;
            case SelectorInput.Stopped stopped -> throw new AssertionError("not meant for " + stopped);
            case SelectorInput.TimePassed() -> {}
        }
    }

    private void carryOut(SelectorAction action) {
        seen.add(action.getClass().getSimpleName());
        switch (action) {
            case SelectorAction.Open(String upstream) -> {
                assertThat(closing).as(this::story).doesNotContain(upstream);
                assertThat(open.add(upstream)).as(this::story).isTrue();
            }
            case SelectorAction.Close(String upstream, String reason) -> {
                assertThat(open.remove(upstream)).as(this::story).isTrue();
                closing.add(upstream);
            }
            case SelectorAction.Keep(String upstream) -> {
                assertThat(closing.remove(upstream)).as(this::story).isTrue();
                open.add(upstream);
            }
            case SelectorAction.ConnectNow(String upstream) -> {
                assertThat(open).as(this::story).contains(upstream);
                assertThat(ready).as(this::story).doesNotContain(upstream);
            }
            case SelectorAction.Use use -> use(use);
            case SelectorAction.Hold hold -> {
                assertThat(holding).as(this::story).isFalse();
                holding = true;
            }
            case SelectorAction.Resume() -> {
                assertThat(holding).as(this::story).isTrue();
                holding = false;
            }
            case SelectorAction.Prepared(String upstream) -> {
                assertThat(preparing && !answered).as(this::story).isTrue();
                assertThat(ready).as(this::story).contains(upstream);
                List<String> candidates = prepared.stream().map(Entry::upstream).toList();
                assertThat(candidates).as(this::story).contains(upstream);
                assertThat(candidates.subList(0, candidates.indexOf(upstream)))
                        .as(this::story)
                        .doesNotContainAnyElementsOf(ready);
                answered = true;
                preparedUntil = now.plus(SWITCH_TIMEOUT);
            }
            case SelectorAction.PrepareFailed failed -> {
                assertThat(preparing && !answered).as(this::story).isTrue();
                assertThat(failed.upstream())
                        .as(this::story)
                        .isEqualTo(prepared.getFirst().upstream());
                assertThat(prepared.stream().map(Entry::upstream).filter(ready::contains))
                        .as(this::story)
                        .isEmpty();
                preparing = false;
            }
        }
    }

    private void use(SelectorAction.Use use) {
        String next = use.upstream();
        seen.add(use.kind().name());
        assertThat(use.from()).as(this::story).isEqualTo(inUse).isNotEqualTo(Optional.of(next));
        assertThat(use.kind() == Kind.START).as(this::story).isEqualTo(inUse.isEmpty());
        assertThat(ready).as(this::story).contains(next);
        assertThat(open).as(this::story).contains(next);
        assertThat(ranking()).as(this::story).contains(next);
        switch (use.kind()) {
            case START -> {}
            case FAILOVER ->
                assertThat(ready.contains(inUse.get()) && !unfit.contains(inUse.get()))
                        .as(this::story)
                        .isFalse();
            case FAILBACK -> {
                assertThat(now)
                        .as(this::story)
                        .isAfterOrEqualTo(readySince.get(next).plus(FAILBACK_AFTER));
                assertThat(ranking().indexOf(next))
                        .as(this::story)
                        .isLessThan(ranking().indexOf(inUse.get()));
                assertThat(unfit.contains(next) && !unfit.contains(inUse.get()))
                        .as(this::story)
                        .isFalse();
            }
            case SWITCH ->
                assertThat(!ranking().contains(inUse.get())
                                || preferred.equals(Optional.of(next))
                                || now.isBefore(orderedAt.plus(SWITCH_TIMEOUT)))
                        .as(this::story)
                        .isTrue();
        }
        inUse = Optional.of(next);
        holding = false;
    }

    private void check() {
        List<String> ranking = ranking();
        assertThat(selector.inUse()).as(this::story).isEqualTo(inUse);
        assertThat(selector.isHolding()).as(this::story).isEqualTo(inUse.isEmpty() || holding);
        assertThat(holding).as(this::story).isEqualTo(inUse.isPresent() && !ready.contains(inUse.get()));
        assertThat(selector.nextDeadline().filter(next -> !next.isAfter(now)))
                .as(this::story)
                .isEmpty();
        Set<String> needed = needed();
        assertThat(open).as(this::story).containsAll(needed);
        boolean content = inUse.filter(ranking::contains)
                .filter(ready::contains)
                .filter(current -> !unfit.contains(current))
                .isPresent();
        if (content && !preparing) {
            assertThat(open).as(this::story).isEqualTo(needed);
        }
        if (inUse.isEmpty() || holding) {
            assertThat(ready).as(this::story).doesNotContainAnyElementsOf(ranking);
        } else if (!content && ranking.contains(inUse.get())) {
            assertThat(ranking.stream().filter(ready::contains)).as(this::story).allMatch(unfit::contains);
        }
        assertThat(selector.standings())
                .as(this::story)
                .extracting(Standing::upstream)
                .containsAll(open);
    }

    /** Those that must be open at all times; the first of the list at least. */
    private Set<String> needed() {
        List<String> ranking = ranking();
        Set<String> needed = new HashSet<>(inUse.stream().toList());
        order.stream().filter(Entry::warm).map(Entry::upstream).forEach(needed::add);
        needed.addAll(ranking.subList(0, Math.max(1, inUse.map(ranking::indexOf).orElse(-1) + 1)));
        return needed;
    }
}
