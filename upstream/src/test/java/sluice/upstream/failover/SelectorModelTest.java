package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.failover.SelectorBench.LONGEST_FAILBACK;
import static sluice.upstream.failover.SelectorBench.PATIENCE;
import static sluice.upstream.failover.SelectorBench.SWITCH_TIMEOUT;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.upstream.failover.UpstreamSelector.Entry;

/** Thousands of inputs drawn from a seed; {@link CheckedShell} knows what must hold after each. */
class SelectorModelTest {
    private static final int STEPS = 5_000;
    private static final int STEPS_BETWEEN_CALMS = 250;
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g");

    private Random random;
    private CheckedShell shell;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensTheRulesHoldAndCalmBringsTheBest(long seed) {
        random = new Random(seed);
        shell = new CheckedShell("seed " + seed);
        list();
        for (int step = 1; step <= STEPS; step++) {
            step();
            if (step % STEPS_BETWEEN_CALMS == 0) {
                calmDown();
            }
        }
        stop();
        // Where chance never takes some way, the test shows nothing of it.
        assertThat(shell.seen)
                .as("seed %d", seed)
                .contains("Open", "Close", "Keep", "ConnectNow", "Hold", "Resume", "Prepared", "PrepareFailed")
                .contains("START", "FAILOVER", "FAILBACK", "SWITCH");
    }

    private void step() {
        int draw = random.nextInt(100);
        if (draw < 2) {
            list();
        } else if (draw < 4) {
            shell.give(new SelectorInput.Preferred(
                    random.nextBoolean()
                            ? Optional.empty()
                            : Optional.of(any(shell.order).upstream())));
        } else if (draw < 9) {
            prepareOrDecide();
        } else if (draw < 35) {
            report(random.nextInt(3) > 0);
        } else if (draw < 45) {
            report(false);
        } else if (draw < 57) {
            shell.closing.stream().findFirst().ifPresent(name -> shell.give(new SelectorInput.Drained(name)));
        } else if (draw < 62) {
            shell.pass(upTo(LONGEST_FAILBACK));
        } else if (draw < 64) {
            shell.pass(upTo(UpstreamSelector.FAILBACK_PROBATION.multipliedBy(2)));
        } else if (draw < 66) {
            tellLate();
        } else if (draw < 76) {
            // The timer may be late: other inputs then come first.
            shell.now = shell.now.plus(upTo(PATIENCE));
        } else {
            shell.toDeadline();
        }
    }

    private void list() {
        shell.give(new SelectorInput.Listed(draw()));
    }

    private void prepareOrDecide() {
        shell.give(new SelectorInput.TimePassed());
        if (!shell.preparing) {
            shell.give(new SelectorInput.Prepare(draw()));
        } else if (random.nextInt(3) == 0) {
            shell.give(new SelectorInput.Abandon());
        } else if (shell.answered) {
            shell.give(new SelectorInput.Listed(shell.prepared));
        }
    }

    private List<Entry> draw() {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        return names.subList(0, 1 + random.nextInt(4)).stream()
                .map(name -> new Entry(name, random.nextInt(3) == 0))
                .toList();
    }

    /** One that the shell holds becomes ready, says so again, or is lost; one that is being closed may, too. */
    private void report(boolean good) {
        List<String> held =
                Stream.concat(shell.open.stream(), shell.closing.stream()).toList();
        if (!held.isEmpty()) {
            shell.give(
                    good
                            ? new SelectorInput.Ready(any(held), random.nextInt(4) > 0)
                            : new SelectorInput.Lost(any(held), "mining", "drawn"));
        }
    }

    /** News of an upstream that is closed already. */
    private void tellLate() {
        String name = any(NAMES);
        if (!shell.open.contains(name) && !shell.closing.contains(name)) {
            shell.expectNothingOf(any(List.of(
                    new SelectorInput.Ready(name, true),
                    new SelectorInput.Lost(name, "mining", "late"),
                    new SelectorInput.Drained(name))));
        }
    }

    /** Losses stop: everything that is open comes up, some for part of the miners only, and everything closed drains. */
    private void calmDown() {
        Set<String> limited = new HashSet<>(NAMES.subList(0, random.nextInt(4)));
        Instant end = shell.now.plus(LONGEST_FAILBACK).plus(SWITCH_TIMEOUT.multipliedBy(5));
        while (shell.now.isBefore(end)) {
            for (String name : List.copyOf(shell.open)) {
                if (!shell.ready.contains(name) || shell.unfit.contains(name) != limited.contains(name)) {
                    shell.give(new SelectorInput.Ready(name, !limited.contains(name)));
                }
            }
            for (String name : List.copyOf(shell.closing)) {
                shell.give(new SelectorInput.Drained(name));
            }
            shell.pass(SWITCH_TIMEOUT);
        }
        List<String> ranking = shell.ranking();
        Optional<String> best =
                ranking.stream().filter(name -> !limited.contains(name)).findFirst();
        assertThat(shell.inUse).as(shell::story).contains(best.orElse(ranking.getFirst()));
        Set<String> needed = new HashSet<>(
                best.map(name -> ranking.subList(0, ranking.indexOf(name) + 1)).orElse(ranking));
        shell.order.stream().filter(Entry::warm).map(Entry::upstream).forEach(needed::add);
        assertThat(shell.open).as(shell::story).isEqualTo(needed);
        assertThat(shell.closing).as(shell::story).isEmpty();
        assertThat(shell.selector.nextDeadline()).as(shell::story).isEmpty();
    }

    private void stop() {
        shell.selector
                .on(new SelectorInput.Stopped("the end"), shell.now)
                .forEach(action -> shell.open.remove(((SelectorAction.Close) action).upstream()));
        assertThat(shell.open).as(shell::story).isEmpty();
    }

    private Duration upTo(Duration longest) {
        return Duration.ofMillis(random.nextLong(longest.toMillis()));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
