package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sluice.config.IdentityMode;

/** Pools that speak SV1 and pools that speak SV2 in one goal: miners of every kind go from one to the other and notice a job. */
class MixedPoolsTest extends ScriptedPoolScenario {
    /** Shares of one miner; so many are acknowledged without delay, whatever the protocol. */
    private static final int ENOUGH = 10;

    @Test
    void anSv1PoolTakesOverFromAnSv2Pool() throws Exception {
        ScriptedSv2Pool first = pool("A");
        RehashingSv1Pool backup = sv1Pool();
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first), EdgeUpstream.of("backup", backup).naming(IdentityMode.PER_SHARE)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();
        WatchedMiner.mineAll(miners, ENOUGH);

        first.die();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, ENOUGH);
        await("everybody's shares at the SV1 pool")
                .until(() -> backup.accepted("1").equals(Map.of("alice", ENOUGH, "bob", ENOUGH, "carol", ENOUGH)));
        String next = backup.newTip();
        miners.forEach(miner -> miner.awaitTips(3));
        WatchedMiner.mineAll(miners, ENOUGH);

        await("shares of the next tip").until(() -> backup.acceptedInAll() == 6 * ENOUGH);
        assertThat(backup.accepted(next)).hasSize(3);
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, backup));
    }

    // DATUM Gateway hangs up on all its miners when its own pool is lost, so that they turn to their next.
    @Test
    void anSv2PoolTakesOverWhenAnSv1PoolHangsUpOnEverybody() throws Exception {
        RehashingSv1Pool datum = sv1Pool();
        ScriptedSv2Pool backup = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(EdgeUpstream.of("datum", datum), EdgeUpstream.of(backup)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();
        WatchedMiner.mineAll(miners, ENOUGH);
        await("their shares").until(() -> datum.acceptedInAll() == 3 * ENOUGH);

        datum.die();
        gateway.awaitJobsOf(backup);
        WatchedMiner.mineAll(miners, ENOUGH);

        backup.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.awaitSwitches(2).reason()).startsWith("MINING: ");
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(datum, backup));
    }
}
