package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import sluice.config.AfterHold;
import sluice.upstream.UpstreamEvent;

/** The director asks to be woken for the earliest of what is due: neither too late, nor for nothing. */
class DirectorAlarmTest {
    private static final Duration STEP = Duration.ofMillis(500);

    /** A day in which everything happens that takes its time, at whole steps. */
    private static List<String> day(BiConsumer<DirectorBench, Duration> pass) {
        DirectorBench bench = DirectorBench.started(
                PlanSketch.of("a", "b", "c").goal("x", 50, "a", "b").goal("y", 50, "c"),
                DirectorBench.failover(Duration.ofSeconds(20), AfterHold.CLOSE));
        List<String> diary = new ArrayList<>();
        Diary write = (time) -> {
            for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(STEP)) {
                pass.accept(bench, STEP);
                bench.said.stream()
                        .filter(action -> !(action instanceof DirectorAction.WakeAt))
                        .forEach(action -> diary.add(bench.now + " " + action));
                bench.said.clear();
            }
        };
        write.passes(Duration.ofSeconds(30));
        bench.ready("b");
        bench.ready("c");
        for (int miner = 1; miner <= 10; miner++) {
            bench.identified(miner, "rig" + miner);
        }
        bench.census(1e12);
        bench.demand(0, 1, 5e12);
        bench.ready("a");
        write.passes(Duration.ofMinutes(3));
        bench.share(bench.upstream("a").job());
        bench.lost("c");
        write.passes(Duration.ofMinutes(2));
        bench.ready("c");
        write.passes(Duration.ofMinutes(5));
        bench.share(bench.upstream("a").job());
        bench.change(PlanSketch.of("b", "c", "d").goal("x", 50, "b").goal("z", 50, "d"));
        write.passes(Duration.ofSeconds(5));
        bench.ready("b");
        bench.ready("d");
        write.passes(Duration.ofMinutes(2));
        bench.change(PlanSketch.of("e"));
        write.passes(Duration.ofSeconds(20));
        bench.lost(bench.upstream("b"), UpstreamEvent.Step.MINING, "gone");
        bench.lost(bench.upstream("d"), UpstreamEvent.Step.MINING, "gone");
        write.passes(Duration.ofMinutes(2));
        bench.change(PlanSketch.of("e"));
        write.passes(Duration.ofSeconds(5));
        bench.ready("e");
        write.passes(Duration.ofMinutes(2));
        return diary;
    }

    @FunctionalInterface
    private interface Diary {
        void passes(Duration time);
    }

    @Test
    void whoWakesItOnlyWhenItAskedSeesTheSameAsWhoAsksItAllTheTime() {
        List<String> woken = day(DirectorBench::pass);
        List<String> asked = day((bench, time) -> bench.passAsking(time, STEP));
        assertThat(woken).hasSizeGreaterThan(50).containsExactlyElementsOf(asked);
    }

    @Test
    void aDirectorWithNothingToWaitForAsksForNothing() {
        DirectorBench bench = DirectorBench.mining(PlanSketch.of("main"), "main");
        bench.pass(Duration.ofHours(1));
        bench.said.clear();
        bench.pass(Duration.ofDays(1));
        assertThat(bench.said).isEmpty();
    }
}
