package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannelError;

/** What a pool may tell a translator while it mines: groups, targets, prefixes, other places, and what is for others. */
class PoolCommandsTest extends ScriptedPoolScenario {
    private static final long GROUP = 7;
    private static final long OTHER_GROUP = 9;
    private static final long UNKNOWN_CHANNEL = 4711;

    /** An SV1 and an SV2 miner that have a job. */
    private static List<WatchedMiner> miners(EdgeGateway gateway) throws Exception {
        List<WatchedMiner> miners = List.of(gateway.sv1("alice"), gateway.sv2("bob"));
        miners.forEach(WatchedMiner::awaitJob);
        return miners;
    }

    @Test
    void jobsAndTipsForTheGroupReachEveryMiner() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.toGroup(GROUP));
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);

        long tip = pool.newTip();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 2);
        long job = pool.newJob();
        miners.forEach(miner -> miner.awaitJobs(3));
        WatchedMiner.mineAll(miners, 2);

        pool.awaitGoodShares(tip, 4);
        pool.awaitGoodShares(job, 4);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void aChannelThatIsMovedToAnotherGroupKeepsReceivingJobs() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.toGroup(GROUP));
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);

        pool.setGroup(OTHER_GROUP);
        // For whoever is left in the old group. Taken for ours, it would be a violation.
        pool.say(channel -> new SetNewPrevHash(GROUP, 99, Hash256.ZERO, 0, PoolWork.NBITS));
        long tip = pool.newTip();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 2);

        pool.awaitGoodShares(tip, 4);
        assertThat(pool.connections()).isEqualTo(1);
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void closeChannelEndsTheUpstreamChannelAndNoMiner() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();

        pool.closeChannels("spring cleaning");
        assertThat(gateway.awaitLosses(1).reason()).contains("spring cleaning");
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 2);

        pool.awaitGoodShares(4);
        assertThat(pool.connections()).isEqualTo(2);
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void messagesForAnUnknownChannelAreHarmless() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);

        PoolWork strange = new PoolWork(99, 0, true, 0, 0);
        pool.say(channel -> strange.future(UNKNOWN_CHANNEL, 20));
        pool.say(channel -> strange.active(UNKNOWN_CHANNEL, 20));
        pool.say(channel -> new NewExtendedMiningJob(
                UNKNOWN_CHANNEL, 98, OptionalLong.empty(), 0, true, List.of(), Bytes.EMPTY, Bytes.EMPTY));
        pool.say(channel -> new SetNewPrevHash(UNKNOWN_CHANNEL, 99, Hash256.ZERO, 0, PoolWork.NBITS));
        pool.say(channel -> new SetTarget(UNKNOWN_CHANNEL, Target.DIFFICULTY_1));
        pool.say(channel -> new SetExtranoncePrefix(UNKNOWN_CHANNEL, Bytes.fromHex("ffff")));
        pool.say(channel -> new UpdateChannelError(UNKNOWN_CHANNEL, MiningErrorCode.INVALID_CHANNEL_ID));
        pool.say(channel -> new SubmitSharesSuccess(UNKNOWN_CHANNEL, 1, 1, 1));
        pool.say(channel -> new SubmitSharesError(UNKNOWN_CHANNEL, 1, MiningErrorCode.STALE_SHARE));
        pool.say(channel -> new CloseChannel(UNKNOWN_CHANNEL, "not yours"));
        pool.newTip();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 2);

        pool.awaitGoodShares(4);
        assertThat(gateway.losses()).isEmpty();
        assertThat(pool.connections()).isEqualTo(1);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void messagesThatMeanNothingInTheirPlaceAreHarmless() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);

        pool.say(ChannelEndpointChanged::new);
        pool.say(channel -> new SetupConnectionSuccess(SetupConnection.VERSION, 0));
        pool.say(channel -> new SetupConnectionError(0, "too late"));
        pool.say(channel -> new OpenMiningChannelError(17, "too late"));
        pool.say(channel ->
                new OpenExtendedMiningChannelSuccess(17, channel, Target.MAX, 8, Bytes.fromHex("ffff"), GROUP));
        pool.say(channel -> new NewMiningJob(channel, 97, OptionalLong.empty(), 0, Hash256.ZERO));
        pool.say(channel -> new SubmitSharesSuccess(channel, 12345, 1, 1));
        pool.say(channel -> new SubmitSharesError(channel, 12345, MiningErrorCode.STALE_SHARE));
        pool.newTip();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 2);

        pool.awaitGoodShares(4);
        assertThat(gateway.losses()).isEmpty();
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void aRefusedUpdateChannelIsHarmless() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);

        pool.say(channel -> new UpdateChannelError(channel, MiningErrorCode.INVALID_NOMINAL_HASHRATE));
        pool.newTip();
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 1);

        pool.awaitGoodShares(2);
        assertThat(gateway.losses()).isEmpty();
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void aHarderTargetCountsFromTheNextJobOn() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);
        long before = pool.currentJob();

        pool.setTarget(4 * PoolScript.EASY);
        long job = pool.newJob();
        miners.forEach(miner -> miner.awaitJobs(2));
        miners.forEach(miner -> miner.mine(miner.jobs().getFirst(), 2));
        miners.forEach(WatchedMiner::mineSteadily);
        pool.awaitGoodShares(job, 5);
        for (WatchedMiner miner : miners) {
            miner.stopMining();
        }

        assertThat(pool.goodSharesOf(before)).isEqualTo(4);
        assertThat(pool.faults()).isEmpty();
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void anExtranoncePrefixCountsFromTheNextJobOnAndNoMinerIsTold() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);
        long before = pool.currentJob();
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();

        pool.setExtranoncePrefix("d0e1f2");
        long after = pool.newJob();
        miners.forEach(miner -> miner.awaitJobs(2));
        miners.forEach(miner -> miner.mine(miner.jobs().getFirst(), 1));
        WatchedMiner.mineAll(miners, 1);

        pool.awaitGoodShares(before, 2);
        pool.awaitGoodShares(after, 2);
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void aRequestToReconnectElsewhereIsHonoured() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        ScriptedSv2Pool other = sibling(pool, "B");
        EdgeGateway gateway = gatewayTo(pool);
        List<WatchedMiner> miners = miners(gateway);

        pool.askToReconnectTo(other);
        other.awaitChannels(1);
        miners.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(miners, 2);

        other.awaitGoodShares(4);
        assertThat(pool.goodShares()).isZero();
        await("the old connection closed").until(() -> pool.connected() == 0);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool, other));
    }

    @Test
    void aRequestToReconnectWithoutAPlaceMeansTheSamePlace() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJob();

        pool.askToReconnectTo("", 0);
        miner.awaitTips(2);
        miner.mine(1);

        pool.awaitGoodShares(1);
        assertThat(pool.connections()).isEqualTo(2);
        miner.assertUndisturbed();
    }

    @Test
    void theConfiguredPlaceIsUsedAgainWhenTheRequestedOneDies() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        ScriptedSv2Pool other = sibling(pool, "B");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJob();
        pool.askToReconnectTo(other);
        miner.awaitTips(2);

        other.die();
        miner.awaitTips(3);
        miner.mine(1);

        pool.awaitGoodShares(1);
        miner.assertUndisturbed();
        gateway.assertBooksBalance(List.of(pool, other));
    }

    @Test
    void theConfiguredPlaceIsUsedWhereTheRequestedOneIsDead() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        ScriptedSv2Pool dead = sibling(pool, "B");
        dead.die();
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJob();

        pool.askToReconnectTo(dead);
        assertThat(gateway.awaitLosses(2).reason()).contains("refused", Integer.toString(dead.port()));
        miner.awaitTips(2);
        miner.mine(1);

        pool.awaitGoodShares(1);
        assertThat(pool.connections()).isEqualTo(2);
        miner.assertUndisturbed();
    }

    @Test
    void whoeverIsAtTheRequestedPlaceUnderAnotherAuthorityGetsNoWork() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        ScriptedSv2Pool stranger = pool("stranger");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJob();

        pool.askToReconnectTo(stranger);
        assertThat(gateway.awaitLosses(2).reason()).contains("authority");
        miner.awaitTips(2);
        miner.mine(1);

        pool.awaitGoodShares(1);
        assertThat(stranger.heard()).isEmpty();
        miner.assertUndisturbed();
    }

    @Test
    void aPoolThatForbidsVersionRollingGetsTheVersionItSent() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.versions(PoolScript.Versions.FIXED));
        EdgeGateway gateway = gatewayTo(pool);
        gateway.awaitPool();
        WatchedSv1Miner sv1 = gateway.sv1("alice");
        WatchedSv2Miner sv2 = gateway.sv2("bob");

        WatchedMiner.mineAll(List.of(sv1, sv2), 3);

        pool.awaitGoodShares(6);
        assertThat(sv1.versionMask()).isZero();
        gateway.miners().forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void aMinerThatRolledTheVersionIsToldWhenThePoolForbidsIt() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.versions(PoolScript.Versions.FIXED_AND_REFUSED));
        pool.die();
        EdgeGateway gateway = gatewayTo(pool);
        WatchedSv1Miner miner = gateway.sv1("alice");
        assertThat(miner.versionMask()).isNotZero();

        pool.comeBack();
        miner.mine(3);

        pool.awaitGoodShares(3);
        assertThat(miner.versionMask()).isZero();
        assertThat(pool.heard(SetupConnection.class))
                .extracting(SetupConnection::flags)
                .containsExactly(SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING, 0L);
        miner.assertUndisturbed();
    }
}
