package sluice.proxy.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Does in half a minute what a gateway does in its life. The launcher has the Java machine record it: a gateway that starts
 * with the record finds its classes loaded, and knows from the first miner on what is worth compiling (JEP 483, JEP 515).
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = {
            "Mines and is flooded for a while, over loopback, so that the Java machine can record what a gateway needs.",
            "The launcher calls it; it prints no results."
        })
final class RehearseCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "how long each of the two parts takes (default: ${DEFAULT-VALUE})")
    private String time;

    @Option(
            names = "--hostiles",
            paramLabel = "N",
            defaultValue = "2000",
            description = "hostile clients of the flood (default: ${DEFAULT-VALUE})")
    private String hostiles;

    @Override
    public Integer call() {
        int mined = carryOut("demo", "--duration", time, "--json");
        int flooded = carryOut(
                "bench",
                "flood",
                "--hostiles",
                hostiles,
                "--quiet",
                "2s",
                "--floods",
                "1",
                "--flood",
                time,
                "--no-real-time",
                "--json");
        return Math.max(mined, flooded);
    }

    private int carryOut(String... arguments) {
        CommandLine line = Sluice.commandLine(Map.of());
        line.setOut(new PrintWriter(Writer.nullWriter()));
        line.setErr(spec.commandLine().getErr());
        return line.execute(arguments);
    }
}
