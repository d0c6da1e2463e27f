package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself, held to its promises with a script in the place of the reference implementation. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ReferenceProcessTest {
    @TempDir
    Path home;

    private Path script;

    @BeforeEach
    void writeScript() throws IOException {
        script = Files.writeString(
                home.resolve("translator_sv2"),
                "#!/bin/sh\ntrap '' TERM\nprintf '\\033[31mheard %s\\033[0m\\n' \"$1\"\nexec sleep 600\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void findsAProgramInTheNamedDirectoryBeforeAnyOther() throws IOException {
        Path other = Files.createDirectory(home.resolve("other"));
        Path same = Files.copy(script, other.resolve("translator_sv2"));
        Files.setPosixFilePermissions(same, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(ReferenceProgram.TRANSLATOR.find(home.toString(), other.toString()))
                .contains(script);
        assertThat(ReferenceProgram.TRANSLATOR.find(null, "/nonexistent:" + other))
                .contains(same);
    }

    @Test
    void saysHowToGetWhatIsMissing() {
        assertThat(ReferenceProgram.MINING_DEVICE.howToGet())
                .contains("cargo install --locked integration_tests_sv2 --bin mining_device")
                .contains("capnproto")
                .contains("libcapnp-dev");
        assertThat(ReferenceProgram.TRANSLATOR.howToGet()).contains("cargo install --locked translator_sv2");
        assertThat(ReferenceProgram.BCOIN.howToGet()).contains(".ci/get-bcoin DIRECTORY");
    }

    @Test
    void keepsWhatAProcessSaysAndEndsItThoughItIgnoresBeingAsked() throws IOException {
        ReferenceProcess process = ReferenceProcess.start(ReferenceProgram.TRANSLATOR, script, home, List.of("me"));
        try (process) {
            Awaitility.await().until(() -> process.log().endsWith("\n"));
            assertThat(process.isAlive()).isTrue();
        }
        assertThat(process.isAlive()).isFalse();
        assertThat(process.log()).isEqualTo("heard me\n");
        assertThat(process.report()).startsWith("--- translator_sv2 (ended with exit code ");
    }
}
