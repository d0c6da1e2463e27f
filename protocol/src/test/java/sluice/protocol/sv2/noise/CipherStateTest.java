package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.protocol.sv2.noise.Vectors.hex;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CipherStateTest {
    private static final byte[] KEY = hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
    private static final byte[] PLAIN = "Sluice keeps the farm mining".getBytes(StandardCharsets.US_ASCII);

    @Test
    void countsOneNoncePerCiphertext() {
        CipherState send = new CipherState(KEY);
        CipherState receive = new CipherState(KEY);
        byte[] first = encrypt(send);
        byte[] second = encrypt(send);
        assertThat(first).isNotEqualTo(second);
        assertThat(decrypt(receive, first)).isEqualTo(PLAIN);
        assertThat(decrypt(receive, second)).isEqualTo(PLAIN);
        assertThat(send.nonce()).isEqualTo(2).isEqualTo(receive.nonce());
    }

    @Test
    void doesNotMoveTheNonceAfterAForgedCiphertext() {
        byte[] genuine = encrypt(new CipherState(KEY));
        CipherState receive = new CipherState(KEY);
        for (int at : new int[] {0, genuine.length - 1}) {
            byte[] forged = genuine.clone();
            forged[at] ^= 1;
            assertThat(receive.decrypt(forged, 0, forged.length, new byte[PLAIN.length], 0))
                    .isEqualTo(-1);
            assertThat(receive.nonce()).isZero();
        }
        assertThat(decrypt(receive, genuine)).isEqualTo(PLAIN);
    }

    @Test
    void worksInPlace() {
        byte[] array = Arrays.copyOf(PLAIN, PLAIN.length + 16);
        assertThat(new CipherState(KEY).encrypt(array, 0, PLAIN.length, array, 0))
                .isEqualTo(array.length);
        assertThat(array).isEqualTo(encrypt(new CipherState(KEY)));
        assertThat(new CipherState(KEY).decrypt(array, 0, array.length, array, 0))
                .isEqualTo(PLAIN.length);
        assertThat(Arrays.copyOf(array, PLAIN.length)).isEqualTo(PLAIN);
    }

    @Test
    void usesTheLastNonceButOneAndRefusesTheReservedOne() {
        CipherState send = new CipherState(KEY, -2);
        CipherState receive = new CipherState(KEY, -2);
        byte[] last = encrypt(send);
        assertThat(decrypt(receive, last)).isEqualTo(PLAIN);
        for (CipherState exhausted : new CipherState[] {send, receive}) {
            assertThat(Long.toUnsignedString(exhausted.nonce())).isEqualTo("18446744073709551615");
        }
        assertThatThrownBy(() -> encrypt(send))
                .isInstanceOfSatisfying(
                        NoiseFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(NoiseFailure.Reason.NONCES_EXHAUSTED));
        assertThatThrownBy(() -> decrypt(receive, last))
                .isInstanceOfSatisfying(
                        NoiseFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(NoiseFailure.Reason.NONCES_EXHAUSTED));
    }

    @Test
    void refusesACiphertextShorterThanItsTag() {
        assertThatThrownBy(() -> new CipherState(KEY).decrypt(new byte[15], 0, 15, new byte[1], 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] encrypt(CipherState state) {
        byte[] out = new byte[PLAIN.length + CipherState.TAG_LENGTH];
        state.encrypt(PLAIN, 0, PLAIN.length, out, 0);
        return out;
    }

    private static byte[] decrypt(CipherState state, byte[] cipher) {
        byte[] out = new byte[cipher.length - CipherState.TAG_LENGTH];
        assertThat(state.decrypt(cipher, 0, cipher.length, out, 0)).isEqualTo(out.length);
        return out;
    }
}
