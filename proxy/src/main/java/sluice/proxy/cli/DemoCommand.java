package sluice.proxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sluice.proxy.view.FarmSnapshot;

/** Shows the whole at work on one machine, without a pool, a node or a miner. */
@Command(
        name = "demo",
        description = {
            "Starts a pool on a simulated chain, a gateway in front of it and CPU miners of both protocols behind that,",
            "shows what happens, and sums it up. Uses no network but loopback."
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration LONGEST_BLOCK_INTERVAL = Duration.ofSeconds(5);
    private static final Duration SHORTEST_BLOCK_INTERVAL = Duration.ofMillis(500);
    private static final int BLOCKS_WANTED = 6;
    private static final long PROGRESS_MILLIS = 2_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "how long to mine, such as 30s or 2m (default: ${DEFAULT-VALUE})")
    private Duration duration;

    @Option(
            names = "--sv1-miners",
            paramLabel = "N",
            defaultValue = "2",
            description = "CPU miners that speak SV1 (default: ${DEFAULT-VALUE})")
    private int sv1Miners;

    @Option(
            names = "--sv2-miners",
            paramLabel = "N",
            defaultValue = "2",
            description = "CPU miners that speak SV2: the first, third … on a standard channel, the others on an"
                    + " extended one (default: ${DEFAULT-VALUE})")
    private int sv2Miners;

    @Option(names = "--json", description = "print the summary as one JSON object, the last line of standard output")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (sv1Miners < 0 || sv2Miners < 0 || sv1Miners + sv2Miners == 0 || sv1Miners + sv2Miners > 64) {
            throw new ParameterException(spec.commandLine(), "Ask for 1 to 64 miners in all");
        }
        PrintWriter out = spec.commandLine().getOut();
        // With --json standard output belongs to the summary alone.
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        Path data = Files.createTempDirectory("sluice-demo-");
        try (DemoFarm farm =
                new DemoFarm(sv1Miners, sv2Miners, blockInterval(), data, System.nanoTime(), InstantSource.system())) {
            progress.printf(
                    "Miners connect to %s:%d (SV1 and SV2 on one port, SV2 authority key %s).%n",
                    farm.gateway().address().getHostString(),
                    farm.gateway().address().getPort(),
                    farm.gateway().authorityKey().text());
            watch(farm, progress);
            DemoReport report = farm.finish();
            if (json) {
                out.println(report.json());
            } else {
                out.print(report.text());
            }
            out.flush();
            List<String> failures = report.failures();
            failures.forEach(failure -> spec.commandLine().getErr().println("The demo failed: " + failure));
            spec.commandLine().getErr().flush();
            return failures.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        } finally {
            delete(data);
        }
    }

    // So many blocks that a short demonstration sees a new tip as well.
    private Duration blockInterval() {
        Duration wanted = duration.dividedBy(BLOCKS_WANTED);
        if (wanted.compareTo(LONGEST_BLOCK_INTERVAL) > 0) {
            return LONGEST_BLOCK_INTERVAL;
        }
        return wanted.compareTo(SHORTEST_BLOCK_INTERVAL) < 0 ? SHORTEST_BLOCK_INTERVAL : wanted;
    }

    private void watch(DemoFarm farm, PrintWriter progress) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        FarmSnapshot before = farm.gatewaySnapshot();
        long beforeNanos = System.nanoTime();
        for (long left = end - beforeNanos; left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(PROGRESS_MILLIS)));
            FarmSnapshot now = farm.gatewaySnapshot();
            long nowNanos = System.nanoTime();
            double seconds = (nowNanos - beforeNanos) / 1e9;
            FarmSnapshot.Shares all = now.allDownstream();
            progress.printf(
                    Locale.ROOT,
                    "%3d miners  %12s  shares %d accepted, %d rejected, %d stale  pool %d accepted  blocks %d  tips %d"
                            + "  job latency %.2f ms%n",
                    now.channels(),
                    DemoReport.hashrate(all.work() - before.allDownstream().work(), seconds),
                    all.accepted(),
                    all.rejected(),
                    all.stale(),
                    now.upstream().accepted(),
                    now.blocksFound(),
                    now.chainTips(),
                    now.delivery().last().toNanos() / 1e6);
            progress.flush();
            before = now;
            beforeNanos = nowNanos;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
