package sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import sluice.proxy.api.pool.ModuleManifest;

/** Holds module.toml to what a node demands of it. */
class ModuleManifestTest {
    private static final Path MODULE = Documents.ROOT.resolve("docs/integrations/blvm");

    private TomlParseResult manifest;

    @BeforeEach
    void read() throws IOException {
        manifest = Toml.parse(MODULE.resolve("module.toml"));
    }

    @Test
    void whatANodeNeedsIsThere() {
        assertThat(manifest.errors()).isEmpty();
        assertThat(manifest.getString("name")).isEqualTo("blvm-stratum-v2");
        assertThat(manifest.getString("version")).isNotBlank();
    }

    @Test
    void itSaysWhatTheApiSaysOfTheModule() {
        assertThat(manifest.getString("name")).isEqualTo(ModuleManifest.NAME);
        assertThat(manifest.getString("description")).isEqualTo(ModuleManifest.DESCRIPTION);
        assertThat(manifest.getArray("capabilities").isEmpty()).isTrue();
    }

    @Test
    void theEntryPointCanBeRunAndStaysInsideTheModule() {
        Path entry = MODULE.resolve(manifest.getString("entry_point")).normalize();

        assertThat(entry).startsWith(MODULE.normalize()).isRegularFile();
        assertThat(Files.isExecutable(entry)).isTrue();
    }

    @Test
    void theHashIsThatOfTheEntryPoint() throws IOException, NoSuchAlgorithmException {
        byte[] entry = Files.readAllBytes(MODULE.resolve(manifest.getString("entry_point")));

        assertThat(manifest.getString("binary.hash"))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(entry)));
    }
}
