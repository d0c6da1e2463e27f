package sluice.upstream.node;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.template.BlockTemplateReader;
import sluice.upstream.template.UnusableTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes sense of what a node answered over HTTP, be it JSON-RPC of either version or a page of text. A template of a full
 * block takes a tenth of a second, so nobody does this on an event loop.
 */
public final class NodeAnswerReader {
    /** Bytes of an answer: a template whose transactions fill a block is 16 MB of hex and names at the most. */
    public static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;
    /** Characters of the node's own words that are passed on. */
    static final int MAX_MESSAGE_LENGTH = 200;
    /** Characters of a long poll id; a longer one is not used. Nodes give 65 to 80. */
    static final int MAX_LONG_POLL_ID_LENGTH = 256;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NodeAnswerReader() {}

    /** What {@code body}, which came with HTTP's {@code status}, says to {@code call}. */
    public static NodeAnswer read(NodeCall call, int status, byte[] body) {
        if (status == 401) {
            return failed(Cause.UNAUTHORIZED, "the node does not take our user and password (HTTP 401)");
        }
        if (status == 403) {
            return failed(
                    Cause.FORBIDDEN,
                    "the node does not let us call " + call.method()
                            + " (HTTP 403): see rpcwhitelist and rpcallowip in its configuration");
        }
        Optional<JsonNode> json = parse(body);
        if (json.isEmpty()) {
            return withoutJson(status, body);
        }
        JsonNode error = json.get().path("error");
        if (error.isObject()) {
            return new NodeAnswer.Refused(
                    error.path("code").asInt(0), shortened(error.path("message").asString("")));
        }
        if (!error.isMissingNode() && !error.isNull()) {
            return new NodeAnswer.Refused(0, shortened(error.asString(error.toString())));
        }
        if (!json.get().has("result") || status != 200) {
            return failed(
                    Cause.UNUSABLE, "the node's answer to " + call.method() + " is not JSON-RPC (HTTP " + status + ")");
        }
        return result(call, json.get().get("result"));
    }

    private static NodeAnswer result(NodeCall call, JsonNode result) {
        return switch (call) {
            case NodeCall.GetBlockTemplate template -> templated(result, template);
            case NodeCall.GetBlockchainInfo info ->
                new NodeAnswer.ChainTold(
                        shortened(result.path("chain").asString("")),
                        result.path("initialblockdownload").asBoolean(false),
                        result.path("blocks").asLong(0),
                        result.path("headers").asLong(0));
            case NodeCall.GetBlockHeader header ->
                result.path("confirmations").isIntegralNumber()
                        ? new NodeAnswer.HeaderFound(result.get("confirmations").asLong())
                        : failed(Cause.UNUSABLE, "the node does not say how many confirmations a block has");
            case NodeCall.ProposeBlock proposal -> said(call, result);
            case NodeCall.SubmitBlock submit -> said(call, result);
            case NodeCall.GetBestBlockHash tip -> said(call, result);
        };
    }

    private static NodeAnswer said(NodeCall call, JsonNode result) {
        if (result.isNull()) {
            return new NodeAnswer.Said(Optional.empty());
        }
        return result.isString()
                ? new NodeAnswer.Said(Optional.of(shortened(result.asString())))
                : failed(Cause.UNUSABLE, "the node answers " + call.method() + " with neither a string nor null");
    }

    private static NodeAnswer templated(JsonNode result, NodeCall.GetBlockTemplate call) {
        boolean takesProposals = false;
        for (JsonNode capability : result.path("capabilities")) {
            takesProposals |= capability.asString("").equals("proposal");
        }
        try {
            return new NodeAnswer.Templated(
                    BlockTemplateReader.read(result, call.templateId(), call.room()),
                    Optional.of(result.path("longpollid").asString(""))
                            .filter(id -> !id.isEmpty() && id.length() <= MAX_LONG_POLL_ID_LENGTH),
                    takesProposals);
        } catch (UnusableTemplate unusable) {
            return failed(Cause.UNUSABLE, unusable.getMessage());
        }
    }

    private static NodeAnswer withoutJson(int status, byte[] body) {
        String text =
                shortened(new String(body, 0, Math.min(body.length, 4 * MAX_MESSAGE_LENGTH), StandardCharsets.UTF_8));
        return switch (status) {
            case 503 ->
                failed(
                        Cause.BUSY,
                        "the node is busy (HTTP 503" + (text.isEmpty() ? "" : ": " + text)
                                + "): see rpcworkqueue and rpcthreads in its configuration");
            case 404 -> failed(Cause.UNUSABLE, "the node knows nothing at this path (HTTP 404): see the url");
            default ->
                failed(
                        Cause.UNUSABLE,
                        "what answers is no JSON-RPC server (HTTP " + status + (text.isEmpty() ? "" : ": " + text)
                                + ")");
        };
    }

    private static Optional<JsonNode> parse(byte[] body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    /** For a log line: nothing in it that moves the cursor, and not long. */
    private static String shortened(String text) {
        String clean = text.replaceAll("\\p{Cc}+", " ").strip();
        return clean.length() <= MAX_MESSAGE_LENGTH ? clean : clean.substring(0, MAX_MESSAGE_LENGTH) + "…";
    }

    private static NodeAnswer failed(Cause cause, String reason) {
        return new NodeAnswer.Failed(cause, reason);
    }
}
