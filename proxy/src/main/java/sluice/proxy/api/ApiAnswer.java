package sluice.proxy.api;

import java.util.Map;

/** What a request comes to. */
public sealed interface ApiAnswer {

    /** @param body a record, written as JSON with the names of its components in snake case */
    record Json(int status, Map<String, String> headers, Record body) implements ApiAnswer {
        public Json {
            headers = Map.copyOf(headers);
            headers.values().forEach(ApiAnswer::requirePrintable);
        }
    }

    /** Something that is ready as it is. */
    record Document(int status, String contentType, byte[] bytes) implements ApiAnswer {}

    record Problem(ApiProblem problem, Map<String, String> headers) implements ApiAnswer {
        public Problem {
            headers = Map.copyOf(headers);
            headers.values().forEach(ApiAnswer::requirePrintable);
        }
    }

    /** Without a body. */
    record Nothing(int status, Map<String, String> headers) implements ApiAnswer {
        public Nothing {
            headers = Map.copyOf(headers);
            headers.values().forEach(ApiAnswer::requirePrintable);
        }
    }

    /** Server-sent events, for as long as the caller listens. */
    record Stream(ApiStream source) implements ApiAnswer {}

    static ApiAnswer ok(Record body) {
        return new Json(200, Map.of(), body);
    }

    static ApiAnswer accepted(Record body) {
        return new Json(202, Map.of(), body);
    }

    static ApiAnswer problem(ApiProblem problem) {
        return new Problem(problem, Map.of());
    }

    /** The HTTP status it is sent with. */
    default int status() {
        return switch (this) {
            case Json json -> json.status();
            case Document document -> document.status();
            case Problem problem -> problem.problem().status();
            case Nothing nothing -> nothing.status();
            case Stream stream -> 200;
        };
    }

    // A line break in a value would begin another header.
    private static void requirePrintable(String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("a header with a character that no header may have");
        }
    }
}
