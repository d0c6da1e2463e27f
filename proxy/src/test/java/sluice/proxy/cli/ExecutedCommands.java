package sluice.proxy.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/** Executes commands in an empty environment and keeps what they print. */
abstract class ExecutedCommands {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();

    final int execute(String... arguments) {
        CommandLine line = Sluice.commandLine(Map.of());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }
}
