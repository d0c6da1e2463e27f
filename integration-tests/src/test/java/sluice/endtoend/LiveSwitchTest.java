package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sluice.endtoend.Patience.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.endtoend.PoolScript.FirstWork;
import sluice.endtoend.PoolScript.Greeting;
import sluice.endtoend.PoolScript.Reply;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.ChangeResult;

/** An operator who changes pools under miners that mine: all of it or nothing, and no share is lost. */
class LiveSwitchTest extends ScriptedPoolScenario {
    /** Shares of one miner; so many are acknowledged without delay, whatever the protocol. */
    private static final int ENOUGH = 10;

    private static void assertApplied(ChangeResult result) {
        assertThat(result).isInstanceOf(ChangeResult.Applied.class);
    }

    @Test
    void minersFollowEveryChangeOfThePlanAndKeepTheirConnection() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool second = pool("B");
        ScriptedSv2Pool third = pool("C");
        EdgeGateway gateway = gatewayTo(first, second);
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();

        assertApplied(gateway.apply(EdgeRouting.inOrder(second, first)));
        gateway.awaitJobsOf(second);
        WatchedMiner.mineAll(miners, ENOUGH);
        second.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.awaitSwitches(2).kind()).isEqualTo(SwitchKind.SWITCH);

        assertApplied(gateway.apply(EdgeRouting.inOrder(third, first)));
        gateway.awaitJobsOf(third);
        WatchedMiner.mineAll(miners, ENOUGH);
        third.awaitGoodShares(3 * ENOUGH);
        await("the pool that was removed left").until(() -> second.connected() == 0);

        assertApplied(gateway.apply(EdgeRouting.inOrder(first)));
        gateway.awaitJobsOf(first);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);

        assertApplied(gateway.apply(EdgeRouting.inOrder(first, second)));
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(6 * ENOUGH);
        gateway.awaitSwitches(4);
        assertThat(gateway.switches()).hasSize(4);
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, second, third));
    }

    @Test
    void anotherUserUnderTheSameNameIsAnotherConnection() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(EdgeUpstream.of(pool).under("farm.before")));
        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);

        assertApplied(gateway.apply(EdgeRouting.inOrder(EdgeUpstream.of(pool).under("farm.after"))));
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, ENOUGH);

        pool.awaitGoodShares(6 * ENOUGH);
        await("the old connection left").until(() -> pool.users().equals(List.of("farm.after")));
        assertThat(pool.connections()).isEqualTo(2);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void whatDoesNotChangeIsNotTouched() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = gateway.oneOfEach();

        assertApplied(gateway.apply(EdgeRouting.inOrder(pool)));
        WatchedMiner.mineAll(miners, ENOUGH);

        pool.awaitGoodShares(3 * ENOUGH);
        assertThat(pool.connections()).isEqualTo(1);
        assertThat(miners).allSatisfy(miner -> assertThat(miner.jobs()).hasSize(1));
    }

    @Test
    void aPoolThatIsPutInFrontByHandIsUsedUntilTheOrderHoldsAgain() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool second = pool("B");
        EdgeGateway gateway = gatewayTo(first, second);
        List<WatchedMiner> miners = gateway.oneOfEach();

        assertApplied(gateway.activate(Optional.of("B")));
        gateway.awaitJobsOf(second);
        WatchedMiner.mineAll(miners, ENOUGH);
        second.awaitGoodShares(3 * ENOUGH);

        assertApplied(gateway.activate(Optional.empty()));
        gateway.awaitJobsOf(first);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);

        assertThat(gateway.activate(Optional.of("nowhere")))
                .isInstanceOfSatisfying(
                        ChangeResult.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("nowhere"));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, second));
    }

    static Stream<Arguments> obstacles() {
        PoolScript good = PoolScript.GOOD;
        return Stream.of(
                arguments("hangs up at once", good.greeting(Greeting.HANG_UP), "HANDSHAKE", "handshake"),
                arguments("has another authority", good.greeting(Greeting.FOREIGN_KEY), "HANDSHAKE", "authority"),
                arguments("speaks another protocol", good.greeting(Greeting.OTHER_PROTOCOL), "HANDSHAKE", "V1"),
                arguments("refuses SetupConnection", good.refusingSetup("not-today"), "SETUP", "not-today"),
                arguments("refuses channels", good.refusingChannels("no-room"), "OPEN_CHANNEL", "no-room"),
                arguments("grants too little", good.granting(4), "OPEN_CHANNEL", "4 bytes of extranonce"),
                arguments(
                        "activates an unknown job",
                        good.firstWork(FirstWork.TIP_OF_AN_UNKNOWN_JOB),
                        "FIRST_JOB",
                        "not announced as a future job"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("obstacles")
    void nothingChangesWhenTheNewPool(String what, PoolScript script, String step, String reason) throws Exception {
        assertRejected(pool("B", script), EdgeGateway.Plan.EASY, step, reason);
    }

    @Test
    void nothingChangesWhenTheNewPoolRefusesConnections() throws Exception {
        ScriptedSv2Pool closed = pool("B");
        closed.die();
        assertRejected(closed, EdgeGateway.Plan.EASY, "CONNECT", "connection refused");
    }

    static Stream<Arguments> silences() {
        return Stream.of(
                arguments("says nothing", PoolScript.GOOD.greeting(Greeting.SILENCE)),
                arguments("has no job", PoolScript.GOOD.firstWork(FirstWork.NONE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("silences")
    void nothingChangesWhenTheNewPoolIsNotReadyInTime(String what, PoolScript script) throws Exception {
        assertRejected(
                pool("B", script),
                EdgeGateway.Plan.EASY.preparingFor(Duration.ofSeconds(1)),
                "timeout",
                "not ready within 1 s");
    }

    private void assertRejected(ScriptedSv2Pool bad, EdgeGateway.Plan plan, String step, String reason)
            throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool, plan);
        List<WatchedMiner> miners = gateway.oneOfEach();

        ChangeResult result = gateway.apply(EdgeRouting.inOrder(bad));

        assertThat(result).isInstanceOfSatisfying(ChangeResult.Rejected.class, rejected -> {
            assertThat(rejected.upstream()).isEqualTo("B");
            assertThat(rejected.step()).isEqualTo(step);
            assertThat(rejected.reason()).contains(reason);
        });
        assertThat(gateway.awaitEvent(GatewayEvent.PlanRejected.class).step()).isEqualTo(step);
        WatchedMiner.mineAll(miners, ENOUGH);
        pool.awaitGoodShares(3 * ENOUGH);
        await("no more attempts").until(() -> bad.connected() == 0);
        gateway.awaitSwitches(1);
        assertThat(gateway.switches()).hasSize(1);
        assertThat(miners).allSatisfy(miner -> assertThat(miner.jobs()).hasSize(1));
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void theOldPoolIsLeftOnlyWhenItsVerdictsAreIn() throws Exception {
        ScriptedSv2Pool old = pool("A", PoolScript.GOOD.shares(Reply.NONE));
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(old);
        WatchedMiner miner = gateway.sv1("alice");
        miner.mine(ENOUGH);
        old.awaitGoodShares(ENOUGH);

        assertApplied(gateway.apply(EdgeRouting.inOrder(next)));
        gateway.awaitJobsOf(next);
        miner.mine(ENOUGH);
        next.awaitGoodShares(ENOUGH);
        assertThat(old.connected()).isEqualTo(1);
        old.answerUnanswered();

        await("the verdicts").until(() -> gateway.seen().upstreams().get("A").accepted() == ENOUGH);
        await("the old pool left").until(() -> old.connected() == 0);
        assertThat(gateway.seen().upstream().unanswered()).isZero();
        gateway.assertBooksBalance(List.of(old, next));
    }

    @Test
    void aLateShareIsJudgedByThePoolWhoseJobItIs() throws Exception {
        ScriptedSv2Pool old = pool("A");
        ScriptedSv2Pool next = pool("B").onTheTipOf(old);
        EdgeGateway gateway = gatewayTo(old);
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<MinerWork> works = miners.stream().map(WatchedMiner::awaitJob).toList();

        assertApplied(gateway.apply(EdgeRouting.inOrder(next)));
        miners.forEach(miner -> miner.awaitTips(2));
        for (int i = 0; i < miners.size(); i++) {
            miners.get(i).find(works.get(i), ENOUGH);
        }
        WatchedMiner.mineAll(miners, ENOUGH);

        old.awaitGoodShares(3 * ENOUGH);
        next.awaitGoodShares(3 * ENOUGH);
        await("the old pool left").until(() -> old.connected() == 0);
        assertThat(gateway.seen().upstream().unforwardable()).isZero();
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(old, next));
    }

    @Test
    void aBlockFoundDuringASwitchIsOnDiskAndGoesToThePoolWhoseJobItWas() throws Exception {
        ScriptedSv2Pool old = pool("A");
        long job = old.newTipOfEasyBlocks();
        ScriptedSv2Pool next = pool("B").onTheTipOf(old);
        EdgeGateway gateway = gatewayTo(old);
        WatchedMiner miner = gateway.sv1("alice");
        MinerWork work = miner.awaitJob();

        assertApplied(gateway.apply(EdgeRouting.inOrder(next)));
        miner.awaitTips(2);
        miner.mine(work, 1);

        old.awaitGoodShares(job, 1);
        assertThat(next.shares()).isEmpty();
        await("the block on disk").until(() -> gateway.blockFiles().size() == 1);
        await("the block's answer").until(() -> gateway.seen().blocksAccepted() == 1);
        assertThat(gateway.awaitEvent(GatewayEvent.BlockFound.class).upstream()).isEqualTo("A");
        miner.assertUndisturbed();
        gateway.assertBooksBalance(List.of(old, next));
    }

    @Test
    void aPoolThatIsBackIsActivatedAtOnceNotAfterItsPause() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.inOrder(first, next), EdgeGateway.Plan.EASY.preparingFor(Duration.ofSeconds(4)));
        gateway.awaitSwitchTo(first);
        List<WatchedMiner> miners = gateway.oneOfEach();
        first.die();
        gateway.awaitJobsOf(next);
        // Of the connection and of three attempts: the pause behind the third is four seconds or more.
        gateway.awaitLosses(4);
        first.comeBack();

        assertApplied(gateway.activate(Optional.of("A")));

        gateway.awaitJobsOf(first);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.awaitSwitchTo(first).kind()).isEqualTo(SwitchKind.SWITCH);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }
}
