package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.config.IdentityMode;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.proxy.event.GatewayEvent;

/** Under whose names and on how many connections miners come to a pool, and that what befalls one connection is nobody else's. */
class LanesTest extends ScriptedPoolScenario {
    /** Shares of one miner; so many are acknowledged without delay, whatever the protocol. */
    private static final int ENOUGH = 10;

    private static final PoolScript NAMES = PoolScript.GOOD.supporting(Set.of(WorkerIdentity.EXTENSION_TYPE));

    private static EdgeUpstream perShare(ScriptedSv2Pool pool) {
        return EdgeUpstream.of(pool).naming(IdentityMode.PER_SHARE);
    }

    private static EdgeUpstream perChannel(ScriptedSv2Pool pool) {
        return EdgeUpstream.of(pool).naming(IdentityMode.PER_CHANNEL);
    }

    @Test
    void sharesNameTheirMinersWhereThePoolTakesNamesAndAreSentPlainWhereNot() throws Exception {
        ScriptedSv2Pool naming = pool("A", NAMES);
        ScriptedSv2Pool plain = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(perShare(naming), perShare(plain)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);
        naming.awaitGoodShares(3 * ENOUGH);
        assertThat(naming.workers()).containsExactly("alice", "bob", "carol");

        naming.die();
        gateway.awaitJobsOf(plain);
        WatchedMiner.mineAll(miners, ENOUGH);

        plain.awaitGoodShares(3 * ENOUGH);
        assertThat(plain.shares())
                .allSatisfy(
                        share -> assertThat(share.share().tlvTail().length()).isZero());
        assertThat(plain.users()).containsExactly(EdgeUpstream.USER);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(naming, plain));
    }

    @Test
    void eachNameHasAConnectionOfItsOwnAtEveryPool() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(perChannel(first), perChannel(next)));
        List<WatchedMiner> miners = new ArrayList<>(gateway.oneOfEach());
        WatchedSv2Miner second = gateway.sv2("alice");
        miners.add(second);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(4 * ENOUGH);
        // The one under the user of the upstream shows whether there is a pool at all.
        assertThat(first.users()).containsExactly("alice", "bob", "carol", EdgeUpstream.USER);
        assertThat(first.connected()).isEqualTo(4);

        first.die();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(4 * ENOUGH);
        await("the connection that has no miner")
                .until(() -> next.users().equals(List.of("alice", "bob", "carol", EdgeUpstream.USER)));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void thePoolsRefusalOfOneNameTouchesNobodyElse() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(perChannel(first), perChannel(next)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner barred = miners.get(1);
        List<WatchedMiner> others = List.of(miners.get(0), miners.get(2));

        first.bar("bob", "not you");
        await("the barred miner at the next pool").until(() -> barred.isOnTip(next.tipHash()));
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(ENOUGH);
        first.awaitGoodShares(2 * ENOUGH);
        assertThat(next.users()).containsExactly("bob");
        assertThat(first.users()).containsExactly("alice", "carol", EdgeUpstream.USER);
        assertThat(others).allSatisfy(miner -> assertThat(miner.jobs()).hasSize(1));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void aNameThatNoPoolTakesWaitsAloneUntilOneDoes() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        pool.bar("bob", "not you");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(perChannel(pool)));
        WatchedSv1Miner barred = gateway.sv1("bob");
        WatchedSv1Miner welcome = gateway.sv1("alice");
        welcome.mine(1);
        await("the refusal")
                .until(() ->
                        gateway.losses().stream().anyMatch(loss -> loss.reason().contains("unknown-user")));
        assertThat(barred.jobs()).isEmpty();

        pool.readmit("bob");
        barred.mine(1);

        pool.awaitGoodShares(2);
        assertThat(welcome.jobs()).hasSize(1);
        gateway.miners().forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void soManyMinersShareAConnectionAndMoreOpenAsTheyCome() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first).aggregating(2), EdgeUpstream.of(next).aggregating(2)));
        List<WatchedMiner> miners = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            miners.add(i % 2 == 0 ? gateway.sv1("old" + i) : gateway.sv2("new" + i));
            miners.getLast().awaitJob();
            first.awaitChannels(i / 2 + 1);
        }
        assertThat(first.connected()).isEqualTo(3);
        assertThat(first.prefixes()).hasSize(3);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(5 * ENOUGH);

        first.die();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(5 * ENOUGH);
        assertThat(next.connected()).isEqualTo(3);
        assertThat(gateway.events().all(GatewayEvent.MinerPlaced.class))
                .extracting(GatewayEvent.MinerPlaced::lane)
                .containsExactly(1, 1, 2, 2, 3);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }
}
