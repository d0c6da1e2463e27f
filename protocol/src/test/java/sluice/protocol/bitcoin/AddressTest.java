package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import tools.jackson.databind.JsonNode;

class AddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"bad", "bech32", "bech32m", "legacy", "mainnet_on_regtest", "p2sh-segwit"})
    void agreesWithTheNode(String name) {
        String recording = "validateaddress_" + name + ".http.json";
        String text = Recordings.params(recording).get(0).asString();
        JsonNode result = Recordings.answer(recording).get("result");
        if (result.get("isvalid").asBoolean()) {
            Address address = Address.parse(text, Network.REGTEST);
            assertThat(address.script().hex())
                    .isEqualTo(result.get("scriptPubKey").asString());
            assertThat(Address.ofScript(address.script(), Network.REGTEST)).contains(address);
        } else {
            assertThatThrownBy(() -> Address.parse(text, Network.REGTEST))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4,bc,0014751e76e8199196d454941c45d1b3a323f1433bd6",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7,tb,"
                + "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y,bc,"
                + "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
        "BC1SW50QGDZ25J,bc,6002751e",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs,bc,5210751e76e8199196d454941c45d1b3a323",
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy,tb,"
                + "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c,tb,"
                + "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0,bc,"
                + "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    })
    void decodesTheValidAddressesOfBip350(String text, String prefix, String script) {
        Bech32.Decoded decoded = Bech32.decode(text);
        WitnessProgram program = WitnessProgram.of(decoded);
        assertThat(decoded.prefix()).isEqualTo(prefix);
        assertThat(program.script().hex()).isEqualTo(script);
        assertThat(program.encode(prefix)).isEqualToIgnoringCase(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
                "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
                "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
                "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
                "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
                "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
                "bc1pw5dgrnzv",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
                "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
                "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
                "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
                "bc1gmk9yu"
            })
    void refusesTheInvalidAddressesOfBip350(String text) {
        Network network = text.startsWith("tb") ? Network.TESTNET : Network.MAINNET;
        assertThatThrownBy(() -> Address.parse(text, network)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A12UEL5L",
                "a12uel5l",
                "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
                "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
                "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
                "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
                "?1ezyfcl"
            })
    void readsTheBech32TextsOfBip173(String text) {
        Bech32.Decoded decoded = Bech32.decode(text);
        assertThat(decoded.variant()).isEqualTo(Bech32.Variant.BECH32);
        assertThat(Bech32.encode(decoded.variant(), decoded.prefix(), decoded.data()))
                .isEqualToIgnoringCase(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A1LQFN3A", "a1lqfn3a", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", "?1v759aa"})
    void readsTheBech32mTextsOfBip350(String text) {
        Bech32.Decoded decoded = Bech32.decode(text);
        assertThat(decoded.variant()).isEqualTo(Bech32.Variant.BECH32M);
        assertThat(Bech32.encode(decoded.variant(), decoded.prefix(), decoded.data()))
                .isEqualToIgnoringCase(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " 1nwldj5",
                "pzry9x0s0muk",
                "1pzry9x0s0muk",
                "x1b4n0q5v",
                "li1dgmt3",
                "A1G7SGD8",
                "10a06t8",
                "1qzzfhee",
                "A12uEL5L",
                "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx"
            })
    void refusesTheInvalidBech32TextsOfBip173(String text) {
        assertThatThrownBy(() -> Bech32.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsLegacyMainnetAddresses() {
        Address genesis = Address.parse("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Network.MAINNET);
        assertThat(genesis.kind()).isEqualTo(Address.Kind.P2PKH);
        assertThat(genesis.script().hex()).isEqualTo("76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac");
        Address script = Address.parse("3P14159f73E4gFr7JterCCQh9QjiTjiZrG", Network.MAINNET);
        assertThat(script.kind()).isEqualTo(Address.Kind.P2SH);
        assertThat(script.script().hex()).isEqualTo("a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87");
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void writesAndReadsEveryKindOnEveryNetwork(Network network) {
        for (Bytes script : new Bytes[] {
            Script.p2pkh(Bytes.zeros(20)),
            Script.p2sh(Bytes.zeros(20)),
            Script.p2wpkh(Bytes.zeros(20)),
            Script.p2wsh(Bytes.zeros(32)),
            Script.p2tr(Bytes.fromHex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"))
        }) {
            Address address = Address.ofScript(script, network).orElseThrow();
            assertThat(Address.parse(address.text(), network)).isEqualTo(address);
        }
        assertThat(Address.ofScript(Bytes.fromHex("51"), network)).isEmpty();
        assertThat(Address.ofScript(Script.opReturn(Bytes.zeros(32)), network)).isEmpty();
    }

    @Test
    void saysWhichNetworkAnAddressIsFor() {
        assertThatThrownBy(() -> Address.parse("bcrt1quglzke56xtfxgarnrgtvptdqkw44fcvvy3kv8k", Network.MAINNET))
                .hasMessageContaining("for regtest, not for mainnet")
                .hasMessageContaining("begins with bc1, 1 or 3");
        assertThatThrownBy(() -> Address.parse("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Network.SIGNET))
                .hasMessageContaining("for mainnet, not for signet");
        assertThatThrownBy(() -> Address.parse("mm5nc9eGt8mzEkq1Sixrw66Y9yyVQU3TJf", Network.MAINNET))
                .hasMessageContaining("testnet, testnet4, signet, regtest");
    }

    @Test
    void saysWhatIsWrongWithAMistypedAddress() {
        assertThatThrownBy(() -> Address.parse("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", Network.MAINNET))
                .hasMessageContaining("checksum");
        assertThatThrownBy(() -> Address.parse("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0", Network.MAINNET))
                .hasMessageContaining("'0' at position 34");
        assertThatThrownBy(() -> Address.parse("bc1qinvalid", Network.MAINNET)).hasMessageContaining("bech32");
        assertThatThrownBy(() -> Address.parse("", Network.MAINNET)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Address.parse("BC1SW50QGDZ25J", Network.MAINNET))
                .hasMessageContaining("witness version 16");
        assertThatThrownBy(() -> Address.parse("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", Network.MAINNET))
                .hasMessageContaining("private key");
    }

    @Test
    void refusesEveryNeighbourOfAValidAddress() {
        String good = "bcrt1quglzke56xtfxgarnrgtvptdqkw44fcvvy3kv8k";
        for (int i = 5; i < good.length(); i++) {
            for (char other : Bech32.CHARSET.toCharArray()) {
                if (other != good.charAt(i)) {
                    String bad = good.substring(0, i) + other + good.substring(i + 1);
                    assertThatThrownBy(() -> Address.parse(bad, Network.REGTEST))
                            .isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
    }

    @Test
    void base58KeepsLeadingZerosAndHasALimit() {
        Bytes payload = Bytes.fromHex("0000ff00");
        assertThat(Base58.decodeChecked(Base58.encodeChecked(payload))).isEqualTo(payload);
        assertThat(Base58.decodeChecked(Base58.encodeChecked(Bytes.EMPTY))).isEqualTo(Bytes.EMPTY);
        assertThat(Base58.decodeChecked("9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh")
                        .hex())
                .isEqualTo("0100" + "76637000979c1c11af0c300bcd8c7fe48610fce9b9c11e3daee35ae0b08a7455");
        assertThatThrownBy(() -> Base58.decodeChecked("1".repeat(Base58.MAX_TEXT_LENGTH)))
                .hasMessageContaining("checksum");
        assertThatThrownBy(() -> Base58.decodeChecked("1".repeat(Base58.MAX_TEXT_LENGTH + 1)))
                .hasMessageContaining("at most 128");
    }
}
