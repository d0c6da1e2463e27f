package sluice.proxy.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import sluice.config.FailoverConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmSnapshot;

/** An operator moves the whole farm between an SV2 pool and an SV1 pool ten times while it mines, and no miner notices. */
public final class SwitchScenario implements Scenario {
    static final int SWITCHES = 10;

    private static final String SV2 = "sv2-pool";
    private static final String SV1 = "sv1-pool";
    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(5);
    private static final double SHARES_PER_MINUTE = 600;
    private static final double MINERS_PART_OF_MACHINE = 0.2;
    private static final int LOOPS = 2;
    private static final int CALMS_IN_DURATION = SWITCHES + 2;

    @Override
    public DemoReport play(Stage stage) throws IOException, InterruptedException {
        Pace pace = Pace.of(stage.miners(), MINERS_PART_OF_MACHINE);
        VardiffConfig difficulty = pace.fixed(stage.sharesPerMinute(SHARES_PER_MINUTE));
        DemoPool.Nature nature = new DemoPool.Nature(difficulty, pace.chain(BLOCK_INTERVAL));
        try (DemoFarm farm = new DemoFarm(stage)) {
            PoolUpstream.Common common =
                    new PoolUpstream.Common(difficulty, FailoverConfig.DEFAULT, stage.softwareVersion(), stage.clock());
            UpstreamPlan sv2 =
                    UpstreamPlan.simple(PoolUpstream.of(farm.pool(SV2, nature).overSv2(), common));
            UpstreamPlan sv1 =
                    UpstreamPlan.simple(PoolUpstream.of(farm.pool(SV1, nature).overSv1(), common));
            RoutingPlan sv2First = RoutingPlan.inOrder(List.of(sv2, sv1));
            RoutingPlan sv1First = RoutingPlan.inOrder(List.of(sv1, sv2));
            farm.open(sv2First, FailoverConfig.DEFAULT, difficulty, LOOPS);
            farm.mineAll(pace);

            Expectations expectations = new Expectations(farm);
            expectations.expect(expectations.minedAt(SV2), "the SV2 pool accepted no work");
            List<SwitchingReport.LiveSwitch> switches = new ArrayList<>();
            Operator operator = new Operator(farm.gateway(), sv2First, sv1First);
            for (int i = 0; i < SWITCHES && expectations.areMet(); i++) {
                farm.mineFor(stage.duration().dividedBy(CALMS_IN_DURATION));
                SwitchingReport.LiveSwitch seen =
                        watch(operator.ways().get(i % operator.ways().size()), farm, expectations);
                stage.say(
                        "Switched to %s by %s in %.2f ms; miners had its work after %.2f ms.",
                        seen.to(),
                        seen.by(),
                        seen.time().toNanos() / 1e6,
                        seen.gap().toNanos() / 1e6);
                switches.add(seen);
            }
            farm.mineToTheEnd();
            FarmSummary summary = farm.finish();
            return new SwitchingReport(
                    summary,
                    switches,
                    Steadiness.of(farm.reports()),
                    ShareBalance.of(farm.reports(), summary.gateway()),
                    expectations.troubles());
        }
    }

    private static SwitchingReport.LiveSwitch watch(Way way, DemoFarm farm, Expectations expectations)
            throws InterruptedException {
        BooleanSupplier switched = expectations.next(SwitchKind.SWITCH);
        BooleanSupplier mined = expectations.minedAt(way.to());
        String what = "the switch to " + way.to() + " by " + way.by();
        long asked = System.nanoTime();
        boolean applied = expectations.expectApplied(way.change().get(), what);
        expectations.expect(switched, what + " reached no miner");
        Duration time = Duration.ofNanos(System.nanoTime() - asked);
        expectations.expect(mined, way.to() + " accepted no work after " + what);
        List<FarmSnapshot.Switch> seen = expectations.switches(SwitchKind.SWITCH);
        return new SwitchingReport.LiveSwitch(
                way.to(),
                seen.isEmpty() ? "" : seen.getLast().to(),
                way.by(),
                applied,
                time,
                seen.isEmpty() ? Duration.ZERO : seen.getLast().gap());
    }

    /** One way to move the farm to a pool. */
    private record Way(String to, String by, Supplier<CompletableFuture<ChangeResult>> change) {}

    /** What an operator does in turn, so that each step leads to the other pool. */
    private record Operator(Gateway gateway, RoutingPlan sv2First, RoutingPlan sv1First) {
        List<Way> ways() {
            return List.of(
                    new Way(SV1, "a new plan", () -> gateway.apply(sv1First, FailoverConfig.DEFAULT)),
                    new Way(SV2, "its name", () -> gateway.activate(RoutingPlan.DEFAULT_GOAL, Optional.of(SV2))),
                    new Way(SV1, "the order again", () -> gateway.activate(RoutingPlan.DEFAULT_GOAL, Optional.empty())),
                    new Way(SV2, "a new plan", () -> gateway.apply(sv2First, FailoverConfig.DEFAULT)));
        }
    }
}
