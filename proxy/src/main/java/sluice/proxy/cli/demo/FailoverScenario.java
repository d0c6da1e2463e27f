package sluice.proxy.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import sluice.config.FailoverConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;

/**
 * The pool in use dies, the second choice refuses, the third takes over, and miners return when the first is back; all that
 * several times, and no miner notices.
 */
public final class FailoverScenario implements Scenario {
    /** In use unless it is dead. */
    static final String FIRST = "A";

    /** Up, but full: it closes every connection but the one that it has. */
    static final String REFUSING = "B";

    /** Takes over. */
    static final String STANDBY = "C";

    private static final Duration FAILBACK_AFTER = Duration.ofSeconds(2);
    private static final Duration SWITCH_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(5);
    private static final double SHARES_PER_MINUTE = 300;
    private static final double MINERS_PART_OF_MACHINE = 0.2;
    private static final int LOOPS = 2;
    // It only has to be there.
    private static final double LOAD_OF_THE_LAST_PLACE = 0.01;

    private final List<Boolean> warmEachTime;
    private final Duration failbackAfter;

    /** How the third pool waits until it is needed, each time. */
    public enum Standby {
        /** Connected and with a job; but cold the first time, for comparison. */
        WARM(List.of(false, true, true)),
        /** Not even connected. */
        COLD(List.of(false, false));

        private final List<Boolean> warmEachTime;

        Standby(List<Boolean> warmEachTime) {
            this.warmEachTime = warmEachTime;
        }

        /** As on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public FailoverScenario(Standby standby) {
        this(standby.warmEachTime, FAILBACK_AFTER);
    }

    /** @param warmEachTime how the third pool waits, for each time that the first is killed */
    FailoverScenario(List<Boolean> warmEachTime, Duration failbackAfter) {
        this.warmEachTime = List.copyOf(warmEachTime);
        this.failbackAfter = failbackAfter;
    }

    @Override
    public DemoReport play(Stage stage) throws IOException, InterruptedException {
        Pace pace = Pace.of(stage.miners(), MINERS_PART_OF_MACHINE);
        VardiffConfig difficulty = pace.fixed(stage.sharesPerMinute(SHARES_PER_MINUTE));
        DemoPool.Nature open = new DemoPool.Nature(difficulty, pace.chain(BLOCK_INTERVAL));
        DemoPool.Nature full = new DemoPool.Nature(difficulty, pace.chain(BLOCK_INTERVAL), 1);
        try (DemoPool refusing = new DemoPool(REFUSING, full, stage);
                CpuMiner _ =
                        CpuMiner.start(DemoFarm.minerAt(refusing.gateway(), MinerProtocol.SV2_EXTENDED, "somebody.else")
                                .withLoad(LOAD_OF_THE_LAST_PLACE));
                DemoFarm farm = new DemoFarm(stage)) {
            DemoPool first = farm.pool(FIRST, open);
            DemoPool third = farm.pool(STANDBY, open);
            FailoverRounds rounds = new FailoverRounds(stage, farm, failover(), difficulty);
            rounds.open(first, refusing, third, LOOPS);
            farm.mineAll(pace);
            for (boolean warm : warmEachTime) {
                rounds.play(warm);
            }
            farm.mineToTheEnd();
            return rounds.report(farm.finish());
        }
    }

    private FailoverConfig failover() {
        FailoverConfig usual = FailoverConfig.DEFAULT;
        return new FailoverConfig(
                usual.hold(),
                usual.afterHold(),
                failbackAfter,
                SWITCH_TIMEOUT,
                usual.noJobTimeout(),
                usual.rejectsTimeout(),
                usual.redistributeAfter(),
                usual.rebalanceInterval());
    }
}
