package sluice.config;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the API can be reached, and by whom.
 *
 * @param listen in plain text only on this machine itself
 * @param unixSocket beside the other, or alone
 * @param tls what {@code listen} speaks TLS with; empty: it speaks none
 */
public record ApiConfig(
        Optional<ListenAddress> listen,
        Optional<Path> unixSocket,
        Optional<TlsFiles> tls,
        List<ApiTokenConfig> tokens) {

    /** Callers of one gateway. */
    public static final int MAX_TOKENS = 64;

    /** Of a Unix socket's path: what the kernel's address has room for. */
    public static final int MAX_SOCKET_PATH_BYTES = 107;

    /** No API at all. */
    public static final ApiConfig OFF = new ApiConfig(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public ApiConfig {
        tokens = List.copyOf(tokens);
        if (tokens.size() > MAX_TOKENS) {
            throw new IllegalArgumentException("there are more than " + MAX_TOKENS + " tokens");
        }
        if (listen.isPresent() && tls.isEmpty() && !isLoopback(listen.get())) {
            throw new IllegalArgumentException("an API that others can reach speaks TLS");
        }
        unixSocket.ifPresent(ApiConfig::requireSocketPath);
    }

    public boolean isOff() {
        return listen.isEmpty() && unixSocket.isEmpty();
    }

    /** The same for other callers. */
    public ApiConfig withTokens(List<ApiTokenConfig> others) {
        return new ApiConfig(listen, unixSocket, tls, others);
    }

    /** Whether only this machine itself can connect there. */
    static boolean isLoopback(ListenAddress address) {
        if (address.host().equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(address.host()).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    static Path requireSocketPath(Path path) {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            throw new InvalidValueException(
                    "is too long for a Unix socket", "write a path of at most " + MAX_SOCKET_PATH_BYTES + " bytes");
        }
        return path;
    }
}
