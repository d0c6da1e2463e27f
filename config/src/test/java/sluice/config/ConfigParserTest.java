package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.ConfigProblem.Line;
import sluice.config.ConfigProblem.Variable;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

class ConfigParserTest {
    // The specification's own example (4.7.1).
    private static final String KEY = "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh";
    private static final String SECRET = AuthoritySecretKey.of(secretBytes()).text();
    private static final Path FILE = Path.of("/etc/sluice/sluice.toml");
    private static final String POOL =
            "[stratum_v2]\npool_url = \"stratum2+tcp://pool.example.com:3333/" + KEY + "\"\n";

    private final Map<Path, String> keyFiles = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private boolean openToOthers;

    @Test
    void theSeedsThreeKeysAreEnough() {
        GatewayConfig config = load("""
                [stratum_v2]
                enabled = true
                listen_addr = "0.0.0.0:3333"
                pool_url = "stratum2+tcp://pool.example.com:3333/%s"
                """.formatted(KEY));

        assertThat(config.enabled()).isTrue();
        assertThat(config.listenAddress()).isEqualTo(new ListenAddress("0.0.0.0", 3333));
        assertThat(pool(config))
                .isEqualTo(new PoolConfig(
                        new Sv2PoolAddress("pool.example.com", 3333, Optional.of(AuthorityKey.parse(KEY))), "sluice"));
    }

    @Test
    void whatIsNotWrittenHasItsDefault() {
        GatewayConfig config = load(POOL);

        assertThat(config.enabled()).isTrue();
        assertThat(config.listenAddress()).hasToString("0.0.0.0:3333");
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/etc/sluice/data"));
        assertThat(config.authority())
                .isEqualTo(new AuthorityKeySource.KeptIn(Path.of("/etc/sluice/data/authority.key")));
        assertThat(config.vardiff()).isEqualTo(new VardiffConfig(true, 6, 1, 8192));
        assertThat(config.limits()).isEqualTo(new LimitsConfig(16_384, Duration.ofSeconds(15), Duration.ofHours(2)));
        assertThat(config.sv1()).isEqualTo(new Sv1Config(0x1fffe000L, Duration.ofSeconds(30)));
        assertThat(config.logLevel()).isEqualTo(LogLevel.INFO);
    }

