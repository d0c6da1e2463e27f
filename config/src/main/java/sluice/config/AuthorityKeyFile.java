package sluice.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** The file that keeps an authority secret key: its text form on one line, readable by the owner only (mode 0600). */
public final class AuthorityKeyFile {
    private static final int MAX_FILE_BYTES = 256;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS_READ =
            EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private AuthorityKeyFile() {}

    /** Throws NoSuchFileException where there is no file, InvalidValueException where it holds no key. */
    public static AuthoritySecretKey read(Path file) throws IOException {
        byte[] raw;
        try (var in = Files.newInputStream(file)) {
            raw = in.readNBytes(MAX_FILE_BYTES + 1);
        }
        if (raw.length > MAX_FILE_BYTES) {
            throw new InvalidValueException("is too large for a key", "keep the key alone in its file, on one line");
        }
        try {
            return parse(new String(raw, StandardCharsets.UTF_8).strip());
        } catch (InvalidValueException e) {
            throw new InvalidValueException("holds what " + e.wrong(), e.right());
        }
    }

    /** Parses the text form. Throws InvalidValueException that does not quote it. */
    static AuthoritySecretKey parse(String text) {
        try {
            return AuthoritySecretKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(
                    "is " + e.getMessage(), "copy the key again, or make one with sluice keygen");
        }
    }

    /**
     * Writes {@code key} to a file that does not exist yet: whole or not at all, so that a crash leaves no half key.
     * Throws FileAlreadyExistsException where something stands there.
     */
    public static void create(Path file, AuthoritySecretKey key) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path draft =
                Files.createTempFile(directory, file.getFileName() + ".", ".new", ownerOnly(directory, OWNER_ONLY));
        try {
            Files.writeString(draft, key.text() + "\n");
            publish(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** The key in {@code file}; where there is none, {@code fresh} makes it and it is kept, with the directories it needs. */
    public static AuthoritySecretKey readOrCreate(Path file, Supplier<AuthoritySecretKey> fresh) throws IOException {
        try {
            return read(file);
        } catch (NoSuchFileException absent) {
            createDirectories(file.toAbsolutePath().getParent());
            try {
                create(file, fresh.get());
            } catch (FileAlreadyExistsException another) {
                // Another process made it in between: its key is the one that lasts.
                return read(file);
            }
            return read(file);
        }
    }

    /** Whether users other than the owner may read {@code file}; false where the file system has no such modes. */
    public static boolean isOpenToOthers(Path file) throws IOException {
        if (!hasModes(file)) {
            return false;
        }
        Set<PosixFilePermission> modes = EnumSet.copyOf(OTHERS_READ);
        modes.retainAll(Files.getPosixFilePermissions(file));
        return !modes.isEmpty();
    }

    // A hard link fails where the name is taken, which a rename does not. Not every file system has links.
    private static void publish(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (UnsupportedOperationException noLinks) {
            Files.copy(draft, file, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    static void createDirectories(Path directory) throws IOException {
        Path existing = directory;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        Files.createDirectories(directory, ownerOnly(existing, OWNER_ONLY_DIRECTORY));
    }

    /** For a file in {@code directory} that nobody else may read. */
    static FileAttribute<?>[] ownerOnly(Path directory) {
        return ownerOnly(directory, OWNER_ONLY);
    }

    private static FileAttribute<?>[] ownerOnly(Path existing, Set<PosixFilePermission> modes) {
        return hasModes(existing)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(modes)}
                : new FileAttribute<?>[0];
    }

    private static boolean hasModes(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
