package sluice.proxy.api.netty;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** The file that a Unix socket leaves in the file system: for its owner and group, and gone when we are. */
final class UnixSocketFile {
    private final Path path;

    private UnixSocketFile(Path path) {
        this.path = path;
    }

    /** Removes what a process that was killed left behind. Throws IOException where something else stands there. */
    static void removeAbandoned(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        // A socket is neither file nor directory nor link.
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("cannot serve the API on " + path + ": something else has that name");
        }
        if (isAlive(path)) {
            throw new IOException("cannot serve the API on " + path + ": another process does");
        }
        Files.delete(path);
    }

    private static boolean isAlive(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            return false;
        }
    }

    static UnixSocketFile restrict(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        return new UnixSocketFile(path);
    }

    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Whoever comes next removes it as abandoned.
            return;
        }
    }
}
