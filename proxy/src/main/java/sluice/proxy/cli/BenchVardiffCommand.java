package sluice.proxy.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sluice.proxy.mining.vardiff.bench.VardiffBench;

/** Shows what the difficulty control is worth, beside two others in the same simulation. */
@Command(
        name = "vardiff",
        description = {
            "Puts the difficulty control, that of the reference implementation and that of ckpool through cold starts, steady",
            "mining, drops, rises, and miners that come and go, on a virtual clock. The same seeds give the same figures."
        })
final class BenchVardiffCommand implements Callable<Integer> {
    /** The policy's constants were chosen on runs below this; what is measured are others. */
    private static final long FIRST_RUN = 1_000_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1000",
            description = "miners drawn for each scenario, share rate and rule (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Option(names = "--json", description = "print the figures as one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        if (seeds < 1 || seeds > VardiffBench.MAX_SEEDS) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds is " + seeds + "; write 1 to " + VardiffBench.MAX_SEEDS);
        }
        VardiffBench bench = new VardiffBench(seeds, run -> new SplittableRandom(FIRST_RUN + run));
        List<VardiffBench.Result> results = bench.run();
        Map<Double, Double> bounds = bench.bounds();
        VardiffReport report = new VardiffReport(seeds, results, bounds);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            out.print(report.text());
        }
        out.flush();
        return ExitCode.OK;
    }
}
