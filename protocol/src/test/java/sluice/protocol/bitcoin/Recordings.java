package sluice.protocol.bitcoin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What real nodes were asked and answered. */
final class Recordings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Recordings() {}

    /** A recorded JSON file: a bare result. */
    static JsonNode json(String name) {
        return JSON.readTree(text(name));
    }

    static String text(String name) {
        try (InputStream in = Recordings.class.getResourceAsStream("/bitcoind/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The parameters of a recorded call. */
    static JsonNode params(String name) {
        return JSON.readTree(json(name).get("request").get("body").asString()).get("params");
    }

    /** The answer to a recorded call. */
    static JsonNode answer(String name) {
        return JSON.readTree(json(name).get("body").asString());
    }
}
