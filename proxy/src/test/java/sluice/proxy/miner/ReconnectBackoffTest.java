package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReconnectBackoffTest {
    private final ReconnectBackoff backoff = new ReconnectBackoff();

    @Test
    void doublesUpToTheLongestWait() {
        long[] seconds = {1, 2, 4, 8, 16, 30, 30, 30, 30};
        for (long expected : seconds) {
            assertThat(backoff.next(1)).isEqualTo(Duration.ofSeconds(expected));
        }
    }

    @Test
    void jitterTakesUpToHalfOfTheStep() {
        assertThat(backoff.next(0)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.next(0.5)).isEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void startsAfreshOnceTheServerTookUs() {
        backoff.next(1);
        backoff.next(1);
        backoff.reset();
        assertThat(backoff.next(1)).isEqualTo(ReconnectBackoff.FIRST);
    }
}
