package sluice.upstream.node;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a {@link NodeCall} as a request of JSON-RPC 2.0, which nodes that know only 1.x take for one of theirs. */
public final class NodeCallWriter {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NodeCallWriter() {}

    /** The body of the HTTP request. */
    public static byte[] write(NodeCall call, long id) {
        ObjectNode request = JSON.createObjectNode();
        request.put("jsonrpc", "2.0").put("id", id).put("method", call.method());
        ArrayNode params = request.putArray("params");
        switch (call) {
            case NodeCall.GetBlockTemplate template -> {
                ObjectNode options = params.addObject();
                ArrayNode rules = options.putArray("rules");
                template.rules().forEach(rules::add);
                template.longPollId().ifPresent(longPollId -> options.put("longpollid", longPollId));
            }
            case NodeCall.ProposeBlock proposal ->
                params.addObject()
                        .put("mode", "proposal")
                        .put("data", proposal.block().hex());
            case NodeCall.SubmitBlock submit -> params.add(submit.block().hex());
            case NodeCall.GetBlockHeader header -> params.add(header.hash().display());
            case NodeCall.GetBlockchainInfo info -> {}
            case NodeCall.GetBestBlockHash tip -> {}
        }
        return JSON.writeValueAsBytes(request);
    }
}
