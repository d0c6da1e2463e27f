package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.NodeSourceConfig.Access;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.Script;

class SoloTablesTest {
    private static final String ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    private static final String TESTNET_ADDRESS = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";

    /** Nine lines. */
    static final String SOLO = """
            [solo]
            payout = "%s"

            [[template_source]]
            name = "node"
            url = "http://127.0.0.1:8332"
            user = "sluice"
            password = "hunter2"

            """.formatted(ADDRESS);

    private static final String SOURCE = "[solo]\npayout = \"" + ADDRESS + "\"\n[[template_source]]\nname = \"n\"\n";

    @Test
    void withoutAPoolAllMinersMineSolo() {
        GatewayConfig config = load(SOLO);
        assertThat(config.routing().upstreams()).isEmpty();
        assertThat(config.routing().goals()).containsExactly(new GoalConfig("default", 100, List.of("solo")));
        SoloConfig solo = config.routing().solo().orElseThrow();
        assertThat(solo.payout().script())
                .isEqualTo(Script.p2wpkh(Bytes.fromHex("751e76e8199196d454941c45d1b3a323f1433bd6")));
        assertThat(solo.network()).isEqualTo(Network.MAINNET);
        assertThat(solo.tag()).isEqualTo("/sluice/");
        assertThat(config.templateSources())
                .containsExactly(new NodeSourceConfig(
                        "node",
                        URI.create("http://127.0.0.1:8332"),
                        new Access.Password("sluice", "hunter2"),
                        Optional.empty()));
    }

    @Test
    void beforePoolsNobodyMinesSoloUnlessAGoalSaysSo() {
        assertThat(load(SOLO + upstream("main")).routing().goals().getFirst().upstreams())
                .containsExactly("main");
        assertThat(load(SOLO + upstream("main") + "[[goal]]\nname = \"a\"\nupstreams = [\"main\", \"solo\"]\n")
                        .routing()
                        .goals()
                        .getFirst()
                        .upstreams())
                .containsExactly("main", "solo");
        assertThat(load(SOLO + "[[goal]]\nname = \"a\"\nupstreams = [\"solo\"]\n")
                        .routing()
                        .goals()
                        .getFirst()
                        .upstreams())
                .containsExactly("solo");
    }

    @Test
    void aGoalCanNameSoloOnlyWhereThereIsSuchAThing() {
        assertThat(onlyProblem(upstream("main") + "[[goal]]\nname = \"a\"\nupstreams = [\"main\", \"solo\"]\n"))
                .contains("goal.a.upstreams names the upstream \"solo\", which does not exist");
    }

    @Test
    void noPoolIsCalledSolo() {
        assertThat(problems(upstream("solo")))
                .first()
                .asString()
                .contains("upstream.solo.name is what mining on templates of your own is called");
    }

    @Test
    void aCookieFileAProviderAndAZmqSocketAreRead() {
        GatewayConfig config = load(SOURCE + "url = \"https://[::1]\"\ncookie_file = \"node/.cookie\"\n"
                + "zmq_hashblock = \"tcp://127.0.0.1:28332\"\n"
                + "[[template_source]]\nname = \"tp\"\nurl = \"stratum2+tcp://10.0.0.2:8442/" + KEY + "\"\n");
        assertThat(config.templateSources().getFirst())
                .isEqualTo(new NodeSourceConfig(
                        "n",
                        URI.create("https://[::1]:8332"),
                        new Access.Cookie(Path.of("/etc/sluice/node/.cookie")),
                        Optional.of("tcp://127.0.0.1:28332")));
        ProviderSourceConfig provider =
                (ProviderSourceConfig) config.templateSources().getLast();
        assertThat(provider.provider().host()).isEqualTo("10.0.0.2");
        assertThat(provider.provider().authorityKey()).isPresent();
    }

