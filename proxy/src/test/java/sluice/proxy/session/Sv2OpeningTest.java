package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.proxy.event.GatewayEvent.ChannelClosed;
import sluice.proxy.event.GatewayEvent.ChannelOpened;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.MinerTargetChanged;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;

/** How channels are opened and refused (SV2 5.3.2-5.3.6). */
class Sv2OpeningTest {
    private final Sv2Farm farm = Sv2Farm.mining();
    private final Sv2Client miner = farm.connect(4);

    @Test
    void opensAStandardChannelWithItsWholeExtranonceAndItsFirstJob() {
        miner.clear();
        miner.send(new OpenStandardMiningChannel(77, "acct.rig", 1e12f, Target.MAX));
        assertThat(miner.inbox)
                .extracting(Object::getClass)
                .containsExactly(OpenStandardMiningChannelSuccess.class, NewMiningJob.class, SetNewPrevHash.class);
        OpenStandardMiningChannelSuccess success = miner.only(OpenStandardMiningChannelSuccess.class);
        assertThat(success.requestId()).isEqualTo(77);
        assertThat(success.channelId()).isEqualTo(16);
        assertThat(success.groupChannelId()).isEqualTo(1);
        assertThat(success.extranoncePrefix()).isEqualTo(Bytes.fromHex("0000000100000000"));
        assertThat(miner.events).hasExactlyElementsOfTypes(ChannelOpened.class, MinerTargetChanged.class);
        assertThat(miner.events(ChannelOpened.class))
                .containsExactly(new ChannelOpened(farm.now, 1, 16, MinerProtocol.SV2_STANDARD, "acct.rig"));
        assertThat(miner.demandChanges).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0,4,1", "1,4,1", "4,4,1", "5,8,2", "8,8,2", "9,12,3", "12,12,3", "13,16,4", "16,16,4"})
    void grantsAnExtendedChannelAtLeastTheBytesItWants(int wanted, int granted, long group) {
        miner.send(new OpenExtendedMiningChannel(5, "acct", 1e12f, Target.MAX, wanted));
        OpenExtendedMiningChannelSuccess success = miner.only(OpenExtendedMiningChannelSuccess.class);
        assertThat(success.extranonceSize()).isEqualTo(granted);
        assertThat(success.groupChannelId()).isEqualTo(group);
        assertThat(success.extranoncePrefix()).isEqualTo(Bytes.fromHex("00000001"));
    }

    @ParameterizedTest
    @CsvSource({"24,17", "24,65535", "8,5", "19,13", "15,9"})
    void refusesMoreRollableBytesThanThereAre(int grant, int wanted) {
        Sv2Farm narrow = new Sv2Farm();
        narrow.upstream(grant, Sv2Farm.EASY_TARGET, true);
        narrow.newTip();
        Sv2Client one = narrow.connect(4);
        one.send(new OpenExtendedMiningChannel(5, "acct", 0f, Target.MAX, wanted));
        assertThat(one.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(5, "min-extranonce-size-too-large"));
    }

    @ParameterizedTest
    @CsvSource({"8,4", "20,16", "12,8", "16,12"})
    void servesTheWidestShapeThatTheGrantJustHolds(int grant, int wanted) {
        Sv2Farm exact = new Sv2Farm();
        exact.upstream(grant, Sv2Farm.EASY_TARGET, true);
        exact.newTip();
        assertThat(exact.connect(4).openExtended(wanted).extranonceSize()).isEqualTo(wanted);
    }

    @Test
    void refusesExtendedChannelsToMinersOfStandardJobs() {
        Sv2Client standard = farm.connect(1);
        standard.send(new OpenExtendedMiningChannel(9, "acct", 0f, Target.MAX, 4));
        assertThat(standard.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(9, "extended-channels-not-supported-for-standard-jobs"));
        standard.openStandard();
        assertThat(standard.channels).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7fc00000, 0xffc00000, 0x7f800000, 0xff800000, 0x80000000, 0xbf800000, 0x80000001})
    void refusesHashratesThatAreNoNumbers(int bits) {
        miner.send(new OpenStandardMiningChannel(3, "a", Float.intBitsToFloat(bits), Target.MAX));
        assertThat(miner.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(3, "invalid-nominal-hashrate"));
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, Float.MIN_VALUE, 1e-3f, Float.MAX_VALUE})
    void takesEveryOtherHashrate(float hashrate) {
        miner.send(new OpenStandardMiningChannel(3, "a", hashrate, Target.MAX));
        assertThat(miner.channels).hasSize(1);
    }

    @Test
    void refusesAMaxTargetHarderThanAnyThatIsServed() {
        Target hardest = Sv2Channel.HARDEST_TARGET;
        Target beyond = Target.ofBigInteger(hardest.toBigInteger().subtract(java.math.BigInteger.ONE));
        miner.send(new OpenStandardMiningChannel(3, "a", 0f, beyond));
        miner.send(new OpenStandardMiningChannel(4, "a", 0f, Target.ofBigInteger(java.math.BigInteger.ZERO)));
        assertThat(miner.all(OpenMiningChannelError.class))
                .containsExactly(
                        new OpenMiningChannelError(3, "max-target-out-of-range"),
                        new OpenMiningChannelError(4, "max-target-out-of-range"));
        miner.send(new OpenStandardMiningChannel(5, "a", 0f, hardest));
        assertThat(miner.newest().target()).isEqualTo(hardest);
    }

    @Test
    void numbersChannelsUpwardsAndNeverTwice() {
        long first = miner.openStandard().id();
        long second = miner.openExtended(4).id();
        miner.send(new CloseChannel(second, ""));
        miner.channels.remove(second);
        long third = miner.openExtended(4).id();
        assertThat(new long[] {first, second, third}).containsExactly(16, 17, 18);
        assertThat(farm.connect(4).openStandard().id())
                .as("ids are the connection's own")
                .isEqualTo(16);
    }

    @Test
    void letsOpensWaitForTheFirstJobAndAnswersThemInOrder() {
        Sv2Farm dark = new Sv2Farm();
        Sv2Client early = dark.connect(4);
        early.clear();
        early.send(new OpenStandardMiningChannel(1, "a", 0f, Target.MAX));
        early.send(new OpenExtendedMiningChannel(2, "b", 0f, Target.MAX, 8));
        dark.upstream(24, Sv2Farm.EASY_TARGET, true);
        assertThat(early.inbox).isEmpty();
        dark.newTip();
        assertThat(early.only(OpenStandardMiningChannelSuccess.class).requestId())
                .isEqualTo(1);
        assertThat(early.only(OpenExtendedMiningChannelSuccess.class).requestId())
                .isEqualTo(2);
        early.reach(MinerDeadline.OPEN);
        assertThat(early.all(OpenMiningChannelError.class)).isEmpty();
    }

    @Test
    void refusesOpensThatHaveWaitedTooLong() {
        Sv2Farm dark = new Sv2Farm();
        Sv2Client early = dark.connect(4);
        early.send(new OpenStandardMiningChannel(1, "a", 0f, Target.MAX));
        assertThat(early.deadlines).containsEntry(MinerDeadline.OPEN, dark.now.plus(Sv2Opening.PATIENCE));
        dark.pass(Sv2Opening.PATIENCE.minusSeconds(1));
        early.send(new OpenStandardMiningChannel(2, "a", 0f, Target.MAX));
        dark.pass(java.time.Duration.ofSeconds(1));
        early.reach(MinerDeadline.OPEN);
        assertThat(early.only(OpenMiningChannelError.class)).isEqualTo(new OpenMiningChannelError(1, "no-upstream"));
        assertThat(early.disconnect).isNull();
        assertThat(early.deadlines)
                .containsEntry(
                        MinerDeadline.OPEN, dark.now.plus(Sv2Opening.PATIENCE).minusSeconds(1));
        dark.pass(Sv2Opening.PATIENCE);
        early.reach(MinerDeadline.OPEN);
        assertThat(early.all(OpenMiningChannelError.class)).hasSize(2);
        dark.upstream(24, Sv2Farm.EASY_TARGET, true);
        dark.newTip();
        assertThat(early.channels).isEmpty();
    }

    @Test
    void refusesARequestIdThatIsStillInFlight() {
        Sv2Client early = new Sv2Farm().connect(4);
        early.send(new OpenStandardMiningChannel(1, "a", 0f, Target.MAX));
        early.send(new OpenExtendedMiningChannel(1, "b", 0f, Target.MAX, 4));
        assertThat(early.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(1, "duplicate-request-id"));
    }

    @Test
    void takesARequestIdAgainOnceItWasAnswered() {
        miner.send(new OpenStandardMiningChannel(1, "a", 0f, Target.MAX));
        miner.send(new OpenStandardMiningChannel(1, "a", 0f, Target.MAX));
        assertThat(miner.channels).hasSize(2);
    }

    @Test
    void boundsTheOpensThatWait() {
        Sv2Client early = new Sv2Farm().connect(4);
        for (int i = 0; i < Sv2Opening.MAX_WAITING; i++) {
            early.send(new OpenStandardMiningChannel(i, "a", 0f, Target.MAX));
        }
        assertThat(early.all(OpenMiningChannelError.class)).isEmpty();
        early.send(new OpenStandardMiningChannel(9_999, "a", 0f, Target.MAX));
        assertThat(early.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(9_999, "channel-capacity-exhausted"));
    }

    @Test
    void refusesWaitingOpensThatTheUpstreamCannotServe() {
        Sv2Farm dark = new Sv2Farm();
        Sv2Client early = dark.connect(4);
        early.send(new OpenExtendedMiningChannel(1, "wide", 0f, Target.MAX, 8));
        early.send(new OpenExtendedMiningChannel(2, "narrow", 0f, Target.MAX, 4));
        dark.upstream(8, Sv2Farm.EASY_TARGET, true);
        assertThat(early.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(1, "min-extranonce-size-too-large"));
        dark.newTip();
        assertThat(early.channels).hasSize(1);
    }

    @Test
    void boundsTheChannelsOfAConnectionAlsoAgainstOpeningAndClosing() {
        for (int i = 0; i < Sv2Channels.MAX_CHANNELS; i++) {
            miner.clear();
            miner.send(new OpenStandardMiningChannel(i, "a", 0f, Target.MAX));
            miner.send(new CloseChannel(16 + i, ""));
            miner.channels.clear();
        }
        miner.clear();
        miner.send(new OpenStandardMiningChannel(1, "a", 0f, Target.MAX));
        assertThat(miner.only(OpenMiningChannelError.class).errorCode()).isEqualTo("channel-capacity-exhausted");
        farm.newTip();
        miner.send(new OpenStandardMiningChannel(2, "a", 0f, Target.MAX));
        assertThat(miner.channels).hasSize(1);
    }

    @Test
    void refusesAChannelWhenNoIndexIsLeft() {
        Sv2Farm full = new Sv2Farm(Sv2Farm.FIXED, new ExtranonceIndexes(0, 1, 0xffff_ffffL, 1));
        full.upstream(24, Sv2Farm.EASY_TARGET, true);
        full.newTip();
        Sv2Client one = full.connect(4);
        one.openStandard();
        one.send(new OpenStandardMiningChannel(2, "a", 0f, Target.MAX));
        assertThat(one.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(2, "channel-capacity-exhausted"));
    }

    @Test
    void givesAllIndexesBackWhenTheConnectionEnds() {
        miner.openStandard();
        miner.openExtended(8);
        assertThat(farm.context.indexes().inUse()).isEqualTo(2);
        miner.clear();
        miner.feed(new MinerInput.Closed("gone"));
        assertThat(farm.context.indexes().inUse()).isZero();
        assertThat(miner.events(ChannelClosed.class))
                .containsExactly(
                        new ChannelClosed(farm.now, 1, 16, "gone"), new ChannelClosed(farm.now, 1, 17, "gone"));
        assertThat(miner.session.nominalHashrate()).isZero();
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Target.MAX);
    }

    @Test
    void closesOneChannelOfAMinerWithoutTouchingTheOther() {
        Sv2ClientChannel first = miner.openStandard();
        Sv2ClientChannel second = miner.openStandard();
        miner.clear();
        miner.send(new CloseChannel(first.id(), "bye"));
        miner.channels.remove(first.id());
        assertThat(miner.events(ChannelClosed.class))
                .containsExactly(new ChannelClosed(farm.now, 1, first.id(), "closed-by-miner"));
        assertThat(miner.demandChanges).isEqualTo(1);
        farm.newTip();
        assertThat(second.current().id).isEqualTo(2);
    }

    @Test
    void closesAllChannelsOfAGroup() {
        miner.openStandard();
        miner.openExtended(4);
        Sv2ClientChannel wide = miner.openExtended(8);
        miner.clear();
        miner.send(new CloseChannel(1, "bye"));
        assertThat(miner.events(ChannelClosed.class))
                .extracting(ChannelClosed::channelId)
                .containsExactly(16L, 17L);
        miner.channels.keySet().retainAll(java.util.Set.of(wide.id()));
        farm.newTip();
        assertThat(wide.current().id).isEqualTo(2);
    }

    @Test
    void ignoresTheEndOfAnUnknownChannel() {
        miner.openStandard();
        miner.clear();
        miner.send(new CloseChannel(99, "bye"));
        miner.send(new CloseChannel(4, "bye"));
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.events).isEmpty();
    }
}
