package sluice.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.ConfigDocument.Found;
import sluice.config.ConfigProblem.Origin;
import sluice.config.ConfigProblem.Variable;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** Turns the text of a configuration file into a {@link GatewayConfig}, or into everything that is wrong with it. */
public final class ConfigParser {
    /** Replaces {@code stratum_v2.listen_addr}: how a blvm node tells its modules (MODULE_CONFIG_ and the key). */
    public static final String LISTEN_ADDR_VARIABLE = "MODULE_CONFIG_LISTEN_ADDR";
    /** Replaces {@code stratum_v2.pool_url}. */
    public static final String POOL_URL_VARIABLE = "MODULE_CONFIG_POOL_URL";

    public static final String AUTHORITY_KEY_FILE_NAME = "authority.key";

    private static final String KEY_EXAMPLE = "write an authority key in quotes, 51 letters and digits starting with 9";

    private static final Secrets NO_FILES = new Secrets() {
        @Override
        public AuthoritySecretKey read(Path keyFile) throws IOException {
            throw new NoSuchFileException(keyFile.toString());
        }

        @Override
        public boolean isOpenToOthers(Path anyFile) {
            return false;
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
        ConfigParser nothingWritten = new ConfigParser("", Path.of("sluice.toml"), Map.of(), NO_FILES);
        nothingWritten.parse();
        return nothingWritten.document.knownKeys();
    }

    private ConfigResult parse() {
        Path dataDirectory = path(document.top(), "data_dir").map(Found::value).orElse(directory.resolve("data"));
        ConfigTable gateway = document.table("stratum_v2");
        boolean enabled = gateway.bool("enabled", true);
        ListenAddress listenAddress = replaceable(gateway, "listen_addr", LISTEN_ADDR_VARIABLE)
                .flatMap(found -> gateway.accept("listen_addr", found, ListenAddress::parse))
                .orElse(ListenAddress.DEFAULT);
        Optional<PoolConfig> pool = pool(gateway, enabled);
        AuthorityKeySource authority = authority(gateway, dataDirectory);
        GatewayConfig config = new GatewayConfig(
                enabled,
                listenAddress,
                pool,
                authority,
                dataDirectory,
                vardiff(document.table("vardiff")),
                limits(document.table("limits")),
                sv1(document.table("sv1")),
                document.table("log")
                        .parsed("level", LogLevel::parse, "write a level in quotes, such as \"info\"")
                        .map(Found::value)
                        .orElse(LogLevel.INFO));
        List<ConfigProblem> problems = document.problems();
        return problems.isEmpty()
                ? new ConfigResult.Loaded(config, document.warnings())
                : new ConfigResult.Invalid(problems);
    }

    private Optional<PoolConfig> pool(ConfigTable gateway, boolean enabled) {
        Optional<Found<AuthorityKey>> key =
                gateway.parsed("authority_key", text -> PoolUrl.authorityKey(text, "is "), KEY_EXAMPLE);
        // A value of another type stands for true here, or the pool would be a second problem for one mistake.
        boolean allowUnverified = gateway.bool("allow_unverified", gateway.isPresent("allow_unverified"));
        Optional<Found<String>> user =
                gateway.parsed("pool_user", PoolConfig::requireUser, "write a user name in quotes");
        Optional<Found<String>> password =
                gateway.parsed("pool_password", PoolConfig::requirePassword, "write a password in quotes");
        boolean namesPerShare = gateway.bool("pool_names_per_share", false);
        Optional<Found<String>> urlText = replaceable(gateway, "pool_url", POOL_URL_VARIABLE);
        if (enabled && urlText.isEmpty() && !gateway.isPresent("pool_url")) {
            gateway.missing("pool_url", "write pool_url = \"" + PoolUrl.FORM + "\" below [stratum_v2]");
        }
        Optional<Found<PoolUrl>> url = urlText.flatMap(found -> gateway.parsed("pool_url", found, PoolUrl::parse));
        // Likewise a key that cannot be read is not a missing key.
        boolean keyWritten = gateway.isPresent("authority_key");
        Optional<PoolAddress> address = url.flatMap(found -> gateway.accept(
                "pool_url", found, parts -> poolAddress(parts, key.map(Found::value), keyWritten, allowUnverified)));
        address.ifPresent(pool -> {
            switch (pool) {
                case Sv1PoolAddress sv1 ->
                    warnOfPlainText(gateway, urlText.get().origin(), sv1);
                case Sv2PoolAddress sv2 -> {
                    refuseKeysOfSv1(gateway, namesPerShare);
                    warnOfTrust(gateway, sv2, allowUnverified);
                }
            }
            warnOfMissingUser(gateway, urlText.get().origin(), user);
        });
        return address.map(pool -> new PoolConfig(
                pool,
                user.map(Found::value).orElse(PoolConfig.DEFAULT_USER),
                password.map(Found::value).orElse(PoolConfig.DEFAULT_PASSWORD),
                namesPerShare));
    }

    /** SV2 where the scheme, a key or {@code allow_unverified} says so; unverified only where the operator said that. */
    private static PoolAddress poolAddress(
            PoolUrl url, Optional<AuthorityKey> besideUrl, boolean keyWritten, boolean allowUnverified) {
        Optional<AuthorityKey> inUrl = url.authorityKey();
        if (inUrl.isPresent() && besideUrl.isPresent() && !inUrl.equals(besideUrl)) {
            throw new InvalidValueException("carries another key than authority_key", "keep the pool's key, once");
        }
        boolean meansSv2 = keyWritten || allowUnverified;
        if (url.scheme() == PoolUrl.Scheme.STRATUM_SSL) {
            if (meansSv2) {
                throw new InvalidValueException(
                        "means an SV1 pool over TLS, which has no authority key and is always verified",
                        "remove authority_key and allow_unverified, or for an SV2 pool write " + PoolUrl.FORM);
            }
            return new Sv1PoolAddress(url.host(), url.port(), true);
        }
        if (url.scheme() == PoolUrl.Scheme.STRATUM_TCP && !meansSv2) {
            return new Sv1PoolAddress(url.host(), url.port(), false);
        }
        Optional<AuthorityKey> key = inUrl.or(() -> besideUrl);
        if (key.isEmpty() && !meansSv2) {
            throw new InvalidValueException(
                    "has no authority key, so anyone between here and the pool could take the work",
                    "write " + PoolUrl.FORM + ", or add authority_key or allow_unverified = true");
        }
        return new Sv2PoolAddress(url.host(), url.port(), key);
    }

    private static void refuseKeysOfSv1(ConfigTable gateway, boolean namesPerShare) {
        if (gateway.isPresent("pool_password")) {
            gateway.problem(
                    "pool_password",
                    gateway.lineOf("pool_password"),
                    "stands beside an SV2 pool, and SV2 has no password",
                    "remove it");
        }
        if (namesPerShare) {
            gateway.problem(
                    "pool_names_per_share",
                    gateway.lineOf("pool_names_per_share"),
                    "stands beside an SV2 pool, and is for SV1 pools only",
                    "remove it");
        }
    }

    private static void warnOfPlainText(ConfigTable gateway, Origin urlOrigin, Sv1PoolAddress pool) {
        if (!pool.encrypted()) {
            gateway.warning(
                    "pool_url",
                    urlOrigin,
                    "means an SV1 pool in plain text: anyone on the way could read and take the work",
                    "write " + PoolUrl.SV1_TLS_FORM + " if the pool has it; for an SV2 pool write " + PoolUrl.FORM
                            + " or add authority_key");
        }
    }

    private static void warnOfTrust(ConfigTable gateway, Sv2PoolAddress pool, boolean allowUnverified) {
        boolean keyKnown = pool.authorityKey().isPresent();
        if (allowUnverified) {
            gateway.warning(
                    "allow_unverified",
                    gateway.lineOf("allow_unverified"),
                    keyKnown
                            ? "has no effect beside an authority key: the pool is verified"
                            : "leaves open who answers as the pool: anyone on the way could take the work",
                    keyKnown ? "remove it" : "ask the pool for its authority key and write it into pool_url");
        }
    }

    private static void warnOfMissingUser(ConfigTable gateway, Origin urlOrigin, Optional<Found<String>> user) {
        if (user.isEmpty() && !gateway.isPresent("pool_user")) {
            gateway.warning(
                    "pool_user",
                    urlOrigin,
                    "is missing, so the pool credits the user \"" + PoolConfig.DEFAULT_USER + "\"",
                    "write the user name that the pool gave you");
        }
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
        // A start that nobody wrote follows the lower bound up; it must not make a mistake of a bound that is right.
        double start =
                table.number("start_difficulty", Math.max(least, fallback.startDifficulty()), VardiffConfig.DIFFICULTY);
        Found<Double> found = new Found<>(start, table.lineOf("start_difficulty"));
        return table.accept(
                        "start_difficulty", found, value -> new VardiffConfig(enabled, sharesPerMinute, least, value))
                .orElse(fallback);
    }

    private static LimitsConfig limits(ConfigTable table) {
        LimitsConfig fallback = LimitsConfig.DEFAULT;
        int maxConnections = table.integer("max_connections", fallback.maxConnections(), LimitsConfig.MAX_CONNECTIONS);
        Duration handshakeTimeout =
                table.duration("handshake_timeout", fallback.handshakeTimeout(), LimitsConfig.HANDSHAKE_TIMEOUT);
        Duration idleTimeout = table.duration("idle_timeout", fallback.idleTimeout(), LimitsConfig.IDLE_TIMEOUT);
        return new LimitsConfig(maxConnections, handshakeTimeout, idleTimeout);
    }

    private static Sv1Config sv1(ConfigTable table) {
        Sv1Config fallback = Sv1Config.DEFAULT;
        long versionMask = table.parsed(
                        "version_mask",
                        Sv1Config::parseVersionMask,
                        "write 8 hex digits in quotes, such as \"1fffe000\"")
                .map(Found::value)
                .orElse(fallback.versionMask());
        return new Sv1Config(versionMask, table.duration("keepalive", fallback.keepalive(), Sv1Config.KEEPALIVE));
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