    @Test
    void everyKeyIsRead() {
        GatewayConfig config = load("""
                data_dir = "/var/lib/sluice"

                [stratum_v2]
                enabled = false
                listen_addr = "[::1]:0"
                pool_url = "stratum+tcp://[2001:db8::1]"
                authority_key = "%s"
                pool_user = "farm.gateway"
                authority_secret_key = "%s"

                [vardiff]
                enabled = false
                shares_per_minute = 20
                min_difficulty = 1e-9
                start_difficulty = 0.5

                [sv1]
                version_mask = "00ffe000"
                keepalive = "1500ms"

                [limits]
                max_connections = 10
                handshake_timeout = "500ms"
                idle_timeout = "2m"
                max_connections_per_address = 9
                accept_rate = 8
                accept_rate_per_address = 7
                invalid_shares_per_second = 6
                ban_after = 5
                ban_time = "4m"

                [log]
                level = "debug"
                """.formatted(KEY, SECRET));

        assertThat(config.enabled()).isFalse();
        assertThat(config.listenAddress()).isEqualTo(new ListenAddress("::1", 0));
        assertThat(pool(config).address().url()).isEqualTo("stratum2+tcp://[2001:db8::1]:3333/" + KEY);
        assertThat(pool(config).user()).isEqualTo("farm.gateway");
        assertThat(config.authority())
                .isInstanceOfSatisfying(
                        AuthorityKeySource.Given.class,
                        given -> assertThat(given.key().text()).isEqualTo(SECRET));
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/var/lib/sluice"));
        assertThat(config.vardiff()).isEqualTo(new VardiffConfig(false, 20, 1e-9, 0.5));
        assertThat(config.limits())
                .isEqualTo(new LimitsConfig(
                        10, Duration.ofMillis(500), Duration.ofMinutes(2), 9, 8, 7, 6, 5, Duration.ofMinutes(4)));
        assertThat(config.sv1()).isEqualTo(new Sv1Config(0x00ffe000L, Duration.ofMillis(1500)));
        assertThat(config.logLevel()).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void fiveMistakesAreListedAtOnceEachWithItsPlace() {
        List<ConfigProblem> problems = problems("""
                [stratum_v2]
                enabled = "yes"
                listen_adr = "0.0.0.0:3333"
                pool_url = "stratum2+tcp://pool.example.com:99999/%s"

                [vardiff]
                  min_difficulty = 1e-12

                [limits]
                handshake_timeout = 15
                """.formatted(KEY));

        assertThat(problems)
                .map(problem -> problem.describe("sluice.toml"))
                .containsExactly(
                        "sluice.toml:2:1: stratum_v2.enabled is a text in quotes; write true or false, without quotes",
                        "sluice.toml:3:1: stratum_v2.listen_adr is no key of Sluice; did you mean listen_addr?",
                        "sluice.toml:4:1: stratum_v2.pool_url has a wrong port '99999'; write a port from 1 to 65535",
                        "sluice.toml:7:3: vardiff.min_difficulty is 1e-12, out of range; write a value from 1e-9 to 1e15",
                        "sluice.toml:10:1: limits.handshake_timeout is a whole number;"
                                + " write a duration in quotes, such as \"15s\"");
    }

    @Test
    void linesThatAreNotTomlAreListedBesideOtherMistakes() {
        List<ConfigProblem> problems = problems("""
                [stratum_v2]
                enabled = tru
                pool_url = "stratum2+tcp://pool
                [limits]
                max_connections = 0
                max_connections = 5
                """);

        assertThat(problems)
                .map(ConfigProblem::origin)
                .containsExactly(new Line(2, 11), new Line(3, 32), new Line(5, 1), new Line(6, 1));
        assertThat(problems).map(ConfigProblem::key).containsExactly("", "", "limits.max_connections", "");
    }

    @Test
    void aMissingPoolIsOneProblemAtItsTable() {
        assertThat(problems("\n[stratum_v2]\nenabled = true\n"))
                .containsExactly(new ConfigProblem(
                        new Line(2, 1),
                        "stratum_v2.pool_url",
                        "is missing",
                        "write pool_url = \"stratum2+tcp://host:port/AUTHORITY_KEY\" below [stratum_v2]"));
        assertThat(problems("")).singleElement().returns(new Line(1, 1), ConfigProblem::origin);
    }

    @Test
    void aGatewayThatIsOffNeedsNoPool() {
        assertThat(load("[stratum_v2]\nenabled = false\n").routing()).isEqualTo(RoutingConfig.EMPTY);
    }

    @Test
    void theSeedsUrlIsAnSv2PoolBesideAnAuthorityKey() {
        GatewayConfig config = load(
                "[stratum_v2]\npool_url = \"stratum+tcp://pool.example.com:3333\"\nauthority_key = \"" + KEY + "\"\n");

        assertThat(pool(config).address())
                .isEqualTo(new Sv2PoolAddress("pool.example.com", 3333, Optional.of(AuthorityKey.parse(KEY))));
    }

    @Test
    void anSv2PoolWithoutAKeyIsAMistake() {
        ConfigProblem problem = onlyProblem("[stratum_v2]\npool_url = \"stratum2+tcp://pool.example.com:3333\"\n");

        assertThat(problem.origin()).isEqualTo(new Line(2, 1));
        assertThat(problem.wrong())
                .isEqualTo("has no authority key, so anyone between here and the pool could take the work");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stratum+tcp", "stratum2+tcp"})
    void anSv2PoolGoesUnverifiedOnlyWhenTheOperatorSaysSo(String scheme) {
        String withoutKey = "[stratum_v2]\npool_user = \"a\"\npool_url = \"" + scheme + "://pool.example.com:3333\"\n";

        Loaded loaded = (Loaded) parse(withoutKey + "allow_unverified = true\n");
        assertThat(pool(loaded.config()).address())
                .isEqualTo(new Sv2PoolAddress("pool.example.com", 3333, Optional.empty()));
        assertThat(loaded.warnings()).singleElement().returns("stratum_v2.allow_unverified", ConfigProblem::key);
    }

    @Test
    void aTrustSettingOfAnotherTypeIsOneMistake() {
        String url = "[stratum_v2]\npool_url = \"stratum2+tcp://h\"\n";

        assertThat(onlyProblem(url + "allow_unverified = 1\n").key()).isEqualTo("stratum_v2.allow_unverified");
        assertThat(onlyProblem(url + "authority_key = 1\n").key()).isEqualTo("stratum_v2.authority_key");
    }

    @Test
    void allowUnverifiedBesideAKeyStillVerifies() {
        Loaded loaded = (Loaded) parse(POOL + "pool_user = \"a\"\nallow_unverified = true\n");

        assertThat(((Sv2PoolAddress) pool(loaded.config()).address()).authorityKey())
                .isPresent();
        assertThat(loaded.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.wrong()).startsWith("has no effect"));
    }

    @Test
    void twoDifferentPoolKeysContradictEachOther() {
        String other =
                AuthoritySecretKey.parse(SECRET).publicKey(Secp256k1.best()).text();

        assertThat(onlyProblem(POOL + "authority_key = \"" + other + "\"\n").wrong())
                .isEqualTo("carries another key than authority_key");
        assertThat(load(POOL + "authority_key = \"" + KEY + "\"\n")).isNotNull();
    }

    @Test
    void aWrongKeyIsOneProblemThatSaysWhatIsWrongWithIt() {
        String broken = KEY.replace("9bX", "9bY");

        ConfigProblem inUrl =
                onlyProblem("[stratum_v2]\npool_url = \"stratum2+tcp://pool.example.com/" + broken + "\"\n");
        assertThat(inUrl.key()).isEqualTo("stratum_v2.pool_url");
        assertThat(inUrl.wrong()).contains("checksum");
        ConfigProblem beside = onlyProblem(
                "[stratum_v2]\npool_url = \"stratum+tcp://pool.example.com\"\nauthority_key = \"" + broken + "\"\n");
        assertThat(beside.key()).isEqualTo("stratum_v2.authority_key");
        assertThat(beside.wrong()).contains("checksum");
    }

    @Test
    void aPoolWithoutAUserIsWarnedAbout() {
        assertThat(((Loaded) parse(POOL)).warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.describe("f"))
                        .isEqualTo("f:2:1: stratum_v2.pool_user is missing, so the pool credits the user \"sluice\";"
                                + " write the user name that the pool gave you"));
        assertThat(((Loaded) parse(POOL + "pool_user = \"farm\"\n")).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool_usr = 'a'             | stratum_v2.pool_usr      | did you mean pool_user?",
                "pool_uesr = 'a'            | stratum_v2.pool_uesr     | did you mean pool_user?",
                "POOL_USER = 'a'            | stratum_v2.POOL_USER     | did you mean pool_user?",
                "max_connections = 5        | stratum_v2.max_connections | move it below [limits]",
                "data_dir = 'x'             | stratum_v2.data_dir      | move it to the top of the file, above the first [table]",
            })
    void anUnknownKeyNamesTheOneThatWasMeant(String line, String key, String right) {
        ConfigProblem problem = onlyProblem(POOL + line + "\n");

        assertThat(problem.origin()).isEqualTo(new Line(3, 1));
        assertThat(problem.key()).isEqualTo(key);
        assertThat(problem.right()).isEqualTo(right);
    }

