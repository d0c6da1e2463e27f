package sluice.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.ConfigDocument.Found;
import sluice.config.ConfigProblem.Variable;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** Turns the text of a configuration file into a {@link GatewayConfig}, or into everything that is wrong with it. */
public final class ConfigParser {
    /** Replaces {@code stratum_v2.listen_addr}: how a blvm node tells its modules (MODULE_CONFIG_ and the key). */
    public static final String LISTEN_ADDR_VARIABLE = "MODULE_CONFIG_LISTEN_ADDR";
    /** Replaces {@code stratum_v2.pool_url}. */
    public static final String POOL_URL_VARIABLE = "MODULE_CONFIG_POOL_URL";

    public static final String AUTHORITY_KEY_FILE_NAME = "authority.key";

    private static final String ONE_OF_EACH =
            "[[upstream]]\n[[goal]]\n[[pin]]\n[[profile]]\n[[listener]]\n[[template_source]]\n[[api_token]]\n[[webhook]]\n";

    private static final Secrets NO_FILES = new Secrets() {
        @Override
        public AuthoritySecretKey read(Path keyFile) throws IOException {
            throw new NoSuchFileException(keyFile.toString());
        }

        @Override
        public boolean isOpenToOthers(Path anyFile) {
            return false;
        }

        @Override
        public boolean isReadable(Path anyFile) {
            return true;
        }
    };

    private final ConfigDocument document;
    private final Map<String, String> environment;
    private final Path file;
    private final Path directory;
    private final Secrets secrets;

    private ConfigParser(String text, Path file, Map<String, String> environment, Secrets secrets) {
        // Editors on Windows put a byte order mark in front of UTF-8.
        this.document = new ConfigDocument(text.startsWith("\uFEFF") ? text.substring(1) : text);
        this.environment = environment;
        this.file = file;
        this.directory = file.toAbsolutePath().getParent();
        this.secrets = secrets;
    }

    /** The files beside the text that its meaning depends on. */
    public interface Secrets {
        /** Throws NoSuchFileException where there is no file, InvalidValueException where it holds no key. */
        AuthoritySecretKey read(Path keyFile) throws IOException;

        /** Whether users other than the owner may read {@code anyFile}. */
        boolean isOpenToOthers(Path anyFile) throws IOException;

        /** Whether there is such a file and we may read it. */
        boolean isReadable(Path anyFile);
    }

    /**
     * @param text TOML 1.0
     * @param file where the text stands; relative paths in it start there
     * @param environment variables; those named in this class replace keys of the file, an empty one does not
     */
    public static ConfigResult parse(String text, Path file, Map<String, String> environment, Secrets secrets) {
        return new ConfigParser(text, file, environment, secrets).parse();
    }

    /** The full names of all keys, in the order in which a file would have them. */
    static List<String> knownKeys() {
        ConfigParser nothingWritten = new ConfigParser(ONE_OF_EACH, Path.of("sluice.toml"), Map.of(), NO_FILES);
        nothingWritten.parse();
        return nothingWritten.document.knownKeys();
    }

    private ConfigResult parse() {
        Path dataDirectory = path(document.top(), "data_dir").map(Found::value).orElse(directory.resolve("data"));
        ConfigTable gateway = document.table("stratum_v2");
        boolean enabled = gateway.bool("enabled", true);
        Names listenerNames = new Names("listener");
        List<ListenerConfig> listeners = new ListenerReader(
                        document, gateway, listenerNames, this::path, secrets::isReadable)
                .read(replaceable(gateway, "listen_addr", LISTEN_ADDR_VARIABLE));
        RoutingReader routing = new RoutingReader(document, gateway, listenerNames);
        TemplateReader templates = new TemplateReader(document, this::path);
        Optional<SoloConfig> solo = templates.solo();
        List<TemplateSourceConfig> sources = templates.sources();
        ClientPortsConfig clientPorts =
                new ClientPortsReader(document, listeners).read(solo, templates.hasSources(), templates.isSolo());
        routing.read(replaceable(gateway, "pool_url", POOL_URL_VARIABLE), enabled, templates.isSolo());
        FailoverConfig failover = failover(document.table("failover"));
        refuseSoloWithoutTemplates(failover, templates.isSolo());
        boolean paysDeclaredJobs = document.isPresent("job_declaration_server");
        if (templates.isSolo()
                && !paysDeclaredJobs
                && failover.afterHold() != AfterHold.SOLO
                && !routing.goalsMineSolo()) {
            ConfigTable table = document.table("solo");
            table.warning(
                    "payout",
                    table.header(),
                    "is for mining that nobody does",
                    "add \"solo\" to the upstreams of a [[goal]], or write failover.after_hold = \"solo\"");
        }
        AuthorityKeySource authority = authority(gateway, dataDirectory);
        VardiffConfig vardiff = vardiff(document.table("vardiff"));
        List<ProfileConfig> profiles = new ProfileReader(listenerNames).read(document);
        LimitsConfig limits = limits(document.table("limits"));
        Sv1Config sv1 = sv1(document.table("sv1"));
        ApiConfig api = new ApiReader(document, this::path, secrets::isReadable).read();
        Optional<MiningOsConfig> miningOs = new MiningOsReader(document, this::path, secrets::isReadable).read();
        List<WebhookConfig> webhooks = new WebhookReader(document).read();
        LogLevel logLevel = document.table("log")
                .parsed("level", LogLevel::parse, "write a level in quotes, such as \"info\"")
                .map(Found::value)
                .orElse(LogLevel.INFO);
        List<ConfigProblem> problems = document.problems();
        if (!problems.isEmpty()) {
            return new ConfigResult.Invalid(problems);
        }
        GatewayConfig config = new GatewayConfig(
                enabled,
                listeners,
                routing.config(solo),
                sources,
                clientPorts,
                failover,
                authority,
                dataDirectory,
                vardiff,
                profiles,
                limits,
                sv1,
                api,
                miningOs,
                webhooks,
                logLevel);
        return new ConfigResult.Loaded(config, document.warnings());
    }

