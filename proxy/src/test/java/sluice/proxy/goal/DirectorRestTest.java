package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DirectorRestTest {
    @Test
    void aMinerThatWasMovedRestsForTwoLooksAtTheSplitButNeverForLongerThanTwoMinutes() {
        assertThat(Director.minerRest(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(4));
        assertThat(Director.minerRest(Duration.ofSeconds(60))).isEqualTo(Director.MINER_REST);
        assertThat(Director.minerRest(Duration.ofHours(1)))
                .isEqualTo(Director.MINER_REST)
                .isEqualTo(Duration.ofMinutes(2));
    }
}