    @Test
    void anUnknownKeyThatResemblesNoneGetsTheKnownOnes() {
        assertThat(onlyProblem(POOL + "[log]\ncolour = true\n").right()).isEqualTo("known here: level");
        assertThat(onlyProblem(POOL + "[web]\nport = 1\n"))
                .returns("web", ConfigProblem::key)
                .returns("is no table of Sluice", ConfigProblem::wrong)
                .returns(
                        "known here: stratum_v2, listener, upstream, goal, template_source, solo, template_provider, job_declaration_server, pin, failover, vardiff, profile, limits, sv1, api, api_token, miningos, webhook, log",
                        ConfigProblem::right);
    }

    @Test
    void aNameOfAnyLengthIsAnswered() {
        ConfigProblem problem = onlyProblem(POOL + "x".repeat(100_000) + " = 1\n");

        assertThat(problem.key()).isEqualTo("stratum_v2." + "x".repeat(64) + "...");
    }

    @Test
    void aMisspeltRequiredKeyOrTableIsOneMistake() {
        assertThat(onlyProblem("[stratum_v2]\npool_ulr = \"stratum2+tcp://h/" + KEY + "\"\n")
                        .right())
                .isEqualTo("did you mean pool_url?");
        assertThat(onlyProblem("[stratumv2]\npool_url = \"stratum2+tcp://h/" + KEY + "\"\n")
                        .right())
                .isEqualTo("did you mean stratum_v2?");
        assertThat(onlyProblem("pool_url = \"stratum2+tcp://h/" + KEY + "\"\n").right())
                .isEqualTo("move it below [stratum_v2]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[stratum_v2]\\nenabled = 1          | is a whole number",
                "[stratum_v2]\\nlisten_addr = 3333   | is a whole number",
                "[stratum_v2]\\npool_url = ['a']     | is a list",
                "[stratum_v2]\\npool_user = 1.5      | is a number with a fraction",
                "[stratum_v2]\\nauthority_key = true | is true or false",
                "[limits]\\nmax_connections = '5'    | is a text in quotes",
                "[limits]\\nidle_timeout = 30        | is a whole number",
                "[vardiff]\\nmin_difficulty = '1'    | is a text in quotes",
                "[sv1]\\nversion_mask = 0x1fffe000   | is a whole number",
                "[log]\\nlevel = 2026-01-01          | is a date or time",
                "data_dir = {}                       | is a table",
            })
    void aValueOfAnotherTypeIsNamed(String text, String wrong) {
        List<ConfigProblem> problems = problems(text.replace("\\n", "\n"));

        assertThat(problems)
                .filteredOn(problem -> !problem.wrong().equals("is missing"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.wrong()).isEqualTo(wrong));
    }