    @Test
    void theNodesPasswordIsShownNowhere() {
        assertThat(load(SOLO).toString()).contains("sluice").doesNotContain("hunter2");
        assertThat(onlyProblem(SOLO.replace("127.0.0.1:8332", "a@b:8332"))).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url = 'http://u:p@h'        | url has a user in front of the host; put it into user and password",
                "url = 'stratum+tcp://h'     | url is a pool's, and pools have no templates",
                "url = 'stratum2+tcp://h:1'  | url has no authority key, so anyone on the way could choose what is mined",
                "url = 'ftp://h'             | url has the unknown scheme 'ftp'",
                "url = 'h'                   | url has no scheme",
                "url = 'http://h:99999'      | url has a wrong port '99999'",
                "url = 'http://h'            | user is missing",
            })
    void aSourceThatCannotBeIsNamedWithItsMistake(String line, String problem) {
        assertThat(problems(SOURCE + line + "\n"))
                .anySatisfy(found -> assertThat(found).contains("template_source.n." + problem));
    }

    @Test
    void aCookieBesideAPasswordIsAMistakeAndSoAreBothBesideAProvider() {
        assertThat(onlyProblem(SOURCE + "url = \"http://h\"\nuser = \"a\"\npassword = \"b\"\ncookie_file = \"c\"\n"))
                .contains("template_source.n.cookie_file stands beside user or password");
        assertThat(onlyProblem(SOURCE + "url = \"stratum2+tcp://h:1/" + KEY + "\"\nzmq_hashblock = \"tcp://h:2\"\n"))
                .contains("template_source.n.zmq_hashblock stands beside an SV2 provider");
    }

    @Test
    void aZmqSocketHasASchemeAndAPort() {
        String node = SOURCE + "url = \"http://h\"\ncookie_file = \"c\"\n";
        assertThat(onlyProblem(node + "zmq_hashblock = \"h:1\"\n")).contains("does not begin with tcp://");
        assertThat(onlyProblem(node + "zmq_hashblock = \"tcp://h\"\n")).contains("has no port");
    }

    @Test
    void thePayoutIsCheckedAgainstTheNetwork() {
        assertThat(onlyProblem(SOLO.replace(ADDRESS, TESTNET_ADDRESS)))
                .startsWith("f:2:1: solo.payout pays nobody:")
                .contains("is for testnet, testnet4, signet, not for mainnet");
        assertThat(load(SOLO.replace(ADDRESS, TESTNET_ADDRESS).replace("[solo]", "[solo]\nnetwork = \"testnet4\""))
                        .routing()
                        .solo()
                        .orElseThrow()
                        .network())
                .isEqualTo(Network.TESTNET4);
        assertThat(onlyProblem(SOLO.replace("[solo]", "[solo]\nnetwork = \"moon\"")))
                .contains("solo.network is no network of Bitcoin");
    }

    @Test
    void aPayoutIsRequiredAndSoIsASource() {
        assertThat(onlyProblem(SOLO.replace("payout", "# payout"))).contains("solo.payout is missing");
        assertThat(onlyProblem("[solo]\npayout = \"" + ADDRESS + "\"\n"))
                .contains("solo.payout needs a [[template_source]], and there is none");
    }

    @Test
    void aRawScriptHasItsLimit() {
        String most = "51".repeat(SoloConfig.MAX_SCRIPT_BYTES);
        assertThat(load(SOLO.replace(ADDRESS, "raw(" + most + ")"))).isNotNull();
        assertThat(onlyProblem(SOLO.replace(ADDRESS, "raw(51" + most + ")")))
                .contains("solo.payout has a script of 501 bytes");
    }

    @Test
    void theTagHasItsLimit() {
        String most = "x".repeat(SoloConfig.MAX_TAG_BYTES);
        assertThat(load(SOLO.replace("[solo]", "[solo]\ntag = \"" + most + "\""))
                        .routing()
                        .solo()
                        .orElseThrow()
                        .tag())
                .isEqualTo(most);
        assertThat(onlyProblem(SOLO.replace("[solo]", "[solo]\ntag = \"" + most + "x\"")))
                .contains("solo.tag is too long; write at most 72 bytes");
    }

    @Test
    void sourcesHaveTheirLimit() {
        StringBuilder text = new StringBuilder("[solo]\npayout = \"" + ADDRESS + "\"\n");
        for (int i = 0; i < TemplateSourceConfig.MAX_SOURCES; i++) {
            text.append("[[template_source]]\nname = \"n" + i + "\"\nurl = \"http://h\"\ncookie_file = \"c\"\n");
        }
        assertThat(load(text.toString()).templateSources()).hasSize(TemplateSourceConfig.MAX_SOURCES);
        text.append("[[template_source]]\nname = \"more\"\nurl = \"http://h\"\ncookie_file = \"c\"\n");
        assertThat(onlyProblem(text.toString())).contains("write at most 8");
    }

    @Test
    void userAndPasswordHaveTheirLimits() {
        String node = SOURCE + "url = \"http://h\"\nuser = \"%s\"\npassword = \"%s\"\n";
        String user = "u".repeat(NodeSourceConfig.MAX_USER_BYTES);
        String password = "p".repeat(NodeSourceConfig.MAX_PASSWORD_BYTES);
        assertThat(load(node.formatted(user, password)).templateSources()).hasSize(1);
        assertThat(onlyProblem(node.formatted(user + "u", password))).contains("template_source.n.user is too long");
        assertThat(onlyProblem(node.formatted(user, password + "p")))
                .contains("template_source.n.password is too long");
    }

    @Test
    void soloThatNobodyMinesIsAWarning() {
        assertThat(warnings(SOLO + upstream("main")))
                .singleElement()
                .asString()
                .contains("solo.payout is for mining that nobody does");
        assertThat(warnings(SOLO)).isEmpty();
        assertThat(warnings(SOLO + upstream("main") + "[failover]\nafter_hold = \"solo\"\n"))
                .isEmpty();
    }
}
