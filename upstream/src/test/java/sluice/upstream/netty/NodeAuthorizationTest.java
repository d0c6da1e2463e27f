package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.upstream.node.NodeCredentials;

class NodeAuthorizationTest {
    @TempDir
    Path directory;

    private NodeAuthorization cookie(String content) throws IOException {
        return new NodeAuthorization(
                new NodeCredentials.CookieFile(Files.writeString(directory.resolve(".cookie"), content)));
    }

    @Test
    void aPasswordMayHoldColonsAndAnyCharacter() throws IOException {
        assertThat(new NodeAuthorization(new NodeCredentials.Password("u", "a:ü")).header())
                .contains("Basic dTphOsO8");
        assertThat(new NodeCredentials.Password("u", "secret").toString()).doesNotContain("secret");
    }

    @Test
    void aCookieIsUsedWithoutTheEndOfItsLine() throws IOException {
        assertThat(cookie("__cookie__:00ff\n").header()).contains("Basic X19jb29raWVfXzowMGZm");
    }

    @Test
    void aCookieOfTheLargestSizeIsReadAndNoneBeyond() throws IOException {
        String largest = "u:" + "x".repeat(NodeAuthorization.MAX_COOKIE_BYTES - 2);
        assertThat(cookie(largest).header()).isPresent();
        assertThatThrownBy(() -> cookie(largest + "x").header()).hasMessageContaining("is not the cookie of a node");
    }

    @Test
    void aFileThatIsNoCookieIsNamed() {
        assertThatThrownBy(() -> cookie("rpcuser=alice").header())
                .hasMessageContaining(".cookie")
                .hasMessageContaining("user:password");
        assertThatThrownBy(() -> new NodeAuthorization(new NodeCredentials.CookieFile(directory)).header())
                .hasMessageContaining("cannot be read");
    }
}
