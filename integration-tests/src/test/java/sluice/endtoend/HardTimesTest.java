package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.noise.NoiseFailure;

/** What the reference implementation's own tests leave out: storms, slow readers, every share accounted for, wrong clocks. */
class HardTimesTest extends ScriptedPoolScenario {
    private static final int STORM_SV1 = 250;
    private static final int STORM_SV2 = 50;
    private static final int HEAVY = 30_000;
    /** What a miner may be told of a share whose job a new tip has ended on the way. */
    private static final Set<String> STALE = Set.of("Job not found (stale)", MiningErrorCode.STALE_SHARE);

    private static List<WatchedMiner> storm(EdgeGateway gateway) throws Exception {
        List<WatchedMiner> miners = new ArrayList<>();
        for (int i = 0; i < STORM_SV1; i++) {
            miners.add(gateway.sv1Asking("storm" + i));
        }
        for (int i = 0; i < STORM_SV2; i++) {
            miners.add(gateway.sv2Asking("gale" + i));
        }
        return miners;
    }

    @Test
    void threeHundredMinersThatComeBackWithThePoolAllMineAgain() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> before = storm(gateway);
        WatchedMiner.mineAll(before, 1);
        pool.awaitGoodShares(before.size());

        pool.die();
        before.forEach(WatchedMiner::close);
        long job = pool.comeBack();
        List<WatchedMiner> after = storm(gateway);
        // While the gateway is still without its pool, those of them that ask first wait for their first job.
        after.forEach(WatchedMiner::awaitJob);
        gateway.awaitPool();
        await("the new tip everywhere")
                .until(() -> after.stream()
                        .allMatch(miner -> miner.jobs().getLast().prevHashHex().equals(pool.tipHash())));
        WatchedMiner.mineAll(after, 1);

        pool.awaitGoodShares(job, after.size());
        assertThat(pool.heard(OpenExtendedMiningChannel.class)).hasSize(2);
        after.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void threeHundredMinersStayConnectedWhileThePoolIsAwayAndAllGetItsNewJob() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = storm(gateway);
        miners.forEach(WatchedMiner::awaitJob);

        pool.die();
        gateway.awaitNoPool();
        long job = pool.comeBack();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 1);

        pool.awaitGoodShares(job, miners.size());
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void noShareIsLostOrCountedTwiceWhileThePoolComesAndGoes() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        for (int i = 0; i < 3; i++) {
            gateway.sv1("old" + i).mineSteadily();
            gateway.sv2("new" + i).mineSteadily();
        }
        for (int round = 1; round <= 2; round++) {
            pool.awaitGoodShares(pool.currentJob(), 20);
            pool.awaitGoodShares(pool.newTip(), 20);
            pool.awaitGoodShares(pool.newJob(), 20);
            pool.die();
            gateway.awaitNoPool();
            long accepted = gateway.seen().upstream().unforwardable();
            await("shares without a pool").until(() -> gateway.seen().upstream().unforwardable() > accepted + 20);
            pool.awaitGoodShares(pool.comeBack(), 20);
            pool.closeChannels("once more");
            gateway.awaitLosses(2 * round);
        }
        pool.awaitChannels(1);
        pool.awaitGoodShares(pool.newTip(), 20);
        for (WatchedMiner miner : gateway.miners()) {
            miner.stopMining();
            assertThat(miner.isOver()).isFalse();
            assertThat(STALE).containsAll(miner.rejected().keySet());
        }

        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void aMinerThatDoesNotReadIsDroppedAndHoldsNobodyUpWhileThePoolChanges() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner sv1 = gateway.sv1("alice");
        WatchedMiner sv2 = gateway.sv2("bob");
        try (RawSv1Miner asleep = new RawSv1Miner(gateway.address())) {
            asleep.login("asleep");
            for (int tips = 1; gateway.seen().disconnects().isEmpty(); tips++) {
                int before = sv1.tips();
                int beforeSv2 = sv2.tips();
                pool.newTip(HEAVY);
                sv1.awaitTips(before + 1);
                sv2.awaitTips(beforeSv2 + 1);
                if (tips % 20 == 0) {
                    pool.hangUp();
                    sv1.awaitTips(before + 2);
                }
            }
            assertThat(gateway.seen().disconnects()).containsOnlyKeys("slow-reader");
        }

        pool.awaitChannels(1);
        long job = pool.newTip();
        await("the last tip")
                .until(() -> List.of(sv1, sv2).stream()
                        .allMatch(miner -> miner.jobs().getLast().prevHashHex().equals(pool.tipHash())));
        WatchedMiner.mineAll(List.of(sv1, sv2), 2);

        pool.awaitGoodShares(job, 4);
        sv1.assertUndisturbed();
        sv2.assertUndisturbed();
    }

    @Test
    void stepsOfTheClockDisturbNobody() throws Exception {
        SteppableClock clock = new SteppableClock();
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool, EdgeGateway.Plan.EASY.with(clock));
        List<WatchedMiner> miners = List.of(gateway.sv1("alice"), gateway.sv2("bob"));
        miners.forEach(WatchedMiner::awaitJob);

        int tips = 1;
        int shares = 0;
        for (Duration wrong : List.of(Duration.ofMinutes(50), Duration.ofMinutes(-50), Duration.ZERO)) {
            clock.setWrongBy(wrong);
            WatchedMiner.mineAll(miners, 2);
            shares += 4;
            pool.awaitGoodShares(shares);
            pool.newTip();
            tips++;
            for (WatchedMiner miner : miners) {
                miner.awaitTips(tips);
            }
            WatchedMiner.mineAll(miners, 2);
            shares += 4;
            pool.awaitGoodShares(shares);
            // Another handshake, whose certificate is judged by the wrong clock.
            pool.hangUp();
            tips++;
            for (WatchedMiner miner : miners) {
                miner.awaitTips(tips);
            }
        }

        assertThat(pool.goodShares()).isEqualTo(shares);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void aClockThatWasFarAheadAtTheStartLocksNoSv2MinerOut() throws Exception {
        SteppableClock clock = new SteppableClock();
        clock.setWrongBy(Duration.ofDays(3650));
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool, EdgeGateway.Plan.EASY.with(clock));
        await("a certificate of the future refused").until(() -> {
            try {
                gateway.sv2("early").close();
                return false;
            } catch (NoiseFailure refused) {
                return true;
            }
        });

        clock.setWrongBy(Duration.ZERO);
        gateway.sv2("bob").mine(1);

        pool.awaitGoodShares(1);
    }
}
