package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;

/** Which pools are connected while another is used, when miners return to a better one, and what they do while there is none. */
class StandbyTest extends ScriptedPoolScenario {
    /** Shares of one miner; so many are acknowledged without delay, whatever the protocol. */
    private static final int ENOUGH = 10;

    private static final Duration FAILBACK = Duration.ofSeconds(1);

    private static final EdgeGateway.Plan FAILING_BACK = EdgeGateway.Plan.EASY.failingBackAfter(FAILBACK);

    /** Far longer than it takes to look at a pool that is about to go, also on a machine that is busy. */
    private static final Duration LONG_FAILBACK = Duration.ofSeconds(6);

    /** Long enough to start and to mine in. */
    private static final Duration HOLD = Duration.ofSeconds(5);

    @Test
    void aWarmStandbyIsConnectedBeforeItIsNeededAndOnlyOnce() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first), EdgeUpstream.of(next).kept()));
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();
        next.awaitChannels(1);
        // It goes on meanwhile, and what it says is nobody's business yet.
        long tip = next.newTip();
        next.setExtranoncePrefix("d0e1f2");
        long job = next.newJob();
        WatchedMiner.mineAll(miners, ENOUGH);
        assertThat(next.shares()).isEmpty();

        first.die();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(job, 3 * ENOUGH);
        assertThat(next.goodSharesOf(tip)).isZero();
        assertThat(next.connections()).isEqualTo(1);
        assertThat(miners).allSatisfy(miner -> assertThat(miner.tips()).isEqualTo(2));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void aColdStandbyIsDialledWhenTheFirstIsLostAndLeftWhenTheFirstIsBack() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(first, next), FAILING_BACK);
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);
        assertThat(next.connections()).isZero();

        first.die();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);
        assertThat(next.connections()).isEqualTo(1);
        first.comeBack();
        gateway.awaitJobsOf(first);
        WatchedMiner.mineAll(miners, ENOUGH);

        await("the standby left").until(() -> next.connected() == 0);
        first.awaitGoodShares(6 * ENOUGH);
        assertThat(next.goodShares()).isEqualTo(3 * ENOUGH);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void theLossOfAStandbyIsNobodysBusiness() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first), EdgeUpstream.of(next).kept()));
        next.awaitChannels(1);
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();
        int switches = gateway.switches().size();

        next.die();
        gateway.awaitLosses(1);
        WatchedMiner.mineAll(miners, ENOUGH);
        next.comeBack();
        next.awaitChannels(1);
        WatchedMiner.mineAll(miners, ENOUGH);

        first.awaitGoodShares(6 * ENOUGH);
        assertThat(gateway.switches()).hasSize(switches);
        assertThat(miners).allSatisfy(miner -> assertThat(miner.jobs()).hasSize(1));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void minersReturnToTheFirstPoolAfterThePatienceAndNotBefore() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B").onTheTipOf(first);
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(first, next), FAILING_BACK);
        List<WatchedMiner> miners = gateway.oneOfEach();
        first.play(PoolScript.GOOD.open(PoolScript.Reply.NONE));
        first.hangUp();
        gateway.awaitSwitchTo(next);
        miners.forEach(WatchedMiner::mineSteadily);
        next.awaitGoodShares(20);

        first.play(PoolScript.GOOD);
        first.hangUp();
        GatewayEvent.SwitchDelivered back = gateway.awaitSwitchTo(first);
        first.awaitGoodShares(20);
        for (WatchedMiner miner : miners) {
            miner.stopMining();
        }

        assertThat(back.kind()).isEqualTo(SwitchKind.FAILBACK);
        GatewayEvent.MiningPoolConnected connected =
                gateway.events().all(GatewayEvent.MiningPoolConnected.class).getLast();
        assertThat(connected.upstream()).isEqualTo("A");
        assertThat(Duration.between(connected.at(), back.at())).isGreaterThanOrEqualTo(FAILBACK);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void aFirstPoolThatComesAndGoesDoesNotMoveTheFarm() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(first, next), EdgeGateway.Plan.EASY.failingBackAfter(LONG_FAILBACK));
        List<WatchedMiner> miners = gateway.oneOfEach();
        first.play(PoolScript.GOOD.open(PoolScript.Reply.NONE));
        first.hangUp();
        gateway.awaitJobsOf(next);
        first.play(PoolScript.GOOD);

        int comings = 0;
        first.awaitChannels(1);
        long firstComing = System.nanoTime();
        // Longer in all than it would have to be good.
        for (; System.nanoTime() - firstComing <= LONG_FAILBACK.toNanos(); comings++) {
            first.awaitChannels(1);
            WatchedMiner.mineAll(miners, ENOUGH);
            first.hangUp();
            await("its going").until(() -> first.channels() == 0);
        }

        assertThat(first.goodShares()).isZero();
        next.awaitGoodShares(comings * 3 * ENOUGH);
        assertThat(gateway.switches()).hasSize(2);
        assertThat(miners).allSatisfy(miner -> assertThat(miner.tips()).isEqualTo(2));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void whileAllPoolsAreAwayMinersKeepTheirJobAndAllIsCounted() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);

        next.die();
        first.die();
        gateway.awaitEvent(GatewayEvent.HoldBegan.class);
        WatchedMiner.mineAll(miners, ENOUGH);
        assertThat(gateway.seen().upstream().unforwardable()).isEqualTo(3 * ENOUGH);
        WatchedSv1Miner late = gateway.sv1("late");
        assertThat(late.awaitJob().prevHashHex())
                .isEqualTo(miners.getFirst().awaitJob().prevHashHex());

        next.comeBack();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(gateway.miners(), ENOUGH);

        next.awaitGoodShares(4 * ENOUGH);
        assertThat(gateway.seen().holds()).isEqualTo(1);
        assertThat(gateway.switches().getLast().gap()).isPositive();
        gateway.miners().forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void afterAHoldThatWasTooLongThePortsCloseUntilAPoolIsBack() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        next.die();
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(first, next), EdgeGateway.Plan.EASY.closingPortsAfter(HOLD));
        List<WatchedMiner> miners = gateway.oneOfEach();
        first.die();
        gateway.awaitEvent(GatewayEvent.HoldBegan.class);
        WatchedMiner.mineAll(miners, ENOUGH);

        gateway.awaitEvent(GatewayEvent.PortsClosed.class);
        await("the end of every connection").until(() -> miners.stream().allMatch(WatchedMiner::isOver));
        await("a closed port").until(() -> !isOpen(gateway));
        next.comeBack();
        gateway.awaitEvent(GatewayEvent.PortsOpened.class);
        await("an open port").until(() -> isOpen(gateway));
        List<WatchedMiner> again = gateway.oneOfEach();
        WatchedMiner.mineAll(again, ENOUGH);

        next.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.seen().disconnects()).containsKey("no-upstream");
        again.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    private static boolean isOpen(EdgeGateway gateway) {
        try {
            new RawConnection(gateway.address()).close();
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
