package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;

class Sv2ShareBatchTest {
    private final Sv2ShareBatch batch = new Sv2ShareBatch();

    @Test
    void sumsTheDifficultyThatWasInForceForEachShare() {
        for (int i = 1; i <= 10; i++) {
            assertThat(batch.add(i, i <= 3 ? 512 : 4096)).isEqualTo(i == 10);
        }
        assertThat(batch.take(7)).isEqualTo(new SubmitSharesSuccess(7, 10, 10, 3 * 512 + 7 * 4096));
    }

    @Test
    void startsAfreshBehindEachMessage() {
        batch.add(4, 100);
        batch.take(7);
        assertThat(batch.isEmpty()).isTrue();
        batch.add(9, 1);
        assertThat(batch.take(7)).isEqualTo(new SubmitSharesSuccess(7, 9, 1, 1));
    }

    @Test
    void carriesFractionsOverUntilTheyAreWhole() {
        long sum = 0;
        for (int message = 0; message < 8; message++) {
            batch.add(message, 0.375);
            sum += batch.take(7).newSharesSum();
            assertThat(sum).isEqualTo((long) (0.375 * (message + 1)));
        }
        assertThat(sum).isEqualTo(3);
    }
}
