package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hashrate;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.proxy.event.GatewayEvent.MinerTargetChanged;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.upstream.UpstreamEvent;

/** Which targets channels get, when they move, and what they hold for (SV2 5.3.2, 5.3.7, 5.3.21). */
class Sv2TargetsTest {
    private static final VardiffConfig VARDIFF = new VardiffConfig(true, 6, 1, 8192);
    private static final Target HARD = Difficulty.targetOf(1e12);

    @ParameterizedTest
    @CsvSource({
        "1000,1,0001179d9861a761ffdadd11c307c4fc04eea3a418f7d687584e4434af158205",
        "100,1,000aebbc990fff5144366f000aebbc990fff5144366f000aebbc990fff514435",
        "10,1,006d0b803685c01b42e00da17006d0b803685c01b42e00da17006d0b803685bf",
        "1,1,04325c53ef368eb04325c53ef368eb04325c53ef368eb04325c53ef368eb0431"
    })
    void sizesTheFirstTargetByTheClaimedHashrate(float hashrate, double sharesPerMinute, String target) {
        Sv2Farm farm = Sv2Farm.mining(new VardiffConfig(true, sharesPerMinute, 1e-9, 1e-9), HARD);
        assertThat(open(farm.connect(4), hashrate, Target.MAX).target()).isEqualTo(Target.fromHex(target));
    }

