package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sluice.endtoend.Patience.await;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.endtoend.PoolScript.FirstWork;
import sluice.endtoend.PoolScript.Greeting;
import sluice.endtoend.PoolScript.Reply;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.proxy.view.FarmSnapshot;

/** A pool that fails at one step: the loss is named, miners are served meanwhile, and the pool is used when it behaves. */
class PoolMisbehaviourTest extends ScriptedPoolScenario {
    static Stream<Arguments> failures() {
        PoolScript good = PoolScript.GOOD;
        return Stream.of(
                arguments("hangs up at once", good.greeting(Greeting.HANG_UP), "HANDSHAKE", "handshake"),
                arguments("answers with garbage", good.greeting(Greeting.GARBAGE), "HANDSHAKE", "not authentic"),
                arguments("has another authority", good.greeting(Greeting.FOREIGN_KEY), "HANDSHAKE", "authority"),
                arguments("refuses SetupConnection", good.refusingSetup("not-today"), "SETUP", "not-today"),
                arguments("hangs up on SetupConnection", good.setup(Reply.HANG_UP), "SETUP", "closed the connection"),
                arguments("refuses channels", good.refusingChannels("no-room"), "OPEN_CHANNEL", "no-room"),
                arguments("hangs up on the open", good.open(Reply.HANG_UP), "OPEN_CHANNEL", "closed the connection"),
                arguments("grants too little", good.granting(4), "OPEN_CHANNEL", "4 bytes of extranonce"),
                arguments(
                        "activates an unknown job",
                        good.firstWork(FirstWork.TIP_OF_AN_UNKNOWN_JOB),
                        "FIRST_JOB",
                        "not announced as a future job"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aPoolThatFailsIsTriedAgainWhileMinersStay(String what, PoolScript script, String step, String reason)
            throws Exception {
        ScriptedSv2Pool pool = pool("A", script);
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");

        assertThat(gateway.awaitLosses(1)).satisfies(loss -> {
            assertThat(loss.step()).isEqualTo(step);
            assertThat(loss.reason()).contains(reason);
        });
        pool.play(PoolScript.GOOD);
        miner.mine(1);

        pool.awaitGoodShares(1);
        miner.assertUndisturbed();
    }

    static Stream<Arguments> silences() {
        PoolScript good = PoolScript.GOOD;
        return Stream.of(
                arguments("says nothing at all", good.greeting(Greeting.SILENCE)),
                arguments("ignores SetupConnection", good.setup(Reply.NONE)),
                arguments("ignores the open", good.open(Reply.NONE)),
                arguments("opens and has no job", good.firstWork(FirstWork.NONE)),
                arguments("has a job and no tip", good.firstWork(FirstWork.JOB_WITHOUT_TIP)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("silences")
    void minersAreAnsweredWhileAPoolIsSilent(String what, PoolScript script) throws Exception {
        ScriptedSv2Pool pool = pool("A", script);
        EdgeGateway gateway = gatewayTo(pool);
        pool.awaitConnections(1);

        WatchedMiner miner = gateway.sv1("alice");
        assertThat(miner.jobs()).isEmpty();

        pool.play(PoolScript.GOOD);
        pool.hangUp();
        miner.awaitJob();
        // The pool may have behaved for a moment before it hung up, and what is found then goes nowhere.
        await("a share at the pool").until(() -> {
            miner.mine(1);
            return pool.goodShares() > 0;
        });
        miner.assertUndisturbed();
    }

    @Test
    void aTipThatComesLateActivatesTheJobThatWaits() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.firstWork(FirstWork.JOB_WITHOUT_TIP));
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        pool.awaitChannels(1);

        pool.activate(pool.currentJob());
        miner.mine(1);

        pool.awaitGoodShares(1);
        assertThat(gateway.losses()).isEmpty();
    }

    @Test
    void aClosedPortIsTriedAgainUntilThePoolIsThere() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        pool.die();
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        assertThat(gateway.awaitLosses(2)).satisfies(loss -> {
            assertThat(loss.step()).isEqualTo("CONNECT");
            assertThat(loss.reason()).contains("connection refused");
        });

        pool.comeBack();
        miner.mine(1);

        pool.awaitGoodShares(1);
        miner.assertUndisturbed();
    }

    @Test
    void aRefusedChannelIsAskedForAgainWithLessExtranonce() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.refusingChannels("too-large"));
        EdgeGateway gateway = gatewayTo(pool);

        gateway.awaitLosses(1);

        assertThat(pool.heard(OpenExtendedMiningChannel.class).subList(0, 3))
                .extracting(OpenExtendedMiningChannel::minExtranonceSize)
                .isSortedAccordingTo((a, b) -> b - a)
                .doesNotHaveDuplicates();
    }

    @Test
    void theSmallestGrantThatWorksIsWorkedWith() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.granting(8));
        EdgeGateway gateway = gatewayTo(pool);

        WatchedMiner.mineAll(List.of(gateway.sv1("alice"), gateway.sv1("bob")), 3);

        pool.awaitGoodShares(6);
        gateway.miners().forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void anAbruptEndWhileMiningLeavesMinersTheirJob() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.mine(2);
        pool.awaitGoodShares(2);

        pool.die();
        gateway.awaitNoPool();
        miner.mine(2);
        long job = pool.comeBack();
        miner.awaitTips(2);
        miner.mine(2);

        pool.awaitGoodShares(job, 2);
        assertThat(pool.goodShares()).isEqualTo(4);
        assertThat(gateway.seen().upstream().unforwardable()).isEqualTo(2);
        miner.assertUndisturbed();
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void aTipThatNamesAnUnknownJobWhileMiningEndsTheConnectionAndNoMiner() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJob();

        pool.say(channel -> new SetNewPrevHash(channel, 99, Hash256.ZERO, 0, PoolWork.NBITS));
        assertThat(gateway.awaitLosses(1).reason()).contains("SetNewPrevHash names job 99");
        miner.awaitTips(2);
        miner.mine(1);

        pool.awaitGoodShares(1);
        miner.assertUndisturbed();
    }

    @Test
    void garbageWhileMiningEndsTheConnectionAndNoMiner() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJob();

        pool.sayGarbage();
        assertThat(gateway.awaitLosses(1).reason()).contains("not authentic");
        miner.awaitTips(2);
        miner.mine(1);

        pool.awaitGoodShares(1);
        miner.assertUndisturbed();
    }

    @Test
    void aPoolThatRejectsEveryShareIsCountedAndMinersAreToldTheTruthAboutTheirOwn() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.refusingShares("unwelcome"));
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");

        miner.mine(5);

        await("five refusals").until(() -> gateway.seen().upstream().rejected() == 5);
        FarmSnapshot seen = gateway.seen();
        assertThat(seen.upstream().accepted()).isZero();
        assertThat(seen.allDownstream().accepted()).isEqualTo(5);
        miner.assertUndisturbed();
    }

    @Test
    void aPoolThatGivesNoVerdictsIsOwedThemUntilItHangsUp() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.shares(Reply.NONE));
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.mine(5);
        pool.awaitGoodShares(5);
        assertThat(gateway.seen().upstream().verdictLag()).isEqualTo(5);

        pool.play(PoolScript.GOOD);
        pool.hangUp();
        await("the shares given up").until(() -> gateway.seen().upstream().unanswered() == 5);
        miner.awaitTips(2);
        miner.mine(1);

        pool.awaitGoodShares(6);
        gateway.assertBooksBalance(List.of(pool));
    }
}
