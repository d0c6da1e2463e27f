package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.wire.Tlv;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareVerdict;

/** Verdicts, their error codes, acknowledgements by the batch, and what goes upstream (SV2 5.3.11-5.3.14). */
class Sv2SharesTest {
    private static final Bytes ROLLED = Bytes.zeros(4);

    private final Sv2Farm farm = Sv2Farm.mining();
    private final Sv2Client miner = farm.connect(4);

    @Test
    void acknowledgesTheTenthShareAndTheNineBefore() {
        Sv2ClientChannel channel = open();
        for (int i = 1; i < Sv2ShareBatch.LIMIT; i++) {
            miner.send(channel.mine());
        }
        assertThat(miner.inbox).isEmpty();
        miner.send(channel.mine());
        assertThat(miner.inbox).containsExactly(new SubmitSharesSuccess(channel.id(), 10, 10, 0));
    }

    @Test
    void acknowledgesEachShareWithinASecond() {
        Sv2ClientChannel channel = open();
        miner.send(channel.mine());
        assertThat(miner.deadlines).containsEntry(MinerDeadline.ACKNOWLEDGE, farm.now.plusSeconds(1));
        farm.pass(Duration.ofMillis(900));
        miner.send(channel.mine());
        assertThat(miner.deadlines)
                .as("the deadline of the older share holds")
                .containsEntry(MinerDeadline.ACKNOWLEDGE, farm.now.plusMillis(100));
        farm.pass(Duration.ofMillis(100));
        miner.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(miner.inbox).containsExactly(new SubmitSharesSuccess(channel.id(), 2, 2, 0));
        miner.clear();
        miner.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(miner.inbox).isEmpty();
    }

    @Test
    void leavesRejectedSharesOutOfTheBatch() {
        Sv2ClientChannel channel = open();
        miner.send(channel.mine());
        miner.send(channel.mine(channel.current(), channel.current().version, ROLLED, false));
        miner.send(channel.mine());
        miner.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(miner.inbox)
                .containsExactly(
                        new SubmitSharesError(channel.id(), 2, "difficulty-too-low"),
                        new SubmitSharesSuccess(channel.id(), 3, 2, 0));
    }

    @Test
    void keepsABatchForEachChannel() {
        Sv2ClientChannel one = miner.openExtended(4);
        Sv2ClientChannel other = miner.openStandard();
        miner.clear();
        miner.send(one.mine());
        miner.send(other.mine());
        miner.send(other.mine());
        miner.reach(MinerDeadline.ACKNOWLEDGE);
        assertThat(miner.inbox)
                .containsExactly(
                        new SubmitSharesSuccess(one.id(), 1, 1, 0), new SubmitSharesSuccess(other.id(), 2, 2, 0));
    }

    @Test
    void acknowledgesBeforeATip() {
        Sv2ClientChannel channel = open();
        long future = farm.futureJob();
        miner.send(channel.mine());
        miner.clear();
        farm.activate(future);
        assertThat(miner.inbox.getFirst()).isEqualTo(new SubmitSharesSuccess(channel.id(), 1, 1, 0));
        assertThat(miner.inbox).hasSize(2);
    }

    @Test
    void acknowledgesBeforeAChannelEnds() {
        Sv2ClientChannel channel = open();
        miner.send(channel.mine());
        miner.send(new CloseChannel(channel.id(), ""));
        assertThat(miner.inbox).containsExactly(new SubmitSharesSuccess(channel.id(), 1, 1, 0));
    }

    @Test
    void acknowledgesBeforeWeCloseAChannel() {
        Sv2ClientChannel channel = miner.openExtended(8);
        miner.clear();
        miner.send(channel.mine());
        farm.upstream(8, Sv2Farm.EASY_TARGET, true);
        assertThat(miner.inbox)
                .containsExactly(
                        new SubmitSharesSuccess(channel.id(), 1, 1, 0),
                        new CloseChannel(channel.id(), "min-extranonce-size-too-large"));
    }

