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
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sluice.proxy.cli.demo.ApiScenario;
import sluice.proxy.cli.demo.DeclarationScenario;
import sluice.proxy.cli.demo.DemoReport;
import sluice.proxy.cli.demo.FailoverScenario;
import sluice.proxy.cli.demo.MiningScenario;
import sluice.proxy.cli.demo.Scenario;
import sluice.proxy.cli.demo.SplitScenario;
import sluice.proxy.cli.demo.Stage;
import sluice.proxy.cli.demo.SwitchScenario;

/** Shows the whole at work on one machine, without a pool, a node or a miner. */
@Command(
        name = "demo",
        description = {
            "Starts pools on simulated chains, a gateway in front of them and CPU miners of both protocols behind that,",
            "shows what happens, and sums it up. Uses no network but loopback. Ends with 0 if the scenario showed what",
            "it promises, with 1 and the reasons if not.",
            "Scenarios:%n  mining    one pool%n  failover  the pool in use dies, the next refuses, a third takes over; and back%n"
                    + "  switch    live switches between an SV2 pool and an SV1 pool%n"
                    + "  split     two pools share the farm, 70 to 30%n"
                    + "  jd        the farm makes its own jobs for a pool; its job declaration server dies, then the pool; and back%n"
                    + "  api       a module points 200 miners to other pools over HTTP"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int MAX_MINERS = 256;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            defaultValue = "mining",
            description = "what to show: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Choice scenario;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "how long to mine, such as 30s or 2m; a scenario takes longer where it has more to show"
                    + " (default: 30s; failover, jd and api 40s, split 60s)")
    private Duration duration;

    @Option(
            names = "--sv1-miners",
            paramLabel = "N",
            description = "CPU miners that speak SV1 (default: 2; split 10, api 100)")
    private Integer sv1Miners;

    @Option(
            names = "--sv2-miners",
            paramLabel = "N",
            description = "CPU miners that speak SV2: the first, third … on a standard channel, the others on an"
                    + " extended one (default: 2; split 10, api 100)")
    private Integer sv2Miners;

    @Option(
            names = "--standby",
            paramLabel = "KIND",
            defaultValue = "warm",
            description = "how the third pool of the failover scenario waits: ${COMPLETION-CANDIDATES}"
                    + " (default: ${DEFAULT-VALUE})")
    private FailoverScenario.Standby standby;

    @Option(names = "--json", description = "print the summary as one JSON object, the last line of standard output")
    private boolean json;

    /** What can be shown, and with how much by default. */
    private enum Choice {
        MINING(Duration.ofSeconds(30), 2),
        FAILOVER(Duration.ofSeconds(40), 2),
        SWITCH(Duration.ofSeconds(30), 2),
        SPLIT(Duration.ofSeconds(60), 10),
        JD(Duration.ofSeconds(40), 2),
        API(Duration.ofSeconds(40), 100);

        private final Duration duration;
        private final int minersOfEachProtocol;

        Choice(Duration duration, int minersOfEachProtocol) {
            this.duration = duration;
            this.minersOfEachProtocol = minersOfEachProtocol;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int sv1 = sv1Miners == null ? scenario.minersOfEachProtocol : sv1Miners;
        int sv2 = sv2Miners == null ? scenario.minersOfEachProtocol : sv2Miners;
        if (sv1 < 0 || sv2 < 0 || sv1 + sv2 == 0 || sv1 + sv2 > MAX_MINERS) {
            throw new ParameterException(spec.commandLine(), "Ask for 1 to " + MAX_MINERS + " miners in all");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path data = Files.createTempDirectory("sluice-demo-");
        try {
            DemoReport report = scenario()
                    .play(new Stage(
                            duration == null ? scenario.duration : duration,
                            sv1,
                            sv2,
                            data,
                            System.nanoTime(),
                            InstantSource.system(),
                            0,
                            Sluice.Version.text(),
                            AuthorityKeys::fresh,
                            // With --json standard output belongs to the summary alone.
                            json ? err : out));
            if (json) {
                out.println(report.json());
            } else {
                out.print(report.text());
            }
            out.flush();
            List<String> failures = report.failures();
            failures.forEach(failure -> err.println("The demo failed: " + failure));
            err.flush();
            return failures.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        } finally {
            delete(data);
        }
    }

    private Scenario scenario() {
        return switch (scenario) {
            case MINING -> new MiningScenario();
            case FAILOVER -> new FailoverScenario(standby);
            case SWITCH -> new SwitchScenario();
            case SPLIT -> new SplitScenario();
            case JD -> new DeclarationScenario();
            case API -> new ApiScenario();
        };
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
