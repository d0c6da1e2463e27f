package sluice.endtoend.firmware;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One line of the gateway's, as it came and as it reads. */
record Heard(String line, JsonNode json) {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Heard of(String line) {
        return new Heard(line, JSON.readTree(line));
    }

    /** Whether it answers nothing. */
    boolean isPush() {
        return json.has("method");
    }

    boolean isPush(String method) {
        return json.path("method").asString("").equals(method);
    }

    JsonNode param(int at) {
        return json.path("params").path(at);
    }

    JsonNode result() {
        return json.path("result");
    }

    /** The number of the error; 0 where there is none. */
    int errorCode() {
        return json.path("error").path(0).asInt(0);
    }

    @Override
    public String toString() {
        return line;
    }
}
