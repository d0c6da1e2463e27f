package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SeatsTest {
    private final Seats seats = new Seats();

    @Test
    void anIndexIsTakenOnce() {
        assertThat(seats.isFree(7)).isTrue();
        seats.take(7);
        assertThat(seats.isFree(7)).isFalse();
        assertThat(seats.isFree(8)).isTrue();
        assertThatThrownBy(() -> seats.take(7)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIndexRestsForTwoTipsBeforeAnotherMinerGetsIt() {
        seats.take(7);
        seats.onTip();
        seats.release(7);
        for (int tips = 1; tips < Seats.REST_TIPS; tips++) {
            seats.onTip();
            assertThat(seats.isFree(7)).as("after %d tips", tips).isFalse();
        }
        seats.onTip();
        assertThat(seats.isFree(7)).isTrue();
        seats.take(7);
    }
}
