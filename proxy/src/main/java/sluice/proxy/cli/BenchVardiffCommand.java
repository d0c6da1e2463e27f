package sluice.proxy.cli;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sluice.proxy.mining.vardiff.bench.VardiffBench;

/** Shows what the difficulty control is worth, beside two others in the same simulation. */
@Command(
        name = "vardiff",
        description = {
            "Puts the difficulty control, that of the reference implementation and that of ckpool through cold starts, steady",
            "mining, drops, rises, and miners that come and go, on a virtual clock. The same seeds give the same figures."
        })
final class BenchVardiffCommand extends Measurement {
    /** The policy's constants were chosen on runs below this; what is measured are others. */
    private static final long FIRST_RUN = 1_000_000;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1000",
            description = "miners drawn for each scenario, share rate and rule (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Override
    public Integer call() {
        require("--seeds", seeds, VardiffBench.MAX_SEEDS);
        VardiffBench bench = new VardiffBench(seeds, run -> new SplittableRandom(FIRST_RUN + run));
        List<VardiffBench.Result> results = bench.run();
        Map<Double, Double> bounds = bench.bounds();
        print(new VardiffReport(seeds, results, bounds));
        return ExitCode.OK;
    }
}
