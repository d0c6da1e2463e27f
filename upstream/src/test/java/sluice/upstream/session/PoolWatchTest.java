package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.sv2.message.mining.MiningErrorCode;

class PoolWatchTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final PoolWatch watch = new PoolWatch(PoolPatience.DEFAULT);

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }

    private static PoolAction.SetDeadline deadline(PoolDeadline kind, long seconds) {
        return new PoolAction.SetDeadline(kind, at(seconds));
    }

    @Test
    void setsOneDeadlineHoweverMuchWorkComes() {
        assertThat(watch.workCame(at(0))).contains(deadline(PoolDeadline.NO_JOB, 600));
        assertThat(watch.workCame(at(30))).isEmpty();
        assertThat(watch.workCame(at(60))).isEmpty();
    }

    @Test
    void movesTheDeadlineThatWorkOvertook() {
        watch.workCame(at(0));
        watch.workCame(at(60));

        assertThat(watch.complaint(PoolDeadline.NO_JOB, at(600))).isEmpty();
        assertThat(watch.next(PoolDeadline.NO_JOB)).contains(deadline(PoolDeadline.NO_JOB, 660));
        assertThat(watch.complaint(PoolDeadline.NO_JOB, at(659))).isEmpty();
        assertThat(watch.complaint(PoolDeadline.NO_JOB, at(660))).contains("no job from the pool for 10 min");
    }

    @Test
    void judgesNoPoolByFewerRefusalsThanItsLeast() {
        for (int refusal = 1; refusal < PoolWatch.LEAST_REFUSALS; refusal++) {
            assertThat(watch.refused("invalid-share", at(refusal))).isEmpty();
        }
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(9_999))).isEmpty();

        assertThat(watch.refused("high-hash", at(10))).contains(deadline(PoolDeadline.ONLY_REJECTS, 151));

        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(150))).isEmpty();
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(151)))
                .contains("the pool has only rejected shares for 150 s, last: high-hash");
    }

    @Test
    void judgesAtOnceWhereTheLeastIsReachedLate() {
        watch.refused("no", at(0));
        watch.refused("no", at(500));

        assertThat(watch.refused("no", at(1_000)))
                .as("a deadline that is over")
                .contains(deadline(PoolDeadline.ONLY_REJECTS, 150));
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(1_000))).isPresent();
    }

    @Test
    void countsFromTheFirstRefusalAfterTheLastAcceptance() {
        refuseThreeTimes(0);
        watch.accepted();
        refuseThreeTimes(100);

        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(150))).isEmpty();
        assertThat(watch.next(PoolDeadline.ONLY_REJECTS)).contains(deadline(PoolDeadline.ONLY_REJECTS, 250));
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(250))).isPresent();
    }

    @Test
    void forgetsRefusalsBeforeAnAcceptance() {
        refuseThreeTimes(0);
        watch.accepted();

        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(150))).isEmpty();
        assertThat(watch.next(PoolDeadline.ONLY_REJECTS)).isEmpty();
        watch.refused("no", at(200));
        watch.refused("no", at(201));
        assertThat(watch.refused("no", at(202))).contains(deadline(PoolDeadline.ONLY_REJECTS, 350));
    }

    @Test
    void setsOneDeadlineForAllRefusals() {
        refuseThreeTimes(0);

        assertThat(watch.refused("no", at(1))).isEmpty();
        watch.accepted();
        watch.refused("no", at(2));
        watch.refused("no", at(2));
        assertThat(watch.refused("no", at(2))).as("one is on its way").isEmpty();
    }

    @Test
    void takesStaleSharesForNeitherYesNorNo() {
        for (int share = 0; share < 100; share++) {
            assertThat(watch.refused(MiningErrorCode.STALE_SHARE, at(share))).isEmpty();
        }
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(9_999))).isEmpty();

        refuseThreeTimes(200);
        watch.refused(MiningErrorCode.STALE_SHARE, at(210));
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(350)))
                .contains("the pool has only rejected shares for 150 s, last: no");
    }

    @Test
    void startsAnewWithEachConversation() {
        watch.workCame(at(0));
        refuseThreeTimes(0);

        watch.restart();

        assertThat(watch.complaint(PoolDeadline.NO_JOB, at(9_999))).isEmpty();
        assertThat(watch.complaint(PoolDeadline.ONLY_REJECTS, at(9_999))).isEmpty();
        assertThat(watch.workCame(at(1_000))).contains(deadline(PoolDeadline.NO_JOB, 1_600));
    }

    @ParameterizedTest
    @CsvSource({"600000, 10 min", "60000, 1 min", "150000, 150 s", "1000, 1 s", "1500, 1500 ms", "7200000, 120 min"})
    void saysTimesAsOperatorsDo(long millis, String words) {
        assertThat(PoolPatience.inWords(Duration.ofMillis(millis))).isEqualTo(words);
    }

    @Test
    void demandsSomePatience() {
        assertThatThrownBy(() -> new PoolPatience(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PoolPatience(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void refuseThreeTimes(long second) {
        for (int refusal = 0; refusal < PoolWatch.LEAST_REFUSALS; refusal++) {
            watch.refused("no", at(second));
        }
    }
}
