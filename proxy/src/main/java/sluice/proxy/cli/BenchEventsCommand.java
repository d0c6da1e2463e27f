package sluice.proxy.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sluice.config.LogLevel;
import sluice.proxy.cli.flood.EventsBench;
import sluice.proxy.cli.flood.Flood;

/** Shows what readers of events cost miners. */
@Command(
        name = "events",
        description = {
            "Lets SV1 miners work at a gateway whose events nobody reads, then one caller as they come, then many too slowly, then",
            "many not at all, round after round. Miners and readers run in processes of their own: miners with real-time priority",
            "where that is permitted, so that a share's time is the gateway's alone, and readers only where nobody else wants the",
            "processor. It ends with 0 if no share was lost and the caller who reads as they come missed no event, and with 1",
            "otherwise."
        })
final class BenchEventsCommand extends Measurement {
    @Option(
            names = "--miners",
            paramLabel = "N",
            defaultValue = "200",
            description = "miners, a share in 250 ms each (default: ${DEFAULT-VALUE})")
    private int miners;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "32",
            description = "slow, and stuck, readers, 1 to " + EventsBench.MAX_READERS + " (default: ${DEFAULT-VALUE})")
    private int readers;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "how long each kind of reader is measured in each round (default: ${DEFAULT-VALUE})")
    private Duration time;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "rounds, 1 to " + EventsBench.MAX_ROUNDS + " (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        require("--miners", miners, Flood.MAX_CLIENTS);
        require("--readers", readers, EventsBench.MAX_READERS);
        require("--rounds", rounds, EventsBench.MAX_ROUNDS);
        LogSetup.use(LogLevel.ERROR);
        EventsBench.Plan plan = new EventsBench.Plan(
                miners, readers, time, rounds, Runtime.getRuntime().availableProcessors());
        try (Workspace workspace = new Workspace("sluice-events")) {
            EventsBench.Result result =
                    new EventsBench(plan, workspace.path(), AuthorityKeys.fresh(), InstantSource.system()).run();
            print(new EventsReport(plan, result));
            return result.isUndisturbed() ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage());
        }
    }
}
