package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Lanes where miners' local indexes are so few that several miners have the same. */
class DirectorNarrowTest {
    @Test
    void eachMinerIsPlacedAndNoTwoWithTheSameIndexShareALane() {
        DirectorBench bench = DirectorBench.narrow(PlanSketch.of("a"));
        bench.ready("a");
        assertThat(bench.laneOfAll).isEmpty();
        bench.identified(1, 7);
        bench.identified(2, 8);
        bench.identified(3, 7);
        assertThat(bench.places.get(1L)).isEqualTo(bench.places.get(2L)).isNotEqualTo(bench.places.get(3L));
        bench.identified(4, 7);
        assertThat(bench.places.get(4L)).isNotIn(bench.places.get(1L), bench.places.get(3L));
        assertThat(bench.opened.values()).as("a connection for each lane").hasSize(3);
    }

    @Test
    void anIndexIsFreeAgainInItsLaneAfterTwoTipsOfTheUpstreamThatFeedsIt() {
        DirectorBench bench = DirectorBench.narrow(PlanSketch.of("a"));
        bench.ready("a");
        bench.identified(1, 7);
        int lane = bench.places.get(1L);
        bench.left(1);
        bench.identified(2, 7);
        assertThat(bench.places.get(2L)).as("while it rests").isNotEqualTo(lane);
        bench.opened.values().forEach(bench::tip);
        bench.opened.values().forEach(bench::tip);
        bench.identified(3, 7);
        assertThat(bench.places.get(3L)).isEqualTo(lane);
    }

    @Test
    void aMinerStaysInItsLaneWhenThePlanChangesNothingForIt() {
        DirectorBench bench = DirectorBench.narrow(PlanSketch.of("a"));
        bench.ready("a");
        bench.identified(1, 7);
        bench.identified(2, 7);
        int first = bench.places.get(1L);
        int second = bench.places.get(2L);
        bench.change(PlanSketch.of("a").goal("default", 5, "a"));
        assertThat(bench.places).containsEntry(1L, first).containsEntry(2L, second);
    }
}
