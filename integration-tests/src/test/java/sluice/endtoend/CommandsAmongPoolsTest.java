package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.ChangeResult;

/** What a pool tells us right before and right after miners come to it or leave it, and where it sends us. */
class CommandsAmongPoolsTest extends ScriptedPoolScenario {
    /** Shares of one miner; so many are acknowledged without delay, whatever the protocol. */
    private static final int ENOUGH = 10;

    private static final PoolScript WITHOUT_WORK = PoolScript.GOOD.firstWork(PoolScript.FirstWork.NONE);

    private static final EdgeGateway.Plan FAILING_BACK = EdgeGateway.Plan.EASY.failingBackAfter(Duration.ofSeconds(1));

    @Test
    void whatAPoolSaysRightBeforeItsLossHarmsNobody() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);
        List<WatchedMiner> miners = gateway.oneOfEach();

        first.setTarget(4 * PoolScript.EASY);
        first.setExtranoncePrefix("d0e1f2");
        first.setGroup(9);
        first.announceFuture();
        first.newJob();
        first.die();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(3 * ENOUGH);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void whatAPoolSaysRightAfterMinersCameHoldsFromItsNextJobOn() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B", PoolScript.GOOD.toGroup(7));
        EdgeGateway gateway = gatewayTo(first, next);
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();
        long before = next.currentJob();

        first.die();
        next.awaitChannels(1);
        next.setExtranoncePrefix("d0e1f2");
        next.setGroup(9);
        long after = next.newJob();
        gateway.awaitJobsOf(next);
        miners.forEach(miner -> miner.awaitJobs(3));
        miners.forEach(miner -> miner.find(miner.jobs().get(1), ENOUGH));
        WatchedMiner.mineAll(miners, ENOUGH);
        next.awaitGoodShares(before, 3 * ENOUGH);
        next.awaitGoodShares(after, 3 * ENOUGH);
        long tip = next.newTip();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(tip, 3 * ENOUGH);
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void aPoolOfAnotherDifficultyHoldsMinersToItsOwn() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool harder = pool("B", PoolScript.GOOD.atDifficulty(4 * PoolScript.EASY));
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first), EdgeUpstream.of(harder).kept()));
        harder.awaitChannels(1);
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();

        first.die();
        gateway.awaitJobsOf(harder);
        WatchedMiner.mineAll(miners, 4 * ENOUGH);
        harder.awaitGoodShares(1);
        harder.setTarget(2 * PoolScript.EASY);
        harder.newTip();
        gateway.awaitJobsOf(harder);
        WatchedMiner.mineAll(miners, 4 * ENOUGH);
        first.comeBack();
        first.awaitChannels(1);
        assertThat(gateway.activate(Optional.of("A"))).isInstanceOf(ChangeResult.Applied.class);
        gateway.awaitJobsOf(first);
        int before = first.goodShares();
        WatchedMiner.mineAll(miners, ENOUGH);

        first.awaitGoodShares(before + 3 * ENOUGH);
        assertThat(harder.faults()).isEmpty();
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void theNextPoolIsToldWhatMinesThereAndTheOneThatWasLeftThatNobodyDoes() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first).kept(), EdgeUpstream.of(next).kept()));
        next.awaitChannels(1);
        first.awaitChannels(1);
        gateway.awaitSwitchTo(first);
        gateway.oneOfEach();
        await("the hashrate at the first pool").until(() -> isTold(first, true));
        assertThat(first.heard(OpenExtendedMiningChannel.class)).hasSize(1);

        gateway.activate(Optional.of("B"));

        await("the hashrate at the next pool").until(() -> isTold(next, true));
        await("none at the first").until(() -> isTold(first, false));
    }

    private static boolean isTold(ScriptedSv2Pool pool, boolean something) {
        List<UpdateChannel> told = pool.heard(UpdateChannel.class);
        return !told.isEmpty() && something == told.getLast().nominalHashRate() > 0;
    }

    /** So that the next pool helps out for as long as a test takes. */
    private static void giveWork(ScriptedSv2Pool pool) {
        pool.play(PoolScript.GOOD);
        pool.newTip();
    }

    @Test
    void aRequestToReconnectIsHonouredWhileTheNextPoolHelpsOut() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool moved = sibling(first, "A2");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(
                EdgeRouting.inOrder(
                        EdgeUpstream.of(first), EdgeUpstream.of(next).kept()),
                FAILING_BACK);
        next.awaitChannels(1);
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();

        moved.play(WITHOUT_WORK);
        first.askToReconnectTo(moved);
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);
        giveWork(moved);
        gateway.awaitJobsOf(moved);
        WatchedMiner.mineAll(miners, ENOUGH);

        moved.awaitGoodShares(3 * ENOUGH);
        assertThat(first.connections()).isEqualTo(1);
        assertThat(gateway.awaitSwitches(3).kind()).isEqualTo(SwitchKind.FAILBACK);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, moved, next));
    }

    @Test
    void whereTheRequestedPlaceIsDeadTheConfiguredOneIsTriedAndTheNextPoolHelpsOut() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool dead = sibling(first, "A2");
        dead.die();
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(
                EdgeRouting.inOrder(
                        EdgeUpstream.of(first), EdgeUpstream.of(next).kept()),
                FAILING_BACK);
        next.awaitChannels(1);
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();

        first.play(WITHOUT_WORK);
        first.askToReconnectTo(dead);
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);
        giveWork(first);
        gateway.awaitJobsOf(first);
        WatchedMiner.mineAll(miners, ENOUGH);

        first.awaitGoodShares(3 * ENOUGH);
        assertThat(first.connections()).isEqualTo(2);
        assertThat(gateway.losses())
                .extracting(GatewayEvent.MiningPoolDisconnected::reason)
                .anyMatch(reason -> reason.contains("asked us to reconnect"))
                .anyMatch(reason -> reason.contains("refused") && reason.contains(Integer.toString(dead.port())));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void aStrangerAtTheRequestedPlaceGetsNoWork() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool stranger = pool("stranger");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);
        List<WatchedMiner> miners = gateway.oneOfEach();

        first.play(PoolScript.GOOD.open(PoolScript.Reply.NONE));
        first.askToReconnectTo(stranger);
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);
        await("the stranger refused")
                .until(() ->
                        gateway.losses().stream().anyMatch(loss -> loss.reason().contains("authority")));

        next.awaitGoodShares(3 * ENOUGH);
        assertThat(stranger.heard()).isEmpty();
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, stranger, next));
    }
}
