package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.protocol.Bytes;
import sluice.proxy.event.GatewayEvent;

/** What becomes of a pool whose jobs pay somebody else than the operator says they must. */
@Timeout(120)
class PayoutTest extends ScriptedPoolScenario {
    private static final int ENOUGH = 10;
    private static final Bytes OURS = Bytes.fromHex("0014751e76e8199196d454941c45d1b3a323f1433bd6");

    @Test
    void aPoolThatPaysElsewhereIsLeftForTheNext() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(EdgeUpstream.of(first).paying(OURS), EdgeUpstream.of(next)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(3 * ENOUGH);
        assertThat(first.goodShares()).isZero();
        gateway.awaitEvent(GatewayEvent.PayoutMismatch.class);
        gateway.awaitLosses(1);
        assertThat(gateway.events().all(GatewayEvent.PayoutMismatch.class))
                .isNotEmpty()
                .allSatisfy(mismatch -> {
                    assertThat(mismatch.upstream()).isEqualTo("A");
                    assertThat(mismatch.detail()).startsWith("a job pays 0 of 5000000000 satoshis");
                });
        assertThat(gateway.events().all(GatewayEvent.MiningPoolDisconnected.class))
                .anySatisfy(lost -> {
                    assertThat(lost.step()).isEqualTo("FIRST_JOB");
                    assertThat(lost.reason()).startsWith("a job pays 0 of 5000000000 satoshis");
                });
    }

    @Test
    void aPoolThatBeginsToPayElsewhereIsLeftBeforeAnyMinerHasThatJob() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        // The scripted pool's output names its job, so the next job pays another script.
        Bytes ofFirstJob = Bytes.fromHex("6a" + "%08x".formatted(first.currentJob()));
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(EdgeUpstream.of(first).paying(ofFirstJob), EdgeUpstream.of(next)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);

        first.newJob();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, ENOUGH);
        next.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.awaitSwitches(2).reason()).startsWith("MINING: a job pays 0 of 5000000000 satoshis");
        assertThat(first.goodShares()).isEqualTo(3 * ENOUGH);
        miners.forEach(WatchedMiner::assertUndisturbed);
    }
}