    @Test
    void acknowledgesBeforeWeCloseTheConnection() {
        Sv2ClientChannel channel = open();
        miner.send(channel.mine());
        farm.pass(Sv2Farm.LIMITS.idleTimeout());
        miner.reach(MinerDeadline.IDLE);
        assertThat(miner.inbox).containsExactly(new SubmitSharesSuccess(channel.id(), 1, 1, 0));
        assertThat(miner.disconnect).isNotNull();
    }

    @Test
    void publishesExactlyOneEventForEachShareAndForwardsTheGoodOnes() {
        Sv2ClientChannel channel = open();
        miner.send(channel.mine());
        miner.send(channel.mine(channel.current(), channel.current().version, ROLLED, false));
        assertThat(miner.events)
                .containsExactly(
                        new ShareSubmitted(
                                farm.now,
                                1,
                                channel.id(),
                                MinerProtocol.SV2_EXTENDED,
                                "farm.extended",
                                1,
                                ShareVerdict.ACCEPTED,
                                Difficulty.of(Sv2Farm.EASY_TARGET),
                                Optional.of(miner.forwarded.getFirst().hash())),
                        new ShareSubmitted(
                                farm.now,
                                1,
                                channel.id(),
                                MinerProtocol.SV2_EXTENDED,
                                "farm.extended",
                                1,
                                ShareVerdict.LOW_DIFFICULTY,
                                0,
                                Optional.empty()));
        ForwardedShare forwarded = miner.forwarded.getFirst();
        assertThat(miner.forwarded).hasSize(1);
        assertThat(forwarded.window()).isEqualTo(Bytes.concat(channel.prefix(), ROLLED));
        assertThat(forwarded.userIdentity()).isEqualTo("farm.extended");
        assertThat(forwarded.blockFound()).isFalse();
    }

    @Test
    void forwardsTheWholeWindowOfAStandardChannel() {
        Sv2ClientChannel channel = miner.openStandard();
        miner.send(channel.mine());
        assertThat(miner.forwarded.getFirst().window()).isEqualTo(channel.prefix());
        assertThat(miner.events(ShareSubmitted.class).getFirst().protocol()).isEqualTo(MinerProtocol.SV2_STANDARD);
    }

    @Test
    void keepsSharesFromTheUpstreamThatItDidNotAskFor() {
        Sv2Farm strict = Sv2Farm.mining(Sv2Farm.FIXED, Difficulty.targetOf(1));
        Sv2Client one = strict.connect(4);
        one.send(one.openExtended(4).mine());
        assertThat(one.events(ShareSubmitted.class).getFirst().verdict()).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(one.forwarded).isEmpty();
    }

    @Test
    void acceptsSharesOfEveryJobOfTheTip() {
        Sv2ClientChannel channel = open();
        Sv2ClientJob first = channel.current();
        farm.activeJob();
        miner.send(channel.mine(first, first.version, ROLLED, true));
        assertThat(verdict()).isEqualTo(ShareVerdict.ACCEPTED);
    }

    @Test
    void tellsStaleJobsFromUnknownAndFutureOnes() {
        Sv2ClientChannel channel = open();
        Sv2ClientJob stale = channel.current();
        farm.newTip();
        farm.futureJob();
        Sv2ClientJob current = channel.current();
        miner.clear();
        miner.send(channel.submit(1, stale.id, 0, stale.ntime, stale.version, ROLLED));
        miner.send(channel.submit(2, current.id + 1, 0, current.ntime, current.version, ROLLED));
        miner.send(channel.submit(3, 999, 0, current.ntime, current.version, ROLLED));
        assertThat(miner.inbox)
                .containsExactly(
                        new SubmitSharesError(channel.id(), 1, "stale-share"),
                        new SubmitSharesError(channel.id(), 2, "invalid-job-id"),
                        new SubmitSharesError(channel.id(), 3, "invalid-job-id"));
    }

