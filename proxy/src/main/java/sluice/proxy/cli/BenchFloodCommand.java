package sluice.proxy.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sluice.config.LimitsConfig;
import sluice.config.LogLevel;
import sluice.proxy.cli.flood.Flood;

/** Shows what hostile clients cost honest miners. */
@Command(
        name = "flood",
        description = {
            "Lets honest SV1 miners work at a gateway with the default limits, first alone and then beside hostile clients of ten",
            "kinds, each of which comes again when it is closed, from addresses of 127.0.0.0/8. Miners and hostile clients run in",
            "processes of their own: miners with real-time priority where that is permitted, so that a share's time is the gateway's",
            "alone, and hostile clients only where nobody else wants the processor. It ends with 0 if no honest miner lost a share",
            "or its connection, and with 1 otherwise."
        })
final class BenchFloodCommand extends Measurement {
    @Option(
            names = "--hostiles",
            paramLabel = "N",
            defaultValue = "2000",
            description = "hostile clients (default: ${DEFAULT-VALUE})")
    private int hostiles;

    @Option(
            names = "--miners",
            paramLabel = "N",
            defaultValue = "200",
            description = "honest miners, a share in 250 ms each (default: ${DEFAULT-VALUE})")
    private int miners;

    @Option(
            names = "--shares-per-second",
            paramLabel = "N",
            defaultValue = "200",
            description = "of each hostile client that sends shares (default: ${DEFAULT-VALUE})")
    private int sharesPerSecond;

    @Option(
            names = "--quiet",
            paramLabel = "TIME",
            defaultValue = "40s",
            converter = DurationConverter.class,
            description = "how long the miners are measured alone (default: ${DEFAULT-VALUE})")
    private Duration quiet;

    @Option(
            names = "--flood",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "how long they are measured under each flood (default: ${DEFAULT-VALUE})")
    private Duration flood;

    @Option(
            names = "--floods",
            paramLabel = "N",
            defaultValue = "3",
            description = "floods one after the other, 1 to " + Flood.MAX_FLOODS + " (default: ${DEFAULT-VALUE})")
    private int floods;

    @Option(
            names = "--tips",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description = "mean time between two tips; each makes a few shares stale (default: ${DEFAULT-VALUE})")
    private Duration tips;

    @Option(names = "--no-bans", description = "with limits.ban_time = \"0s\": nobody is shut out")
    private boolean noBans;

    @Option(
            names = "--no-real-time",
            description =
                    "miners have no processor before all others: a share's time then has their waiting in it, and nobody"
                            + " else on the machine is disturbed")
    private boolean noRealTime;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        require("--hostiles", hostiles, Flood.MAX_CLIENTS);
        require("--miners", miners, Flood.MAX_CLIENTS);
        require("--shares-per-second", sharesPerSecond, Flood.MAX_CLIENTS);
        require("--floods", floods, Flood.MAX_FLOODS);
        LogSetup.use(LogLevel.ERROR);
        LimitsConfig limits = noBans
                ? LimitsConfig.DEFAULT.withBans(LimitsConfig.DEFAULT.banAfter(), Duration.ZERO)
                : LimitsConfig.DEFAULT;
        Flood.Plan plan = new Flood.Plan(
                miners,
                hostiles,
                sharesPerSecond,
                quiet,
                flood,
                floods,
                tips,
                limits,
                !noRealTime,
                Runtime.getRuntime().availableProcessors());
        try (Workspace workspace = new Workspace("sluice-flood")) {
            Flood.Result result =
                    new Flood(plan, workspace.path(), AuthorityKeys.fresh(), InstantSource.system()).run();
            print(new FloodReport(plan, result));
            return result.isUndisturbed() ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage());
        }
    }
}
