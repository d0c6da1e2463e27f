package sluice.config;

import java.util.Locale;
import java.util.Optional;
import sluice.protocol.sv2.noise.AuthorityKey;

/**
 * A pool's URL taken apart: {@code stratum2+tcp://host[:port][/AUTHORITY_KEY]} (SV2 4.7), {@code stratum+tcp://host[:port]},
 * {@code stratum+ssl://host[:port]}. IPv6 addresses stand in brackets.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param authorityKeyText what stands behind the slash, not yet read as a key
 */
public record PoolUrl(Scheme scheme, String host, int port, Optional<String> authorityKeyText) {

    /**
     * For a URL without a port, as the specification's own example is. No port is registered; public SV2 pools and the
     * reference pool on mainnet listen on 3333, as SV1 pools do.
     */
    static final int DEFAULT_PORT = 3333;

    static final String FORM = "stratum2+tcp://host:port/AUTHORITY_KEY";

    static final String SV1_TLS_FORM = "stratum+ssl://host:port";

    /** What the text before :// promises. */
    public enum Scheme {
        STRATUM2_TCP("stratum2+tcp"),
        STRATUM_TCP("stratum+tcp"),
        STRATUM_SSL("stratum+ssl");

        private final String text;

        Scheme(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        static Scheme parse(String text) {
            for (Scheme scheme : values()) {
                if (scheme.text.equals(text.toLowerCase(Locale.ROOT))) {
                    return scheme;
                }
            }
            throw new InvalidValueException("has the unknown scheme '" + text + "'", "write " + FORM);
        }
    }

    /** Throws InvalidValueException that says which part is wrong. */
    public static PoolUrl parse(String text) {
        return parse(text, "pool_user");
    }

    /** As above; {@code userKey} is where a user belongs that stands in front of the host. */
    static PoolUrl parse(String text, String userKey) {
        int colon = text.indexOf("://");
        if (colon < 0) {
            throw new InvalidValueException("has no scheme", "write " + FORM);
        }
        Scheme scheme = Scheme.parse(text.substring(0, colon));
        String rest = text.substring(colon + 3);
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash + 1);
        if (authority.indexOf('@') >= 0) {
            throw new InvalidValueException("has a user in front of the host", "put the user into " + userKey);
        }
        HostPort hostPort = HostPort.parse(authority, FORM);
        int port = hostPort.port().orElse(DEFAULT_PORT);
        if (port == 0) {
            throw new InvalidValueException("has port 0", "write a port from 1 to " + HostPort.PORT.most());
        }
        if (scheme != Scheme.STRATUM2_TCP && !path.isEmpty()) {
            throw new InvalidValueException(
                    "has something behind the host and port", "only " + FORM + " carries a key in its path");
        }
        return new PoolUrl(scheme, hostPort.host(), port, path.isEmpty() ? Optional.empty() : Optional.of(path));
    }

    /** The key behind the slash. Throws InvalidValueException that says what is wrong with it. */
    public Optional<AuthorityKey> authorityKey() {
        return authorityKeyText.map(text -> authorityKey(text, "has behind the slash what is "));
    }

    /** Reads a key; {@code place} begins the sentence about a wrong one. */
    static AuthorityKey authorityKey(String text, String place) {
        try {
            return AuthorityKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(place + e.getMessage(), "copy the key again from what the pool publishes");
        }
    }
}
