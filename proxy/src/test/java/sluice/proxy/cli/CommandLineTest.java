package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.AuthorityKeyFile;
import sluice.config.AuthorityKeySource;
import sluice.config.ConfigLoader;
import sluice.config.ConfigResult;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.api.ApiTokens;

class CommandLineTest {
    private static final String KEY = "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh";
    private static final String POOL = "[stratum_v2]\npool_url = \"stratum2+tcp://pool.example.com/" + KEY + "\"\n";
    private static final String SEVERAL_POOLS = """
            [[upstream]]
            name = "main"
            url = "stratum2+tcp://pool.example.com/%s"
            user = "farm"
            identity = "per-share"
            aggregation = 50

            [[upstream]]
            name = "backup"
            url = "stratum+ssl://backup.example.com:443"
            password = "geheim"
            identity = "per-channel"
            standby = "warm"

            [[goal]]
            name = "ours"
            weight = 70
            upstreams = ["main", "backup"]

            [[goal]]
            name = "theirs"
            upstreams = ["backup"]

            [[pin]]
            goal = "theirs"
            users = ["a*", "b"]
            addresses = ["10.0.1.0/24"]
            listeners = ["lan2"]

            [[listener]]
            name = "lan2"
            listen_addr = "0.0.0.0:3334"

            [failover]
            hold = "2m"
            after_hold = "close"
            """.formatted(KEY);

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    static Stream<String> commands() {
        return Sluice.commandLine(Map.of()).getSubcommands().keySet().stream();
    }

    private static Stream<String> commandsForPeople() {
        return Sluice.commandLine(Map.of()).getSubcommands().entrySet().stream()
                .filter(command ->
                        !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithTheExitCodes(String command) {
        assertThat(execute(command, "--help")).isZero();
        assertThat(out.toString())
                .startsWith("Usage: sluice " + command)
                .contains("Exit codes:")
                .contains("3   the configuration is invalid");
    }

    @Test
    void theRootTellsItsVersionAndItsCommands() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).startsWith("Sluice ");
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains(commandsForPeople().toList());
    }

