package sluice.proxy.api.miningos;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the header {@code Authorization: Digest} says (RFC 7616).
 *
 * @param nc how often this nonce was used, this request included
 */
record DigestCredentials(
        String username,
        String realm,
        String nonce,
        String uri,
        String response,
        String algorithm,
        String qop,
        String cnonce,
        String nc) {
    private static final String SCHEME = "digest ";

    /** Empty where the header is of another scheme. Throws IllegalArgumentException that says what is wrong with it. */
    static Optional<DigestCredentials> parse(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        Map<String, String> parts = new Parts(authorization, SCHEME.length()).read();
        return Optional.of(new DigestCredentials(
                needed(parts, "username"),
                needed(parts, "realm"),
                needed(parts, "nonce"),
                needed(parts, "uri"),
                needed(parts, "response"),
                parts.getOrDefault("algorithm", "MD5"),
                needed(parts, "qop"),
                needed(parts, "cnonce"),
                needed(parts, "nc")));
    }

    private static String needed(Map<String, String> parts, String name) {
        String value = parts.get(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return value;
    }

    /** Who saw it can try passwords on it. */
    @Override
    public String toString() {
        return "DigestCredentials[username=" + username + ", uri=" + uri + "]";
    }

    /** Reads names and values with commas between them; a value may stand in quotes. */
    private static final class Parts {
        private static final String OUTSIDE_QUOTES = "=,\" \t";

        private final String text;
        private int at;

        Parts(String text, int from) {
            this.text = text;
            this.at = from;
        }

        Map<String, String> read() {
            Map<String, String> parts = new HashMap<>();
            skip(" \t,");
            while (at < text.length()) {
                String name = token().toLowerCase(Locale.ROOT);
                skip(" \t");
                if (at == text.length() || text.charAt(at) != '=') {
                    throw new IllegalArgumentException("a name stands there without a value");
                }
                at++;
                skip(" \t");
                String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
                if (parts.put(name, value) != null) {
                    throw new IllegalArgumentException("something stands there twice");
                }
                skip(" \t");
                if (at < text.length() && text.charAt(at) != ',') {
                    throw new IllegalArgumentException("a comma is missing");
                }
                skip(" \t,");
            }
            return parts;
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int from = at;
            while (at < text.length() && OUTSIDE_QUOTES.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (at == from) {
                throw new IllegalArgumentException("a name or a value is missing");
            }
            return text.substring(from, at);
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                if (c == '\\') {
                    at++;
                    if (at == text.length()) {
                        break;
                    }
                }
                value.append(text.charAt(at));
            }
            throw new IllegalArgumentException("a quote has no end");
        }
    }
}
