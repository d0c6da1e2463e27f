package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MiningOsTableTest {
    /** Five lines. */
    private static final String POOL = upstream("main");

    private static final String PORT = POOL + "[miningos]\nlisten_addr = \"127.0.0.1:7152\"\n";
    private static final String SECRET = "0123456789abcdef";

    @Test
    void thereIsNoSuchPortUnlessItIsAskedFor() {
        assertThat(load(POOL).miningOs()).isEmpty();
    }

    @Test
    void aPortHasAUserAndAPassword() {
        assertThat(load(PORT + "password = \"" + SECRET + "\"\n").miningOs())
                .contains(new MiningOsConfig(
                        new ListenAddress("127.0.0.1", 7152), Optional.empty(), "admin", Optional.of(SECRET)));
        assertThat(load(PORT + "user = \"worker\"\npassword = \"" + SECRET + "\"\n")
                        .miningOs()
                        .orElseThrow()
                        .user())
                .isEqualTo("worker");
    }

    @Test
    void withoutAPasswordItWarnsOfWhatNobodyWillSee() {
        assertThat(warnings(PORT))
                .containsExactly("f:7:1: miningos.listen_addr has neither miners nor configuration for anybody, because"
                        + " there is no password; write password = \"...\", and the same in the worker's"
                        + " config/datum.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:7152", "192.168.1.5:7152", "gateway.farm:7152"})
    void othersReachItOverTlsOnly(String address) {
        String port = POOL + "[miningos]\npassword = \"" + SECRET + "\"\nlisten_addr = \"" + address + "\"\n";

        assertThat(onlyProblem(port))
                .isEqualTo(
                        "f:8:1: miningos.listen_addr can be reached by others, and all that is told of the farm would"
                                + " pass in plain text; write 127.0.0.1, or tls_certificate and tls_key");
        assertThat(load(port + "tls_certificate = \"a.pem\"\ntls_key = \"b.pem\"\n")
                        .miningOs()
                        .orElseThrow()
                        .tls())
                .isPresent();
    }

    @Test
    void everyMistakeIsListedAtItsPlaceWithoutSecrets() {
        assertThat(problems(POOL + "[miningos]\nuser = \"a:b\"\npassword = \"hunter2\"\ntls_key = \"b.pem\"\n"))
                .containsExactly(
                        "f:6:1: miningos.tls_certificate is missing;"
                                + " write tls_certificate = \"gateway.crt\" beside tls_key",
                        "f:6:1: miningos.listen_addr is missing;"
                                + " write listen_addr = \"127.0.0.1:7152\", or another address",
                        "f:7:1: miningos.user is no user that can be asked for;"
                                + " write up to 64 letters, digits or dashes",
                        "f:8:1: miningos.password can be guessed;"
                                + " write at least 12 characters, such as openssl rand -hex 16");
    }

    @Test
    void namesAndPasswordsAreBounded() {
        assertThat(load(PORT + "user = \"" + "u".repeat(MiningOsConfig.MAX_USER_LENGTH) + "\"\npassword = \""
                                + "p".repeat(MiningOsConfig.MIN_PASSWORD_BYTES) + "\"\n")
                        .miningOs())
                .isPresent();
        assertThat(load(PORT + "password = \"" + "p".repeat(MiningOsConfig.MAX_PASSWORD_BYTES) + "\"\n")
                        .miningOs())
                .isPresent();
        assertThat(problems(PORT + "user = \"" + "u".repeat(MiningOsConfig.MAX_USER_LENGTH + 1) + "\"\npassword = \""
                        + "p".repeat(MiningOsConfig.MIN_PASSWORD_BYTES - 1) + "\"\n"))
                .hasSize(2);
        assertThat(onlyProblem(PORT + "password = \"" + "p".repeat(MiningOsConfig.MAX_PASSWORD_BYTES + 1) + "\"\n"))
                .contains("miningos.password is too long");
    }

    @Test
    void thePasswordIsNotPrinted() {
        assertThat(load(PORT + "password = \"" + SECRET + "\"\n").toString()).doesNotContain(SECRET);
    }
}
