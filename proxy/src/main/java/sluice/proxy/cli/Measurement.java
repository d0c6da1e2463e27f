package sluice.proxy.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every measurement of {@code bench} has in common: options that count something, and a report in one of two forms. */
abstract class Measurement implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print the figures as one JSON object")
    private boolean json;

    /** What was measured. */
    interface Report {
        /** One object. */
        String json();

        /** For people, with its line ends. */
        String text();
    }

    /** Fails as a wrong command line does where {@code value} is not from 1 to {@code most}. */
    final void require(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + " is " + value + "; write 1 to " + most);
        }
    }

    final void print(Report report) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            out.print(report.text());
        }
        out.flush();
    }
}