    @Test
    void neverGivesMoreThanTheMinerTakesNorLessThanItSays() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Target asked = Hashrate.targetFor(1e12f, 6);
        Target harder = Difficulty.targetOf(1e6);
        assertThat(open(farm.connect(4), 1e12f, harder).target()).isEqualTo(harder);
        assertThat(open(farm.connect(4), 1e12f, Target.MAX).target()).isEqualTo(asked);
        assertThat(open(farm.connect(4), 1e12f, asked).target()).isEqualTo(asked);
    }

    @Test
    void startsAMinerOfUnknownSpeedAtTheStartDifficulty() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        assertThat(open(farm.connect(4), 0f, Target.MAX).target()).isEqualTo(Difficulty.targetOf(8192));
        Target harder = Difficulty.targetOf(10_000);
        assertThat(open(farm.connect(4), 0f, harder).target()).isEqualTo(harder);
    }

    @Test
    void keepsSlowMinersAtTheLeastDifficulty() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        assertThat(open(farm.connect(4), 1f, Target.MAX).target()).isEqualTo(Difficulty.targetOf(1));
    }

    @Test
    void givesEveryMinerTheStartDifficultyWhereVardiffIsOff() {
        Sv2Farm farm = Sv2Farm.mining(new VardiffConfig(false, 6, 1, 500), HARD);
        Sv2Client miner = farm.connect(4);
        assertThat(open(miner, 1e15f, Target.MAX).target()).isEqualTo(Difficulty.targetOf(500));
        assertThat(miner.deadlines).doesNotContainKey(MinerDeadline.VARDIFF);
    }

    @Test
    void neverAsksForMoreThanTheUpstreamDoesUnlessTheMinerWantsIt() {
        Target route = Difficulty.targetOf(64);
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, route);
        Sv2Client miner = farm.connect(4);
        assertThat(open(miner, 1e12f, Target.MAX).target()).isEqualTo(route);
        assertThat(miner.session.hardestWantedTarget())
                .as("but the upstream hears what would suit it")
                .isEqualTo(Hashrate.targetFor(1e12f, 6));
        Target own = Difficulty.targetOf(100);
        assertThat(open(farm.connect(4), 1e12f, own).target()).isEqualTo(own);
    }

    @Test
    void followsTheUpstreamsTargetOnlyWhereItMatters() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Sv2Client fast = farm.connect(4);
        Sv2ClientChannel big = open(fast, 1e15f, Target.MAX);
        Sv2Client slow = farm.connect(4);
        Sv2ClientChannel small = open(slow, 1e10f, Target.MAX);
        fast.clear();
        slow.clear();
        Target easier = Difficulty.targetOf(1000);
        farm.event(new UpstreamEvent.TargetChanged(easier));
        assertThat(fast.only(SetTarget.class)).isEqualTo(new SetTarget(big.id(), easier));
        assertThat(fast.events).containsExactly(new MinerTargetChanged(farm.now, 1, big.id(), easier));
        assertThat(slow.inbox).isEmpty();
        assertThat(small.target()).isEqualTo(Hashrate.targetFor(1e10f, 6));
        farm.event(new UpstreamEvent.TargetChanged(HARD));
        assertThat(big.target()).as("back to what suits it").isEqualTo(Hashrate.targetFor(1e15f, 6));
    }

    @Test
    void opensAChannelWithWhatTheUpstreamAsksOfItsFirstJobAndNotOfLaterOnes() {
        Target easy = Difficulty.targetOf(500);
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, easy);
        farm.event(new UpstreamEvent.TargetChanged(HARD));
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 1e15f, Target.MAX);
        assertThat(channel.target()).isEqualTo(easy);
        miner.clear();
        farm.newTip();
        assertThat(miner.only(SetTarget.class)).isEqualTo(new SetTarget(channel.id(), Hashrate.targetFor(1e15f, 6)));
        assertThat(miner.inbox.getLast()).as("behind its target").isInstanceOf(SetNewPrevHash.class);
    }

    @Test
    void leavesAJobThatIsRepeatedTheTargetItHas() {
        Target easy = Difficulty.targetOf(500);
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, easy);
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 1e15f, Target.MAX);
        farm.event(new UpstreamEvent.TargetChanged(HARD));
        farm.repeatJob();
        assertThat(channel.target()).isEqualTo(easy);
        farm.activeJob();
        assertThat(channel.target()).isEqualTo(Hashrate.targetFor(1e15f, 6));
    }

    @Test
    void holdsEachJobToTheTargetThatWasInForceWhenItBegan() {
        Sv2Farm farm = Sv2Farm.mining();
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = miner.openExtended(4);
        Sv2ClientJob old = channel.current();
        long future = farm.futureJob();
        Target harder = Difficulty.targetOf(1e-7);
        miner.send(new UpdateChannel(channel.id(), 0f, harder));
        assertThat(channel.target()).isEqualTo(harder);
        miner.clear();
        miner.send(mineBetween(channel, old, harder));
        assertThat(verdict(miner)).as("the active job keeps its target").isEqualTo(ShareVerdict.ACCEPTED);
        farm.activate(future);
        Sv2ClientJob fresh = channel.current();
        miner.send(mineBetween(channel, fresh, harder));
        assertThat(miner.only(SubmitSharesError.class).errorCode()).isEqualTo("difficulty-too-low");
        miner.send(channel.mine());
        assertThat(verdict(miner)).isEqualTo(ShareVerdict.ACCEPTED);
    }

    @Test
    void raisesTheTargetOfAMinerThatSendsTooManySharesAtOnce() {
        Sv2Farm farm = Sv2Farm.mining(new VardiffConfig(true, 6, 1e-9, 1e-9), HARD);
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = miner.openExtended(4);
        miner.clear();
        while (miner.all(SetTarget.class).isEmpty()) {
            assertThat(miner.events(ShareSubmitted.class)).hasSizeLessThan(100);
            farm.pass(Duration.ofMillis(100));
            miner.send(channel.mine());
        }
        assertThat(channel.target().isHarderThan(Sv2Farm.EASY_TARGET)).isTrue();
        assertThat(miner.demandChanges).isEqualTo(1);
        assertThat(miner.session.nominalHashrate()).isEqualTo(Hashrate.hashesPerSecond(channel.target(), 6));
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(channel.target());
    }

    @Test
    void lowersTheTargetOfAMinerThatSendsNothing() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 1e15f, Target.MAX);
        Target first = channel.target();
        for (int i = 0; i < 4; i++) {
            Instant look = miner.deadlines.get(MinerDeadline.VARDIFF);
            assertThat(look).isBetween(farm.now.plusSeconds(1), farm.now.plusSeconds(61));
            farm.pass(Duration.between(farm.now, look));
            miner.reach(MinerDeadline.VARDIFF);
        }
        assertThat(channel.target().isEasierThan(first)).isTrue();
        assertThat(miner.session.nominalHashrate()).isLessThan(1e15);
    }

    @Test
    void silenceAtAnEasierTargetSaysMoreFromTheFirstJobOnThatHasIt() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Sv2Client miner = farm.connect(4);
        open(miner, 1e15f, Target.MAX);
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF)).isAfter(farm.now.plusSeconds(19));
        farm.event(new UpstreamEvent.TargetChanged(Difficulty.targetOf(1000)));
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF)).isAfter(farm.now.plusSeconds(19));
        farm.activeJob();
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF)).isBefore(farm.now.plusSeconds(2));
    }

    @Test
    void looksAtTheChannelThatIsDueFirst() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Sv2Client miner = farm.connect(4);
        open(miner, 1e12f, Target.MAX);
        Instant first = miner.deadlines.get(MinerDeadline.VARDIFF);
        farm.pass(Duration.ofSeconds(10));
        open(miner, 1e12f, Target.MAX);
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF)).isEqualTo(first);
        farm.pass(Duration.between(farm.now, first));
        miner.reach(MinerDeadline.VARDIFF);
        assertThat(miner.deadlines.get(MinerDeadline.VARDIFF))
                .as("the second one's turn")
                .isBetween(farm.now.plusSeconds(1), first.plusSeconds(11));
    }

    @Test
    void addsUpWhatItsChannelsClaim() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Sv2Client miner = farm.connect(4);
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Target.MAX);
        open(miner, 1e12f, Target.MAX);
        open(miner, 2e12f, Target.MAX);
        assertThat(miner.session.nominalHashrate()).isEqualTo((double) 1e12f + 2e12f);
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(Hashrate.targetFor(2e12f, 6));
    }

    @Test
    void answersEachUpdateWithATarget() {
        Sv2Farm farm = Sv2Farm.mining(VARDIFF, HARD);
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 1e12f, Target.MAX);
        miner.clear();
        miner.send(new UpdateChannel(channel.id(), 1e12f, Target.MAX));
        assertThat(miner.only(SetTarget.class)).isEqualTo(new SetTarget(channel.id(), Hashrate.targetFor(1e12f, 6)));
        miner.clear();
        miner.send(new UpdateChannel(channel.id(), 3e12f, Target.MAX));
        assertThat(miner.only(SetTarget.class).maximumTarget()).isEqualTo(Hashrate.targetFor(3e12f, 6));
        assertThat(miner.session.nominalHashrate()).isEqualTo(3e12f);
        assertThat(miner.demandChanges).isEqualTo(1);
        miner.clear();
        Target harder = Difficulty.targetOf(1e9);
        miner.send(new UpdateChannel(channel.id(), 3e12f, harder));
        assertThat(miner.only(SetTarget.class).maximumTarget()).isEqualTo(harder);
        assertThat(miner.session.hardestWantedTarget()).isEqualTo(harder);
    }

    @Test
    void believesTheSharesMoreThanAClaimThatIsOnlyRepeated() {
        Sv2Farm farm = Sv2Farm.mining(new VardiffConfig(true, 6, 1e-9, 1e-9), HARD);
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = open(miner, 0.001f, Target.MAX);
        while (miner.all(SetTarget.class).isEmpty()) {
            assertThat(miner.events(ShareSubmitted.class)).hasSizeLessThan(100);
            farm.pass(Duration.ofMillis(10));
            miner.send(channel.mine());
        }
        Target shown = channel.target();
        miner.send(new UpdateChannel(channel.id(), 0.001f, Target.MAX));
        assertThat(channel.target()).isEqualTo(shown);
        miner.send(new UpdateChannel(channel.id(), 0.0015f, Target.MAX));
        assertThat(channel.target()).isEqualTo(Sv2Farm.EASY_TARGET);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7fc00000, 0x7f800000, 0x80000000, 0xbf800000})
    void refusesUpdatesWithHashratesThatAreNoNumbers(int bits) {
        Sv2Client miner = Sv2Farm.mining(VARDIFF, HARD).connect(4);
        Sv2ClientChannel channel = open(miner, 1e12f, Target.MAX);
        miner.clear();
        miner.send(new UpdateChannel(channel.id(), Float.intBitsToFloat(bits), Target.MAX));
        assertThat(miner.inbox).containsExactly(new UpdateChannelError(channel.id(), "invalid-nominal-hashrate"));
        assertThat(miner.session.nominalHashrate()).isEqualTo(1e12f);
    }

    @Test
    void refusesUpdatesOfUnknownChannelsAndToTargetsOutOfRange() {
        Sv2Client miner = Sv2Farm.mining(VARDIFF, HARD).connect(4);
        Sv2ClientChannel channel = open(miner, 1e12f, Target.MAX);
        miner.clear();
        miner.send(new UpdateChannel(99, 1f, Target.MAX));
        miner.send(new UpdateChannel(1, 1f, Target.MAX));
        miner.send(new UpdateChannel(channel.id(), 1f, Target.ofBigInteger(java.math.BigInteger.ONE)));
        assertThat(miner.inbox)
                .containsExactly(
                        new UpdateChannelError(99, "invalid-channel-id"),
                        new UpdateChannelError(1, "invalid-channel-id"),
                        new UpdateChannelError(channel.id(), "max-target-out-of-range"));
    }

    private static Sv2ClientChannel open(Sv2Client miner, float hashrate, Target maxTarget) {
        miner.send(new OpenStandardMiningChannel(miner.channels.size() + 1, "acct", hashrate, maxTarget));
        return miner.newest();
    }

    /** A share that the easy target takes and {@code harder} does not. */
    private static sluice.protocol.sv2.message.Sv2Message mineBetween(
            Sv2ClientChannel channel, Sv2ClientJob job, Target harder) {
        while (true) {
            var share = (sluice.protocol.sv2.message.mining.SubmitSharesExtended)
                    channel.mine(job, job.version, Bytes.zeros(4), Sv2Farm.EASY_TARGET, true);
            if (!channel.header(job, share.version(), share.extranonce(), share.nonce())
                    .meets(harder)) {
                return share;
            }
        }
    }

    private static ShareVerdict verdict(Sv2Client miner) {
        return miner.events(ShareSubmitted.class).getLast().verdict();
    }
}
