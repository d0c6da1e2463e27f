package sluice.proxy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures parts of Sluice on this machine. */
@Command(
        name = "bench",
        description = "Measures a part of Sluice and prints what it came to.",
        subcommands = {BenchVardiffCommand.class, BenchFloodCommand.class, BenchEventsCommand.class},
        synopsisSubcommandLabel = "PART")
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a part to measure");
    }
}
