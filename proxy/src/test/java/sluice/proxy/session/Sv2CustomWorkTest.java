package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.declaration.CustomJobVerdict;
import sluice.proxy.event.GatewayEvent.CustomJobRefused;
import sluice.proxy.event.GatewayEvent.CustomJobTaken;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareVerdict;

/** Clients that make their jobs themselves: what they may open, what becomes of their jobs and of shares of these (SV2 5.3.18-5.3.20). */
class Sv2CustomWorkTest {
    private static final long SELECTS_WORK = 6;
    /** So hard that no test finds a block. */
    private static final long HARD = 0x1d00_ffffL;
    /** Every second hash is a block. */
    private static final long EASY = 0x207f_ffffL;

    private static final Bytes HEAD = Bytes.fromHex("5200065376322f2f2f08");
    private static final Bytes OUTPUTS =
            Bytes.fromHex("0100f2052a01000000160014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc");
    private static final Bytes TOKEN = Bytes.fromHex("c0ffee");
    private static final Hash256 TIP = hash(1);
    private static final Hash256 NEXT_TIP = hash(2);
    private static final Bytes ROLLED = Bytes.zeros(4);

    private final Judge judge = new Judge();
    private final Sv2Farm farm = Sv2Farm.judging(Sv2Farm.FIXED, judge);

    /** Takes jobs on its tip that carry the token, and notes what it was asked. */
    private static final class Judge implements CustomJobJudge {
        private final List<Integer> extranonceSizes = new ArrayList<>();
        private Hash256 tip = TIP;

        @Override
        public CustomJobVerdict judge(SetCustomMiningJob request, int fullExtranonceSize, Instant now) {
            extranonceSizes.add(fullExtranonceSize);
            if (!request.miningJobToken().equals(TOKEN)) {
                return new CustomJobVerdict.Refused("invalid-mining-job-token");
            }
            if (!request.prevHash().equals(tip)) {
                return new CustomJobVerdict.Refused("stale-chain-tip");
            }
            ChainTip on = new ChainTip(request.prevHash(), request.nbits(), request.minNtime());
            return new CustomJobVerdict.Taken(
                    2,
                    new BlockRules(on, 2, now.getEpochSecond() + 7_200, 5_000_000_000L),
                    Optional.of(List.of()),
                    Coinbase.ZERO_RESERVED_VALUE);
        }

        @Override
        public boolean isTip(Hash256 prevHash) {
            return prevHash.equals(tip);
        }
    }

    private static Hash256 hash(int first) {
        byte[] bytes = new byte[Hash256.LENGTH];
        bytes[0] = (byte) first;
        return Hash256.of(bytes, 0);
    }

    private SetCustomMiningJob job(long channelId, long requestId, Hash256 prevHash, long nbits) {
        return new SetCustomMiningJob(
                channelId,
                requestId,
                TOKEN,
                0x2000_0000L,
                prevHash,
                farm.now.getEpochSecond(),
                nbits,
                2,
                HEAD,
                0xffff_ffffL,
                OUTPUTS,
                0,
                // The extranonce makes each channel's coinbase another one; this makes each job's root another one.
                List.of(hash((int) requestId + 10)));
    }

    private SetCustomMiningJob job(long channelId, long requestId) {
        return job(channelId, requestId, TIP, HARD);
    }

    /** Has the job taken; what the channel mines from now on. */
    private static Sv2ClientJob mineOwn(Sv2Client client, Sv2ClientChannel channel, SetCustomMiningJob job) {
        client.clear();
        client.send(job);
        return channel.makeOwn(job, client.only(SetCustomMiningJobSuccess.class).jobId());
    }

    @Test
    @Tag("JDC-15")
    void aClientThatSelectsItsWorkIsToldThatItNeedsExtendedChannels() {
        assertThat(farm.connect(SELECTS_WORK).only(SetupConnectionSuccess.class))
                .isEqualTo(new SetupConnectionSuccess(2, 2));
        assertThat(farm.connect(4).only(SetupConnectionSuccess.class)).isEqualTo(new SetupConnectionSuccess(2, 0));
    }

