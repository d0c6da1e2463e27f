package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.upstream.UpstreamEvent;

/** Which jobs and tips channels are told, in which frames and in which order (SV2 5.3.15-5.3.17). */
class Sv2JobsTest {
    private final Sv2Farm farm = Sv2Farm.mining();

    @Test
    void tellsAGroupOnceHoweverManyChannelsItHas() {
        Sv2Client miner = farm.connect(4);
        miner.openStandard();
        miner.openExtended(4);
        miner.openExtended(8);
        miner.clear();
        long future = farm.futureJob();
        assertThat(miner.all(NewExtendedMiningJob.class))
                .hasSize(2)
                .extracting(NewExtendedMiningJob::channelId)
                .containsExactly(1L, 2L);
        assertThat(miner.all(NewExtendedMiningJob.class))
                .allMatch(job -> job.minNtime().isEmpty());
        miner.clear();
        farm.activate(future);
        assertThat(miner.inbox).hasSize(2).allMatch(SetNewPrevHash.class::isInstance);
        miner.clear();
        farm.pass(Duration.ofSeconds(30));
        farm.activeJob();
        assertThat(miner.all(NewExtendedMiningJob.class))
                .hasSize(2)
                .allMatch(job -> job.minNtime().getAsLong() == farm.now.getEpochSecond());
    }

    @Test
    void givesMinersOfStandardJobsEachTheirOwnRootAndNoGroupTraffic() {
        Sv2Client miner = farm.connect(1);
        Sv2ClientChannel first = miner.openStandard();
        Sv2ClientChannel second = miner.openStandard();
        Sv2ClientChannel witness = farm.connect(4).openExtended(4);
        miner.clear();
        farm.newTip();
        assertThat(miner.all(NewMiningJob.class)).hasSize(2);
        assertThat(miner.all(SetNewPrevHash.class))
                .extracting(SetNewPrevHash::channelId)
                .containsExactly(first.id(), second.id());
        farm.activeJob();
        assertThat(miner.inbox).noneMatch(NewExtendedMiningJob.class::isInstance);
        for (Sv2ClientChannel channel : List.of(first, second)) {
            assertThat(channel.current().merkleRoot(channel.prefix()))
                    .isEqualTo(witness.current().merkleRoot(channel.prefix()));
        }
        assertThat(first.current().merkleRoot(first.prefix()))
                .isNotEqualTo(second.current().merkleRoot(second.prefix()));
    }

    @Test
    void leadsAStandardChannelByItsGroupToTheSameRootsAsByItself() {
        Sv2ClientChannel grouped = farm.connect(4).openStandard();
        Sv2ClientChannel witness = farm.connect(4).openExtended(4);
        assertThat(grouped.current().merkleRoot(grouped.prefix()))
                .as("the first job, sent as its root")
                .isEqualTo(witness.current().merkleRoot(grouped.prefix()));
        farm.newTip();
        assertThat(grouped.current().coinbase(grouped.prefix()))
                .as("later jobs, sent to the group")
                .isEqualTo(witness.current().coinbase(grouped.prefix()));
    }

