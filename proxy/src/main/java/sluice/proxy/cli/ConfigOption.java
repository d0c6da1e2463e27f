package sluice.proxy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import sluice.config.ConfigLoader;
import sluice.config.ConfigProblem;
import sluice.config.ConfigResult;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.config.GatewayConfig;

/** The option --config of the commands that need a configuration. */
final class ConfigOption {
    private final Map<String, String> environment;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "the configuration, in TOML; docs/OPERATING.md lists its keys")
    private Path file;

    ConfigOption(Map<String, String> environment) {
        this.environment = environment;
    }

    Path file() {
        return file;
    }

    ConfigResult read() {
        return ConfigLoader.load(file, environment);
    }

    /** The configuration; its warnings go to {@code err}. Fails with all problems where it is invalid. */
    GatewayConfig require(PrintWriter err) throws CommandFailure {
        return switch (read()) {
            case Loaded(GatewayConfig config, var warnings) -> {
                warnings.forEach(warning -> err.println("warning: " + describe(warning)));
                err.flush();
                yield config;
            }
            case Invalid(var problems) ->
                throw new CommandFailure(
                        ExitCode.INVALID_CONFIGURATION,
                        problems.stream().map(this::describe).collect(Collectors.joining(System.lineSeparator())));
        };
    }

    String describe(ConfigProblem problem) {
        return problem.describe(file.toString());
    }
}
