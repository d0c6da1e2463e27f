package sluice.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SparseCountsTest {
    private static final Instant START = Instant.parse("2026-11-28T00:00:00Z");

    private final SparseCounts counts = new SparseCounts();

    @Test
    void theFirstIsToldAtOnceAndTheOthersTogetherAfterAMinute() {
        assertThat(counts.add("ban", 1, START)).hasValue(1);
        for (int second = 1; second < 60; second++) {
            assertThat(counts.add("ban", 10, START.plusSeconds(second))).isEmpty();
        }
        assertThat(counts.add("ban", 10, START.plusSeconds(60))).hasValue(600);
        assertThat(counts.add("ban", 1, START.plusSeconds(61))).isEmpty();
    }

    @Test
    void eachKindIsToldForItself() {
        assertThat(counts.add("ban", 1, START)).hasValue(1);
        assertThat(counts.add("accept-rate", 3, START)).hasValue(3);
    }
}
