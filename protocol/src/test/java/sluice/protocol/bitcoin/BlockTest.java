package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import tools.jackson.databind.JsonNode;

class BlockTest {
    private static final BlockRules RULES = rules(Recordings.json("gbt_20tx.json"));

    private static BlockRules rules(JsonNode template) {
        return new BlockRules(
                new ChainTip(
                        Hash256.fromDisplay(template.get("previousblockhash").asString()),
                        Long.parseLong(template.get("bits").asString(), 16),
                        template.get("mintime").asLong()),
                template.get("height").asLong(),
                template.get("curtime").asLong() + BlockRules.MAX_FUTURE_SECONDS,
                template.get("coinbasevalue").asLong());
    }

    private static Block submitted(String name) {
        return Block.parse(Bytes.fromHex(submittedHex(name)));
    }

    private static String submittedHex(String name) {
        return Recordings.params("submitblock/submit_" + name + ".http.json")
                .get(0)
                .asString();
    }

    private static Block accepted() {
        return submitted("accepted");
    }

    /** {@code block} with other transactions and a header that fits them, ground until it meets regtest's target. */
    private static Block mine(Block block, List<Transaction> transactions) {
        Hash256 root =
                MerklePath.rootOf(transactions.stream().map(Transaction::txid).toList());
        BlockHeader old = block.header();
        BlockHeader header = new BlockHeader(old.version(), old.prevHash(), root, old.ntime(), old.nbits(), 0);
        while (!header.meets(RULES.tip().networkTarget())) {
            header = header.withNonce(header.nonce() + 1);
        }
        return new Block(header, transactions);
    }

    private static Transaction withOutputs(Transaction transaction, List<TxOut> outputs) {
        return new Transaction(transaction.version(), transaction.inputs(), outputs, transaction.lockTime());
    }

    private static List<Transaction> withCoinbase(Block block, Transaction coinbase) {
        List<Transaction> transactions = new ArrayList<>(block.transactions());
        transactions.set(0, coinbase);
        return transactions;
    }

