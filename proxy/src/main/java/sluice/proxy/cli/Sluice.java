package sluice.proxy.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The process: takes the command line apart, runs one command, and ends with its exit code. */
@Command(
        name = "sluice",
        description = "A Stratum V2 gateway for Bitcoin mining farms.",
        versionProvider = Sluice.Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            MinerCommand.class,
            TemplatesCommand.class,
            BenchCommand.class,
            CheckCommand.class,
            KeygenCommand.class,
            TokenCommand.class,
            RehearseCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            ExitCode.OK + ":done, or stopped as asked",
            ExitCode.FAILED + ":it failed while running",
            ExitCode.USAGE + ":the command line is wrong",
            ExitCode.INVALID_CONFIGURATION + ":the configuration is invalid; everything wrong with it was printed"
        })
public final class Sluice implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    /** The whole command line, for {@code main} and for tests; {@code environment} may replace keys of a configuration. */
    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new Sluice(), new Commands(environment))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Sluice::tell);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command");
    }

    private static int tell(Exception failure, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (!(failure instanceof CommandFailure known)) {
            throw failure;
        }
        PrintWriter err = command.getErr();
        err.println(known.getMessage());
        err.flush();
        return known.exitCode();
    }

    /** Gives the environment to the commands that read it; all others are made as picocli makes them. */
    private record Commands(Map<String, String> environment) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == ConfigOption.class
                    ? type.cast(new ConfigOption(environment))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    /** The version in the manifest of sluice.jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Sluice " + text()};
        }

        static String text() {
            return Optional.ofNullable(Sluice.class.getPackage().getImplementationVersion())
                    .orElse("(development)");
        }
    }
}
