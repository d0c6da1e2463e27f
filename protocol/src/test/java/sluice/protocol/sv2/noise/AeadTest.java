package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.protocol.sv2.noise.Secp256k1Test.bytes;
import static sluice.protocol.sv2.noise.Vectors.hex;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AeadTest {
    private static final byte[] NO_ASSOCIATED_DATA = {};

    static Stream<Aead> implementations() {
        return Stream.of(JdkAead.INSTANCE, ScalarAead.INSTANCE);
    }

    /** RFC 8439 appendix A.5: the decryption vector, whose nonce starts with four zero bytes as Noise's does. */
    @ParameterizedTest
    @MethodSource("implementations")
    void opensAndSealsTheVectorOfRfc8439(Aead aead) {
        byte[] key = hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
        long nonce = 0x0807060504030201L;
        byte[] associated = hex("f33388860000000000004e91");
        byte[] cipher = hex("64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
                + "4c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
                + "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855"
                + "9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
                + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
                + "af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
                + "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
                + "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
                + "a6ad5cb4022b02709b"
                + "eead9d67890cbb22392336fea1851f38");
        byte[] plain = new byte[cipher.length - 16];
        assertThat(aead.open(key, nonce, associated, cipher, 0, cipher.length, plain, 0))
                .isTrue();
        assertThat(new String(plain, StandardCharsets.UTF_8))
                .startsWith("Internet-Drafts are draft documents valid for a maximum of six months")
                .endsWith("/\u201cwork in progress./\u201d");
        byte[] sealed = new byte[cipher.length];
        aead.seal(key, nonce, associated, plain, 0, plain.length, sealed, 0);
        assertThat(sealed).isEqualTo(cipher);
    }

    @Test
    void allImplementationsAgreeAtEveryShortLengthAndSomeLongOnes() throws InvalidCipherTextException {
        SplittableRandom random = new SplittableRandom(8439);
        int[] lengths = IntStream.concat(IntStream.rangeClosed(0, 600), IntStream.of(1023, 1024, 4096, 16_385, 65_519))
                .toArray();
        for (int length : lengths) {
            byte[] key = bytes(random, 32);
            long nonce = random.nextLong();
            byte[] associated = bytes(random, length % 5 == 0 ? 0 : length % 67);
            byte[] plain = bytes(random, length);
            byte[] expected = bouncyCastle(key, nonce, associated, plain);
            for (Aead aead : implementations().toList()) {
                byte[] sealed = new byte[length + 16];
                aead.seal(key, nonce, associated, plain, 0, length, sealed, 0);
                assertThat(sealed).as("%s, %d bytes", aead, length).isEqualTo(expected);
                byte[] opened = new byte[length];
                assertThat(aead.open(key, nonce, associated, expected, 0, expected.length, opened, 0))
                        .as("%s, %d bytes", aead, length)
                        .isTrue();
                assertThat(opened).isEqualTo(plain);
            }
        }
    }

    /**
     * With r = 1 the sum is the blocks themselves. Two blocks and the length block (each with bit 128 set) are made to add up
     * to the modulus and to its neighbours, which random bytes never reach.
     */
    @Test
    void reducesSumsAtTheModulusAsBouncyCastleDoes() {
        byte[] oneTimeKey = new byte[32];
        oneTimeKey[0] = 1;
        Arrays.fill(oneTimeKey, 16, 32, (byte) 0xff);
        for (int distance = -8; distance <= 8; distance++) {
            byte[] message = new byte[32];
            BigInteger second = BigInteger.TWO
                    .pow(128)
                    .subtract(BigInteger.valueOf(message.length).shiftLeft(64))
                    .add(BigInteger.valueOf(distance - 5));
            for (int i = 0; i < 16; i++) {
                message[16 + i] = second.shiftRight(8 * i).byteValue();
            }
            assertTag(oneTimeKey, message);
        }
    }

    @Test
    void multipliesExtremeLimbsAsBouncyCastleDoes() {
        SplittableRandom random = new SplittableRandom(1305);
        byte[] extremes = {0, 1, 5, (byte) 0xfb, (byte) 0xfe, (byte) 0xff};
        for (int i = 0; i < 3000; i++) {
            byte[] oneTimeKey = new byte[32];
            Arrays.fill(oneTimeKey, extremes[random.nextInt(extremes.length)]);
            byte[] message = new byte[random.nextInt(400)];
            Arrays.fill(message, extremes[random.nextInt(extremes.length)]);
            if (i % 2 == 1) {
                random.nextBytes(oneTimeKey);
            }
            assertTag(oneTimeKey, message);
        }
    }

    private static void assertTag(byte[] oneTimeKey, byte[] message) {
        byte[] work = Arrays.copyOf(oneTimeKey, ScalarAead.TAG_OFFSET + 16);
        ScalarAead.tag(NO_ASSOCIATED_DATA, message, 0, message.length, work);
        Poly1305 reference = new Poly1305();
        reference.init(new KeyParameter(oneTimeKey));
        int padded = (message.length + 15) / 16 * 16;
        reference.update(Arrays.copyOf(message, padded), 0, padded);
        byte[] lengths = new byte[16];
        lengths[8] = (byte) message.length;
        lengths[9] = (byte) (message.length >> 8);
        reference.update(lengths, 0, 16);
        byte[] expected = new byte[16];
        reference.doFinal(expected, 0);
        assertThat(Arrays.copyOfRange(work, ScalarAead.TAG_OFFSET, work.length))
                .as("key %s, message %s", Vectors.hex(oneTimeKey), Vectors.hex(message))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void refusesEveryChangedBitAndLeavesTheOutputAlone(Aead aead) {
        SplittableRandom random = new SplittableRandom(1);
        byte[] key = bytes(random, 32);
        byte[] associated = bytes(random, 3);
        byte[] sealed = new byte[21 + 16];
        aead.seal(key, 9, associated, bytes(random, 21), 0, 21, sealed, 0);
        byte[] out = new byte[21];
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(aead.open(key, 9, associated, sealed, 0, sealed.length, out, 0))
                    .as("bit %d", bit)
                    .isFalse();
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(out).containsOnly(0);
        assertThat(aead.open(key, 10, associated, sealed, 0, sealed.length, out, 0))
                .as("another nonce")
                .isFalse();
        assertThat(aead.open(key, 9 | 1L << 63, associated, sealed, 0, sealed.length, out, 0))
                .as("a nonce that differs in its last bit")
                .isFalse();
        associated[2] ^= 1;
        assertThat(aead.open(key, 9, associated, sealed, 0, sealed.length, out, 0))
                .as("other associated data")
                .isFalse();
        associated[2] ^= 1;
        assertThat(aead.open(key, 9, associated, sealed, 0, sealed.length, out, 0))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void worksInPlaceAndInTheMiddleOfAnArray(Aead aead) {
        SplittableRandom random = new SplittableRandom(2);
        byte[] key = bytes(random, 32);
        for (int length : new int[] {0, 1, 6, 63, 64, 65, 130, 300, 301}) {
            byte[] plain = bytes(random, length);
            byte[] expected = new byte[length + 16];
            aead.seal(key, length, NO_ASSOCIATED_DATA, plain, 0, length, expected, 0);
            byte[] array = new byte[3 + length + 16 + 5];
            Arrays.fill(array, (byte) 0x77);
            System.arraycopy(plain, 0, array, 3, length);
            aead.seal(key, length, NO_ASSOCIATED_DATA, array, 3, length, array, 3);
            assertThat(Arrays.copyOfRange(array, 3, 3 + length + 16)).isEqualTo(expected);
            assertThat(Arrays.copyOf(array, 3)).containsOnly(0x77);
            assertThat(Arrays.copyOfRange(array, 3 + length + 16, array.length)).containsOnly(0x77);
            assertThat(aead.open(key, length, NO_ASSOCIATED_DATA, array, 3, length + 16, array, 3))
                    .isTrue();
            assertThat(Arrays.copyOfRange(array, 3, 3 + length)).isEqualTo(plain);
        }
    }

    @Test
    void shortMessagesAreScalarAndLongOnesAreTheJdks() {
        assertThat(Aead.forLength(0)).isSameAs(ScalarAead.INSTANCE);
        assertThat(Aead.forLength(Aead.LONGEST_SCALAR_PLAINTEXT)).isSameAs(ScalarAead.INSTANCE);
        assertThat(Aead.forLength(Aead.LONGEST_SCALAR_PLAINTEXT + 1)).isSameAs(JdkAead.INSTANCE);
    }

    private static byte[] bouncyCastle(byte[] key, long nonce, byte[] associated, byte[] plain)
            throws InvalidCipherTextException {
        byte[] iv = new byte[12];
        for (int i = 0; i < 8; i++) {
            iv[4 + i] = (byte) (nonce >>> 8 * i);
        }
        ChaCha20Poly1305 cipher = new ChaCha20Poly1305();
        cipher.init(true, new AEADParameters(new KeyParameter(key), 128, iv, associated));
        byte[] sealed = new byte[plain.length + 16];
        int written = cipher.processBytes(plain, 0, plain.length, sealed, 0);
        cipher.doFinal(sealed, written);
        return sealed;
    }
}
