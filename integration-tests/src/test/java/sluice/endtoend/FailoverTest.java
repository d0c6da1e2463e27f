package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.endtoend.PoolScript.FirstWork;
import sluice.endtoend.PoolScript.Greeting;
import sluice.endtoend.PoolScript.Reply;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;

/** What makes miners of every kind go to the next pool: they keep their connection and extranonce, and every share counts. */
class FailoverTest extends ScriptedPoolScenario {
    /** Shares of one miner; so many are acknowledged without delay, whatever the protocol. */
    private static final int ENOUGH = 10;

    private static List<String> extranonces(List<WatchedMiner> miners) {
        return miners.stream().map(WatchedMiner::extranonce).toList();
    }

    static Stream<Arguments> endings() {
        PoolScript good = PoolScript.GOOD;
        Consumer<ScriptedSv2Pool> hangUp = ScriptedSv2Pool::hangUp;
        return Stream.of(
                arguments("the socket is lost and the port closed", "", good, (Consumer<ScriptedSv2Pool>)
                        ScriptedSv2Pool::die),
                arguments("the socket is lost, then silence", "", good.greeting(Greeting.SILENCE), hangUp),
                arguments("SetupConnection.Error", "", good.refusingSetup("not-today"), hangUp),
                arguments("SetupConnection is not answered", "", good.setup(Reply.NONE), hangUp),
                arguments("OpenMiningChannel.Error", "", good.refusingChannels("no-room"), hangUp),
                arguments("the open is not answered", "", good.open(Reply.NONE), hangUp),
                arguments("no first job", "", good.firstWork(FirstWork.NONE), hangUp),
                arguments("too little extranonce", "", good.granting(4), hangUp),
                arguments("another authority key", "", good.greeting(Greeting.FOREIGN_KEY), hangUp),
                arguments("another protocol", "", good.greeting(Greeting.OTHER_PROTOCOL), hangUp),
                arguments("CloseChannel", "spring cleaning", good.open(Reply.NONE), (Consumer<ScriptedSv2Pool>)
                        pool -> pool.closeChannels("spring cleaning")),
                arguments("garbage", "not authentic", good.open(Reply.NONE), (Consumer<ScriptedSv2Pool>)
                        ScriptedSv2Pool::sayGarbage),
                arguments("a tip of an unknown job", "job 99", good.open(Reply.NONE), (Consumer<ScriptedSv2Pool>)
                        pool -> pool.say(channel -> new SetNewPrevHash(channel, 99, Hash256.ZERO, 0, PoolWork.NBITS))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endings")
    void minersGoToTheNextPoolWhenTheFirstEndsWith(
            String what, String reason, PoolScript afterwards, Consumer<ScriptedSv2Pool> ending) throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = extranonces(miners);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);

        first.play(afterwards);
        ending.accept(first);
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(3 * ENOUGH);
        assertThat(first.goodShares()).isEqualTo(3 * ENOUGH);
        assertThat(gateway.awaitSwitches(2)).satisfies(change -> {
            assertThat(change.kind()).isEqualTo(SwitchKind.FAILOVER);
            assertThat(change.from()).isEqualTo("A");
            assertThat(change.to()).isEqualTo("B");
            assertThat(change.reason()).startsWith("MINING: ").contains(reason);
            assertThat(change.miners()).isEqualTo(3);
        });
        assertThat(extranonces(miners)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    static Stream<Arguments> failures() {
        PoolScript good = PoolScript.GOOD;
        return Stream.of(
                arguments("hangs up at once", good.greeting(Greeting.HANG_UP), "HANDSHAKE", "handshake"),
                arguments("has another authority", good.greeting(Greeting.FOREIGN_KEY), "HANDSHAKE", "authority"),
                arguments("speaks another protocol", good.greeting(Greeting.OTHER_PROTOCOL), "HANDSHAKE", "Stratum V1"),
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
    @MethodSource("failures")
    void theNextPoolIsUsedFromTheStartWhenTheFirst(String what, PoolScript script, String step, String reason)
            throws Exception {
        ScriptedSv2Pool first = pool("A", script);
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);

        WatchedMiner miner = gateway.sv1("alice");
        miner.mine(1);

        next.awaitGoodShares(1);
        assertThat(gateway.losses().getFirst()).satisfies(loss -> {
            assertThat(loss.upstream()).isEqualTo("A");
            assertThat(loss.step()).isEqualTo(step);
            assertThat(loss.reason()).contains(reason);
        });
        miner.assertUndisturbed();
    }

    @Test
    void theNextPoolIsUsedFromTheStartWhenTheFirstRefusesConnections() throws Exception {
        ScriptedSv2Pool first = pool("A");
        first.die();
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(first, next);

        List<WatchedMiner> miners = gateway.oneOfEach();
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.losses().getFirst()).satisfies(loss -> {
            assertThat(loss.step()).isEqualTo("CONNECT");
            assertThat(loss.reason()).contains("connection refused");
        });
        gateway.awaitSwitches(1);
        assertThat(gateway.switches())
                .extracting(GatewayEvent.SwitchDelivered::to)
                .containsExactly("B");
        gateway.assertBooksBalance(List.of(first, next));
    }

    // All at once, because each takes the five seconds that a pool may take until the next is tried as well.
    @Test
    void theNextPoolIsUsedFromTheStartWhenTheFirstIsSilentAtAnyStep() throws Exception {
        PoolScript good = PoolScript.GOOD;
        List<PoolScript> silences = List.of(
                good.greeting(Greeting.SILENCE),
                good.setup(Reply.NONE),
                good.open(Reply.NONE),
                good.firstWork(FirstWork.NONE),
                good.firstWork(FirstWork.JOB_WITHOUT_TIP));
        List<ScriptedSv2Pool> nexts = new ArrayList<>();
        List<WatchedMiner> miners = new ArrayList<>();
        for (PoolScript silence : silences) {
            ScriptedSv2Pool next = pool("B" + nexts.size());
            EdgeGateway gateway = gatewayTo(pool("A" + nexts.size(), silence), next);
            nexts.add(next);
            miners.add(gateway.sv1("alice"));
        }

        WatchedMiner.mineAll(miners, 1);

        nexts.forEach(next -> next.awaitGoodShares(1));
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void minersGoToTheNextPoolWhenTheFirstOnlyRejects() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first).bearingRejects(Duration.ofMillis(500)), EdgeUpstream.of(next)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        List<String> extranonces = extranonces(miners);
        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(3 * ENOUGH);

        first.play(PoolScript.GOOD.refusingShares("unwelcome"));
        miners.forEach(WatchedMiner::mineSteadily);
        next.awaitGoodShares(20);
        for (WatchedMiner miner : miners) {
            miner.stopMining();
        }

        gateway.awaitSwitches(2);
        assertThat(gateway.switches()).hasSize(2);
        assertThat(gateway.switches().getLast().reason()).contains("only rejected shares for 500 ms, last: unwelcome");
        assertThat(gateway.seen().upstreams().get("A").rejected()).isPositive();
        assertThat(extranonces(miners)).isEqualTo(extranonces);
        assertThat(miners).noneMatch(WatchedMiner::isOver);
    }

    @Test
    void minersGoToTheNextPoolWhenTheFirstSendsNoJob() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first).waitingForJobs(Duration.ofMillis(500)), EdgeUpstream.of(next)));
        List<WatchedMiner> miners = gateway.oneOfEach();
        first.play(PoolScript.GOOD.open(Reply.NONE));

        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(miners, ENOUGH);

        next.awaitGoodShares(3 * ENOUGH);
        assertThat(gateway.awaitSwitches(2).reason()).contains("no job from the pool for 500 ms");
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(first, next));
    }

    @Test
    void aPoolThatForbidsVersionRollingIsUsedOnlyWhereNoOtherIsGood() throws Exception {
        ScriptedSv2Pool fixed = pool("fixed", PoolScript.GOOD.versions(PoolScript.Versions.FIXED));
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(fixed, next);
        gateway.awaitSwitchTo(next);
        WatchedSv1Miner sv1 = gateway.sv1("alice");
        WatchedSv2Miner sv2 = gateway.sv2("bob");
        WatchedMiner.mineAll(List.of(sv1, sv2), ENOUGH);
        next.awaitGoodShares(2 * ENOUGH);
        assertThat(fixed.goodShares()).isZero();
        assertThat(sv1.versionMask()).isNotZero();

        next.die();
        gateway.awaitJobsOf(fixed);
        assertThat(sv1.versionMask()).isZero();
        WatchedMiner.mineAll(List.of(sv1, sv2), ENOUGH);
        fixed.awaitGoodShares(2 * ENOUGH);

        next.comeBack();
        gateway.awaitJobsOf(next);
        WatchedMiner.mineAll(List.of(sv1, sv2), ENOUGH);

        next.awaitGoodShares(4 * ENOUGH);
        assertThat(sv1.versionMask()).isNotZero();
        gateway.miners().forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(fixed, next));
    }

    @Test
    void theUserBelongsToThePoolAndChangesWithIt() throws Exception {
        ScriptedSv2Pool first = pool("A");
        ScriptedSv2Pool next = pool("B");
        EdgeGateway gateway = gatewayTo(EdgeRouting.inOrder(
                EdgeUpstream.of(first).under("farm.at-a"), EdgeUpstream.of(next).under("farm.at-b")));
        WatchedMiner miner = gateway.sv1("alice");
        miner.mine(1);
        assertThat(first.users()).containsExactly("farm.at-a");

        first.die();
        miner.awaitTips(2);
        miner.mine(1);

        next.awaitGoodShares(1);
        assertThat(next.users()).containsExactly("farm.at-b");
        miner.assertUndisturbed();
    }
}
