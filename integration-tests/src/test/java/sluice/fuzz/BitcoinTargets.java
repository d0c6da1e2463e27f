package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Address;
import sluice.protocol.bitcoin.Base58;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.template.BlockTemplateReader;
import sluice.upstream.template.Template;
import sluice.upstream.template.UnusableTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bitcoin's own formats: what is read is written again bit for bit, and what cannot be read is named. */
final class BitcoinTargets {
    private BitcoinTargets() {}

    /** The first byte says whether a transaction, outputs alone or a block follow. */
    static void transaction(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        int kind = bytes.u8();
        Bytes raw = Bytes.wrap(bytes.rest());
        try {
            switch (kind % 3) {
                case 0 -> {
                    Transaction transaction = Transaction.parse(raw);
                    assertThat(transaction.serialise()).isEqualTo(raw);
                    assertThat(transaction.length()).isEqualTo(raw.length());
                    assertThat(transaction.weight()).isBetween(raw.length(), 4 * raw.length());
                    assertThat(transaction.outputValue()).isNotNegative();
                    assertThat(Transaction.parse(transaction.serialiseStripped())
                                    .txid())
                            .isEqualTo(transaction.txid());
                    assertThat(transaction.wtxid()).isNotNull();
                }
                case 1 -> {
                    List<TxOut> outputs = TxOut.parseSequence(raw, kind / 3);
                    assertThat(TxOut.serialiseSequence(outputs)).isEqualTo(raw);
                }
                default -> assertThat(Block.parse(raw).serialise()).isEqualTo(raw);
            }
        } catch (IllegalArgumentException malformed) {
            assertThat(malformed.getMessage()).isNotBlank();
        }
    }

    static void coinbase(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        Bytes prefix = Bytes.wrap(bytes.longPrefixed());
        Bytes suffix = Bytes.wrap(bytes.rest());
        Coinbase.heightOf(prefix).ifPresent(height -> assertThat(height).isBetween(0L, 0xffff_ffffL));
        try {
            Coinbase.Halves halves = Coinbase.stripBip141(prefix, suffix);
            assertThat(halves.prefix().length()).isIn(prefix.length(), prefix.length() - 2);
            assertThat(halves.suffix().length()).isIn(suffix.length(), suffix.length() - 34);
        } catch (IllegalArgumentException unusable) {
            assertThat(unusable.getMessage()).isNotBlank();
        }
    }

    static void address(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        Network network = Network.values()[bytes.below(Network.values().length)];
        boolean descriptor = bytes.flag();
        String text = bytes.restAsText();
        try {
            if (descriptor) {
                assertThat(Descriptor.parse(text, network).script().length())
                        .isBetween(1, Descriptor.MAX_SCRIPT_LENGTH);
            } else {
                Address address = Address.parse(text, network);
                assertThat(Address.ofScript(address.script(), network))
                        .hasValueSatisfying(same -> assertThat(same.text()).isEqualToIgnoringCase(text));
            }
        } catch (IllegalArgumentException problem) {
            assertThat(problem.getMessage()).isNotBlank();
        }
        try {
            assertThat(Base58.encodeChecked(Base58.decodeChecked(text))).isEqualTo(text);
        } catch (IllegalArgumentException problem) {
            assertThat(problem.getMessage()).isNotBlank();
        }
    }

    static void authorityKey(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            assertThat(AuthorityKey.parse(text).text()).isEqualTo(text);
        } catch (IllegalArgumentException problem) {
            assertThat(problem.getMessage()).isNotBlank();
        }
        try {
            assertThat(AuthoritySecretKey.parse(text).text()).isEqualTo(text);
        } catch (IllegalArgumentException problem) {
            assertThat(problem.getMessage()).isNotBlank();
            assertThat(text.length() < 40 || !problem.getMessage().contains(text))
                    .as("a message that quotes a secret")
                    .isTrue();
        }
    }

    static void blockTemplate(byte[] input) {
        JsonNode result;
        try {
            result = JsonMapper.shared().readTree(input);
        } catch (JacksonException noJson) {
            return;
        }
        Template template;
        try {
            template = BlockTemplateReader.read(result, 1);
        } catch (UnusableTemplate unusable) {
            assertThat(unusable.field()).isNotBlank();
            return;
        }
        assertThat(template.coinbase().value()).isBetween(0L, TxOut.MAX_MONEY);
        assertThat(template.networkTarget().isZero()).isFalse();
        assertThat(template.networkTarget())
                .isEqualTo(Target.ofCompact(template.tip().nbits()));
        Coinbase coinbase = template.coinbase().payingTo(Bytes.fromHex("51"), Bytes.EMPTY, 20);
        assertThat(Transaction.parse(coinbase.full(Bytes.zeros(20))).isCoinbase())
                .isTrue();
    }
}
