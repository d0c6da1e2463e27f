package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DirectorRestTest {
    @Test
    void aMinerThatWasMovedRestsForTwoLooksAtTheSplitButNeverForLongerThanTwoMinutes() {
        assertThat(Redistribution.minerRest(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(4));
        assertThat(Redistribution.minerRest(Duration.ofSeconds(60))).isEqualTo(Redistribution.MINER_REST);
        assertThat(Redistribution.minerRest(Duration.ofHours(1)))
                .isEqualTo(Redistribution.MINER_REST)
                .isEqualTo(Duration.ofMinutes(2));
    }
}
