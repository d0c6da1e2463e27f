package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;

class Sha256dTest {
    private static final String HELLO = "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50";
    private static final byte[] MESSAGE = "hello".getBytes(StandardCharsets.US_ASCII);

    @Test
    void hashesTwice() {
        assertThat(Sha256d.of(MESSAGE, 0, 5).hex()).isEqualTo(HELLO);
        assertThat(Sha256d.of(Bytes.of(MESSAGE, 0, 2), Bytes.of(MESSAGE, 2, 3)).hex())
                .isEqualTo(HELLO);
    }

    @Test
    void anInstanceIsReusableAndMayWriteOverItsInput() {
        Sha256d hasher = new Sha256d();
        byte[] scratch = new byte[40];
        for (int round = 0; round < 2; round++) {
            System.arraycopy(MESSAGE, 0, scratch, 3, 5);
            hasher.hash(scratch, 3, 5, scratch, 4);
            assertThat(Bytes.of(scratch, 4, 32).hex()).isEqualTo(HELLO);
        }
        assertThat(hasher.update(Bytes.of(MESSAGE)).finish().hex()).isEqualTo(HELLO);
    }

    @Test
    void refusesAResultThatDoesNotFit() {
        Sha256d hasher = new Sha256d();
        assertThatThrownBy(() -> hasher.hash(MESSAGE, 0, 5, new byte[32], 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
