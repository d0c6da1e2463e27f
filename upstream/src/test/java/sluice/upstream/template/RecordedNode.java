package sluice.upstream.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Recorded {@code getblocktemplate} results of real nodes. */
public final class RecordedNode {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private RecordedNode() {}

    static ObjectNode result(String name) {
        try (InputStream in = RecordedNode.class.getResourceAsStream("/templates/" + name + ".json")) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + name);
            }
            return (ObjectNode) JSON.readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static Template template(String name) {
        return BlockTemplateReader.read(result(name), 1);
    }

    static JsonNode parse(String json) {
        return JSON.readTree(json);
    }
}
