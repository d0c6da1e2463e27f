package sluice.proxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sluice.config.AuthorityKeyFile;
import sluice.config.AuthorityKeySource;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.config.DurationText;
import sluice.config.GatewayConfig;
import sluice.config.LimitsConfig;
import sluice.config.PoolConfig;
import sluice.config.Sv1PoolAddress;
import sluice.config.Sv2PoolAddress;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

/** Reads a configuration, opens nothing, and says what it is worth. */
@Command(
        name = "check",
        description = "Lists everything that is wrong with a configuration, or what it makes Sluice do.")
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOption configuration;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        return switch (configuration.read()) {
            case Invalid(var problems) -> {
                problems.forEach(problem -> out.println(configuration.describe(problem)));
                out.println(problems.size() == 1 ? "1 problem" : problems.size() + " problems");
                yield ExitCode.INVALID_CONFIGURATION;
            }
            case Loaded(var config, var warnings) -> {
                warnings.forEach(warning -> out.println("warning: " + configuration.describe(warning)));
                out.println(configuration.file() + " is valid");
                summarise(config, out);
                yield ExitCode.OK;
            }
        };
    }

    private static void summarise(GatewayConfig config, PrintWriter out) throws IOException {
        if (!config.enabled()) {
            row(out, "miners", "none: stratum_v2.enabled is false, so run opens no port and ends");
            return;
        }
        row(out, "miners", "SV2 and SV1 on " + config.listenAddress() + ", " + limits(config.limits()));
        row(out, "authority key", authority(config.authority()));
        if (config.pool().isPresent()) {
            row(out, "pool", pool(config.pool().get()));
        }
        row(out, "difficulty", difficulty(config.vardiff()));
        row(
                out,
                "SV1",
                "version mask %08x, the job again after %s of silence"
                        .formatted(
                                config.sv1().versionMask(),
                                DurationText.format(config.sv1().keepalive())));
        row(out, "data", config.dataDirectory().toString());
        row(out, "log", config.logLevel().text());
    }

    private static String limits(LimitsConfig limits) {
        return "at most %d, set up within %s, dropped after %s of silence"
                .formatted(
                        limits.maxConnections(),
                        DurationText.format(limits.handshakeTimeout()),
                        DurationText.format(limits.idleTimeout()));
    }

    private static String pool(PoolConfig pool) {
        return switch (pool.address()) {
            case Sv2PoolAddress address ->
                address + " (SV2, " + (address.authorityKey().isPresent() ? "verified" : "NOT verified") + ") as user "
                        + pool.user();
            case Sv1PoolAddress address ->
                address + " (SV1, " + (address.encrypted() ? "over TLS" : "NOT encrypted") + ") as user " + pool.user()
                        + (pool.namesPerShare() ? ", shares under the miners' own names" : "");
        };
    }

    private static String difficulty(VardiffConfig vardiff) {
        return vardiff.enabled()
                ? "starts at %s, steered to %s shares a minute, not below %s"
                        .formatted(
                                number(vardiff.startDifficulty()),
                                number(vardiff.sharesPerMinute()),
                                number(vardiff.minDifficulty()))
                : "stays at " + number(vardiff.startDifficulty());
    }

    /** The public half only. */
    private static String authority(AuthorityKeySource source) throws IOException {
        return switch (source) {
            case AuthorityKeySource.Given(var key) -> publicText(key);
            case AuthorityKeySource.KeptIn(Path file) ->
                Files.exists(file)
                        ? publicText(AuthorityKeyFile.read(file)) + " kept in " + file
                        : "to be made at the first start, in " + file;
        };
    }

    private static String publicText(AuthoritySecretKey key) {
        return key.publicKey(Secp256k1.best()).text();
    }

    private static String number(double value) {
        String text = Double.toString(value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static void row(PrintWriter out, String name, String value) {
        out.printf("  %-14s %s%n", name, value);
    }
}
