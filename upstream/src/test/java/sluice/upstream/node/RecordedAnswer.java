package sluice.upstream.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a real node answered over HTTP.
 *
 * @param request the body that it answered; empty where there was none
 */
public record RecordedAnswer(String request, int status, String contentType, String body) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** {@code name} such as {@code bitcoind/errors/no_auth}. */
    public static RecordedAnswer of(String name) {
        JsonNode recording = read("/node/" + name + ".http.json");
        String contentType = "";
        for (JsonNode header : recording.get("headers")) {
            if (header.get(0).asString().equals("Content-Type")) {
                contentType = header.get(1).asString();
            }
        }
        return new RecordedAnswer(
                recording.get("request").path("body").asString(""),
                recording.get("http_status").asInt(),
                contentType,
                recording.path("body").asString(""));
    }

    /** Of bcoin's one recording of many answers. */
    public static RecordedAnswer ofBcoin(String name) {
        JsonNode recording = read("/node/bcoin/submitblock_and_errors.json").get(name);
        return new RecordedAnswer(
                recording.get("request").asString(),
                recording.get("status").asInt(),
                recording.get("headers").get("Content-Type").asString(),
                recording.get("body").asString());
    }

    /** A recorded template, {@code name} such as {@code gbt_20tx}, as the node sent it. */
    public static RecordedAnswer ofTemplate(String name) {
        JsonNode result = read("/templates/" + name + ".json");
        String body = JSON.writeValueAsString(JSON.createObjectNode().set("result", result));
        return new RecordedAnswer("", 200, "application/json", body);
    }

    public static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    static JsonNode read(String resource) {
        try (InputStream in = RecordedAnswer.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + resource);
            }
            return JSON.readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    NodeAnswer to(NodeCall call) {
        return NodeAnswerReader.read(call, status, body.getBytes(StandardCharsets.UTF_8));
    }
}
