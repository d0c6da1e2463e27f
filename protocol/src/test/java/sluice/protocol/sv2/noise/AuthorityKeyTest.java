package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.protocol.sv2.noise.Vectors.ZERO_32;
import static sluice.protocol.sv2.noise.Vectors.hex;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;

class AuthorityKeyTest {
    private static final String SPEC_KEY = "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh";
    private static final String REFERENCE_PUBLIC = "9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72";
    private static final String REFERENCE_SECRET = "mkDLTBBRxdBv998612qipDYoTK3YUrqLe8uWw7gu3iXbSrn2n";
    private static final Secp256k1 ENGINE = new BouncyCastleSecp256k1(ZERO_32);

    @ParameterizedTest
    @CsvSource({
        SPEC_KEY + ", 76637000979c1c11af0c300bcd8c7fe48610fce9b9c11e3daee35ae0b08a7455",
        REFERENCE_PUBLIC + ", 24ee3c3804a1aaa4c03b80ea19f7a5863c916e8994b7db94a3bad7ee092b6ce7",
        "9cLCXdKu2dcwhGpps6PgfhkSFWngJasmW3mj7uoxJg8YTxnfKap, "
                + "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659"
    })
    void readsAndWritesTheTextForm(String text, String xOnly) {
        AuthorityKey key = AuthorityKey.parse(text);
        assertThat(key.xOnly().hex()).isEqualTo(xOnly);
        assertThat(key.text()).isEqualTo(text);
        assertThat(key).hasToString(text);
    }

    @Test
    void saysWhichCharacterIsNotBase58() {
        assertThatThrownBy(() -> AuthorityKey.parse(SPEC_KEY.replace('E', 'O')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("character 5 ('O')");
    }

    @Test
    void refusesAWrongChecksum() {
        assertThatThrownBy(() -> AuthorityKey.parse(SPEC_KEY.substring(0, SPEC_KEY.length() - 1) + "i"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("checksum");
        assertThatThrownBy(() -> AuthorityKey.parse("")).hasMessageContaining("too short");
    }

    @Test
    void refusesAnotherVersion() {
        byte[] body = body(hex("76637000979c1c11af0c300bcd8c7fe48610fce9b9c11e3daee35ae0b08a7455"));
        body[0] = 2;
        assertThatThrownBy(() -> AuthorityKey.parse(Base58Check.encode(body))).hasMessageContaining("version is 2");
        body[0] = 0;
        body[1] = 1;
        assertThatThrownBy(() -> AuthorityKey.parse(Base58Check.encode(body))).hasMessageContaining("version is 256");
    }

    @Test
    void refusesKeysOfAnotherLength() {
        for (int length : new int[] {31, 33}) {
            assertThatThrownBy(() -> AuthorityKey.parse(Base58Check.encode(body(new byte[length]))))
                    .hasMessageContaining("holds " + (length + 2) + " bytes where a key has 34");
        }
    }

    @Test
    void refusesACoordinateThatIsNotOnTheCurve() {
        for (String x : new String[] {"ff".repeat(32), "00".repeat(31) + "05"}) {
            assertThatThrownBy(() -> AuthorityKey.parse(Base58Check.encode(body(hex(x)))))
                    .hasMessageContaining("no point of the curve");
            assertThatThrownBy(() -> new AuthorityKey(Bytes.fromHex(x))).hasMessageContaining("no point of the curve");
        }
        assertThatThrownBy(() -> new AuthorityKey(Bytes.zeros(31))).hasMessageContaining("32 bytes, not 31");
    }

    @Test
    void refusesTextLongerThanAnyKeyBeforeDecodingIt() {
        assertThatThrownBy(() -> Base58Check.decode("2".repeat(Base58Check.MAX_TEXT_LENGTH)))
                .hasMessageContaining("checksum");
        assertThatThrownBy(() -> Base58Check.decode("2".repeat(Base58Check.MAX_TEXT_LENGTH + 1)))
                .hasMessageContaining("129 characters long");
    }

    @Test
    void keepsLeadingZeroBytes() {
        for (byte[] body : new byte[][] {{}, {0}, {0, 0, 7}, {7, 0, 0}, {(byte) 0xff, 1}}) {
            assertThat(Base58Check.decode(Base58Check.encode(body))).isEqualTo(body);
        }
    }

    @Test
    void derivesThePublicKeyFromTheReferenceImplementationsSecretKey() {
        AuthoritySecretKey secret = AuthoritySecretKey.parse(REFERENCE_SECRET);
        assertThat(secret.publicKey(ENGINE)).isEqualTo(AuthorityKey.parse(REFERENCE_PUBLIC));
        assertThat(secret.text()).isEqualTo(REFERENCE_SECRET);
        assertThat(AuthoritySecretKey.of(hex("65995eb19631f478a46ffa5cf1e545091efe950eaeac7482ffdc06eb6a89f697"))
                        .text())
                .isEqualTo(REFERENCE_SECRET);
    }

    @Test
    void tellsPublicAndSecretKeysApart() {
        assertThatThrownBy(() -> AuthorityKey.parse(REFERENCE_SECRET))
                .hasMessageContaining("length of a secret key")
                .message()
                .doesNotContain(REFERENCE_SECRET);
        assertThatThrownBy(() -> AuthoritySecretKey.parse(REFERENCE_PUBLIC))
                .hasMessageContaining("looks like a public authority key");
    }

    @Test
    void refusesSecretKeysOutsideTheGroup() {
        assertThatThrownBy(() -> AuthoritySecretKey.parse(Base58Check.encode(ZERO_32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1..n-1");
        assertThatThrownBy(() -> AuthoritySecretKey.parse("l0"))
                .hasMessageContaining("not an authority secret key: character 1");
    }

    @Test
    void keepsTheSecretKeyOutOfItsText() {
        assertThat(AuthoritySecretKey.parse(REFERENCE_SECRET).toString()).isEqualTo("AuthoritySecretKey[redacted]");
    }

    private static byte[] body(byte[] key) {
        byte[] body = new byte[2 + key.length];
        body[0] = 1;
        System.arraycopy(key, 0, body, 2, key.length);
        return body;
    }
}
