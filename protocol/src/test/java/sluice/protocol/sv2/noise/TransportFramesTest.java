package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransportFramesTest {
    private static final byte[] KEY = new byte[32];

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 17",
        "65519, 65535",
        "65520, 65552",
        "131038, 131070",
        "131039, 131087",
        "16777215, 16781327"
    })
    void knowsTheCiphertextLengthOfAPayload(int payload, int sealed) {
        assertThat(TransportFrames.sealedPayloadLength(payload)).isEqualTo(sealed);
        assertThat(TransportFrames.sealedFrameLength(payload)).isEqualTo(22 + sealed);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_518, 65_519, 65_520, 131_038, 131_039, 200_000})
    void opensWhatItSealedAtEveryChunkBoundary(int payloadLength) {
        byte[] frame = Secp256k1Test.bytes(new SplittableRandom(payloadLength), 6 + payloadLength);
        writeLength(frame, 0, payloadLength);
        CipherState send = new CipherState(KEY);
        CipherState receive = new CipherState(KEY);
        for (int round = 0; round < 2; round++) {
            byte[] wire = NoiseHandshakeTest.seal(send, frame);
            assertThat(NoiseHandshakeTest.open(receive, wire)).isEqualTo(frame);
        }
        int chunks = (payloadLength + 65_518) / 65_519;
        assertThat(send.nonce()).isEqualTo(2L * (1 + chunks)).isEqualTo(receive.nonce());
    }

    @Test
    void readsALengthFieldOfAllOnes() {
        byte[] header = {9, 9, 9, 0, 0, 0, -1, -1, -1};
        assertThat(TransportFrames.payloadLength(header, 3)).isEqualTo(TransportFrames.MAX_PAYLOAD_LENGTH);
        assertThat(TransportFrames.payloadLength(new byte[] {0, 0, 0, 1, 2, 3}, 0))
                .isEqualTo(0x030201);
    }

    @Test
    void sealsAndOpensInTheMiddleOfLargerArrays() {
        byte[] source = new byte[5 + 16];
        writeLength(source, 5, 10);
        Arrays.fill(source, 11, 21, (byte) 0x5a);
        byte[] wire = new byte[3 + 48 + 4];
        assertThat(TransportFrames.seal(new CipherState(KEY), source, 5, 16, wire, 3))
                .isEqualTo(48);
        assertThat(Arrays.copyOf(wire, 3)).containsOnly(0);
        assertThat(Arrays.copyOfRange(wire, 51, 55)).containsOnly(0);

        FrameOpener opener = new FrameOpener(new CipherState(KEY));
        byte[] opened = new byte[7 + 16 + 2];
        assertThat(opener.expectedLength()).isEqualTo(22);
        assertThat(opener.openHeader(wire, 3, opened, 7)).isEqualTo(10);
        assertThat(opener.atHeader()).isFalse();
        assertThat(opener.expectedLength()).isEqualTo(26);
        assertThat(opener.openChunk(wire, 25, opened, 13)).isEqualTo(10);
        assertThat(opener.atHeader()).isTrue();
        assertThat(Arrays.copyOfRange(opened, 7, 23)).isEqualTo(Arrays.copyOfRange(source, 5, 21));
        assertThat(opened[23]).isZero();
    }

    @Test
    void refusesAFrameWhoseHeaderDisagreesWithItsLength() {
        byte[] frame = new byte[16];
        writeLength(frame, 0, 9);
        CipherState send = new CipherState(KEY);
        assertThatThrownBy(() -> TransportFrames.seal(send, frame, 0, 16, new byte[64], 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TransportFrames.seal(send, frame, 0, 5, new byte[64], 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(send.nonce()).isZero();
    }

    @Test
    void refusesPiecesOutOfOrder() {
        byte[] frame = new byte[7];
        writeLength(frame, 0, 1);
        byte[] wire = NoiseHandshakeTest.seal(new CipherState(KEY), frame);
        FrameOpener opener = new FrameOpener(new CipherState(KEY));
        assertThatThrownBy(() -> opener.openChunk(wire, 22, new byte[1], 0)).isInstanceOf(IllegalStateException.class);
        opener.openHeader(wire, 0, new byte[6], 0);
        assertThatThrownBy(() -> opener.openHeader(wire, 0, new byte[6], 0)).isInstanceOf(IllegalStateException.class);
    }

    private static void writeLength(byte[] frame, int offset, int length) {
        frame[offset + 3] = (byte) length;
        frame[offset + 4] = (byte) (length >> 8);
        frame[offset + 5] = (byte) (length >> 16);
    }
}