    @Test
    void aTableWrittenAsAnotherThingIsNamed() {
        assertThat(onlyProblem(POOL + "[[limits]]\nmax_connections = 5\n"))
                .returns(new Line(3, 1), ConfigProblem::origin)
                .returns("is a list, not a table", ConfigProblem::wrong);
        assertThat(onlyProblem("limits = 5\n" + POOL).wrong()).isEqualTo("is a whole number, not a table");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.max_connections = 1                | limits.max_connections = 0",
                "limits.max_connections = 1000000          | limits.max_connections = 1000001",
                "limits.max_connections = 2                | limits.max_connections = 9223372036854775807",
                "limits.handshake_timeout = '100ms'        | limits.handshake_timeout = '99ms'",
                "limits.handshake_timeout = '5m'           | limits.handshake_timeout = '301s'",
                "limits.idle_timeout = '1s'                | limits.idle_timeout = '999ms'",
                "limits.idle_timeout = '24h'               | limits.idle_timeout = '25h'",
                "vardiff.shares_per_minute = 0.1           | vardiff.shares_per_minute = 0.09",
                "vardiff.shares_per_minute = 6000          | vardiff.shares_per_minute = 6000.1",
                "vardiff.min_difficulty = 1e-9             | vardiff.min_difficulty = 9.9e-10",
                "vardiff.min_difficulty = 1e15             | vardiff.min_difficulty = 2e15",
                "vardiff.min_difficulty = 1                | vardiff.min_difficulty = nan",
                "vardiff.start_difficulty = 1e15           | vardiff.start_difficulty = inf",
                "vardiff.start_difficulty = 1              | vardiff.start_difficulty = 0.99",
                "sv1.keepalive = '1s'                      | sv1.keepalive = '0s'",
                "sv1.keepalive = '60s'                     | sv1.keepalive = '61s'",
                "sv1.version_mask = '1fffffe0'             | sv1.version_mask = '1ffffff0'",
                "sv1.version_mask = '00000000'             | sv1.version_mask = '20000000'",
                "sv1.version_mask = '1FFFE000'             | sv1.version_mask = '0x1fffe000'",
                "log.level = 'trace'                       | log.level = 'verbose'",
                "stratum_v2.pool_user = 'a.b'              | stratum_v2.pool_user = ''",
                "stratum_v2.pool_user = 'é'                | stratum_v2.pool_user = \"a\\nb\"",
                "data_dir = '..'                           | data_dir = ''",
                "data_dir = 'x'                            | data_dir = \"a\\u0000b\"",
            })
    void eachLimitHoldsAtItsEdge(String allowed, String refused) {
        assertThat(load("stratum_v2.pool_url = \"stratum2+tcp://h/" + KEY + "\"\n" + allowed + "\n"))
                .isNotNull();
        ConfigProblem problem =
                onlyProblem("stratum_v2.pool_url = \"stratum2+tcp://h/" + KEY + "\"\n" + refused + "\n");
        assertThat(problem.key()).isEqualTo(refused.substring(0, refused.indexOf(' ')));
        assertThat(problem.origin()).isEqualTo(new Line(2, 1));
    }

    @Test
    void aUserHasAtMost255Bytes() {
        assertThat(load(POOL + "pool_user = \"" + "é".repeat(127) + "a\"\n")).isNotNull();
        assertThat(onlyProblem(POOL + "pool_user = \"" + "é".repeat(128) + "\"\n")
                        .wrong())
                .isEqualTo("is too long");
    }

    @Test
    void aStartThatNobodyWroteFollowsTheLowerBound() {
        assertThat(load(POOL + "[vardiff]\nmin_difficulty = 1e6\n").vardiff())
                .isEqualTo(new VardiffConfig(true, 6, 1e6, 1e6));
    }

    @Test
    void variablesReplaceKeysOfTheFile() {
        environment.put("MODULE_CONFIG_LISTEN_ADDR", "127.0.0.1:4444");
        environment.put("MODULE_CONFIG_POOL_URL", "stratum2+tcp://other.example.com/" + KEY);

        GatewayConfig config = load("[stratum_v2]\nlisten_addr = \"nonsense\"\npool_url = \"nonsense\"\n");
        assertThat(config.listenAddress()).hasToString("127.0.0.1:4444");
        assertThat(pool(config).address().host()).isEqualTo("other.example.com");
    }

    @Test
    void aWrongVariableIsNamed() {
        environment.put("MODULE_CONFIG_LISTEN_ADDR", "127.0.0.1");

        ConfigProblem problem = onlyProblem(POOL);
        assertThat(problem.origin()).isEqualTo(new Variable("MODULE_CONFIG_LISTEN_ADDR"));
        assertThat(problem.describe("sluice.toml"))
                .isEqualTo("environment variable MODULE_CONFIG_LISTEN_ADDR: stratum_v2.listen_addr has no port;"
                        + " write it as 127.0.0.1:3333");
    }

    @Test
    void anEmptyVariableReplacesNothing() {
        environment.put("MODULE_CONFIG_POOL_URL", "");

        assertThat(pool(load(POOL)).address().host()).isEqualTo("pool.example.com");
    }

    @Test
    void aSecretKeyIsReadFromItsFileBesideTheConfiguration() {
        keyFiles.put(Path.of("/etc/sluice/keys/own.key"), SECRET);

        GatewayConfig config = load(POOL + "authority_secret_key_file = \"keys/own.key\"\n");
        assertThat(((AuthorityKeySource.Given) config.authority()).key().text()).isEqualTo(SECRET);
    }

    @Test
    void aSecretKeyFileThatIsMissingUnreadableOrWrongIsAProblemOfItsKey() {
        String line = POOL + "authority_secret_key_file = \"own.key\"\n";
        Path file = Path.of("/etc/sluice/own.key");

        assertThat(onlyProblem(line))
                .returns("stratum_v2.authority_secret_key_file", ConfigProblem::key)
                .returns("names " + file + ", which does not exist", ConfigProblem::wrong)
                .returns("make it with sluice keygen --write " + file, ConfigProblem::right);
        keyFiles.put(file, "unreadable");
        assertThat(onlyProblem(line).wrong()).contains("cannot be read");
        keyFiles.put(file, KEY);
        assertThat(onlyProblem(line).wrong()).contains("looks like a public authority key");
    }

    @Test
    void aKeptKeyThatIsBrokenIsFoundBeforeTheStart() {
        keyFiles.put(Path.of("/etc/sluice/data/authority.key"), "garbage");

        assertThat(onlyProblem(POOL))
                .returns("data_dir", ConfigProblem::key)
                .satisfies(problem ->
                        assertThat(problem.wrong()).startsWith("holds /etc/sluice/data/authority.key, which"));
    }

    @Test
    void aSecretKeyIsGivenOnce() {
        keyFiles.put(Path.of("/etc/sluice/own.key"), SECRET);

        assertThat(onlyProblem(
                        POOL + "authority_secret_key = \"" + SECRET + "\"\nauthority_secret_key_file = \"own.key\"\n"))
                .returns("stratum_v2.authority_secret_key_file", ConfigProblem::key)
                .returns("stands beside authority_secret_key", ConfigProblem::wrong);
    }

    @Test
    void aSecretThatOthersMayReadIsWarnedAbout() {
        openToOthers = true;
        keyFiles.put(Path.of("/etc/sluice/own.key"), SECRET);
        String pool = POOL + "pool_user = \"a\"\n";

        assertThat(((Loaded) parse(pool + "authority_secret_key = \"" + SECRET + "\"\n")).warnings())
                .singleElement()
                .returns("chmod 600 /etc/sluice/sluice.toml", ConfigProblem::right);
        assertThat(((Loaded) parse(pool + "authority_secret_key_file = \"own.key\"\n")).warnings())
                .singleElement()
                .returns("chmod 600 /etc/sluice/own.key", ConfigProblem::right);
        assertThat(((Loaded) parse(pool)).warnings()).isEmpty();
    }

    @Test
    void secretsAreShownNowhere() {
        String changed = SECRET.substring(0, SECRET.length() - 3) + "abc";

        assertThat(onlyProblem(POOL + "authority_secret_key = \"" + changed + "\"\n")
                        .describe("f"))
                .doesNotContain(changed.substring(5, 20))
                .contains("checksum");
        assertThat(parse(POOL + "authority_secret_key = \"" + SECRET + "\"\n").toString())
                .doesNotContain(SECRET)
                .doesNotContain(SECRET.substring(5, 20))
                .contains("redacted");
    }

    @Test
    void aByteOrderMarkIsSkipped() {
        assertThat(load("\uFEFF" + POOL)).isNotNull();
        assertThat(onlyProblem("\uFEFFx = 1\n" + POOL).origin()).isEqualTo(new Line(1, 1));
    }

    @Test
    void whatAProblemQuotesCannotWriteTheTerminal() {
        assertThat(Configuration.problems("[stratum_v2]\nlisten_addr = \"[::1]\\u001b[2J\\n\""))
                .anyMatch(problem -> problem.contains("has '\ufffd[2J\ufffd' behind the address"));
    }

    @Test
    void windowsLineEndsCountAsOne() {
        assertThat(onlyProblem((POOL + "x_y_z = 1\n").replace("\n", "\r\n")).origin())
                .isEqualTo(new Line(3, 1));
    }

    private static PoolConfig pool(GatewayConfig config) {
        return config.routing().upstreams().getFirst().pool();
    }

    private GatewayConfig load(String text) {
        ConfigResult result = parse(text);
        assertThat(result).isInstanceOf(Loaded.class);
        return ((Loaded) result).config();
    }

    private List<ConfigProblem> problems(String text) {
        ConfigResult result = parse(text);
        assertThat(result).isInstanceOf(Invalid.class);
        return ((Invalid) result).problems();
    }

    private ConfigProblem onlyProblem(String text) {
        List<ConfigProblem> problems = problems(text);
        assertThat(problems).hasSize(1);
        return problems.getFirst();
    }

    private ConfigResult parse(String text) {
        return ConfigParser.parse(text, FILE, environment, new ConfigParser.Secrets() {
            @Override
            public AuthoritySecretKey read(Path keyFile) throws IOException {
                String content = keyFiles.get(keyFile);
                if (content == null) {
                    throw new NoSuchFileException(keyFile.toString());
                }
                if (content.equals("unreadable")) {
                    throw new AccessDeniedException(keyFile.toString());
                }
                return AuthorityKeyFile.parse(content);
            }

            @Override
            public boolean isOpenToOthers(Path anyFile) {
                return openToOthers;
            }

            @Override
            public boolean isReadable(Path anyFile) {
                return !anyFile.endsWith("absent.pem");
            }
        });
    }

    private static byte[] secretBytes() {
        byte[] secret = new byte[AuthoritySecretKey.LENGTH];
        Arrays.fill(secret, (byte) 0x51);
        return secret;
    }
}
