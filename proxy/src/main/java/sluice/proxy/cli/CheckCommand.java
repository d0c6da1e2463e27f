package sluice.proxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.config.KeptPools;

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
            case Loaded operators -> {
                Loaded whole = KeptPools.in(operators.config().dataDirectory()).over(operators);
                whole.warnings().forEach(warning -> out.println("warning: " + configuration.describe(warning)));
                out.println(configuration.file() + " is valid");
                new ConfigSummary(whole.config(), out).print();
                yield ExitCode.OK;
            }
        };
    }
}