    @Test
    void everyBitButTheThreeThatExistIsRefusedWhereCustomJobsAreTaken() {
        assertThat(farm.connect(0xffff_ffffL).only(SetupConnectionError.class))
                .isEqualTo(new SetupConnectionError(0xffff_fff8L, "unsupported-feature-flags"));
    }

    @Test
    void anUpstreamThatForbidsVersionRollingHasNoSayInCustomJobs() {
        farm.upstream(24, Sv2Farm.EASY_TARGET, false);
        assertThat(farm.connect(SELECTS_WORK).only(SetupConnectionSuccess.class).flags())
                .isEqualTo(2);
        assertThat(farm.connect(4).only(SetupConnectionError.class).flags()).isEqualTo(4);
    }

    @Test
    @Tag("JDC-15")
    void standardChannelsAreRefusedToIt() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        client.send(new OpenStandardMiningChannel(5, "jdc", 1e12f, Target.MAX));
        assertThat(client.only(OpenMiningChannelError.class))
                .isEqualTo(new OpenMiningChannelError(5, "standard-channels-not-supported-for-custom-work"));
    }

    @Test
    void aClientOfStandardJobsOnlyThatSelectsItsWorkGetsNoChannelAtAll() {
        Sv2Client client = farm.connect(3);
        client.send(new OpenStandardMiningChannel(5, "jdc", 1e12f, Target.MAX));
        client.send(new OpenExtendedMiningChannel(6, "jdc", 1e12f, Target.MAX, 4));
        assertThat(client.all(OpenMiningChannelError.class))
                .extracting(OpenMiningChannelError::errorCode)
                .containsExactly(
                        "standard-channels-not-supported-for-custom-work",
                        "extended-channels-not-supported-for-standard-jobs");
    }

    @Test
    @Tag("JDC-15")
    void itsChannelOpensWithoutAnUpstreamAndIsSentNoJob() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        client.clear();
        Sv2ClientChannel channel = client.openExtended(4);
        assertThat(client.inbox).hasExactlyElementsOfTypes(OpenExtendedMiningChannelSuccess.class);
        assertThat(channel.target()).isEqualTo(Sv2Farm.EASY_TARGET);
    }

    @Test
    @Tag("JDC-15")
    void theRouteSaysNothingToIt() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        client.openExtended(4);
        client.clear();
        farm.upstream(4, Target.DIFFICULTY_1, false);
        farm.newTip();
        farm.activeJob();
        client.feed(new MinerInput.RouteChanged(farm.replica));
        assertThat(client.inbox).isEmpty();
        assertThat(client.channels).hasSize(1);
    }

    @Test
    void itStandsForNothingBehindTheRoute() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        client.send(new OpenExtendedMiningChannel(5, "jdc", 1e15f, Target.MAX, 4));
        assertThat(client.session.nominalHashrate()).isZero();
        assertThat(client.session.hardestWantedTarget()).isEqualTo(Target.MAX);
    }

    @Test
    void aJobThatIsTakenHasAnIdOfTheWholeGateway() {
        Sv2Farm mixed = Sv2Farm.judging(Sv2Farm.FIXED, judge);
        mixed.upstream(24, Sv2Farm.EASY_TARGET, true);
        mixed.newTip();
        Sv2Client client = mixed.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        client.clear();
        client.send(job(channel.id(), 77));
        assertThat(client.inbox).containsExactly(new SetCustomMiningJobSuccess(channel.id(), 77, 2));
        assertThat(client.events(CustomJobTaken.class))
                .containsExactly(new CustomJobTaken(mixed.now, 1, channel.id(), 2, TIP, 2));
        assertThat(judge.extranonceSizes).containsExactly(8);
    }

    @Test
    void theErrorOfAJobThatIsNotTakenIsTheJudges() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        client.clear();
        client.send(job(channel.id(), 3, NEXT_TIP, HARD));
        assertThat(client.inbox).containsExactly(new SetCustomMiningJobError(channel.id(), 3, "stale-chain-tip"));
        assertThat(client.events(CustomJobRefused.class))
                .containsExactly(new CustomJobRefused(farm.now, 1, channel.id(), "stale-chain-tip"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 15, 17, 0xffff_ffffL})
    void aJobForNoChannelIsRefusedUnjudged(long channelId) {
        Sv2Client client = farm.connect(SELECTS_WORK);
        client.send(job(channelId, 3));
        assertThat(client.only(SetCustomMiningJobError.class))
                .isEqualTo(new SetCustomMiningJobError(channelId, 3, "invalid-channel-id"));
        assertThat(judge.extranonceSizes).isEmpty();
    }

    @Test
    void withoutTheFlagNoJobIsTaken() {
        farm.upstream(24, Sv2Farm.EASY_TARGET, true);
        farm.newTip();
        Sv2Client client = farm.connect(4);
        Sv2ClientChannel channel = client.openExtended(4);
        client.send(job(channel.id(), 3));
        assertThat(client.only(SetCustomMiningJobError.class))
                .isEqualTo(new SetCustomMiningJobError(channel.id(), 3, "jd-not-supported"));
        assertThat(judge.extranonceSizes).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"92, true", "93, false"})
    void theScriptSigHasAtMostAHundredBytes(int head, boolean taken) {
        assertThat(answer(Bytes.zeros(head), OUTPUTS, 1)).isEqualTo(taken ? "taken" : "invalid-coinbase-prefix");
    }

    @ParameterizedTest
    @CsvSource({"32, true", "33, false"})
    void theMerklePathIsNoLongerThanABlockNeeds(int depth, boolean taken) {
        assertThat(answer(HEAD, OUTPUTS, depth)).isEqualTo(taken ? "taken" : "invalid-merkle-path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0200f2052a01000000160014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc",
                "0100f2052a01000000160014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc00",
                "01ffffffffffffffff00"
            })
    void outputsThatNoCoinbaseCanHaveAreRefusedUnjudged(String outputs) {
        assertThat(answer(HEAD, Bytes.fromHex(outputs), 1)).isEqualTo("invalid-coinbase-tx-outputs");
        assertThat(judge.extranonceSizes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x1d00_0000L, 0x1d80_ffffL, 0xff7f_ffffL})
    void aTargetThatNothingMeetsIsRefusedUnjudged(long nbits) {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        client.send(job(channel.id(), 1, TIP, nbits));
        assertThat(client.only(SetCustomMiningJobError.class).errorCode()).isEqualTo("invalid-nbits");
        assertThat(judge.extranonceSizes).isEmpty();
    }

    private String answer(Bytes head, Bytes outputs, int depth) {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        client.clear();
        SetCustomMiningJob good = job(channel.id(), 1);
        client.send(new SetCustomMiningJob(
                good.channelId(),
                good.requestId(),
                good.miningJobToken(),
                good.version(),
                good.prevHash(),
                good.minNtime(),
                good.nbits(),
                good.coinbaseTxVersion(),
                head,
                good.coinbaseTxInputNSequence(),
                outputs,
                good.coinbaseTxLocktime(),
                Collections.nCopies(depth, hash(9))));
        return client.inbox.getFirst() instanceof SetCustomMiningJobError error ? error.errorCode() : "taken";
    }

    @Test
    void sharesOfItAreJudgedAndAcknowledgedAsOthersAre() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        Sv2ClientJob job = mineOwn(client, channel, job(channel.id(), 1));
        client.clear();
        client.send(channel.mine());
        client.send(channel.mine(job, job.version, ROLLED, false));
        client.send(channel.mine(job, 0x3fff_e000L, ROLLED, true));
        client.send(channel.mine(job, 0x4000_0000L, ROLLED, true));
        client.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(client.inbox)
                .containsExactly(
                        new SubmitSharesError(channel.id(), 2, "difficulty-too-low"),
                        new SubmitSharesError(channel.id(), 4, "invalid-non-rollable-version-bit"),
                        new SubmitSharesSuccess(channel.id(), 3, 2, 0));
        assertThat(client.events(ShareSubmitted.class))
                .extracting(ShareSubmitted::verdict)
                .containsExactly(
                        ShareVerdict.ACCEPTED,
                        ShareVerdict.LOW_DIFFICULTY,
                        ShareVerdict.ACCEPTED,
                        ShareVerdict.BAD_VERSION_BITS);
        assertThat(client.forwarded).as("no route wants a share of such a job").isEmpty();
        assertThat(client.proved).isEqualTo(1);
    }

    @Test
    void aShareIsPaidOnce() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        mineOwn(client, channel, job(channel.id(), 1));
        var share = channel.mine();
        client.send(share);
        client.clear();
        client.send(share);
        assertThat(client.only(SubmitSharesError.class).errorCode()).isEqualTo("duplicate-share");
    }

    @Test
    void aJobForAGroupIsForAllOfItsChannels() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel one = client.openExtended(4);
        Sv2ClientChannel other = client.openExtended(4);
        Sv2ClientChannel stranger = client.openExtended(8);
        assertThat(one.group()).isEqualTo(other.group()).isNotEqualTo(stranger.group());
        SetCustomMiningJob job = job(one.group(), 1);
        client.clear();
        client.send(job);
        SetCustomMiningJobSuccess success = client.only(SetCustomMiningJobSuccess.class);
        assertThat(success.channelId()).isEqualTo(one.group());
        for (Sv2ClientChannel channel : List.of(one, other, stranger)) {
            channel.makeOwn(job, success.jobId());
            client.send(channel.mine());
        }
        client.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(client.all(SubmitSharesSuccess.class))
                .extracting(SubmitSharesSuccess::channelId)
                .containsExactly(one.id(), other.id());
        assertThat(client.only(SubmitSharesError.class))
                .isEqualTo(new SubmitSharesError(stranger.id(), 1, "invalid-job-id"));
    }

    @Test
    void jobsOfOneTipAreGoodSideBySide() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        Sv2ClientJob older = mineOwn(client, channel, job(channel.id(), 1));
        mineOwn(client, channel, job(channel.id(), 2));
        client.clear();
        client.send(channel.mine(older, older.version, ROLLED, true));
        assertThat(client.inbox).isEmpty();
        assertThat(client.events(ShareSubmitted.class))
                .hasSize(1)
                .allMatch(share -> share.verdict().isAccepted());
    }

    @Test
    void aJobOnTheNextTipMakesEarlierOnesStale() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        Sv2ClientJob older = mineOwn(client, channel, job(channel.id(), 1));
        client.send(channel.mine());
        judge.tip = NEXT_TIP;
        client.clear();
        SetCustomMiningJob next = job(channel.id(), 2, NEXT_TIP, HARD);
        client.send(next);
        assertThat(client.inbox)
                .as("what was good on the old tip is acknowledged in front of it")
                .hasExactlyElementsOfTypes(SubmitSharesSuccess.class, SetCustomMiningJobSuccess.class);
        channel.makeOwn(next, client.only(SetCustomMiningJobSuccess.class).jobId());
        client.clear();
        client.send(channel.mine(older, older.version, ROLLED, true));
        client.send(channel.mine());
        assertThat(client.inbox).containsExactly(new SubmitSharesError(channel.id(), 2, "stale-share"));
    }

    @Test
    void sharesAreStaleFromTheMomentTheJudgeHasAnotherTip() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        mineOwn(client, channel, job(channel.id(), 1));
        judge.tip = NEXT_TIP;
        client.clear();
        client.send(channel.mine());
        assertThat(client.inbox).containsExactly(new SubmitSharesError(channel.id(), 1, "stale-share"));
        // As after a reorganisation: the tip is back, and with it a share that was paid for.
        judge.tip = TIP;
        mineOwn(client, channel, job(channel.id(), 2));
        client.clear();
        client.send(channel.mine());
        assertThat(client.inbox).isEmpty();
    }

    @Test
    void aChannelMaySubmitItsLatestJobsOnly() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        Sv2ClientJob first = mineOwn(client, channel, job(channel.id(), 1));
        Sv2ClientJob second = mineOwn(client, channel, job(channel.id(), 2));
        for (int i = 3; i <= MiningChannel.MAX_JOBS + 1; i++) {
            mineOwn(client, channel, job(channel.id(), i));
        }
        client.clear();
        client.send(channel.mine(second, second.version, ROLLED, true));
        client.send(channel.mine(first, first.version, ROLLED, true));
        assertThat(client.inbox).containsExactly(new SubmitSharesError(channel.id(), 2, "stale-share"));
    }

    @Test
    void aBlockIsHandedOnWithAllThatMakesItWhole() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        Sv2ClientJob job = mineOwn(client, channel, job(channel.id(), 1, TIP, EASY));
        client.clear();
        client.send(channel.mine(job, job.version, ROLLED, Target.ofCompact(EASY), true));
        assertThat(client.inbox)
                .as("a block is acknowledged at once")
                .containsExactly(new SubmitSharesSuccess(channel.id(), 1, 1, 0));
        assertThat(client.forwarded).hasSize(1);
        ForwardedShare block = client.forwarded.getFirst();
        assertThat(block.blockFound()).isTrue();
        assertThat(block.job().custom().orElseThrow().transactions()).contains(List.of());
        assertThat(block.job().custom().orElseThrow().coinbase().stripped(block.window()))
                .isEqualTo(job.coinbase(Bytes.concat(channel.prefix(), ROLLED)));
    }

    @Test
    void aNetworkThatIsEasierThanTheChannelEasesItsTargetInFrontOfTheJob() {
        VardiffConfig hard = new VardiffConfig(false, 6, 1e3, 1e3);
        Sv2Client client = Sv2Farm.judging(hard, judge).connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        client.clear();
        client.send(job(channel.id(), 1, TIP, EASY));
        assertThat(client.inbox)
                .containsExactly(
                        new SetTarget(channel.id(), Target.ofCompact(EASY)),
                        new SetCustomMiningJobSuccess(channel.id(), 1, 1));
    }

    @Test
    void difficultyControlFollowsItsShares() {
        VardiffConfig moving = new VardiffConfig(true, 60, Sv2Farm.EASY, Sv2Farm.EASY);
        Sv2Farm moved = Sv2Farm.judging(moving, judge);
        Sv2Client client = moved.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        mineOwn(client, channel, job(channel.id(), 1));
        client.clear();
        for (int i = 0; i < 200 && client.all(SetTarget.class).isEmpty(); i++) {
            moved.pass(Duration.ofMillis(10));
            client.send(channel.mine());
        }
        assertThat(client.all(SetTarget.class)).isNotEmpty();
        assertThat(client.all(SetTarget.class).getFirst().maximumTarget().isHarderThan(Sv2Farm.EASY_TARGET))
                .isTrue();
    }

    @Test
    void aChannelThatIsClosedGetsNoJob() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        client.send(new CloseChannel(channel.id(), "done"));
        client.send(job(channel.id(), 2));
        assertThat(client.only(SetCustomMiningJobError.class).errorCode()).isEqualTo("invalid-channel-id");
    }

    @Test
    void aClientAllOfWhoseJobsAreRefusedIsLetGo() {
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        for (int i = 1; i < Sv2CustomJobs.MAX_REFUSED_IN_A_ROW; i++) {
            client.send(job(channel.id(), i, NEXT_TIP, HARD));
        }
        client.send(job(channel.id(), 500));
        for (int i = 1; i < Sv2CustomJobs.MAX_REFUSED_IN_A_ROW; i++) {
            client.send(job(channel.id(), i, NEXT_TIP, HARD));
        }
        assertThat(client.disconnect).isNull();
        client.send(job(channel.id(), 600, NEXT_TIP, HARD));
        assertThat(client.disconnect.reason()).isEqualTo("only-refused-jobs");
    }

    @Test
    void onlyRefusedSharesBringNoJobOfOurs() {
        farm.upstream(24, Sv2Farm.EASY_TARGET, true);
        farm.newTip();
        Sv2Client client = farm.connect(SELECTS_WORK);
        Sv2ClientChannel channel = client.openExtended(4);
        Sv2ClientJob job = mineOwn(client, channel, job(channel.id(), 1));
        client.clear();
        for (int i = 0; i < ShareGuard.LEAST_REFUSED; i++) {
            client.send(channel.mine(job, job.version, ROLLED, false));
            farm.pass(ShareGuard.RETELL_AFTER.dividedBy(2));
        }
        assertThat(client.inbox).hasSize(ShareGuard.LEAST_REFUSED).allMatch(SubmitSharesError.class::isInstance);
        assertThat(client.disconnect).isNull();
    }
}
