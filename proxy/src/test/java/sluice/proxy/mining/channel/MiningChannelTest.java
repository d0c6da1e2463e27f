package sluice.proxy.mining.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.mining.share.ShareVerdict;

class MiningChannelTest {
    private static final Instant NOW = Instant.ofEpochSecond(0x680be961L);
    private static final long NTIME = 0x680be961L;

    private final ShareValidator validator = new ShareValidator();
    private final MiningChannel channel = channel(VectorJobs.SHARE_TARGET);

    private static MiningChannel channel(Target target) {
        return new MiningChannel(
                1,
                16,
                MinerProtocol.SV2_EXTENDED,
                ExtranonceShape.ROLL_4,
                VectorJobs.INDEX,
                "acct.w1",
                MinerOrigin.LOCAL,
                target);
    }

    private ShareVerdict submit(long jobId, long nonce, long ntime, long version) {
        return channel.submit(jobId, VectorJobs.ROLLED, nonce, ntime, version, validator, NOW)
                .verdict();
    }

    private ShareVerdict submitVectorShare(long jobId) {
        return submit(jobId, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION);
    }

    @Test
    void acceptsThePublishedShareOnceAndCallsItsRepetitionADuplicate() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        ShareOutcome outcome =
                channel.submit(1, VectorJobs.ROLLED, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION, validator, NOW);
        assertThat(outcome.verdict()).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(outcome.difficulty()).isEqualTo(Difficulty.of(VectorJobs.SHARE_TARGET));
        assertThat(validator.lastHash().display())
                .isEqualTo("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.DUPLICATE);
    }