    private void refuseSoloWithoutTemplates(FailoverConfig failover, boolean solo) {
        if (failover.afterHold() == AfterHold.SOLO && !solo) {
            ConfigTable table = document.table("failover");
            table.consequence(
                    "after_hold",
                    table.lineOf("after_hold"),
                    "is \"solo\", and there is no [solo]",
                    "write [solo] with the payout of a block, and a [[template_source]]",
                    "solo");
        }
    }

    private static FailoverConfig failover(ConfigTable table) {
        FailoverConfig fallback = FailoverConfig.DEFAULT;
        return new FailoverConfig(
                table.duration("hold", fallback.hold(), FailoverConfig.HOLD),
                table.parsed("after_hold", AfterHold::parse, "write \"keep\", \"close\" or \"solo\"")
                        .map(Found::value)
                        .orElse(fallback.afterHold()),
                table.duration("failback_after", fallback.failbackAfter(), FailoverConfig.FAILBACK_AFTER),
                table.duration("switch_timeout", fallback.switchTimeout(), FailoverConfig.SWITCH_TIMEOUT),
                table.duration("no_job_timeout", fallback.noJobTimeout(), FailoverConfig.NO_JOB_TIMEOUT),
                table.duration("rejects_timeout", fallback.rejectsTimeout(), FailoverConfig.REJECTS_TIMEOUT),
                table.duration("redistribute_after", fallback.redistributeAfter(), FailoverConfig.REDISTRIBUTE_AFTER),
                table.duration("rebalance_interval", fallback.rebalanceInterval(), FailoverConfig.REBALANCE_INTERVAL));
    }

    private AuthorityKeySource authority(ConfigTable gateway, Path dataDirectory) {
        Optional<Found<AuthoritySecretKey>> given = gateway.parsed(
                "authority_secret_key", AuthorityKeyFile::parse, "write a secret key as sluice keygen prints it");
        Optional<Found<Path>> keyFile = path(gateway, "authority_secret_key_file");
        Path kept = dataDirectory.resolve(AUTHORITY_KEY_FILE_NAME);
        if (gateway.isPresent("authority_secret_key")) {
            keyFile.ifPresent(found -> gateway.problem(
                    "authority_secret_key_file",
                    found.origin(),
                    "stands beside authority_secret_key",
                    "keep one of the two"));
            warnOfOpenSecret(gateway, "authority_secret_key", file);
            return given.<AuthorityKeySource>map(found -> new AuthorityKeySource.Given(found.value()))
                    .orElse(new AuthorityKeySource.KeptIn(kept));
        }
        if (gateway.isPresent("authority_secret_key_file")) {
            keyFile.ifPresent(found -> warnOfOpenSecret(gateway, "authority_secret_key_file", found.value()));
            return keyFile.flatMap(found -> gateway.accept("authority_secret_key_file", found, this::readKey))
                    .<AuthorityKeySource>map(AuthorityKeySource.Given::new)
                    .orElse(new AuthorityKeySource.KeptIn(kept));
        }
        checkKeptKey(kept);
        return new AuthorityKeySource.KeptIn(kept);
    }

    private void warnOfOpenSecret(ConfigTable gateway, String key, Path holder) {
        try {
            if (secrets.isOpenToOthers(holder)) {
                gateway.warning(
                        key, gateway.lineOf(key), "lies in a file that other users may read", "chmod 600 " + holder);
            }
        } catch (IOException e) {
            // A file that is not there, or not readable, is reported where it is read.
            return;
        }
    }

