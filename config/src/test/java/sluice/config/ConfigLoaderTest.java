package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.ConfigProblem.Line;
import sluice.config.ConfigProblem.WholeFile;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

class ConfigLoaderTest {
    private static final String POOL =
            "[stratum_v2]\npool_url = \"stratum2+tcp://h/9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh\"\n";

    @TempDir
    private Path directory;

    @Test
    void readsAFileAndTheKeyBesideIt() throws IOException {
        Path key = directory.resolve("own.key");
        AuthorityKeyFile.readOrCreate(key, () -> AuthorityKeyFile.parse(secret()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Path file = write((POOL + "authority_secret_key_file = \"own.key\"\npool_user = \"é\"\n")
                .getBytes(StandardCharsets.UTF_8));

        Loaded loaded = (Loaded) ConfigLoader.load(file, Map.of());
        assertThat(((AuthorityKeySource.Given) loaded.config().authority())
                        .key()
                        .text())
                .isEqualTo(secret());
        assertThat(loaded.config().routing().upstreams().getFirst().pool().user())
                .isEqualTo("é");
        assertThat(loaded.config().dataDirectory()).isEqualTo(directory.resolve("data"));
        assertThat(loaded.warnings()).singleElement().returns("chmod 600 " + key, ConfigProblem::right);
    }

    @Test
    void readingMakesNothing() throws IOException {
        Path file = write(POOL.getBytes(StandardCharsets.UTF_8));

        assertThat(ConfigLoader.load(file, Map.of())).isInstanceOf(Loaded.class);
        assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
    }

    @Test
    void aFileThatIsNotThereOrADirectoryIsOneProblem() {
        ConfigProblem absent = onlyProblem(directory.resolve("absent.toml"));
        assertThat(absent.origin()).isEqualTo(new WholeFile());
        assertThat(absent.describe("f")).isEqualTo("f: does not exist; name the file with --config");
        assertThat(onlyProblem(directory).wrong()).startsWith("cannot be read");
    }

    @Test
    void bytesThatAreNotUtf8HaveAPlace() throws IOException {
        byte[] raw = (POOL + "pool_user = \"M?ller\"\n").getBytes(StandardCharsets.ISO_8859_1);
        raw[POOL.length() + 14] = (byte) 0xfc;

        assertThat(onlyProblem(write(raw)))
                .returns(new Line(3, 15), ConfigProblem::origin)
                .returns("is not UTF-8 here", ConfigProblem::wrong);
        byte[] cut = (POOL + "# é").getBytes(StandardCharsets.UTF_8);
        assertThat(onlyProblem(write(Arrays.copyOf(cut, cut.length - 1))).origin())
                .isEqualTo(new Line(3, 3));
    }

    @Test
    void aFileHasAtMostOneMebibyte() throws IOException {
        byte[] largest =
                (POOL + "#".repeat(ConfigLoader.MAX_FILE_BYTES - POOL.length())).getBytes(StandardCharsets.UTF_8);
        assertThat(ConfigLoader.load(write(largest), Map.of())).isInstanceOf(Loaded.class);

        byte[] oneMore = Arrays.copyOf(largest, largest.length + 1);
        assertThat(onlyProblem(write(oneMore)).wrong()).isEqualTo("is larger than 1 MiB");
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(directory.resolve("sluice.toml"), content);
    }

    private static ConfigProblem onlyProblem(Path file) {
        ConfigResult result = ConfigLoader.load(file, Map.of());
        assertThat(result).isInstanceOf(Invalid.class);
        assertThat(((Invalid) result).problems()).hasSize(1);
        return ((Invalid) result).problems().getFirst();
    }

    private static String secret() {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) 7);
        return AuthoritySecretKey.of(secret).text();
    }
}