    @Test
    void sharesOneEncodedGroupFrameBetweenConnections() {
        Sv2Client one = farm.connect(4);
        one.openExtended(4);
        Sv2Client other = farm.connect(0);
        other.openStandard();
        other.openExtended(4);
        one.clear();
        other.clear();
        farm.newTip();
        farm.activeJob();
        farm.repeatJob();
        assertThat(one.frames).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(one.frames.get(i)).isSameAs(other.frames.get(i));
        }
    }

    @Test
    void addressesTheFirstJobToTheChannelAndChangesNothingElseInIt() {
        Sv2Client one = farm.connect(4);
        one.openExtended(4);
        farm.futureJob();
        Sv2Client other = farm.connect(4);
        other.clear();
        Sv2ClientChannel channel = other.openExtended(4);
        NewExtendedMiningJob first = other.all(NewExtendedMiningJob.class).getFirst();
        assertThat(first.channelId()).isEqualTo(channel.id());
        assertThat(first.versionRollingAllowed()).isTrue();
        assertThat(first.coinbaseTxSuffix()).isEqualTo(Sv2Farm.COINBASE_SUFFIX);
        assertThat(first.coinbaseTxPrefix())
                .as("the pool's prefix, its extranonce prefix, 24 - 8 bytes of padding")
                .isEqualTo(Bytes.concat(Sv2Farm.COINBASE_PREFIX, Bytes.fromHex("a1a2a3a4a5a6a7a8"), Bytes.zeros(16)));
        assertThat(other.frames.get(1)).isEqualTo(first.toFrameBytes());
    }

    @Test
    void givesTheFirstOfAGroupItsWaitingJobsAsTheGroupsAndLaterOnesTheirOwn() {
        Sv2Client miner = farm.connect(4);
        long future = farm.futureJob();
        miner.clear();
        Sv2ClientChannel first = miner.openStandard();
        assertThat(miner.only(NewExtendedMiningJob.class).channelId()).isEqualTo(1);
        miner.clear();
        Sv2ClientChannel second = miner.openExtended(4);
        assertThat(miner.all(NewExtendedMiningJob.class))
                .extracting(NewExtendedMiningJob::channelId)
                .containsExactly(second.id(), second.id());
        miner.clear();
        Sv2ClientChannel third = miner.openStandard();
        assertThat(miner.all(NewMiningJob.class))
                .extracting(NewMiningJob::channelId)
                .containsExactly(third.id(), third.id());
        miner.clear();
        farm.activate(future);
        assertThat(miner.only(SetNewPrevHash.class).channelId()).isEqualTo(1);
        assertThat(List.of(first, second, third)).allMatch(channel -> channel.current().id == 2);
    }

    @Test
    void sendsTheFutureJobWithItsTipWhereItWasNotSentBefore() {
        Sv2Client group = farm.connect(4);
        group.openExtended(4);
        Sv2Client single = farm.connect(1);
        single.openStandard();
        group.clear();
        single.clear();
        farm.hold();
        long future = farm.futureJob();
        farm.drop();
        farm.activate(future);
        farm.handOver();
        assertThat(group.inbox)
                .extracting(Object::getClass)
                .containsExactly(NewExtendedMiningJob.class, SetNewPrevHash.class);
        assertThat(single.inbox).extracting(Object::getClass).containsExactly(NewMiningJob.class, SetNewPrevHash.class);
    }

    @Test
    void catchesUpBeforeAChannelJoinsAndSaysNothingTwice() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel old = miner.openExtended(4);
        farm.hold();
        farm.activeJob();
        farm.activeJob();
        farm.futureJob();
        miner.clear();
        Sv2ClientChannel fresh = miner.openExtended(4);
        assertThat(old.current().id)
                .as("the newest job, before the other joined")
                .isEqualTo(3);
        assertThat(fresh.current().id).isEqualTo(3);
        assertThat(fresh.futures()).containsOnlyKeys(4L);
        miner.clear();
        farm.handOver();
        assertThat(old.futures()).containsOnlyKeys(4L);
        assertThat(miner.all(NewExtendedMiningJob.class)).hasSizeLessThanOrEqualTo(1);
        farm.newTip();
        assertThat(old.current().id).isEqualTo(5);
    }

    @Test
    void repeatsTheJobUnderANewIdAndALaterTime() {
        Sv2ClientChannel channel = farm.connect(4).openExtended(4);
        farm.pass(Duration.ofSeconds(60));
        farm.repeatJob();
        assertThat(channel.current().id).isEqualTo(2);
        assertThat(channel.current().ntime).isEqualTo(farm.now.getEpochSecond());
        assertThat(channel.active()).containsOnlyKeys(1L, 2L);
    }

    @Test
    void startsALateChannelWithTheTipsOwnTime() {
        long tipTime = farm.now.getEpochSecond();
        farm.pass(Duration.ofSeconds(60));
        farm.repeatJob();
        assertThat(farm.connect(4).openExtended(4).current().ntime).isEqualTo(tipTime);
    }

    @Test
    void saysNothingWhenTheUpstreamIsLostAndKeepsTheJobs() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = miner.openExtended(4);
        miner.clear();
        farm.event(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.events).isEmpty();
        assertThat(channel.active()).containsOnlyKeys(1L);
        assertThat(farm.connect(4).openStandard().current().id).isEqualTo(1);
    }

    @Test
    void keepsTheFutureJobsOfEachMinerWithinTheirLimit() {
        Sv2Client miner = farm.connect(4);
        miner.openExtended(4);
        long last = 0;
        for (int i = 0; i < Sv2Jobs.MAX_FUTURE_JOBS + 1; i++) {
            last = farm.futureJob();
        }
        miner.clear();
        farm.activate(last);
        assertThat(miner.inbox).hasSize(1);
    }
}