    private AuthoritySecretKey readKey(Path keyFile) {
        try {
            return secrets.read(keyFile);
        } catch (NoSuchFileException e) {
            throw new InvalidValueException(
                    "names " + keyFile + ", which does not exist", "make it with sluice keygen --write " + keyFile);
        } catch (IOException e) {
            throw new InvalidValueException(
                    "names " + keyFile + ", which cannot be read (" + e + ")", "let this user read it");
        }
    }

    /** A key file that is there must be good; one that is not will be made. */
    private void checkKeptKey(Path keyFile) {
        ConfigTable top = document.top();
        try {
            secrets.read(keyFile);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            top.problem(
                    "data_dir",
                    top.lineOf("data_dir"),
                    "holds " + keyFile + ", which cannot be read (" + e + ")",
                    "let this user read it");
        } catch (InvalidValueException e) {
            top.problem(
                    "data_dir",
                    top.lineOf("data_dir"),
                    "holds " + keyFile + ", which " + e.wrong(),
                    "restore the key, or remove the file to get a new one");
        }
    }

    private VardiffConfig vardiff(ConfigTable table) {
        VardiffConfig fallback = VardiffConfig.DEFAULT;
        boolean enabled = table.bool("enabled", fallback.enabled());
        double sharesPerMinute =
                table.number("shares_per_minute", fallback.sharesPerMinute(), VardiffConfig.SHARES_PER_MINUTE);
        double least = table.number("min_difficulty", fallback.minDifficulty(), VardiffConfig.DIFFICULTY);
        double most =
                table.number("max_difficulty", Math.max(least, fallback.maxDifficulty()), VardiffConfig.DIFFICULTY);
        if (most < least) {
            table.problem(
                    "max_difficulty",
                    table.lineOf("max_difficulty"),
                    "is lower than min_difficulty",
                    "raise max_difficulty or lower min_difficulty");
            return fallback;
        }
        // A start that nobody wrote follows the bounds; it must not make a mistake of a bound that is right.
        double start = table.number(
                "start_difficulty", Math.clamp(fallback.startDifficulty(), least, most), VardiffConfig.DIFFICULTY);
        Found<Double> found = new Found<>(start, table.lineOf("start_difficulty"));
        return table.accept(
                        "start_difficulty",
                        found,
                        value -> new VardiffConfig(enabled, sharesPerMinute, least, most, value))
                .orElse(fallback);
    }

    private static LimitsConfig limits(ConfigTable table) {
        LimitsConfig fallback = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                table.integer("max_connections", fallback.maxConnections(), LimitsConfig.MAX_CONNECTIONS),
                table.duration("handshake_timeout", fallback.handshakeTimeout(), LimitsConfig.HANDSHAKE_TIMEOUT),
                table.duration("idle_timeout", fallback.idleTimeout(), LimitsConfig.IDLE_TIMEOUT),
                table.integer(
                        "max_connections_per_address",
                        fallback.maxConnectionsPerAddress(),
                        LimitsConfig.MAX_CONNECTIONS),
                table.integer("accept_rate", fallback.acceptRate(), LimitsConfig.RATE),
                table.integer("accept_rate_per_address", fallback.acceptRatePerAddress(), LimitsConfig.RATE),
                table.integer("invalid_shares_per_second", fallback.invalidSharesPerSecond(), LimitsConfig.RATE),
                table.integer("ban_after", fallback.banAfter(), LimitsConfig.BAN_AFTER),
                table.duration("ban_time", fallback.banTime(), LimitsConfig.BAN_TIME));
    }

    private static Sv1Config sv1(ConfigTable table) {
        Sv1Config fallback = Sv1Config.DEFAULT;
        long versionMask = table.parsed(
                        "version_mask",
                        Sv1Config::parseVersionMask,
                        "write 8 hex digits in quotes, such as \"1fffe000\"")
                .map(Found::value)
                .orElse(fallback.versionMask());
        return new Sv1Config(
                versionMask,
                table.duration("keepalive", fallback.keepalive(), Sv1Config.KEEPALIVE),
                table.integer(
                        "pool_extranonce2_size", fallback.poolExtranonce2Size(), Sv1Config.POOL_EXTRANONCE2_SIZE));
    }

    private Optional<Found<Path>> path(ConfigTable table, String key) {
        return table.parsed(
                key,
                text -> {
                    if (text.isEmpty()) {
                        throw new InvalidValueException("is empty", "write a path");
                    }
                    try {
                        return directory.resolve(text).normalize();
                    } catch (InvalidPathException e) {
                        throw new InvalidValueException("is no path: " + e.getReason(), "write a path");
                    }
                },
                "write a path in quotes");
    }

    /** The value of a key that an environment variable may replace. */
    private Optional<Found<String>> replaceable(ConfigTable table, String key, String variable) {
        Optional<Found<String>> written = table.text(key);
        String replacement = environment.getOrDefault(variable, "");
        return replacement.isEmpty() ? written : Optional.of(new Found<>(replacement, new Variable(variable)));
    }
}
