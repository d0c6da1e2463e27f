package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StrangersTimeTest {
    private static final long SLICE = StrangersTime.SLICE.toNanos();
    private static final long MICROSECOND = 1_000;

    // A clock may stand anywhere, also just before it overflows.
    private long now = Long.MAX_VALUE - 3 * SLICE;
    private final StrangersTime time = new StrangersTime(now);

    private long workAsMuchAsAllowedUntil(long end) {
        long worked = 0;
        while (now - end < 0) {
            if (time.untilMore(now) > 0) {
                now += MICROSECOND;
            } else {
                now += 10 * MICROSECOND;
                worked += 10 * MICROSECOND;
                time.spent(10 * MICROSECOND, now);
            }
        }
        return worked;
    }

    @Test
    void theyMayTakeASliceAtOnce() {
        long worked = 0;
        while (time.untilMore(now) <= 0) {
            now += 10 * MICROSECOND;
            worked += 10 * MICROSECOND;
            time.spent(10 * MICROSECOND, now);
        }
        assertThat(worked).isBetween(SLICE, SLICE + 10 * MICROSECOND);
    }

    @Test
    void inTheLongRunTheyTakeTheirPart() {
        long all = 100 * SLICE;
        assertThat(workAsMuchAsAllowedUntil(now + all))
                .isBetween(all / StrangersTime.PARTS - SLICE, all / StrangersTime.PARTS + SLICE);
    }

    @Test
    void whatOneOfThemTookTooLongTheOthersWaitFor() {
        now += 20 * SLICE;
        time.spent(20 * SLICE, now);
        assertThat(time.untilMore(now)).isBetween(38 * SLICE, 40 * SLICE);
        now += 40 * SLICE;
        assertThat(time.untilMore(now)).isNotPositive();
    }

    @Test
    void aPauseIsNotSavedUp() {
        now += 1_000 * SLICE;
        long worked = workAsMuchAsAllowedUntil(now + 2 * SLICE);
        assertThat(worked).isLessThanOrEqualTo(2 * SLICE);
        assertThat(time.untilMore(now)).isPositive();
    }
}