    @Test
    void aWrongCommandLineEndsWith2() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).startsWith("Name a command");
        assertThat(execute("chek")).isEqualTo(2);
        assertThat(err.toString()).contains("Unmatched argument", "chek");
        assertThat(execute("check")).isEqualTo(2);
        assertThat(err.toString()).startsWith("Missing required option: '--config=FILE'");
        assertThat(execute("check", "--config", "x", "--nonsense")).isEqualTo(2);
        assertThat(err.toString()).startsWith("Unknown option: '--nonsense'");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void checkListsEveryProblemAndEndsWith3() throws IOException {
        Path file = write("""
                [stratum_v2]
                enabled = "yes"
                listen_adr = "0.0.0.0:3333"
                pool_url = "stratum2+tcp://pool.example.com:3333"
                [limits]
                max_connections = 0
                handshake_timeout = 15
                """);

        assertThat(execute("check", "--config", file.toString())).isEqualTo(3);
        assertThat(out.toString().lines())
                .hasSize(6)
                .endsWith("5 problems")
                .allMatch(line -> line.startsWith(file + ":") || line.equals("5 problems"));
    }

    @Test
    void checkSaysWhatAValidFileDoesAndShowsNoSecret() throws IOException {
        AuthoritySecretKey secret = AuthorityKeys.fresh();
        Path file = write(POOL + "authority_secret_key = \"" + secret.text() + "\"\n");

        assertThat(execute("check", "-c", file.toString())).isZero();
        assertThat(out.toString())
                .contains(file + " is valid")
                .contains("SV2 and SV1 on 0.0.0.0:3333, at most 16384")
                .contains("stratum2+tcp://pool.example.com:3333/" + KEY + " (SV2, verified) as user sluice")
                .contains("starts at 8192, steered to 6 shares a minute, not below 1")
                .contains(secret.publicKey(Secp256k1.best()).text())
                .contains("warning: " + file + ":2:1: stratum_v2.pool_user")
                .doesNotContain(secret.text());
    }

    @Test
    void checkSaysHowAnSv1PoolIsReachedAndShowsNoPassword() throws IOException {
        String settings = "pool_user = \"farm\"\npool_password = \"geheim\"\n";

        assertThat(execute(
                        "check",
                        "-c",
                        write("[stratum_v2]\npool_url = \"stratum+tcp://pool.example.com:3333\"\n" + settings)
                                .toString()))
                .isZero();
        assertThat(out.toString())
                .contains("stratum+tcp://pool.example.com:3333 (SV1, NOT encrypted) as user farm\n")
                .contains("stratum_v2.pool_url means an SV1 pool in plain text")
                .doesNotContain("geheim");
        assertThat(execute(
                        "check",
                        "-c",
                        write("[stratum_v2]\npool_url = \"stratum+ssl://pool.example.com:443\"\n"
                                        + "pool_names_per_share = true\n" + settings)
                                .toString()))
                .isZero();
        assertThat(out.toString())
                .contains("stratum+ssl://pool.example.com:443 (SV1, over TLS) as user farm,"
                        + " shares under the miners' own names");
    }

    @Test
    void checkSaysInWordsWhoMinesWhere() throws IOException {
        Path file = write(SEVERAL_POOLS);

        assertThat(execute("check", "-c", file.toString())).isZero();
        assertThat(out.toString())
                .contains("miners         SV2 and SV1 on 0.0.0.0:3333 (default), 0.0.0.0:3334 (lan2), at most")
                .contains("upstream       main: stratum2+tcp://pool.example.com:3333/" + KEY
                        + " (SV2, verified) as user farm, shares under the miners' own names,"
                        + " at most 50 miners a connection\n")
                .contains("upstream       backup: stratum+ssl://backup.example.com:443 (SV1, over TLS),"
                        + " each miner on a channel under its own name, warm standby\n")
                .contains("goal           ours: weight 70 of 170, mines for main, else backup\n")
                .contains("goal           theirs: weight 100 of 170, mines for backup\n")
                .contains(
                        "pin            users a* or b and addresses 10.0.1.0/24 and listeners lan2 mine for goal theirs\n")
                .contains(
                        "failover       miners keep their last job for 2m while no pool is usable, then their ports close;"
                                + " back to a better pool after 1m, switches within 10s;")
                .doesNotContain("geheim");
    }

    @Test
    void checkSaysWhoMakesTheJobsAndWhoSeesThem() throws IOException {
        String declared = """
                [[upstream]]
                name = "main"
                url = "stratum2+tcp://pool.example.com:3333/%s"
                user = "farm"
                job_declaration = { url = "stratum2+tcp://jds.example.com:3334" }

                [[template_source]]
                name = "node"
                url = "http://127.0.0.1:8332"
                cookie_file = "cookie"
                """.formatted(KEY);
        String server = "stratum2+tcp://jds.example.com:3334/" + KEY;

        assertThat(execute("check", "-c", write(declared).toString())).isZero();
        assertThat(out.toString())
                .contains(" as user farm, on jobs of our own declared with their transactions to " + server
                        + " (verified)\n");

        Path coinbaseOnly = write(declared.replace(":3334\"", ":3334\", mode = \"coinbase-only\""));
        assertThat(execute("check", "-c", coinbaseOnly.toString())).isZero();
        assertThat(out.toString())
                .contains(" as user farm, on jobs of our own of which " + server
                        + " (verified) sees the coinbase only\n");
    }

    @Test
    void checkSaysWhoElseConnectsAndWhatDeclaredJobsPay() throws IOException {
        String payout = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
        Path file = write("""
                [solo]
                payout = "%s"
                [[template_source]]
                name = "node"
                url = "http://127.0.0.1:8332"
                user = "sluice"
                password = "hunter2"
                [template_provider]
                listen_addr = "127.0.0.1:8442"
                [job_declaration_server]
                listen_addr = "0.0.0.0:3334"
                """.formatted(payout));

        assertThat(execute("check", "-c", file.toString())).isZero();

        assertThat(out.toString())
                .contains("given away on 127.0.0.1:8442")
                .contains("of clients on 0.0.0.0:3334, each pays " + payout);
    }

    @Test
    void checkSaysWhatMiningOsReadsAndShowsNoPassword() throws IOException {
        String port = POOL + "[miningos]\nlisten_addr = \"127.0.0.1:7152\"\n";

        assertThat(execute(
                        "check",
                        "-c",
                        write(port + "password = \"a secret of ours\"\n").toString()))
                .isZero();
        assertThat(out.toString())
                .contains("MiningOS       reads on 127.0.0.1:7152, miners and configuration as admin\n")
                .doesNotContain("a secret of ours");
        assertThat(execute("check", "-c", write(port).toString())).isZero();
        assertThat(out.toString()).contains("reads on 127.0.0.1:7152, neither miners nor configuration\n");
    }

    @Test
    void checkNamesTheKeptKeyAndMakesNone() throws IOException, CommandFailure {
        Path file = write(POOL);
        Path kept = directory.resolve("data/authority.key");

        assertThat(execute("check", "-c", file.toString())).isZero();
        assertThat(out.toString()).contains("to be made at the first start, in " + kept);
        assertThat(kept).doesNotExist();

        AuthoritySecretKey made = AuthorityKeys.of(load(file));
        assertThat(execute("check", "-c", file.toString())).isZero();
        assertThat(out.toString())
                .contains(made.publicKey(Secp256k1.best()).text() + " kept in " + kept)
                .doesNotContain(made.text());
        assertThat(AuthorityKeys.of(load(file)).text()).isEqualTo(made.text());
    }

    @Test
    void checkSaysThatADisabledGatewayDoesNothing() throws IOException {
        assertThat(execute("check", "-c", write("stratum_v2.enabled = false").toString()))
                .isZero();
        assertThat(out.toString()).contains("stratum_v2.enabled is false");
    }

    @Test
    void variablesReachTheConfiguration() throws IOException {
        CommandLine line = Sluice.commandLine(Map.of("MODULE_CONFIG_LISTEN_ADDR", "127.0.0.1:4444"));
        line.setOut(new PrintWriter(out)).execute("check", "-c", write(POOL).toString());

        assertThat(out.toString()).contains("SV2 and SV1 on 127.0.0.1:4444");
    }

    @Test
    void keygenPrintsWhatAConfigurationTakes() throws IOException, CommandFailure {
        assertThat(execute("keygen")).isZero();

        AuthoritySecretKey key = AuthorityKeys.of(load(write(POOL + out)));
        assertThat(out.toString())
                .contains("# authority key, public: "
                        + key.publicKey(Secp256k1.best()).text());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void keygenMakesAnotherKeyEachTime() {
        execute("keygen");
        String first = out.toString();
        execute("keygen");

        assertThat(out.toString()).isNotEqualTo(first);
    }

    @Test
    void keygenWritesTheSecretForItsOwnerOnly() throws IOException, CommandFailure {
        Path file = directory.resolve("own \"key\"");

        assertThat(execute("keygen", "--write", file.toString())).isZero();
        String secret = AuthorityKeyFile.read(file).text();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(out.toString()).doesNotContain(secret);
        assertThat(AuthorityKeys.of(load(write(POOL + out))).text()).isEqualTo(secret);
    }

    @Test
    void keygenNeverOverwrites() throws IOException {
        Path file = write("precious");

        assertThat(execute("keygen", "--write", file.toString())).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines(file + " exists; name a file that does not");
        assertThat(out.toString()).isEmpty();
        assertThat(file).hasContent("precious");
        assertThat(execute("keygen", "--write", directory.resolve("no/such/key").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("does not exist");
    }

    @Test
    void tokenPrintsWhatAConfigurationTakesAndATokenThatFitsIt() throws IOException {
        assertThat(execute("token", "fleet", "--scope", "operate")).isZero();

        String token = out.toString().lines().findFirst().orElseThrow().substring("# token: ".length());
        ConfigResult loaded = ConfigLoader.load(write(POOL + out), Map.of());
        assertThat(((ConfigResult.Loaded) loaded).config().api().tokens())
                .containsExactly(new ApiTokenConfig("fleet", ApiScope.OPERATE, ApiTokens.sha256(token)));
        assertThat(token).matches("sluice_[A-Za-z0-9_-]{43}");

        String first = token;
        execute("token", "fleet");
        assertThat(out.toString()).doesNotContain(first).contains("scopes = [\"read\"]");
    }

    @Test
    void tokenRefusesWhatIsNoName() {
        assertThat(execute("token", "a b")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).startsWith("NAME has a character that names do not have; use letters");
    }

    private int execute(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Sluice.commandLine(Map.of())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("sluice.toml"), text);
    }

    private static AuthorityKeySource load(Path file) {
        return ((ConfigResult.Loaded) ConfigLoader.load(file, Map.of()))
                .config()
                .authority();
    }
}
