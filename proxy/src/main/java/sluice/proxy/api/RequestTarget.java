package sluice.proxy.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The target of a request, taken apart once and strictly: what could mean one thing here and another elsewhere (dots, double
 * slashes, encoded slashes, parameters twice) is refused, not repaired.
 *
 * @param path its segments, decoded
 * @param query decoded
 */
record RequestTarget(List<String> path, Map<String, String> query) {
    /** Parameters of one request. */
    static final int MAX_PARAMETERS = 16;

    // No URI has these (RFC 3986), and a quote would end a quoted field of the log.
    private static final String NEVER_PLAIN = "\"<>\\^`{|}";

    RequestTarget {
        path = List.copyOf(path);
    }

    /** Throws ApiFault where {@code text} is no path with a query. */
    static RequestTarget parse(String text) {
        if (!text.startsWith("/")) {
            throw fault("the request names no path: write it from / on, without a host");
        }
        if (text.indexOf('#') >= 0) {
            throw fault("the path has a fragment");
        }
        int mark = text.indexOf('?');
        String path = mark < 0 ? text : text.substring(0, mark);
        return new RequestTarget(segments(path), mark < 0 ? Map.of() : parameters(text.substring(mark + 1)));
    }

    private static List<String> segments(String path) {
        if (path.equals("/")) {
            return List.of();
        }
        List<String> segments = new ArrayList<>();
        for (String encoded : path.substring(1).split("/", -1)) {
            String segment = decoded(encoded, false);
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw fault("the path has an empty segment or one of dots");
            }
            if (segment.indexOf('/') >= 0 || segment.indexOf('\\') >= 0) {
                throw fault("the path has a slash that is none");
            }
            segments.add(segment);
        }
        return segments;
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", MAX_PARAMETERS + 1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1), true);
            if (parameters.size() == MAX_PARAMETERS) {
                throw fault("the query has more than " + MAX_PARAMETERS + " parameters");
            }
            if (parameters.put(name, value) != null) {
                throw fault("the query has a parameter twice");
            }
        }
        return parameters;
    }

    private static String decoded(String text, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()) {
                    throw fault("the path or the query ends inside a %XX");
                }
                bytes.write(digit(text.charAt(i + 1)) << 4 | digit(text.charAt(i + 2)));
                i += 2;
            } else if (c <= ' ' || c > '~' || NEVER_PLAIN.indexOf(c) >= 0) {
                throw fault("the path or the query has a character that has to be written as %XX");
            } else {
                bytes.write(plusIsSpace && c == '+' ? ' ' : c);
            }
        }
        String decoded;
        try {
            decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw fault("the path or the query is not UTF-8");
        }
        if (decoded.chars().anyMatch(Character::isISOControl)) {
            throw fault("the path or the query has a control character");
        }
        return decoded;
    }

    private static int digit(char c) {
        int value = Character.digit(c, 16);
        if (value < 0 || c > 'f') {
            throw fault("the path or the query has a % without two hexadecimal digits");
        }
        return value;
    }

    private static ApiFault fault(String detail) {
        return new ApiFault(ApiProblem.badRequest(detail));
    }
}
