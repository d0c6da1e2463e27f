package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.proxy.event.GatewayEvent.SwitchKind;

/** The hard times of {@link HardTimesTest} while miners go from pool to pool. */
class HardTimesAmongPoolsTest extends ScriptedPoolScenario {
    private static final int ENOUGH = 10;
    private static final int STORM_SV1 = 150;
    private static final int STORM_SV2 = 50;
    private static final int FAILOVERS = 10;
    private static final int HEAVY = 30_000;
    /** What a miner may be told of a share whose job another tip has ended on the way. */
    private static final Set<String> STALE = Set.of("Job not found (stale)", MiningErrorCode.STALE_SHARE);

    @Test
    void minersThatComeInAStormWhileTheFirstPoolDiesAllMineForTheNext() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = new ArrayList<>();
        for (int i = 0; i < STORM_SV1; i++) {
            miners.add(gateway.sv1Asking("storm" + i));
            if (i == STORM_SV1 / 2) {
                first.die();
            }
        }
        for (int i = 0; i < STORM_SV2; i++) {
            miners.add(gateway.sv2Asking("gale" + i));
        }

        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, 1);

        next.awaitGoodShares(miners.size());
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void noShareIsLostOrCountedTwiceOverTenFailovers() throws Exception {
        Random random = new Random(3);
        // So many that one is always good.
        List<ScriptedSv2Pool> pools = List.of(pool("A"), pool("B"), pool("C"), pool("D"), pool("E"));
        EdgeGateway gateway = gatewayTo(
                EdgeRouting.inOrder(
                        EdgeUpstream.of(pools.get(0)),
                        EdgeUpstream.of(pools.get(1)).kept(),
                        EdgeUpstream.of(pools.get(2)),
                        EdgeUpstream.of(pools.get(3)),
                        EdgeUpstream.of(pools.get(4)).kept()),
                EdgeGateway.Plan.EASY.failingBackAfter(Duration.ofSeconds(1)));
        for (int i = 0; i < 2; i++) {
            gateway.sv1("old" + i).mineSteadily();
            gateway.sv2("new" + i).mineSteadily();
            gateway.standard("plain" + i).mineSteadily();
        }
        while (failovers(gateway) < FAILOVERS) {
            int sofar = goodShares(pools);
            await("shares somewhere").until(() -> goodShares(pools) > sofar + ENOUGH);
            int changes = gateway.switches().size();
            ScriptedSv2Pool used = poolInUse(gateway, pools);
            switch (random.nextInt(3)) {
                case 0 -> used.closeChannels("for a change");
                case 1 -> used.hangUp();
                default -> {
                    used.die();
                    await("another pool").until(() -> gateway.switches().size() > changes);
                    used.comeBack();
                }
            }
        }
        int before = goodShares(pools);
        await("shares after all of that").until(() -> goodShares(pools) > before + ENOUGH);
        for (WatchedMiner miner : gateway.miners()) {
            miner.stopMining();
            assertThat(miner.isOver()).isFalse();
            assertThat(STALE).containsAll(miner.rejected().keySet());
        }

        gateway.assertBooksBalance(pools);
    }

    private static long failovers(EdgeGateway gateway) {
        return gateway.switches().stream()
                .filter(change -> change.kind() == SwitchKind.FAILOVER)
                .count();
    }

    private static int goodShares(List<ScriptedSv2Pool> pools) {
        return pools.stream().mapToInt(ScriptedSv2Pool::goodShares).sum();
    }

    private static ScriptedSv2Pool poolInUse(EdgeGateway gateway, List<ScriptedSv2Pool> pools) {
        String name = gateway.awaitSwitches(1).to();
        return pools.stream()
                .filter(pool -> pool.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMinerThatDoesNotReadIsDroppedAndHoldsNobodyUpWhilePoolsChange() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first).kept(), EdgeUpstream.of(next).kept()));
        first.awaitChannels(1);
        next.awaitChannels(1);
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<ScriptedSv2Pool> turns = List.of(next, first);
        try (RawSv1Miner asleep = new RawSv1Miner(gateway.address())) {
            asleep.login("asleep");
            for (int turn = 0; gateway.seen().disconnects().isEmpty(); turn++) {
                ScriptedSv2Pool to = turns.get(turn % 2);
                to.newTip(HEAVY);
                gateway.activate(Optional.of(to.name()));
                gateway.awaitJobsOf(to);
            }
            assertThat(gateway.seen().disconnects()).containsOnlyKeys("slow-reader");
        }

        WatchedMiner.mineAll(miners, ENOUGH);

        await("their shares").until(() -> first.goodShares() + next.goodShares() == 3 * ENOUGH);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void stepsOfTheClockNeitherCauseNorPreventAFailover() throws Exception {
        SteppableClock clock = new SteppableClock();
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(first, next), EdgeGateway.Plan.EASY.with(clock));
        List<WatchedMiner> miners = gateway.oneOfEach();

        int moves = 1;
        ScriptedSv2Pool used = first;
        for (Duration wrong : List.of(Duration.ofMinutes(50), Duration.ofMinutes(-50), Duration.ZERO)) {
            clock.setWrongBy(wrong);
            int before = used.goodShares();
            WatchedMiner.mineAll(miners, ENOUGH);
            used.awaitGoodShares(before + 3 * ENOUGH);
            gateway.awaitSwitches(moves);
            assertThat(gateway.switches()).hasSize(moves);
            ScriptedSv2Pool lost = used;
            used = lost == first ? next : first;
            lost.die();
            gateway.awaitJobsOf(used);
            moves++;
            lost.comeBack();
        }

        gateway.awaitSwitches(moves);
        assertThat(gateway.switches()).hasSize(moves);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }
}