    @Test
    void forwardsWithThePaddingAndTheIndexInFrontOfTheRolledBytes() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        ForwardedShare share = channel.submit(
                        1, VectorJobs.ROLLED, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION, validator, NOW)
                .forward()
                .orElseThrow();
        assertThat(share.upstreamExtranonce()).isEqualTo(Bytes.fromHex("0100000000000000"));
        assertThat(share.blockFound()).isFalse();
        MiningJob wide = MiningJob.active(
                2,
                VectorJobs.UPSTREAM,
                VectorJobs.upstreamJob(OptionalLong.of(NTIME), true),
                20,
                1,
                VectorJobs.SHARE_TIP,
                Target.MAX);
        assertThat(new ForwardedShare(
                                1,
                                16,
                                MinerOrigin.LOCAL,
                                "",
                                wide,
                                ExtranonceShape.ROLL_4,
                                share.window(),
                                0,
                                0,
                                0,
                                Hash256.ZERO,
                                false)
                        .upstreamExtranonce())
                .isEqualTo(Bytes.fromHex("00".repeat(12) + "0100000000000000"));
    }

    @Test
    void holdsANtimeAgainstThatOfTheUpstreamsOwnJobWhereItIsLaterThanTheTips() {
        MiningJob later = MiningJob.active(
                1,
                VectorJobs.UPSTREAM,
                VectorJobs.upstreamJob(OptionalLong.of(NTIME + 1), true),
                VectorJobs.GRANTED,
                1,
                VectorJobs.SHARE_TIP,
                Target.MAX);
        channel.addJob(later);
        channel.addJob(later.again(2, NTIME + 30));

        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.NTIME_TOO_OLD);
        assertThat(submit(1, 0, NTIME + 1, VectorJobs.VERSION)).isEqualTo(ShareVerdict.LOW_DIFFICULTY);
        assertThat(submit(2, 0, NTIME + 1, VectorJobs.VERSION))
                .as("a repeated job is the upstream's all the same")
                .isEqualTo(ShareVerdict.LOW_DIFFICULTY);
    }

    @Test
    void keepsToItselfWhatTheUpstreamDidNotAskFor() {
        Target harder = Difficulty.targetOf(1);
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, harder));
        ShareOutcome outcome =
                channel.submit(1, VectorJobs.ROLLED, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION, validator, NOW);
        assertThat(outcome.verdict()).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(outcome.forward()).isEmpty();
    }

    @Test
    void aBlockIsAcceptedAndForwardedWhateverTheTargets() {
        MiningChannel strict = channel(Difficulty.targetOf(1e12));
        strict.replaceJobs(VectorJobs.active(1, VectorJobs.BLOCK_TIP, Difficulty.targetOf(1e12)));
        ShareOutcome outcome = strict.submit(
                1,
                VectorJobs.ROLLED,
                0,
                VectorJobs.BLOCK_TIP.minNtime(),
                VectorJobs.VERSION,
                validator,
                Instant.ofEpochSecond(VectorJobs.BLOCK_TIP.minNtime()));
        assertThat(outcome.verdict()).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(outcome.forward().orElseThrow().blockFound()).isTrue();
        assertThat(validator.lastHash().display())
                .isEqualTo("6b356f9f445f4cdfab140f69ff66803f8f98a0d8bcd089dc7d2bdeeee74a5f83");
    }

    @Test
    void aStandardChannelHashesTheSameWindowWithZerosToRoll() {
        MiningChannel standard = new MiningChannel(
                1,
                16,
                MinerProtocol.SV2_STANDARD,
                ExtranonceShape.ROLL_4,
                VectorJobs.INDEX,
                "w",
                MinerOrigin.LOCAL,
                VectorJobs.SHARE_TARGET);
        MiningJob job = VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX);
        standard.replaceJobs(job);
        assertThat(standard.standardRoot(job, validator).hex())
                .isEqualTo("cae378f9a9dc0d816aa282f36506f209ece36dd90eb50781a25798a509763a05");
        assertThat(standard.submitStandard(1, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION, validator, NOW)
                        .verdict())
                .isEqualTo(ShareVerdict.ACCEPTED);
    }

    @Test
    void tooEasyASharesIsLowDifficultyAtExactlyOneAboveTheTarget() {
        byte[] raw = Hash256.fromDisplay("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f")
                .toArray();
        Target exact = Target.ofWire(raw, 0);
        MiningChannel atTarget = channel(exact);
        atTarget.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(atTarget.submit(
                                1, VectorJobs.ROLLED, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION, validator, NOW)
                        .verdict())
                .isEqualTo(ShareVerdict.ACCEPTED);
        raw[0] -= 1;
        MiningChannel above = channel(Target.ofWire(raw, 0));
        above.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(above.submit(1, VectorJobs.ROLLED, VectorJobs.SHARE_NONCE, NTIME, VectorJobs.VERSION, validator, NOW)
                        .verdict())
                .isEqualTo(ShareVerdict.LOW_DIFFICULTY);
    }

    @Test
    void rejectsShareForRetiredJobAsStaleAndForNeverGivenJobAsUnknown() {
        channel.replaceJobs(VectorJobs.active(5, VectorJobs.SHARE_TIP, Target.MAX));
        channel.replaceJobs(VectorJobs.active(9, VectorJobs.BLOCK_TIP, Target.MAX));
        assertThat(submitVectorShare(5)).isEqualTo(ShareVerdict.STALE);
        assertThat(submitVectorShare(4)).isEqualTo(ShareVerdict.UNKNOWN_JOB);
        assertThat(submitVectorShare(10)).isEqualTo(ShareVerdict.UNKNOWN_JOB);
    }

    @Test
    void jobsOfOneTipStayValidSideBySideUpToTheLimit() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        for (int id = 2; id <= MiningChannel.MAX_JOBS; id++) {
            channel.addJob(VectorJobs.active(id, VectorJobs.SHARE_TIP, Target.MAX));
        }
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.ACCEPTED);
        channel.addJob(VectorJobs.active(MiningChannel.MAX_JOBS + 1, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.STALE);
        assertThat(submitVectorShare(2)).isEqualTo(ShareVerdict.DUPLICATE);
    }

    @Test
    void anActiveJobKeepsItsTargetWhenTheChannelsTargetHardens() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        channel.target(Difficulty.targetOf(1000));
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.ACCEPTED);
        channel.addJob(VectorJobs.active(2, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(submitVectorShare(2)).isEqualTo(ShareVerdict.LOW_DIFFICULTY);
    }

    @Test
    void versionBitsMustStayInsideTheMask() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX), 0x1fffe000L);
        assertThat(submit(1, 0, NTIME, 0x201fffe0L)).isEqualTo(ShareVerdict.BAD_VERSION_BITS);
        assertThat(submit(1, 0, NTIME, 0x20000001L)).isEqualTo(ShareVerdict.BAD_VERSION_BITS);
        assertThat(submit(1, 0, NTIME, 0x20002000L)).isEqualTo(ShareVerdict.LOW_DIFFICULTY);
        MiningJob fixed = MiningJob.active(
                2,
                VectorJobs.UPSTREAM,
                VectorJobs.upstreamJob(OptionalLong.of(NTIME), false),
                VectorJobs.GRANTED,
                1,
                VectorJobs.SHARE_TIP,
                Target.MAX);
        channel.addJob(fixed);
        assertThat(submit(2, 0, NTIME, 0x20002000L)).isEqualTo(ShareVerdict.VERSION_ROLLING_NOT_ALLOWED);
    }

    @Test
    void ntimeMayRollForwardUntilTwoHoursAheadOfUs() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(submit(1, 0, NTIME - 1, VectorJobs.VERSION)).isEqualTo(ShareVerdict.NTIME_TOO_OLD);
        assertThat(submit(1, 0, NTIME + 7_200, VectorJobs.VERSION)).isEqualTo(ShareVerdict.LOW_DIFFICULTY);
        assertThat(submit(1, 0, NTIME + 7_201, VectorJobs.VERSION)).isEqualTo(ShareVerdict.NTIME_TOO_NEW);
    }

    @Test
    void theExtranonceMustHaveExactlyTheShapesSize() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        for (int size : new int[] {0, 3, 5}) {
            assertThat(channel.submit(1, Bytes.zeros(size), 0, NTIME, VectorJobs.VERSION, validator, NOW)
                            .verdict())
                    .isEqualTo(ShareVerdict.BAD_EXTRANONCE_SIZE);
        }
    }

    @Test
    void theJobOfAnotherRouteLeavesThoseOfTheSameTipGood() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        MiningJob other = VectorJobs.active(2, VectorJobs.SHARE_TIP, Target.MAX);
        channel.changeJobs(other, other.versionMask());
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.DUPLICATE);
        assertThat(submit(2, 0, NTIME, VectorJobs.VERSION)).isEqualTo(ShareVerdict.LOW_DIFFICULTY);
    }

    @Test
    void theJobOfAnotherRouteOnAnotherTipMakesAllOthersStale() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        MiningJob other = VectorJobs.active(2, VectorJobs.BLOCK_TIP, Target.MAX);
        channel.changeJobs(other, other.versionMask());
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.STALE);
        MiningJob back = VectorJobs.active(3, VectorJobs.SHARE_TIP, Target.MAX);
        channel.changeJobs(back, back.versionMask());
        assertThat(submitVectorShare(1)).as("for ever").isEqualTo(ShareVerdict.STALE);
        assertThat(submitVectorShare(3)).isEqualTo(ShareVerdict.ACCEPTED);
    }

    @Test
    void jobsOfManyRoutesOnOneTipStayWithinTheLimit() {
        for (int id = 1; id <= MiningChannel.MAX_JOBS + 1; id++) {
            MiningJob job = VectorJobs.active(id, VectorJobs.SHARE_TIP, Target.MAX);
            channel.changeJobs(job, job.versionMask());
        }
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.STALE);
        assertThat(submitVectorShare(2)).isEqualTo(ShareVerdict.ACCEPTED);
    }

    @Test
    void aShareCountsOnceOnItsTipAlsoWhereAnUpstreamBeginsAnewInBetween() {
        channel.replaceJobs(VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.ACCEPTED);
        channel.replaceJobs(VectorJobs.active(2, VectorJobs.SHARE_TIP, Target.MAX));
        assertThat(submitVectorShare(1)).isEqualTo(ShareVerdict.STALE);
        assertThat(submitVectorShare(2)).isEqualTo(ShareVerdict.DUPLICATE);
    }
}
