package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.WitnessCommitment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class BlockTemplateReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gbt_0tx",
                "gbt_1tx",
                "gbt_20tx",
                "gbt_1000tx",
                "h0_getblocktemplate",
                "h16_getblocktemplate",
                "longpoll_new_tx",
                "bcoin/gbt_segwit_1witness_tx",
                "bcoin/gbt_segwit_20tx"
            })
    void readsWhatRealNodesAnswered(String name) {
        ObjectNode result = RecordedNode.result(name);
        Template template = BlockTemplateReader.read(result, 7);

        assertThat(template.id()).isEqualTo(7);
        assertThat(template.height()).isEqualTo(result.get("height").asLong());
        assertThat(template.version()).isEqualTo(result.get("version").asLong());
        assertThat(template.tip().prevHash().display())
                .isEqualTo(result.get("previousblockhash").asString());
        assertThat(template.tip().nbits())
                .isEqualTo(Long.parseLong(result.get("bits").asString(), 16));
        assertThat(template.tip().minNtime()).isEqualTo(result.get("mintime").asLong());
        assertThat(template.miningTip().minNtime())
                .isEqualTo(result.get("curtime").asLong());
        assertThat(template.networkTarget().hex())
                .isEqualTo(result.get("target").asString());
        assertThat(template.coinbase().value())
                .isEqualTo(result.get("coinbasevalue").asLong());
        assertThat(template.reduction()).isEmpty();
        assertThat(template.coinbase().requiredOutputs())
                .singleElement()
                .satisfies(output -> assertThat(output.script().hex())
                        .isEqualTo(result.get("default_witness_commitment").asString()));

        TemplateTransactions transactions = template.transactions().orElseThrow();
        long fees = 0;
        long weight = 0;
        for (JsonNode entry : result.get("transactions")) {
            fees += entry.get("fee").asLong();
            weight += entry.get("weight").asLong();
        }
        assertThat(transactions.raw()).hasSize(result.get("transactions").size());
        assertThat(transactions.fees()).hasValue(fees);
        assertThat(transactions.weight()).isEqualTo(weight);
    }

    @Test
    void theHeightIsPushedInTheCoinbaseAndNamedByItsLockTime() {
        TemplateCoinbase first = RecordedNode.template("h0_getblocktemplate").coinbase();
        assertThat(first.scriptSigPrefix().hex()).isEqualTo("5100");
        assertThat(first.lockTime()).isZero();
        TemplateCoinbase later = RecordedNode.template("gbt_20tx").coinbase();
        assertThat(later.scriptSigPrefix().hex()).isEqualTo("028d00");
        assertThat(later.lockTime()).isEqualTo(140);
        assertThat(later.sequence()).isEqualTo(0xfffffffeL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void forcesAVersionThatTheChainAccepts(int version) {
        ObjectNode result = RecordedNode.result("gbt_20tx").put("version", version);
        assertThat(BlockTemplateReader.read(result, 1).version()).isEqualTo(0x20000000L);
        assertThat(BlockTemplateReader.read(result.put("version", 4), 1).version())
                .isEqualTo(4);
        assertThat(BlockTemplateReader.read(result.put("version", 0x80000004L), 1)
                        .version())
                .isEqualTo(0x20000000L);
    }

    @Test
    void doesNotTrustTheNodesTxids() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        for (JsonNode entry : result.get("transactions")) {
            ((ObjectNode) entry).put("txid", "00".repeat(32)).put("hash", "00".repeat(32));
        }
        assertThat(BlockTemplateReader.read(result, 1).merklePath())
                .isEqualTo(RecordedNode.template("gbt_20tx").merklePath());
    }

    @Test
    void aMissingCommitmentReducesTheTemplateToTheCoinbase() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        result.remove("default_witness_commitment");
        assertReduced(BlockTemplateReader.read(result, 1), "no default_witness_commitment");
    }

    @Test
    void transactionsWithoutTheirWitnessesReduceTheTemplateToTheCoinbase() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        for (JsonNode entry : result.get("transactions")) {
            Transaction transaction =
                    Transaction.parse(Bytes.fromHex(entry.get("data").asString()));
            ((ObjectNode) entry).put("data", transaction.serialiseStripped().hex());
        }
        assertReduced(BlockTemplateReader.read(result, 1), "does not fit the transactions");

        result.remove("default_witness_commitment");
        assertReduced(BlockTemplateReader.read(result, 1), "may lack their witnesses");
    }

    @Test
    void aCommitmentToOtherTransactionsReducesTheTemplateToTheCoinbase() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        ((ArrayNode) result.get("transactions")).remove(19);
        Template template = BlockTemplateReader.read(result, 1);
        assertThat(template.reduction().orElseThrow()).contains("does not fit");
    }

    private static void assertReduced(Template template, String reason) {
        assertThat(template.reduction().orElseThrow()).contains(reason);
        assertThat(template.transactions().orElseThrow()).isEqualTo(TemplateTransactions.NONE);
        assertThat(template.merklePath().depth()).isZero();
        assertThat(template.coinbase().value()).isEqualTo(5_000_000_000L);
    }

    @Test
    void aReducedTemplateNeedsToKnowTheFeesItGivesUp() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        result.remove("default_witness_commitment");
        ((ObjectNode) result.get("transactions").get(3)).remove("fee");
        assertUnusable(result, "transactions[3].fee", "missing");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void beforeSegwitIsActiveTheCoinbaseHasNoWitnessThoughTheNodeMayNameACommitment(boolean named) {
        ObjectNode result = RecordedNode.result("bcoin/gbt_h111_presegwit");
        if (!named) {
            result.remove("default_witness_commitment");
        }
        Template template = BlockTemplateReader.read(result, 1);
        assertThat(template.height()).isEqualTo(111);
        assertThat(template.reduction()).isEmpty();
        assertThat(template.coinbase().requiredOutputs()).isEmpty();
        assertThat(template.coinbase()
                        .payingTo(Bytes.fromHex("51"), Bytes.EMPTY, 20)
                        .hasWitness())
                .isFalse();
    }

    @Test
    void aNodeThatListsNoRulesSaysItByItsCommitment() {
        ObjectNode result = RecordedNode.result("gbt_0tx");
        result.remove("rules");
        assertThat(BlockTemplateReader.read(result, 1).coinbase().requiredOutputs())
                .hasSize(1);
    }

    @Test
    void aWitnessAmongTheTransactionsCountsThoughTheRulesDoNotNameIt() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        result.putArray("rules");
        assertThat(BlockTemplateReader.read(result, 1).coinbase().requiredOutputs())
                .hasSize(1);
    }

    @Test
    void unknownFeesAndSigopsStayUnknown() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        ((ObjectNode) result.get("transactions").get(0)).remove("sigops");
        ((ObjectNode) result.get("transactions").get(0)).remove("fee");
        TemplateTransactions transactions =
                BlockTemplateReader.read(result, 1).transactions().orElseThrow();
        assertThat(transactions.sigops()).isEqualTo(OptionalLong.empty());
        assertThat(transactions.fees()).isEqualTo(OptionalLong.empty());
    }

    @Test
    void refusesASignetThatDemandsASignature() {
        assertUnusable(
                RecordedNode.result("gbt_signet_isolated_signetrule"), "signet_challenge", "operators' signature");
        ObjectNode open = RecordedNode.result("gbt_signet_isolated_signetrule").put("signet_challenge", "51");
        assertThat(BlockTemplateReader.read(open, 1).networkTarget()).isEqualTo(Target.ofCompact(0x1e0377aeL));
    }

    @Test
    void refusesRulesItDoesNotKnow() {
        ObjectNode result = RecordedNode.result("gbt_0tx");
        ((ArrayNode) result.get("rules")).add("!quantum");
        assertUnusable(result, "rules", "!quantum");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"height", "version", "previousblockhash", "bits", "curtime", "coinbasevalue", "transactions"})
    void namesAMissingField(String field) {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        result.remove(field);
        assertUnusable(result, field, "missing");
    }

    @Test
    void namesAFieldOfTheWrongShape() {
        assertUnusable(with(result -> result.put("height", -1)), "height", "whole number");
        assertUnusable(with(result -> result.put("height", 0)), "height", "genesis");
        assertUnusable(with(result -> result.put("height", 4294967296L)), "height", "whole number");
        assertUnusable(with(result -> result.put("curtime", "soon")), "curtime", "\"soon\"");
        assertUnusable(with(result -> result.put("version", 1.5)), "version", "1.5");
        assertUnusable(with(result -> result.put("bits", "207ffff")), "bits", "not hex");
        assertUnusable(with(result -> result.put("bits", "207fffff00")), "bits", "10 hex digits, not 8");
        assertUnusable(with(result -> result.put("bits", "00000000")), "bits", "no hash can meet it");
        assertUnusable(with(result -> result.put("bits", "1d00ffff")), "target", "differs from what \"bits\"");
        assertUnusable(
                with(result -> result.put("previousblockhash", "00")), "previousblockhash", "2 hex digits, not 64");
        assertUnusable(with(result -> result.put("previousblockhash", 5)), "previousblockhash", "not a string");
        assertUnusable(with(result -> result.put("coinbasevalue", 2_100_000_000_000_001L)), "coinbasevalue", "number");
        assertUnusable(with(result -> result.put("transactions", "none")), "transactions", "not a list");
        assertUnusable(RecordedNode.parse("null"), "result", "not an object");
    }

    @Test
    void namesTheTransactionThatCannotBeRead() {
        assertUnusable(
                with(result -> ((ObjectNode) result.get("transactions").get(17)).put("data", "0200")),
                "transactions[17].data",
                "cut short");
        assertUnusable(
                with(result -> ((ObjectNode) result.get("transactions").get(0)).remove("data")),
                "transactions[0].data",
                "missing");
        assertUnusable(
                with(result -> ((ArrayNode) result.get("transactions")).set(2, "text")),
                "transactions[2].data",
                "missing");
    }

    private static ObjectNode with(Consumer<ObjectNode> change) {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        change.accept(result);
        return result;
    }

    private static void assertUnusable(JsonNode result, String field, String problem) {
        assertThatThrownBy(() -> BlockTemplateReader.read(result, 1))
                .isInstanceOfSatisfying(
                        UnusableTemplate.class,
                        unusable -> assertThat(unusable.field()).isEqualTo(field))
                .hasMessageContaining(problem);
    }

    @Test
    void transactionsBeyondTheLimitOfSigopsAreLeftOutFromTheEnd() {
        ObjectNode result = RecordedNode.result("gbt_20tx");
        long lost = 0;
        for (int i = 0; i < 20; i++) {
            ObjectNode entry = (ObjectNode) result.get("transactions").get(i);
            // With the coinbase's 400, ten times 7,960 are 80,000 exactly.
            entry.put("sigops", 7_960);
            lost += i < 10 ? 0 : entry.get("fee").asLong();
        }
        // The node's own commitment is to all of them, and so to be made anew.
        Template template = BlockTemplateReader.read(result, 1);
        assertThat(template.transactions().orElseThrow().raw()).hasSize(10);
        assertThat(template.transactions().orElseThrow().sigops()).hasValue(79_600);
        assertThat(template.coinbase().value())
                .isEqualTo(result.get("coinbasevalue").asLong() - lost);
        assertThat(template.reduction())
                .hasValueSatisfying(why -> assertThat(why).endsWith("left out the last 10"));
        assertThat(template.coinbase().requiredOutputs().getFirst().script().hex())
                .isNotEqualTo(result.get("default_witness_commitment").asString());
    }

    @Test
    void transactionsGiveWayToTheRoomThatTheCoinbasesOutputsNeed() {
        // Header, count and transaction weigh all but 4,000 units.
        ObjectNode result = withOneTransactionOf(998_919);
        CoinbaseReserve enough = new CoinbaseReserve(750, 400);
        assertThat(BlockTemplateReader.read(result, 1, enough)
                        .transactions()
                        .orElseThrow()
                        .raw())
                .hasSize(1);
        Template alone = BlockTemplateReader.read(result, 1, new CoinbaseReserve(751, 400));
        assertThat(alone.transactions().orElseThrow().raw()).isEmpty();
        assertThat(alone.coinbase().value())
                .isEqualTo(result.get("coinbasevalue").asLong() - 1_000);
        assertThat(alone.reduction()).hasValueSatisfying(why -> assertThat(why).contains("left out the last 1"));
    }

    private static ObjectNode withOneTransactionOf(int bytes) {
        ObjectNode result = RecordedNode.result("gbt_0tx");
        int frame = 4 + 1 + 41 + 1 + 8 + 5 + 4;
        String script = "6a".repeat(bytes - frame);
        String raw = "02000000" + "01" + "11".repeat(32) + "00000000" + "00" + "ffffffff" + "01" + "0000000000000000"
                + "fe" + littleEndian(bytes - frame) + script + "00000000";
        ObjectNode entry = ((ArrayNode) result.get("transactions")).addObject();
        entry.put("data", raw).put("fee", 1_000).put("sigops", 0);
        String commitment = "6a24aa21a9ed"
                + WitnessCommitment.of(
                                List.of(Transaction.parse(Bytes.fromHex(raw)).wtxid()), Coinbase.ZERO_RESERVED_VALUE)
                        .hex();
        result.put("default_witness_commitment", commitment);
        return result;
    }

    private static String littleEndian(int value) {
        return "%08x".formatted(Integer.reverseBytes(value));
    }

    @Test
    void theLastTransactionThatFitsBesideOurCoinbaseStaysAndOneByteMoreIsLeftOut() {
        // Header and count weigh 324 units, the coinbase's room 4,000.
        Template full = BlockTemplateReader.read(withOneTransactionOf(998_919), 1);
        assertThat(full.transactions().orElseThrow().weight()).isEqualTo(4_000_000 - 4_324);
        assertThat(full.reduction()).isEmpty();
        Template reduced = BlockTemplateReader.read(withOneTransactionOf(998_920), 1);
        assertThat(reduced.transactions().orElseThrow().raw()).isEmpty();
        assertThat(reduced.coinbase().value()).isEqualTo(full.coinbase().value() - 1_000);
        assertThat(reduced.reduction()).isPresent();
    }
}
