package sluice.proxy.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import sluice.config.FailoverConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmSnapshot;

/** Kills the first pool, sees the third take over, revives the first, and sees the miners return; as often as it is asked. */
final class FailoverRounds {
    private static final Duration LONGEST_CALM = Duration.ofSeconds(3);
    private static final int CALMS_IN_DURATION = 12;

    private final Stage stage;
    private final DemoFarm farm;
    private final FailoverConfig failover;
    private final VardiffConfig difficulty;
    private final Expectations expectations;
    private final UpstreamLosses losses = new UpstreamLosses();
    private final List<Boolean> warmEachTime = new ArrayList<>();
    private DemoPool first;
    private List<UpstreamPlan> cold;
    private boolean isWarm;

    FailoverRounds(Stage stage, DemoFarm farm, FailoverConfig failover, VardiffConfig difficulty) {
        this.stage = stage;
        this.farm = farm;
        this.failover = failover;
        this.difficulty = difficulty;
        this.expectations = new Expectations(farm);
    }

    /** Opens the gateway with these pools in this order. */
    void open(DemoPool firstPool, DemoPool refusing, DemoPool third, int loops)
            throws IOException, InterruptedException {
        first = firstPool;
        PoolUpstream.Common common =
                new PoolUpstream.Common(difficulty, failover, stage.softwareVersion(), stage.clock());
        cold = List.of(firstPool, refusing, third).stream()
                .map(pool -> UpstreamPlan.simple(PoolUpstream.of(pool.overSv2(), common)))
                .toList();
        // At a start the first pool that is ready is used, and a warm standby may be faster than the first choice.
        farm.open(plan(false), failover, difficulty, loops, losses);
        expectations.expect(
                () -> refusing.snapshot().channels() == 1,
                "the miner that takes the last place at " + refusing.name() + " did not get it");
    }

    private RoutingPlan plan(boolean warm) {
        List<UpstreamPlan> plans = new ArrayList<>(cold);
        UpstreamPlan third = plans.removeLast();
        plans.add(new UpstreamPlan(third.definition(), third.identity(), third.aggregation(), warm));
        return RoutingPlan.inOrder(plans);
    }

    /** One round, with the third pool as a warm standby or a cold one; nothing where an earlier round has failed. */
    void play(boolean warm) throws IOException, InterruptedException {
        expectations.expect(expectations.minedAt(FailoverScenario.FIRST), "A accepted no work");
        if (expectations.areMet()) {
            prepare(warm);
            farm.mineFor(calm());
            kill(warm);
            revive();
        }
    }

    private void prepare(boolean warm) throws InterruptedException {
        if (warm != isWarm) {
            isWarm = warm;
            expectations.expectApplied(farm.gateway().apply(plan(warm), failover), "the change of standby C");
            // For so long a better pool that is ready is used at once, because an operator just asked for this order.
            farm.mineFor(failover.switchTimeout());
        }
        if (warm) {
            expectations.expect(
                    expectations.connectedTo(FailoverScenario.STANDBY), "the warm standby C was not connected");
        }
    }

    private void kill(boolean warm) throws InterruptedException {
        BooleanSupplier tookOver = expectations.next(SwitchKind.FAILOVER);
        BooleanSupplier minedAtStandby = expectations.minedAt(FailoverScenario.STANDBY);
        stage.say(
                "Pool A is killed: its port and its connections are closed. Standby C is %s.", warm ? "warm" : "cold");
        first.kill();
        warmEachTime.add(warm);
        expectations.expect(tookOver, "nobody took over when A was killed");
        expectations.expect(minedAtStandby, "C accepted no work after A was killed");
        List<FarmSnapshot.Switch> failovers = expectations.switches(SwitchKind.FAILOVER);
        if (!failovers.isEmpty()) {
            FarmSnapshot.Switch latest = failovers.getLast();
            stage.say(
                    "Miners went from %s to %s in %.2f ms (%s).",
                    latest.from(), latest.to(), latest.gap().toNanos() / 1e6, latest.reason());
        }
    }

    private void revive() throws IOException, InterruptedException {
        BooleanSupplier cameBack = expectations.next(SwitchKind.FAILBACK);
        BooleanSupplier minedAtFirst = expectations.minedAt(FailoverScenario.FIRST);
        first.revive();
        stage.say("Pool A is back at its old address.");
        expectations.expect(cameBack, "the miners did not return to A");
        expectations.expect(minedAtFirst, "A accepted no work after it came back");
        stage.say("Miners are back at A.");
    }

    private Duration calm() {
        Duration wanted = stage.duration().dividedBy(CALMS_IN_DURATION);
        return wanted.compareTo(LONGEST_CALM) < 0 ? wanted : LONGEST_CALM;
    }

    FailoverReport report(FarmSummary summary) {
        List<FailoverReport.Failover> failovers = new ArrayList<>();
        for (FarmSnapshot.Switch change : expectations.switches(SwitchKind.FAILOVER)) {
            int round = failovers.size();
            failovers.add(new FailoverReport.Failover(
                    change.from(),
                    change.to(),
                    round < warmEachTime.size() && warmEachTime.get(round),
                    change.reason(),
                    change.gap()));
        }
        return new FailoverReport(
                summary,
                failovers,
                warmEachTime.size(),
                expectations.switches(SwitchKind.FAILBACK).size(),
                losses.of(FailoverScenario.REFUSING),
                Steadiness.of(farm.reports()),
                ShareBalance.of(farm.reports(), summary.gateway()),
                expectations.troubles());
    }
}
