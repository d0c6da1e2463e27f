package sluice.proxy.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.config.PinConfig;
import sluice.config.UserPattern;
import sluice.config.VardiffConfig;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmSnapshot;

/**
 * Two pools share a farm by halves, then an operator asks for 70 to 30, and a few miners are moved until the work is split
 * so. One miner is pinned and stays.
 */
public final class SplitScenario implements Scenario {
    private static final String LARGE = "A";
    private static final String SMALL = "B";
    private static final String PINNED_USER = "demo.sv1-1";
    private static final int HALF = 50;
    private static final int LARGE_WEIGHT = 70;
    private static final int SMALL_WEIGHT = 30;

    private static final Duration REBALANCE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(10);
    private static final double MINERS_PART_OF_MACHINE = 0.3;
    private static final double SHARES_PER_MINUTE = 300;
    // Of those that say how fast they are. The gateway takes an SV1 miner for an average one.
    private static final double[] SV2_SPEEDS = {0.7, 1, 1.3, 1};
    private static final int LOOPS = 2;

    // Parts of the whole time: for halves, for moves at most, and for measuring at least.
    private static final int HALVES_PART = 4;
    private static final int SETTLING_PART = 3;
    private static final int MEASURED_PART = 4;
    private static final int QUIET_INTERVALS = 3;

    private final Duration rebalanceInterval;

    public SplitScenario() {
        this(REBALANCE_INTERVAL);
    }

    /** @param rebalanceInterval how often the gateway looks at the split */
    SplitScenario(Duration rebalanceInterval) {
        this.rebalanceInterval = rebalanceInterval;
    }

    @Override
    public DemoReport play(Stage stage) throws IOException, InterruptedException {
        Pace pace = Pace.of(stage.miners(), MINERS_PART_OF_MACHINE);
        VardiffConfig difficulty = pace.fixed(stage.sharesPerMinute(SHARES_PER_MINUTE));
        DemoPool.Nature nature = new DemoPool.Nature(difficulty, pace.chain(BLOCK_INTERVAL));
        FailoverConfig failover = failover();
        try (DemoFarm farm = new DemoFarm(stage)) {
            PoolUpstream.Common common =
                    new PoolUpstream.Common(difficulty, failover, stage.softwareVersion(), stage.clock());
            List<UpstreamPlan> upstreams = List.of(
                    UpstreamPlan.simple(PoolUpstream.of(farm.pool(LARGE, nature).overSv2(), common)),
                    UpstreamPlan.simple(PoolUpstream.of(farm.pool(SMALL, nature).overSv2(), common)));
            PlacementLog placements = new PlacementLog();
            farm.open(plan(upstreams, HALF, HALF), failover, difficulty, LOOPS, placements);
            farm.mineAll(pace, number -> speed(number, stage));

            Expectations expectations = new Expectations(farm);
            expectations.expect(expectations.minedAt(LARGE), "pool A accepted no work");
            expectations.expect(expectations.minedAt(SMALL), "pool B accepted no work");
            farm.mineFor(stage.duration().dividedBy(HALVES_PART));
            stage.say("The weights are changed from 50:50 to 70:30.");
            FarmSnapshot halves = farm.snapshot();
            expectations.expectApplied(
                    farm.gateway().apply(plan(upstreams, LARGE_WEIGHT, SMALL_WEIGHT), failover),
                    "the change of weights");
            int before = placements.moves();
            expectations.expect(() -> placements.moves() > before, "no miner was moved");
            awaitQuiet(farm, placements, stage.duration().dividedBy(SETTLING_PART));
            stage.say("%d miners were moved; the split is measured from here.", placements.moves());
            FarmSnapshot settled = farm.snapshot();
            farm.mineFor(stage.duration().dividedBy(MEASURED_PART));
            farm.mineToTheEnd();
            FarmSnapshot end = farm.snapshot();
            FarmSummary summary = farm.finish();
            return new SplitReport(
                    summary,
                    List.of(LARGE_WEIGHT, SMALL_WEIGHT),
                    percentages(null, halves),
                    percentages(settled, end),
                    placements.moves(),
                    placements.movesOf(PINNED_USER),
                    Steadiness.of(farm.reports()),
                    ShareBalance.of(farm.reports(), summary.gateway()),
                    expectations.troubles());
        }
    }

    private static double speed(int number, Stage stage) {
        return number < stage.sv1Miners() ? 1 : SV2_SPEEDS[number % SV2_SPEEDS.length];
    }

    /** Waits until no miner has been moved for a few looks at the split. */
    private void awaitQuiet(DemoFarm farm, PlacementLog placements, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Duration quiet = rebalanceInterval.multipliedBy(QUIET_INTERVALS);
        int moves;
        do {
            moves = placements.moves();
            int seen = moves;
            farm.await(() -> placements.moves() > seen, quiet);
        } while (placements.moves() > moves && System.nanoTime() < deadline);
    }

    private static List<Double> percentages(FarmSnapshot from, FarmSnapshot to) {
        double large = work(to, LARGE) - work(from, LARGE);
        double small = work(to, SMALL) - work(from, SMALL);
        double all = large + small;
        return all <= 0 ? List.of(0.0, 0.0) : List.of(percent(large / all), percent(small / all));
    }

    private static double work(FarmSnapshot snapshot, String pool) {
        FarmSnapshot.Upstream upstream =
                snapshot == null ? null : snapshot.upstreams().get(pool);
        return upstream == null ? 0 : upstream.workAccepted();
    }

    private static double percent(double part) {
        return Math.round(part * 1_000) / 10.0;
    }

    private static RoutingPlan plan(List<UpstreamPlan> upstreams, int large, int small) {
        return new RoutingPlan(
                upstreams,
                List.of(new GoalConfig(LARGE, large, List.of(LARGE)), new GoalConfig(SMALL, small, List.of(SMALL))),
                List.of(new PinConfig(SMALL, List.of(UserPattern.parse(PINNED_USER)), List.of(), List.of())));
    }

    private FailoverConfig failover() {
        FailoverConfig usual = FailoverConfig.DEFAULT;
        return new FailoverConfig(
                usual.hold(),
                usual.afterHold(),
                usual.failbackAfter(),
                usual.switchTimeout(),
                usual.noJobTimeout(),
                usual.rejectsTimeout(),
                usual.redistributeAfter(),
                rebalanceInterval);
    }
}
