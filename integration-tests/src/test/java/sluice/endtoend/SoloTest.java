package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;

/** Mining on templates of our own when there is no pool left. */
@Timeout(120)
class SoloTest extends ScriptedPoolScenario {

    private static void mineABlock(EdgeGateway gateway, WatchedMiner miner) {
        await("a block that the chain takes").until(() -> {
            miner.mine(1);
            return !blocks(gateway).isEmpty();
        });
    }

    private static List<Hash256> blocks(EdgeGateway gateway) {
        return gateway.events().all(GatewayEvent.BlockAnswered.class).stream()
                .filter(answer ->
                        answer.path().equals("solo") && answer.rejection().isEmpty())
                .map(GatewayEvent.BlockAnswered::hash)
                .toList();
    }

    @Test
    void minersThatLoseTheirPoolMineBlocksOfTheirOwnAndReturnToIt() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(pool), EdgeGateway.Plan.EASY.miningSoloAfter(Duration.ofMillis(200)));
        // A pool that is not there so soon is waited for on our own templates.
        gateway.awaitSwitchTo(pool);
        int begun = gateway.switches().size();
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();
        WatchedMiner.mineAll(miners, 3);
        pool.awaitGoodShares(9);

        pool.die();
        assertThat(gateway.awaitSwitches(begun + 1).to()).isEqualTo("solo");
        mineABlock(gateway, miners.getFirst());
        await("what the chain said, on the disk")
                .ignoreException(NoSuchFileException.class)
                .untilAsserted(() -> assertThat(deliveries(gateway))
                        .contains("\"path\":\"chain\"")
                        .contains("ACCEPTED"));

        pool.comeBack();
        assertThat(gateway.awaitSwitches(begun + 2).to()).isEqualTo("A");
        long job = pool.currentJob();
        int before = pool.goodSharesOf(job);
        await("a share at the pool").until(() -> {
            WatchedMiner.mineAll(miners, 1);
            return pool.goodSharesOf(job) > before;
        });
        // A block of one is a new tip for all, so some of their shares were stale; nothing else befell them.
        assertThat(miners).extracting(WatchedMiner::extranonce).isEqualTo(extranonces);
        assertThat(gateway.seen().disconnects()).isEmpty();
    }

    private static String deliveries(EdgeGateway gateway) throws IOException {
        return gateway.deliveries(blocks(gateway).getFirst());
    }
}
