package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.proxy.event.GatewayEvent.ChannelClosed;
import sluice.upstream.UpstreamEvent;

/** What miners see of a new upstream: a job, and nothing else where it can serve them (DESIGN section 3). */
class Sv2UpstreamChangeTest {
    private static final Bytes OTHER_POOL = Bytes.fromHex("bbbb");

    private final Sv2Farm farm = Sv2Farm.mining();

    @Test
    void changesTheUpstreamUnderAChannelThatKeepsItsPrefixAndItsOldJobsUntilTheNextTip() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = miner.openExtended(4);
        farm.event(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
        miner.clear();
        farm.upstream(OTHER_POOL, 8, Sv2Farm.EASY_TARGET, true);
        assertThat(miner.inbox).isEmpty();
        miner.send(channel.mine());
        assertThat(miner.inbox).noneMatch(SubmitSharesError.class::isInstance);
        Sv2ClientJob old = channel.current();
        miner.clear();
        farm.activate(farm.futureJob(OTHER_POOL, 0x2000_0000L));
        NewExtendedMiningJob job = miner.only(NewExtendedMiningJob.class);
        assertThat(job.coinbaseTxPrefix()).isEqualTo(Bytes.concat(Sv2Farm.COINBASE_PREFIX, OTHER_POOL));
        miner.clear();
        miner.send(channel.mine());
        assertThat(miner.forwarded).hasSize(1);
        assertThat(miner.forwarded.getFirst().upstreamExtranonce())
                .isEqualTo(Bytes.concat(channel.prefix(), Bytes.zeros(4)));
        miner.send(channel.mine(old, old.version, Bytes.zeros(4), true));
        assertThat(miner.only(SubmitSharesError.class).errorCode()).isEqualTo("stale-share");
    }

    @Test
    void closesOnlyTheChannelsThatANarrowerUpstreamCannotServe() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel narrow = miner.openExtended(4);
        Sv2ClientChannel wide = miner.openExtended(8);
        Sv2Client neighbour = farm.connect(4);
        neighbour.openStandard();
        miner.clear();
        neighbour.clear();
        farm.upstream(OTHER_POOL, 11, Sv2Farm.EASY_TARGET, true);
        assertThat(miner.only(CloseChannel.class))
                .isEqualTo(new CloseChannel(wide.id(), "min-extranonce-size-too-large"));
        assertThat(miner.events(ChannelClosed.class)).hasSize(1);
        assertThat(miner.demandChanges).isEqualTo(1);
        assertThat(neighbour.inbox).isEmpty();
        assertThat(miner.disconnect).isNull();
        farm.activate(farm.futureJob(OTHER_POOL, 0x2000_0000L));
        assertThat(narrow.current().id).isEqualTo(2);
    }

    @Test
    void keepsAChannelThatTheNewGrantJustHolds() {
        Sv2Client miner = farm.connect(4);
        miner.openExtended(8);
        farm.upstream(OTHER_POOL, 12, Sv2Farm.EASY_TARGET, true);
        assertThat(miner.channels).hasSize(1);
    }

    @Test
    void letsAnOpenWaitForTheNewUpstreamsJobWhereTheOldOneIsTooNarrow() {
        Sv2Farm narrow = new Sv2Farm();
        narrow.upstream(8, Sv2Farm.EASY_TARGET, true);
        narrow.newTip();
        Sv2Client miner = narrow.connect(4);
        narrow.upstream(OTHER_POOL, 12, Sv2Farm.EASY_TARGET, true);
        miner.clear();
        miner.openExtended(8);
        assertThat(miner.inbox).isEmpty();
        narrow.activate(narrow.futureJob(OTHER_POOL, 0x2000_0000L));
        assertThat(miner.newest().extranonceSize()).isEqualTo(8);
    }

    @Test
    void givesAChannelThatWaitedForARouteItsFirstJobOnce() {
        Sv2Client miner = new Sv2Farm().connect(4);
        miner.openExtended(4);
        assertThat(miner.channels).isEmpty();
        miner.feed(new MinerInput.RouteChanged(farm.replica));
        assertThat(miner.channels).hasSize(1);
        assertThat(miner.inbox).filteredOn(SetNewPrevHash.class::isInstance).hasSize(1);
    }

    @Test
    void closesTheChannelsOfMinersThatNeedRollingWhileItIsForbidden() {
        Sv2Client needs = farm.connect(4);
        Sv2ClientChannel channel = needs.openExtended(4);
        Sv2Client copes = farm.connect(0);
        Sv2ClientChannel coping = copes.openExtended(4);
        farm.upstream(OTHER_POOL, 24, Sv2Farm.EASY_TARGET, false);
        assertThat(needs.only(CloseChannel.class))
                .isEqualTo(new CloseChannel(channel.id(), "version-rolling-not-allowed"));
        assertThat(needs.disconnect).isNull();
        needs.send(new OpenStandardMiningChannel(5, "a", 0f, Target.MAX));
        assertThat(needs.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(5, "version-rolling-not-allowed"));
        farm.newTip();
        assertThat(coping.current().versionRollingAllowed()).isFalse();
        farm.upstream(OTHER_POOL, 24, Sv2Farm.EASY_TARGET, true);
        farm.newTip();
        assertThat(needs.openExtended(4).current().versionRollingAllowed()).isTrue();
        assertThat(coping.current().versionRollingAllowed()).isTrue();
    }

    @Test
    void sendsMinersOfStandardJobsBackToSetupWhenRollingEnds() {
        Sv2Client told = farm.connect(1);
        told.openStandard();
        farm.upstream(OTHER_POOL, 24, Sv2Farm.EASY_TARGET, false);
        assertThat(told.disconnect.reason()).isEqualTo("version-rolling-forbidden");
        Sv2Client again = farm.connect(1);
        again.openStandard();
        assertThat(again.disconnect).isNull();
    }

    @Test
    void sendsAMinerBackToSetupThatOpensAStandardChannelAfterRollingEnded() {
        Sv2Client miner = farm.connect(0);
        farm.upstream(OTHER_POOL, 24, Sv2Farm.EASY_TARGET, false);
        assertThat(miner.disconnect).isNull();
        farm.newTip();
        miner.openExtended(4);
        assertThat(miner.disconnect).isNull();
        miner.send(new OpenStandardMiningChannel(5, "a", 0f, Target.MAX));
        assertThat(miner.disconnect.reason()).isEqualTo("version-rolling-forbidden");
    }

    @Test
    void keepsThePromiseOfFixedVersionsAlsoWithAnUpstreamThatAllowsRolling() {
        Sv2Farm fixed = new Sv2Farm();
        fixed.upstream(24, Sv2Farm.EASY_TARGET, false);
        fixed.newTip();
        Sv2Client promised = fixed.connect(0);
        Sv2ClientChannel channel = promised.openExtended(4);
        fixed.upstream(OTHER_POOL, 24, Sv2Farm.EASY_TARGET, true);
        fixed.newTip();
        fixed.activeJob();
        assertThat(channel.active().values()).noneMatch(Sv2ClientJob::versionRollingAllowed);
        assertThat(fixed.connect(4).openExtended(4).current().versionRollingAllowed())
                .as("others may roll")
                .isTrue();
        promised.clear();
        promised.send(channel.mine(channel.current(), 0x2000_0020L, Bytes.zeros(4), true));
        assertThat(promised.only(SubmitSharesError.class).errorCode()).isEqualTo("version-rolling-not-allowed");
    }
}