    @Test
    void refusesTheSameShareTwiceWhateverItsSequenceNumber() {
        Sv2ClientChannel channel = open();
        SubmitSharesExtended share = (SubmitSharesExtended) channel.mine();
        miner.send(share);
        miner.clear();
        miner.send(channel.submit(77, share.jobId(), share.nonce(), share.ntime(), share.version(), ROLLED));
        assertThat(miner.inbox).containsExactly(new SubmitSharesError(channel.id(), 77, "duplicate-share"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 32})
    void refusesAnExtranonceOfAnotherSize(int size) {
        Sv2ClientChannel channel = open();
        Sv2ClientJob job = channel.current();
        miner.send(channel.submit(1, job.id, 0, job.ntime, job.version, Bytes.zeros(size)));
        assertThat(miner.inbox).containsExactly(new SubmitSharesError(channel.id(), 1, "bad-extranonce-size"));
    }

    @ParameterizedTest
    @CsvSource({"-1,invalid-share", "0,", "7200,", "7201,invalid-share"})
    void takesTimesFromTheTipsOwnToTwoHoursAhead(int offset, String errorCode) {
        Sv2ClientChannel channel = open();
        Sv2ClientJob job = channel.current();
        job.ntime += offset;
        miner.send(channel.mine());
        assertThat(miner.all(SubmitSharesError.class))
                .extracting(SubmitSharesError::errorCode)
                .isEqualTo(errorCode == null ? List.of() : List.of(errorCode));
    }

    @ParameterizedTest
    @CsvSource({
        "0x20000020,",
        "0x30000000,",
        "0x3fffffe0,",
        "0x20000010,invalid-non-rollable-version-bit",
        "0x00000000,invalid-non-rollable-version-bit",
        "0x60000000,invalid-non-rollable-version-bit"
    })
    void takesChangesInsideTheVersionMaskOnly(String version, String errorCode) {
        Sv2ClientChannel channel = open();
        miner.send(channel.mine(channel.current(), Long.decode(version), ROLLED, true));
        assertThat(miner.all(SubmitSharesError.class))
                .extracting(SubmitSharesError::errorCode)
                .isEqualTo(errorCode == null ? List.of() : List.of(errorCode));
    }

    /** SV2 can only tell a miner yes or no, so it may roll bits that an SV1 pool behind us keeps for itself. */
    @ParameterizedTest
    @CsvSource({
        "0x20002000,",
        "0x3fffe000,",
        "0x20000020,invalid-non-rollable-version-bit",
        "0x20003000,invalid-non-rollable-version-bit"
    })
    void keepsVersionBitsFromAnUpstreamThatAllowsFewer(String version, String errorCode) {
        Sv2ClientChannel channel = open();
        farm.activeJob(0x1fffe000L);
        miner.clear();
        miner.send(channel.mine(channel.current(), Long.decode(version), ROLLED, true));
        assertThat(miner.all(SubmitSharesError.class))
                .extracting(SubmitSharesError::errorCode)
                .isEqualTo(errorCode == null ? List.of() : List.of(errorCode));
        assertThat(miner.forwarded).hasSize(errorCode == null ? 1 : 0);
    }

    @Test
    void refusesAnyOtherVersionWhereRollingIsForbidden() {
        Sv2Farm fixed = new Sv2Farm();
        fixed.upstream(24, Sv2Farm.EASY_TARGET, false);
        fixed.newTip();
        Sv2Client one = fixed.connect(0);
        Sv2ClientChannel channel = one.openStandard();
        one.clear();
        one.send(channel.mine(channel.current(), 0x2000_0020L, Bytes.EMPTY, true));
        assertThat(one.inbox).containsExactly(new SubmitSharesError(16, 1, "version-rolling-not-allowed"));
    }

    @Test
    void answersSharesOfUnknownChannelsGroupsAndOfTheOtherKind() {
        Sv2ClientChannel extended = miner.openExtended(4);
        Sv2ClientChannel standard = miner.openStandard();
        miner.clear();
        miner.send(new SubmitSharesStandard(99, 5, 1, 0, 0, 0));
        miner.send(new SubmitSharesExtended(1, 6, 1, 0, 0, 0, ROLLED));
        miner.send(new SubmitSharesStandard(extended.id(), 7, 1, 0, 0, 0));
        miner.send(new SubmitSharesExtended(standard.id(), 8, 1, 0, 0, 0, ROLLED));
        assertThat(miner.inbox)
                .containsExactly(
                        new SubmitSharesError(99, 5, "invalid-channel-id"),
                        new SubmitSharesError(1, 6, "invalid-channel-id"),
                        new SubmitSharesError(extended.id(), 7, "invalid-channel-id"),
                        new SubmitSharesError(standard.id(), 8, "invalid-channel-id"));
        assertThat(miner.events(ShareSubmitted.class))
                .hasSize(4)
                .allMatch(share -> share.verdict() == ShareVerdict.UNKNOWN_CHANNEL);
        assertThat(miner.events(ShareSubmitted.class))
                .extracting(ShareSubmitted::userIdentity)
                .containsExactly("", "", "farm.extended", "farm.standard");
        assertThat(miner.disconnect).isNull();
    }

    @Test
    void answersTheGoldenShareOfAChannelThatIsClosed() {
        miner.clear();
        miner.sendFrame(Bytes.fromHex("00801a1800000200000001000000010000000741000061e90b6800000020"));
        assertThat(miner.frames)
                .containsExactly(Bytes.fromHex("00801d1b0000020000000100000012696e76616c69642d6368616e6e656c2d6964"));
    }

    @Test
    void namesTheWorkerOfEachShareOnceThatWasNegotiated() {
        Sv2ClientChannel channel = open();
        miner.send(new RequestExtensions(1, List.of(2)));
        miner.send(named(channel, Bytes.wrap("rig-7".getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        miner.send(channel.mine());
        miner.send(named(channel, Bytes.EMPTY));
        assertThat(miner.events(ShareSubmitted.class))
                .extracting(ShareSubmitted::userIdentity)
                .containsExactly("rig-7", "farm.extended", "farm.extended");
        assertThat(miner.forwarded)
                .extracting(ForwardedShare::userIdentity)
                .containsExactly("rig-7", "farm.extended", "farm.extended");
    }

    @Test
    void takesAWorkerOfThirtyTwoBytesAndRefusesTheShareOfALongerOne() {
        Sv2ClientChannel channel = open();
        miner.send(new RequestExtensions(1, List.of(2)));
        miner.clear();
        miner.send(named(channel, Bytes.wrap("a".repeat(32).getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        miner.send(named(channel, Bytes.wrap("a".repeat(33).getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        assertThat(miner.inbox).containsExactly(new SubmitSharesError(channel.id(), 2, "invalid-user-identity"));
        assertThat(miner.events(ShareSubmitted.class))
                .extracting(ShareSubmitted::verdict)
                .containsExactly(ShareVerdict.ACCEPTED, ShareVerdict.BAD_USER_IDENTITY);
        assertThat(miner.disconnect).isNull();
        miner.send(channel.mine());
        assertThat(verdict()).isEqualTo(ShareVerdict.ACCEPTED);
    }

    @Test
    void ignoresWorkersThatWereNotNegotiated() {
        Sv2ClientChannel channel = open();
        miner.send(named(channel, Bytes.zeros(200)));
        assertThat(miner.events(ShareSubmitted.class).getFirst().userIdentity()).isEqualTo("farm.extended");
        assertThat(verdict()).isEqualTo(ShareVerdict.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACCEPTED")
    void hasAPrintableErrorCodeForEveryVerdict(ShareVerdict verdict) {
        assertThat(Sv2Shares.errorCode(verdict)).matches("[a-z-]{5,40}");
    }

    private Sv2ClientChannel open() {
        Sv2ClientChannel channel = miner.openExtended(4);
        miner.clear();
        return channel;
    }

    private ShareVerdict verdict() {
        return miner.events(ShareSubmitted.class).getLast().verdict();
    }

    private static SubmitSharesExtended named(Sv2ClientChannel channel, Bytes worker) {
        return ((SubmitSharesExtended) channel.mine()).withTlvs(List.of(new Tlv(2, 1, worker)));
    }
}
