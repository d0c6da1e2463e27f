package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

class AuthorityKeyFileTest {
    @TempDir
    private Path directory;

    @Test
    void makesTheKeyOnceAndKeepsIt() throws IOException {
        Path file = directory.resolve("a/b/authority.key");

        AuthoritySecretKey first = AuthorityKeyFile.readOrCreate(file, () -> key(1));
        AuthoritySecretKey second = AuthorityKeyFile.readOrCreate(file, () -> key(2));

        assertThat(first.text()).isEqualTo(key(1).text());
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(file).hasContent(first.text());
    }

    @Test
    void onlyTheOwnerMayReadWhatItMakes() throws IOException {
        Path file = directory.resolve("data/authority.key");
        AuthorityKeyFile.readOrCreate(file, () -> key(1));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(AuthorityKeyFile.isOpenToOthers(file)).isFalse();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(AuthorityKeyFile.isOpenToOthers(file)).isTrue();
    }

    @Test
    void neverWritesOverAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("authority.key"), "mine");

        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> AuthorityKeyFile.create(file, key(1)));
        assertThat(file).hasContent("mine");
        assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
    }

    @Test
    void takesTheKeyThatAnotherProcessMadeFirst() throws IOException {
        Path file = directory.resolve("authority.key");

        AuthoritySecretKey kept = AuthorityKeyFile.readOrCreate(file, () -> {
            write(file, key(2).text());
            return key(1);
        });
        assertThat(kept.text()).isEqualTo(key(2).text());
    }

    @Test
    void refusesAFileThatHoldsNoKey() throws IOException {
        Path file = directory.resolve("authority.key");
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> AuthorityKeyFile.read(file));

        write(file, "garbage!");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> AuthorityKeyFile.readOrCreate(file, () -> key(1)))
                .satisfies(
                        problem -> assertThat(problem.wrong()).startsWith("holds what is not an authority secret key"));
        write(file, " ".repeat(257));
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> AuthorityKeyFile.read(file))
                .satisfies(problem -> assertThat(problem.wrong()).isEqualTo("is too large for a key"));
        write(file, key(1).text() + " ".repeat(256 - key(1).text().length()));
        assertThat(AuthorityKeyFile.read(file).text()).isEqualTo(key(1).text());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AuthoritySecretKey key(int fill) {
        byte[] secret = new byte[AuthoritySecretKey.LENGTH];
        Arrays.fill(secret, (byte) fill);
        return AuthoritySecretKey.of(secret);
    }
}
