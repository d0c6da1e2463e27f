package sluice.upstream.netty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import sluice.upstream.node.NodeCredentials;

/** The value of HTTP's Authorization header. A cookie file is read anew each time: the node writes it at each start. */
final class NodeAuthorization {
    /** Of a cookie file; nodes write some 75. */
    static final int MAX_COOKIE_BYTES = 1024;

    private final NodeCredentials credentials;

    NodeAuthorization(NodeCredentials credentials) {
        this.credentials = credentials;
    }

    /** Throws IOException, with a message for the operator, where the cookie file cannot be used. */
    Optional<String> header() throws IOException {
        return switch (credentials) {
            case NodeCredentials.None none -> Optional.empty();
            case NodeCredentials.Password(String user, String password) -> Optional.of(basic(user + ":" + password));
            case NodeCredentials.CookieFile(Path file) -> Optional.of(basic(cookie(file)));
        };
    }

    private static String cookie(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_COOKIE_BYTES + 1);
        } catch (NoSuchFileException missing) {
            throw new IOException("the cookie file " + file + " does not exist: does the node run?", missing);
        } catch (IOException unreadable) {
            throw new IOException("the cookie file " + file + " cannot be read: " + unreadable, unreadable);
        }
        String cookie = new String(content, StandardCharsets.UTF_8).strip();
        if (content.length > MAX_COOKIE_BYTES || cookie.indexOf(':') < 0) {
            throw new IOException("the file " + file + " is not the cookie of a node: it holds no user:password");
        }
        return cookie;
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }
}
