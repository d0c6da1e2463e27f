package sluice.proxy.cli.demo;

import java.io.IOException;
import java.time.Duration;
import sluice.config.FailoverConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.PoolUpstream;

/** Miners of both protocols mine through one gateway at one pool, and every share gets its verdict. */
public final class MiningScenario implements Scenario {
    /** Shares a minute that the gateway asks of each miner, and the pool of the gateway. */
    static final double SHARES_PER_MINUTE = 60;

    /** The pool and the gateway need processors too, and what is shown should be their delays and not the machine's. */
    static final double MINERS_PART_OF_MACHINE = 0.5;

    private static final Duration LONGEST_BLOCK_INTERVAL = Duration.ofSeconds(5);
    private static final Duration SHORTEST_BLOCK_INTERVAL = Duration.ofMillis(500);
    private static final int BLOCKS_WANTED = 6;

    @Override
    public DemoReport play(Stage stage) throws IOException, InterruptedException {
        Pace pace = Pace.of(stage.miners(), MINERS_PART_OF_MACHINE);
        double sharesPerMinute = stage.sharesPerMinute(SHARES_PER_MINUTE);
        try (DemoFarm farm = new DemoFarm(stage)) {
            DemoPool pool = farm.pool(
                    "pool",
                    new DemoPool.Nature(
                            Pace.steered(pace.farmHashrate(), sharesPerMinute),
                            pace.chain(blockInterval(stage.duration()))));
            VardiffConfig vardiff = Pace.steered(pace.minerHashrate(), sharesPerMinute);
            farm.open(
                    RoutingPlan.single(PoolUpstream.of(
                            pool.overSv2(),
                            new PoolUpstream.Common(
                                    vardiff, FailoverConfig.DEFAULT, stage.softwareVersion(), stage.clock()))),
                    FailoverConfig.DEFAULT,
                    vardiff,
                    1);
            farm.mineAll(pace);
            farm.mineToTheEnd();
            return farm.finish(() -> farm.snapshot().upstream().verdictLag() == 0);
        }
    }

    // So many blocks that a short demonstration sees a new tip as well.
    private static Duration blockInterval(Duration duration) {
        Duration wanted = duration.dividedBy(BLOCKS_WANTED);
        if (wanted.compareTo(LONGEST_BLOCK_INTERVAL) > 0) {
            return LONGEST_BLOCK_INTERVAL;
        }
        return wanted.compareTo(SHORTEST_BLOCK_INTERVAL) < 0 ? SHORTEST_BLOCK_INTERVAL : wanted;
    }
}