    @Test
    void theBlockThatTheNodeAcceptedPassesEveryCheck() {
        Bytes raw =
                Bytes.fromHex(Recordings.text("submitblock/accepted_block.hex").strip());
        Block block = Block.parse(raw);
        assertThat(block.fault(RULES)).isEmpty();
        assertThat(block.serialise()).isEqualTo(raw);
        assertThat(block.transactions()).hasSize(21);
        assertThat(Block.assemble(
                        block.header(),
                        block.coinbase().serialise(),
                        block.transactions().stream()
                                .skip(1)
                                .map(Transaction::serialise)
                                .toList()))
                .isEqualTo(raw);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bad-cb-amount",
                "bad-cb-height",
                "bad-cb-length",
                "bad-diffbits",
                "bad-txnmrklroot",
                "bad-version",
                "bad-witness-merkle-match",
                "dropped_tx",
                "dup_tx",
                "high-hash",
                "prev-blk-not-found",
                "time-too-new",
                "time-too-old",
                "unexpected-witness_or_missing_commitment"
            })
    void refusesWhatTheNodeRefusedInTheNodesWords(String name) {
        Block block = submitted(name);
        String answer = Recordings.answer("submitblock/submit_" + name + ".http.json")
                .get("result")
                .asString();
        assertThat(block.fault(RULES).orElseThrow().reason(block.header())).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "garbage", "nothex", "truncated"})
    void refusesToParseWhatTheNodeCouldNotDecode(String name) {
        assertThatThrownBy(() -> submitted(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesBytesBehindABlock() {
        assertThatThrownBy(() -> submitted("trailing")).hasMessageContaining("follow its end");
    }

    @Test
    void reserialisesTheBlockThatTheNodeReturned() {
        Bytes raw = Bytes.fromHex(Recordings.json("getblock_v0.json").asString());
        JsonNode verbose = Recordings.json("getblock_v1.json");
        Block block = Block.parse(raw);

        assertThat(block.serialise()).isEqualTo(raw);
        assertThat(block.hash().display()).isEqualTo(verbose.get("hash").asString());
        assertThat(block.header().merkleRoot().display())
                .isEqualTo(verbose.get("merkleroot").asString());
        assertThat(block.header().nonce()).isEqualTo(verbose.get("nonce").asLong());
        assertThat(block.weight()).isEqualTo(verbose.get("weight").asLong());
        assertThat(block.coinbase().length() + BlockHeader.LENGTH + 1)
                .isEqualTo(verbose.get("size").asInt());
        assertThat(block.coinbase().txid().display())
                .isEqualTo(verbose.get("tx").get(0).asString());
        assertThat(block.coinbase().lockTime())
                .isEqualTo(verbose.get("coinbase_tx").get("locktime").asLong());
        assertThat(block.coinbase().inputs().getFirst().scriptSig())
                .isEqualTo(Bip34.push(verbose.get("height").asLong()));
    }

    @Test
    void readsTheHeaderThatTheNodeReturned() {
        byte[] raw = Bytes.fromHex(Recordings.json("getblockheader_hex.json").asString())
                .toArray();
        assertThat(BlockHeader.of(raw, 0).toArray()).isEqualTo(raw);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gbt_0tx.json", "gbt_1tx.json", "gbt_20tx.json", "gbt_segwit_20tx.json"})
    void computesTheNodesTxidsWeightsAndCommitment(String name) {
        JsonNode template = Recordings.json(name);
        List<Hash256> wtxids = new ArrayList<>();
        for (JsonNode entry : template.get("transactions")) {
            Bytes raw = Bytes.fromHex(entry.get("data").asString());
            Transaction transaction = Transaction.parse(raw);
            assertThat(transaction.serialise()).isEqualTo(raw);
            assertThat(transaction.txid().display()).isEqualTo(entry.get("txid").asString());
            assertThat(transaction.wtxid().display())
                    .isEqualTo(entry.get("hash").asString());
            assertThat(transaction.weight()).isEqualTo(entry.get("weight").asInt());
            wtxids.add(transaction.wtxid());
        }
        Hash256 commitment = WitnessCommitment.of(wtxids, Coinbase.ZERO_RESERVED_VALUE);
        assertThat(WitnessCommitment.script(commitment).hex())
                .isEqualTo(template.get("default_witness_commitment").asString());
    }

    @Test
    void refusesABlockWithoutOrWithASecondCoinbase() {
        Block block = accepted();
        List<Transaction> without =
                block.transactions().subList(1, block.transactions().size());
        assertThat(mine(block, without).fault(RULES)).contains(BlockFault.COINBASE_MISSING);

        List<Transaction> twice = new ArrayList<>(block.transactions());
        twice.add(withOutputs(block.coinbase(), List.of(new TxOut(1, Bytes.fromHex("51")))));
        assertThat(mine(block, twice).fault(RULES)).contains(BlockFault.COINBASE_MULTIPLE);
    }

    @Test
    void refusesACommitmentWithoutItsReservedValue() {
        Block block = accepted();
        TxIn input = block.coinbase().inputs().getFirst();
        for (List<Bytes> witness :
                List.of(List.<Bytes>of(), List.of(Bytes.zeros(31)), List.of(Bytes.zeros(32), Bytes.zeros(32)))) {
            Transaction coinbase = new Transaction(
                    2,
                    List.of(new TxIn(
                            input.prevTxid(), input.prevIndex(), input.scriptSig(), input.sequence(), witness)),
                    block.coinbase().outputs(),
                    0);
            assertThat(mine(block, withCoinbase(block, coinbase)).fault(RULES))
                    .contains(BlockFault.WITNESS_RESERVED_VALUE);
        }
    }

    @Test
    void acceptsTheHeaviestBlockAndRefusesOneWeightUnitGroupMore() {
        Block block = accepted();
        long room = Block.MAX_WEIGHT - block.weight();
        // The longer length prefix of a big script takes four bytes more than the one it replaces.
        int scriptLength = (int) (room / 4) - 4;
        assertThat(blockWithScriptOf(block, scriptLength).fault(RULES)).isEmpty();
        Block tooHeavy = blockWithScriptOf(block, scriptLength + 1);
        assertThat(tooHeavy.weight()).isGreaterThan(Block.MAX_WEIGHT);
        assertThat(tooHeavy.fault(RULES)).contains(BlockFault.WEIGHT);
    }

    private static Block blockWithScriptOf(Block block, int length) {
        List<TxOut> outputs = new ArrayList<>(block.coinbase().outputs());
        TxOut payout = outputs.getFirst();
        outputs.set(0, new TxOut(payout.value(), Bytes.zeros(payout.script().length() + length)));
        return mine(block, withCoinbase(block, withOutputs(block.coinbase(), outputs)));
    }

    @Test
    void takesTheWholeAllowedValueAndNotOneSatoshiMore() {
        Block block = accepted();
        BlockRules stingy = new BlockRules(
                RULES.tip(), RULES.height(), RULES.maxNtime(), block.coinbase().outputValue() - 1);
        assertThat(block.fault(RULES)).isEqualTo(Optional.empty());
        assertThat(block.fault(stingy)).contains(BlockFault.COINBASE_AMOUNT);
    }
}
