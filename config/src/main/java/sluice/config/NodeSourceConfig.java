package sluice.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A node that answers JSON-RPC.
 *
 * @param url http or https, without a user
 * @param access how we show it that we may ask
 * @param zmqHashblock where it publishes {@code hashblock}, {@code tcp://host:port}
 */
public record NodeSourceConfig(String name, URI url, Access access, Optional<String> zmqHashblock)
        implements TemplateSourceConfig {
    public static final int MAX_USER_BYTES = 255;
    public static final int MAX_PASSWORD_BYTES = 255;

    static final int DEFAULT_PORT = 8332;

    static final String FORM = "http://127.0.0.1:8332";

    static final String ZMQ_FORM = "tcp://127.0.0.1:28332";

    private static final String ZMQ_SCHEME = "tcp://";

    /** How a node is shown that we may ask it. */
    public sealed interface Access {
        /** As {@code rpcauth} or {@code rpcuser} and {@code rpcpassword} of the node say. */
        record Password(String user, String password) implements Access {
            /** The password is a secret. */
            @Override
            public String toString() {
                return "Password[user=" + user + ", password=***]";
            }
        }

        /** As the node writes it anew at each of its starts. */
        record Cookie(Path file) implements Access {}
    }

    public NodeSourceConfig {
        EntryName.require(name);
    }

    @Override
    public String address() {
        return url.toString();
    }

    /** Throws InvalidValueException that says which part is wrong. */
    static URI parseUrl(String text) {
        int scheme = text.indexOf("://");
        String rest = text.substring(scheme + 3);
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        if (authority.indexOf('@') >= 0) {
            throw new InvalidValueException("has a user in front of the host", "put it into user and password");
        }
        HostPort host = HostPort.parse(authority, FORM);
        String path = slash < 0 ? "" : rest.substring(slash);
        try {
            return URI.create(text.substring(0, scheme).toLowerCase(Locale.ROOT) + "://"
                    + HostPort.text(host.host(), host.port().orElse(DEFAULT_PORT)) + path);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException("has something odd behind the host and port", "write it as " + FORM);
        }
    }

    static String parseZmq(String text) {
        if (!text.startsWith(ZMQ_SCHEME)) {
            throw new InvalidValueException("does not begin with tcp://", "write it as " + ZMQ_FORM);
        }
        HostPort host = HostPort.parse(text.substring(ZMQ_SCHEME.length()), ZMQ_FORM);
        if (host.port().isEmpty() || host.port().getAsInt() == 0) {
            throw new InvalidValueException("has no port", "write it as " + ZMQ_FORM);
        }
        return text;
    }
}
