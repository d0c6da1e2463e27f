package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import tools.jackson.databind.JsonNode;

class NodeCallWriterTest {
    private static JsonNode written(NodeCall call) {
        return RecordedAnswer.json(new String(NodeCallWriter.write(call, 7), java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void assertAsksLike(NodeCall call, String recorded) {
        JsonNode asked = RecordedAnswer.json(RecordedAnswer.of(recorded).request());
        assertThat(written(call).get("method")).isEqualTo(asked.get("method"));
        assertThat(written(call).get("params")).isEqualTo(asked.get("params"));
        assertThat(written(call).get("id").asLong()).isEqualTo(7);
    }

    @Test
    void asksInTheWordsThatARealNodeAnswered() {
        assertAsksLike(
                new NodeCall.GetBlockTemplate(1, List.of("segwit", "signet"), Optional.empty()),
                "bitcoind/errors/gbt_signet_isolated_signetrule");
        assertAsksLike(
                new NodeCall.GetBlockTemplate(
                        1,
                        List.of("segwit"),
                        Optional.of("22d4ad01d3c1ded9d24b50eea3592a0ae7607255d8fb6300274c20541362bc05183")),
                "bitcoind/longpoll/longpoll_new_block");
        assertAsksLike(new NodeCall.SubmitBlock(NodeConversation.block()), "bitcoind/submitblock/submit_accepted");
        assertAsksLike(
                new NodeCall.GetBlockHeader(
                        Hash256.fromDisplay("2350a5cf3f91ff23aef9dc1db17dd50c26ea6e6c9e733e592886d243b61c5ead")),
                "bitcoind/getblockheader_verbose");
        assertAsksLike(new NodeCall.GetBestBlockHash(), "bitcoind/getbestblockhash");
        assertAsksLike(new NodeCall.GetBlockchainInfo(), "bitcoind/getblockchaininfo");
        JsonNode proposal = RecordedAnswer.json(
                        RecordedAnswer.of("bitcoind/proposal/proposal_valid").request())
                .get("params")
                .get(0);
        JsonNode ours = written(new NodeCall.ProposeBlock(
                        Bytes.fromHex(proposal.get("data").asString())))
                .get("params")
                .get(0);
        assertThat(ours.get("mode")).isEqualTo(proposal.get("mode"));
        assertThat(ours.get("data")).isEqualTo(proposal.get("data"));
    }
}
