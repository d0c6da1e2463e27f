package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReadAllowanceTest {
    private static final int LINE = 1_024;

    private final ReadAllowance allowance = ReadAllowance.ofStranger();
    private Instant now = Instant.parse("2026-11-28T00:00:00Z");

    private int linesWithoutRest() {
        int lines = 0;
        while (allowance.onRead(LINE, now).isZero()) {
            lines++;
        }
        return lines;
    }

    private void isProven() {
        allowance.prove();
    }

    @Test
    void aLoginAndDozensOfRequestsAreReadAtOnceBeforeTheFirstShareAndThenLittle() {
        assertThat(linesWithoutRest()).isBetween(15, 17);
        now = now.plus(Duration.ofSeconds(1));
        assertThat(linesWithoutRest()).isBetween(2, 4);
    }

    @Test
    void itsFirstShareEndsTheRestOfAConnection() {
        linesWithoutRest();
        assertThat(allowance.onRead(100 * LINE, now)).isGreaterThan(Duration.ofSeconds(20));
        isProven();
        assertThat(linesWithoutRest()).isBetween(255, 257);
    }

    @Test
    void aSecondsWorthIsReadAtOnceAndNoMoreOfAConnectionByWhichWorkCame() {
        isProven();
        assertThat(linesWithoutRest()).isBetween(255, 257);
        assertThat(allowance.onRead(LINE, now)).isBetween(Duration.ofMillis(3), Duration.ofMillis(12));
    }

    @Test
    void restingMakesRoomAtTheSteadyRate() {
        isProven();
        linesWithoutRest();
        now = now.plus(Duration.ofMillis(500));
        assertThat(linesWithoutRest()).isBetween(125, 129);
        now = now.plus(Duration.ofHours(1));
        assertThat(linesWithoutRest()).isBetween(255, 257);
    }

    @Test
    void allStrangersOfALoopTogetherAreReadLikeTwoMinersThatWork() {
        ReadAllowance strangers = ReadAllowance.ofStrangers();
        for (int i = 0; i < 25; i++) {
            assertThat(strangers.onRead(LINE, now)).isZero();
        }
        for (int i = 0; i < 512; i++) {
            strangers.onRead(LINE, now);
        }
        assertThat(strangers.onRead(LINE, now)).isBetween(Duration.ofMillis(990), Duration.ofMillis(1_010));
        now = now.plus(Duration.ofSeconds(2));
        assertThat(strangers.onRead(LINE, now)).isZero();
    }

    @Test
    void aClockThatIsPutBackSilencesNobody() {
        linesWithoutRest();
        now = now.minus(Duration.ofHours(1));
        assertThat(allowance.onRead(LINE, now)).isZero();
    }
}
