package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.protocol.sv2.noise.Vectors.ZERO_32;
import static sluice.protocol.sv2.noise.Vectors.csv;
import static sluice.protocol.sv2.noise.Vectors.hex;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Secp256k1Test {
    private static final String ENGINES = "sluice.protocol.sv2.noise.Vectors#engines";

    @ParameterizedTest
    @MethodSource(ENGINES)
    void decodesEveryElligatorSwiftVectorOfBip324(Secp256k1 engine) {
        List<Map<String, String>> rows = csv("bip_0324_ellswift_decode_test_vectors.csv");
        assertThat(rows)
                .hasSize(76)
                .allSatisfy(row -> assertThat(hex(engine.ellswiftDecode(hex(row.get("ellswift")))))
                        .isEqualTo(row.get("x")));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void findsTheSharedSecretOfEveryPacketVectorOfBip324(Secp256k1 engine) {
        List<Map<String, String>> rows = csv("bip_0324_packet_encoding_test_vectors.csv");
        assertThat(rows).hasSize(7).allSatisfy(row -> {
            boolean initiating = row.get("in_initiating").equals("1");
            byte[] ours = hex(row.get("in_ellswift_ours"));
            byte[] theirs = hex(row.get("in_ellswift_theirs"));
            byte[] secretKey = hex(row.get("in_priv_ours"));
            byte[] shared =
                    engine.ellswiftXdh(initiating ? ours : theirs, initiating ? theirs : ours, secretKey, initiating);
            assertThat(hex(shared)).isEqualTo(row.get("mid_shared_secret"));
            assertThat(hex(engine.xOnlyPublicKey(secretKey))).isEqualTo(row.get("mid_x_ours"));
            assertThat(hex(engine.ellswiftDecode(ours))).isEqualTo(row.get("mid_x_ours"));
            assertThat(hex(engine.ellswiftDecode(theirs))).isEqualTo(row.get("mid_x_theirs"));
        });
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void signsEveryHashVectorOfBip340(Secp256k1 engine) {
        List<Map<String, String>> rows = csv("bip_0340_test_vectors.csv").stream()
                .filter(row -> !row.get("secret key").isEmpty()
                        && row.get("message").length() == 2 * Secp256k1.MESSAGE_HASH_LENGTH)
                .toList();
        assertThat(rows).hasSize(4).allSatisfy(row -> {
            byte[] secretKey = hex(row.get("secret key"));
            assertThat(engine.schnorrSign(hex(row.get("message")), secretKey, hex(row.get("aux_rand"))))
                    .isEqualTo(hex(row.get("signature")));
            assertThat(engine.xOnlyPublicKey(secretKey)).isEqualTo(hex(row.get("public key")));
        });
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void judgesEverySignatureVectorOfBip340(Secp256k1 engine) {
        List<Map<String, String>> rows = csv("bip_0340_test_vectors.csv");
        assertThat(rows)
                .hasSize(19)
                .allSatisfy(row -> assertThat(engine.schnorrVerify(
                                hex(row.get("signature")), hex(row.get("message")), hex(row.get("public key"))))
                        .isEqualTo(row.get("verification result").equals("TRUE")));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void createsEncodingsThatDecodeToTheirKeyAndDependOnTheRandomness(Secp256k1 engine) {
        SplittableRandom random = new SplittableRandom(324);
        for (int i = 0; i < 20; i++) {
            byte[] secretKey = bytes(random, 32);
            byte[] first = engine.ellswiftCreate(secretKey, ZERO_32);
            byte[] second = engine.ellswiftCreate(secretKey, bytes(random, 32));
            assertThat(engine.ellswiftDecode(first)).isEqualTo(engine.xOnlyPublicKey(secretKey));
            assertThat(engine.ellswiftDecode(second)).isEqualTo(engine.xOnlyPublicKey(secretKey));
            assertThat(first).isNotEqualTo(second);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void agreesOnASharedSecretFromBothEnds(Secp256k1 engine) {
        SplittableRandom random = new SplittableRandom(7);
        byte[] one = bytes(random, 32);
        byte[] other = bytes(random, 32);
        byte[] oneEncoded = engine.ellswiftCreate(one, ZERO_32);
        byte[] otherEncoded = engine.ellswiftCreate(other, ZERO_32);
        assertThat(engine.ellswiftXdh(oneEncoded, otherEncoded, one, true))
                .isEqualTo(engine.ellswiftXdh(oneEncoded, otherEncoded, other, false))
                .isNotEqualTo(engine.ellswiftXdh(otherEncoded, oneEncoded, other, true));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void takesTheSmallestAndTheLargestSecretKeyAndNoOther(Secp256k1 engine) {
        byte[] one = hex("00".repeat(31) + "01");
        byte[] largest = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140");
        byte[] order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        String generatorX = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
        assertThat(hex(engine.xOnlyPublicKey(one))).isEqualTo(generatorX);
        assertThat(hex(engine.xOnlyPublicKey(largest))).isEqualTo(generatorX);
        assertThat(engine.ellswiftDecode(engine.ellswiftCreate(largest, ZERO_32)))
                .isEqualTo(hex(generatorX));
        for (byte[] refused : List.of(ZERO_32, order, hex("ff".repeat(32)), new byte[31], new byte[33])) {
            assertThatThrownBy(() -> engine.xOnlyPublicKey(refused)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> engine.ellswiftCreate(refused, ZERO_32))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> engine.ellswiftXdh(new byte[64], new byte[64], refused, true))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> engine.schnorrSign(ZERO_32, refused, ZERO_32))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void refusesArgumentsOfAnotherLength(Secp256k1 engine) {
        byte[] key = hex("00".repeat(31) + "03");
        for (int length : new int[] {0, 63, 65}) {
            byte[] wrong = new byte[length];
            assertThatThrownBy(() -> engine.ellswiftDecode(wrong)).hasMessageContaining("64 bytes, not " + length);
            assertThatThrownBy(() -> engine.ellswiftXdh(wrong, new byte[64], key, true))
                    .hasMessageContaining("64 bytes, not " + length);
            assertThatThrownBy(() -> engine.ellswiftXdh(new byte[64], wrong, key, false))
                    .hasMessageContaining("64 bytes, not " + length);
            assertThatThrownBy(() -> engine.schnorrVerify(wrong, ZERO_32, ZERO_32))
                    .hasMessageContaining("64 bytes, not " + length);
        }
        byte[] short31 = Arrays.copyOf(key, 31);
        assertThatThrownBy(() -> engine.ellswiftCreate(key, short31)).hasMessageContaining("32 bytes, not 31");
        assertThatThrownBy(() -> engine.schnorrSign(short31, key, ZERO_32)).hasMessageContaining("32 bytes, not 31");
        assertThatThrownBy(() -> engine.schnorrSign(ZERO_32, key, short31)).hasMessageContaining("32 bytes, not 31");
        assertThatThrownBy(() -> engine.schnorrVerify(new byte[64], ZERO_32, short31))
                .hasMessageContaining("32 bytes, not 31");
    }

    static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
