package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Transaction;
import tools.jackson.databind.JsonNode;

/** Whole blocks on templates of real nodes, held against what the node says of them, with arithmetic of this test's own. */
class AssembledBlockTest {
    private static final Bytes PAYOUT = Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gbt_0tx",
                "gbt_1tx",
                "gbt_20tx",
                "gbt_1000tx",
                "h0_getblocktemplate",
                "h16_getblocktemplate",
                "bcoin/gbt_segwit_1witness_tx",
                "bcoin/gbt_segwit_20tx"
            })
    void aFoundBlockIsWhatTheNodeCommittedTo(String name) throws Exception {
        JsonNode result = RecordedNode.result(name);
        Template template = RecordedNode.template(name);
        Bytes raw = findBlockOn(template);
        Block block = Block.parse(raw);

        assertThat(block.serialise()).as("re-parsed byte for byte").isEqualTo(raw);
        assertThat(block.fault(template.rules(template.curTime()))).isEmpty();
        List<byte[]> txids = new ArrayList<>();
        txids.add(sha256d(block.coinbase().serialiseStripped().toArray()));
        List<byte[]> wtxids = new ArrayList<>();
        wtxids.add(new byte[32]);
        List<Transaction> others =
                block.transactions().subList(1, block.transactions().size());
        JsonNode listed = result.get("transactions");
        assertThat(others).hasSize(listed.size());
        for (int i = 0; i < others.size(); i++) {
            JsonNode entry = listed.get(i);
            assertThat(others.get(i).serialise().hex())
                    .isEqualTo(entry.get("data").asString());
            txids.add(reversed(entry.get("txid").asString()));
            wtxids.add(reversed(entry.get("hash").asString()));
        }
        assertThat(block.header().merkleRoot().toArray())
                .as("the root over the node's txids")
                .isEqualTo(root(txids));

        byte[] reserved =
                block.coinbase().inputs().getFirst().witness().getFirst().toArray();
        assertThat(reserved).hasSize(32);
        byte[] commitment = sha256d(concat(root(wtxids), reserved));
        String script = "6a24aa21a9ed" + HexFormat.of().formatHex(commitment);
        assertThat(block.coinbase().outputs().getLast().script().hex())
                .as("the node's commitment, and the one over its wtxids")
                .isEqualTo(result.get("default_witness_commitment").asString())
                .isEqualTo(script);
        assertThat(block.coinbase().outputs().stream()
                        .mapToLong(output -> output.value())
                        .sum())
                .isEqualTo(result.get("coinbasevalue").asLong());
    }

    private static Bytes findBlockOn(Template template) {
        SoloSession session = new SoloSession("node", PAYOUT, Bytes.fromHex("2f736c756963652f"));
        SoloMiner miner = new SoloMiner();
        Instant now = Instant.ofEpochSecond(template.curTime());
        miner.follow(session.on(new SoloInput.TemplateReported(new TemplateEvent.NewTip(template)), now));
        return session.on(new SoloInput.Requested(miner.solve()), now).stream()
                .filter(SoloAction.BlockFound.class::isInstance)
                .map(action ->
                        ((SoloAction.BlockFound) action).solution().block().orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    private static byte[] root(List<byte[]> leaves) throws Exception {
        List<byte[]> level = leaves;
        while (level.size() > 1) {
            List<byte[]> above = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                above.add(sha256d(concat(level.get(i), level.get(Math.min(i + 1, level.size() - 1)))));
            }
            level = above;
        }
        return level.getFirst();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    private static byte[] reversed(String display) {
        byte[] bytes = HexFormat.of().parseHex(display);
        for (int i = 0; i < 16; i++) {
            byte other = bytes[31 - i];
            bytes[31 - i] = bytes[i];
            bytes[i] = other;
        }
        return bytes;
    }

    private static byte[] sha256d(byte[] input) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return digest.digest(digest.digest(input));
    }
}
