package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTablesTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    static final String TOKEN = token("dashboard", "\"read\"");

    /** Five lines. */
    private static final String POOL = upstream("main");

    private static String token(String name, String scopes) {
        return "[[api_token]]\nname = \"" + name + "\"\nscopes = [" + scopes + "]\nsha256 = \"" + HASH + "\"\n";
    }

    private static String socket(int length) {
        return POOL + TOKEN + "[api]\nunix_socket = \"/" + "s".repeat(length - 1) + "\"\n";
    }

    @Test
    void thereIsNoApiUnlessItIsAskedFor() {
        assertThat(load(POOL).api()).isEqualTo(ApiConfig.OFF).returns(true, ApiConfig::isOff);
    }

    @Test
    void anApiHasAPlaceAndCallersWithTheirWidestScope() {
        ApiConfig api = load(POOL + "[api]\nlisten_addr = \"127.0.0.1:7150\"\nunix_socket = \"run/api.sock\"\n" + TOKEN
                        + token("fleet", "\"read\", \"operate\""))
                .api();

        assertThat(api.listen()).contains(new ListenAddress("127.0.0.1", 7150));
        assertThat(api.unixSocket()).contains(Path.of("/etc/sluice/run/api.sock"));
        assertThat(api.tokens())
                .containsExactly(
                        new ApiTokenConfig("dashboard", ApiScope.READ, HASH),
                        new ApiTokenConfig("fleet", ApiScope.OPERATE, HASH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:7150", "[::]:7150", "192.168.1.5:7150", "gateway.farm:7150"})
    void othersReachItOverTlsOnly(String address) {
        String api = POOL + TOKEN + "[api]\nlisten_addr = \"" + address + "\"\n";

        assertThat(onlyProblem(api))
                .isEqualTo("f:11:1: api.listen_addr can be reached by others, and the API's tokens would pass in plain"
                        + " text; write 127.0.0.1, or tls_certificate and tls_key");
        assertThat(load(api + "tls_certificate = \"a.pem\"\ntls_key = \"b.pem\"\n")
                        .api()
                        .tls())
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:0", "127.8.9.1:7150", "[::1]:7150", "localhost:7150"})
    void thisMachineReachesItInPlainText(String address) {
        assertThat(load(POOL + TOKEN + "[api]\nlisten_addr = \"" + address + "\"\n")
                        .api()
                        .listen())
                .isPresent();
    }

    @Test
    void everyMistakeIsListedAtItsPlace() {
        assertThat(problems(POOL + """
                [[api_token]]
                name = "a"
                scopes = ["write"]

                [[api_token]]
                name = "a"
                scopes = []
                sha256 = "sluice_secret"

                [api]
                listen_adr = "127.0.0.1:1"
                tls_key = "b.pem"
                """))
                .containsExactly(
                        "f:6:1: api_token.a.sha256 is missing; write what sluice token prints",
                        "f:8:11: api_token.a.scopes is no scope; write one of \"read\", \"operate\", \"admin\"",
                        "f:11:1: api_token.a.name is the name of an earlier [[api_token]];"
                                + " give this one a name of its own",
                        "f:12:1: api_token.a.scopes is empty;"
                                + " write scopes = [\"read\"], or \"operate\", or \"admin\"",
                        "f:13:1: api_token.a.sha256 is not 64 hexadecimal digits in lower case;"
                                + " write what sluice token prints",
                        "f:15:1: api.tls_certificate is missing;"
                                + " write tls_certificate = \"gateway.crt\" beside tls_key",
                        "f:16:1: api.listen_adr is no key of Sluice; did you mean listen_addr?");
    }

    @Test
    void warnsOfAnApiThatNobodyMayUse() {
        assertThat(warnings(POOL + "[api]\nlisten_addr = \"127.0.0.1:7150\"\n"))
                .containsExactly("f:7:1: api.listen_addr is where nobody may ask anything, because there is no"
                        + " [[api_token]]; make one with sluice token");
    }

    @Test
    void thereAreAtMost64Tokens() {
        String most = IntStream.range(0, ApiConfig.MAX_TOKENS)
                .mapToObj(i -> token("t" + i, "\"read\""))
                .collect(Collectors.joining());
        assertThat(load(POOL + most).api().tokens()).hasSize(64);
        assertThat(onlyProblem(POOL + most + TOKEN)).endsWith("write at most 64");
    }

    @Test
    void aSocketsPathFitsIntoItsAddress() {
        assertThat(load(socket(ApiConfig.MAX_SOCKET_PATH_BYTES)).api().unixSocket())
                .isPresent();
        assertThat(onlyProblem(socket(ApiConfig.MAX_SOCKET_PATH_BYTES + 1)))
                .contains("api.unix_socket is too long for a Unix socket; write a path of at most 107 bytes");
    }
}
