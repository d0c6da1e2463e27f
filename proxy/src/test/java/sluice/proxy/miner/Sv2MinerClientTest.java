package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;

class Sv2MinerClientTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long CHANNEL = 2;
    private static final long GROUP = 1;
    private static final float HASHRATE = 1_000;
    private static final Target OTHER_TARGET = Target.DIFFICULTY_1;
    private static final Bytes PREFIX = Bytes.concat(ShareVector.EXTRANONCE_PREFIX, ShareVector.EXTRANONCE);

    private Instant now = START;
    private Sv2MinerClient client = client(true);

    private static Sv2MinerClient client(boolean standard) {
        return new Sv2MinerClient(new Sv2MinerClient.Settings(standard, "acct.w", "pool.example", 3333, HASHRATE), 0);
    }

    private Actions on(ClientInput input) {
        return new Actions(client.on(input, now));
    }

    private Actions hear(Sv2Message message) {
        return on(new ClientInput.Sv2Received(message));
    }

    private Actions mineStandard() {
        on(new ClientInput.Connected());
        hear(new SetupConnectionSuccess(2, 0));
        return hear(new OpenStandardMiningChannelSuccess(1, CHANNEL, ShareVector.TARGET, PREFIX, GROUP));
    }

    private void mineExtended(int extranonceSize) {
        client = client(false);
        on(new ClientInput.Connected());
        hear(new SetupConnectionSuccess(2, 0));
        hear(new OpenExtendedMiningChannelSuccess(
                1, CHANNEL, ShareVector.TARGET, extranonceSize, ShareVector.EXTRANONCE_PREFIX, GROUP));
    }

    private static NewMiningJob standardJob(long jobId, OptionalLong minNtime) {
        return new NewMiningJob(CHANNEL, jobId, minNtime, ShareVector.VERSION, ShareVector.MERKLE_ROOT);
    }

    private static NewExtendedMiningJob extendedJob(
            long channelId, long jobId, OptionalLong minNtime, boolean rolling) {
        return new NewExtendedMiningJob(
                channelId,
                jobId,
                minNtime,
                ShareVector.VERSION,
                rolling,
                List.of(),
                ShareVector.COINBASE_PREFIX,
                ShareVector.COINBASE_SUFFIX);
    }

    private static SetNewPrevHash tip(long channelId, long jobId) {
        return new SetNewPrevHash(channelId, jobId, ShareVector.PREV_HASH, ShareVector.NTIME, ShareVector.NBITS);
    }

    private Work startStandard() {
        mineStandard();
        hear(standardJob(7, OptionalLong.empty()));
        return hear(tip(CHANNEL, 7)).work();
    }

    private static Share share(Work work, long nonce) {
        byte[] extranonce = new byte[work.merkle().extranonceSize()];
        return new Share(work, Bytes.wrap(extranonce), work.ntime(), nonce, ShareVector.HASH);
    }

    private Actions find(Work work, long nonce) {
        return on(new ClientInput.ShareFound(share(work, nonce)));
    }

    @Test
    void setsUpAndOpensAStandardChannel() {
        assertThat(on(new ClientInput.Connected()).sv2())
                .containsExactly(new SetupConnection(
                        SetupConnection.MINING,
                        2,
                        2,
                        SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS,
                        "pool.example",
                        3333,
                        "sluice",
                        "cpu",
                        "",
                        ""));
        assertThat(hear(new SetupConnectionSuccess(2, 0)).sv2())
                .containsExactly(new OpenStandardMiningChannel(1, "acct.w", HASHRATE, Target.MAX));
        assertThat(hear(new OpenStandardMiningChannelSuccess(1, CHANNEL, ShareVector.TARGET, PREFIX, GROUP))
                        .events())
                .containsExactly(new ClientEvent.Ready(), new ClientEvent.ExtranonceAssigned(PREFIX, 0));
    }

    @Test
    void setsUpAndOpensAnExtendedChannel() {
        client = client(false);
        SetupConnection setup =
                (SetupConnection) on(new ClientInput.Connected()).sv2().getFirst();
        assertThat(setup.flags()).isZero();
        assertThat(hear(new SetupConnectionSuccess(2, 0)).sv2())
                .containsExactly(new OpenExtendedMiningChannel(
                        1, "acct.w", HASHRATE, Target.MAX, Sv2MinerClient.MIN_EXTRANONCE_SIZE));
    }

    @Test
    void leavesAServerThatRefuses() {
        on(new ClientInput.Connected());
        assertThat(hear(new SetupConnectionError(1, "unsupported-feature-flags"))
                        .disconnectReason())
                .isEqualTo("setup-refused");
        assertThat(hear(new SetupConnectionSuccess(3, 0)).disconnectReason()).isEqualTo("wrong-version");
        assertThat(hear(new SetupConnectionSuccess(2, SetupConnectionSuccessFlags.MINING_REQUIRES_EXTENDED_CHANNELS))
                        .disconnectReason())
                .isEqualTo("no-standard-channels");
        hear(new SetupConnectionSuccess(2, 0));
        assertThat(hear(new OpenMiningChannelError(1, "unknown-user")).disconnectReason())
                .isEqualTo("channel-refused");
    }

    @Test
    void minesAFutureJobFromItsTipOn() {
        mineStandard();
        assertThat(hear(standardJob(7, OptionalLong.empty())).startsWork()).isFalse();
        Actions tip = hear(tip(CHANNEL, 7));
        assertThat(tip.events()).containsExactly(new ClientEvent.JobStarted(true));
        assertThat(tip.work())
                .isEqualTo(new Work(
                        1,
                        "7",
                        ShareVector.VERSION,
                        ShareVector.PREV_HASH,
                        ShareVector.NBITS,
                        ShareVector.NTIME,
                        ShareVector.TARGET,
                        ShareVector.fixed()));
    }

    @Test
    void minesAnActiveJobAtOnceAndTakesSharesOfTheOneBefore() {
        Work first = startStandard();
        Actions active = hear(standardJob(8, OptionalLong.of(ShareVector.NTIME + 5)));
        assertThat(active.events()).containsExactly(new ClientEvent.JobStarted(false));
        assertThat(active.work().ntime()).isEqualTo(ShareVector.NTIME + 5);
        assertThat(find(first, 1).sv2()).hasSize(1);
        assertThat(find(active.work(), 2).sv2()).hasSize(1);
    }

    @Test
    void doesNotMineAnActiveJobBeforeAnyTip() {
        mineStandard();
        Actions active = hear(standardJob(8, OptionalLong.of(1)));
        assertThat(active.startsWork()).isFalse();
        assertThat(active.told()).hasSize(1);
    }

    @Test
    void sendsNoShareOfTheTipBefore() {
        Work old = startStandard();
        hear(standardJob(9, OptionalLong.empty()));
        Work current = hear(tip(CHANNEL, 9)).work();
        assertThat(find(old, 1).events()).containsExactly(new ClientEvent.ShareDiscarded());
        assertThat(find(current, 1).sv2()).hasSize(1);
    }

    @Test
    void leavesAServerWhoseTipNamesAJobThatNeverWasFuture() {
        startStandard();
        assertThat(hear(tip(CHANNEL, 7)).disconnectReason()).isEqualTo("unknown-future-job");
    }

    @Test
    void keepsFutureJobsUpToItsLimit() {
        mineStandard();
        for (int id = 0; id <= Sv2MinerClient.MAX_FUTURE_JOBS; id++) {
            hear(standardJob(id, OptionalLong.empty()));
        }
        assertThat(hear(tip(CHANNEL, 0)).disconnectReason()).isEqualTo("unknown-future-job");
        assertThat(hear(tip(CHANNEL, 1)).work().jobId()).isEqualTo("1");
    }

    @Test
    void submitsStandardSharesWithTheWholeVersion() {
        Work first = startStandard();
        Work rolled = hear(standardJob(8, OptionalLong.of(ShareVector.NTIME))).work();
        assertThat(find(first, ShareVector.NONCE).sv2())
                .containsExactly(new SubmitSharesStandard(
                        CHANNEL, 1, 7, ShareVector.NONCE, ShareVector.NTIME, ShareVector.VERSION));
        // The lowest bit of BIP320, which SV1 pools allow, too.
        assertThat(find(rolled, 5).sv2())
                .containsExactly(new SubmitSharesStandard(CHANNEL, 2, 8, 5, ShareVector.NTIME, 0x20002000L));
    }

    @Test
    void rollsNoVersionBitWhereTheServerForbidsIt() {
        on(new ClientInput.Connected());
        hear(new SetupConnectionSuccess(2, SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION));
        hear(new OpenStandardMiningChannelSuccess(1, CHANNEL, ShareVector.TARGET, PREFIX, GROUP));
        hear(standardJob(7, OptionalLong.empty()));
        hear(tip(CHANNEL, 7));
        assertThat(hear(standardJob(8, OptionalLong.of(1))).work().version()).isEqualTo(ShareVector.VERSION);

        mineExtended(8);
        hear(extendedJob(CHANNEL, 1, OptionalLong.empty(), false));
        hear(tip(CHANNEL, 1));
        assertThat(hear(extendedJob(CHANNEL, 2, OptionalLong.of(1), false))
                        .work()
                        .version())
                .isEqualTo(ShareVector.VERSION);
        hear(extendedJob(CHANNEL, 3, OptionalLong.of(1), true));
        assertThat(hear(extendedJob(CHANNEL, 4, OptionalLong.of(1), true))
                        .work()
                        .version())
                .isEqualTo(0x20002000L);
    }

    @Test
    void minesExtendedJobsOfItsGroup() {
        mineExtended(8);
        hear(extendedJob(GROUP, 4, OptionalLong.empty(), true));
        Work work = hear(tip(GROUP, 4)).work();
        assertThat(work.merkle()).isEqualTo(ShareVector.rolled(ShareVector.EXTRANONCE_PREFIX, 8));
        SubmitSharesExtended submit = (SubmitSharesExtended) find(work, 5).sv2().getFirst();
        assertThat(submit)
                .isEqualTo(new SubmitSharesExtended(
                        CHANNEL, 1, 4, 5, ShareVector.NTIME, ShareVector.VERSION, Bytes.zeros(8)));
    }

    @Test
    void followsItsChannelIntoAnotherGroup() {
        mineExtended(8);
        hear(new SetGroupChannel(30, List.of(CHANNEL, 9L)));
        hear(extendedJob(GROUP, 4, OptionalLong.empty(), true));
        hear(extendedJob(30, 5, OptionalLong.empty(), true));
        assertThat(hear(tip(30, 5)).work().jobId()).isEqualTo("5");
        hear(new SetGroupChannel(31, List.of(9L)));
        hear(new SetTarget(30, OTHER_TARGET));
        hear(extendedJob(30, 6, OptionalLong.empty(), true));
        assertThat(hear(tip(30, 6)).work().target()).isEqualTo(OTHER_TARGET);
    }

    @Test
    void ignoresOtherChannels() {
        mineStandard();
        hear(new NewMiningJob(99, 7, OptionalLong.empty(), 0, Hash256.ZERO));
        hear(new SetTarget(99, OTHER_TARGET));
        assertThat(hear(new SetExtranoncePrefix(99, Bytes.EMPTY)).all()).isEmpty();
        assertThat(hear(tip(99, 7)).all()).isEmpty();
        assertThat(hear(new CloseChannel(99, "bye")).all()).isEmpty();
        hear(standardJob(7, OptionalLong.empty()));
        assertThat(hear(tip(CHANNEL, 7)).work().target()).isEqualTo(ShareVector.TARGET);
    }

    @Test
    void aNewTargetHoldsForLaterJobsAndForFutureOnes() {
        mineStandard();
        hear(standardJob(7, OptionalLong.empty()));
        hear(new SetTarget(CHANNEL, OTHER_TARGET));
        Work activated = hear(tip(CHANNEL, 7)).work();
        assertThat(activated.target()).isEqualTo(OTHER_TARGET);
        assertThat(hear(new SetTarget(GROUP, ShareVector.TARGET)).startsWork()).isFalse();
        assertThat(hear(standardJob(8, OptionalLong.of(1))).work().target()).isEqualTo(ShareVector.TARGET);
    }

    @Test
    void aNewExtranoncePrefixHoldsForJobsThatComeBehindIt() {
        mineExtended(4);
        hear(extendedJob(CHANNEL, 1, OptionalLong.empty(), true));
        assertThat(hear(new SetExtranoncePrefix(CHANNEL, Bytes.fromHex("0102"))).events())
                .containsExactly(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("0102"), 4));
        assertThat(hear(tip(CHANNEL, 1)).work().merkle())
                .isEqualTo(ShareVector.rolled(ShareVector.EXTRANONCE_PREFIX, 4));
        assertThat(hear(extendedJob(CHANNEL, 2, OptionalLong.of(1), true))
                        .work()
                        .merkle())
                .isEqualTo(ShareVector.rolled(Bytes.fromHex("0102"), 4));
    }

    @Test
    void stripsAWitnessThatAServerLeftInTheCoinbase() {
        mineExtended(8);
        Bytes prefix = ShareVector.COINBASE_PREFIX;
        Bytes suffix = ShareVector.COINBASE_SUFFIX;
        Bytes marked = Bytes.concat(prefix.slice(0, 4), Bytes.fromHex("0001"), prefix.slice(4, prefix.length()));
        Bytes witnessed = Bytes.concat(
                suffix.slice(0, suffix.length() - 4),
                Bytes.fromHex("0120" + "00".repeat(32)),
                suffix.slice(suffix.length() - 4, suffix.length()));
        hear(new NewExtendedMiningJob(
                CHANNEL, 1, OptionalLong.empty(), ShareVector.VERSION, true, List.of(), marked, witnessed));
        assertThat(hear(tip(CHANNEL, 1)).work().merkle())
                .isEqualTo(ShareVector.rolled(ShareVector.EXTRANONCE_PREFIX, 8));
    }

    @Test
    void tellsOfAJobThatMakesNoBlock() {
        mineExtended(8);
        Actions job = hear(new NewExtendedMiningJob(
                CHANNEL, 1, OptionalLong.empty(), 0, true, List.of(), Bytes.EMPTY, Bytes.EMPTY));
        assertThat(job.told()).hasSize(1);
        assertThat(job.startsWork()).isFalse();
    }

    @Test
    void aBatchSettlesTheSharesItCovers() {
        Work work = startStandard();
        for (int nonce = 0; nonce < 5; nonce++) {
            find(work, nonce);
        }
        assertThat(hear(new SubmitSharesSuccess(CHANNEL, 3, 3, 100)).events())
                .containsExactly(new ClientEvent.SharesAccepted(3));
        assertThat(client.outstandingShares()).isEqualTo(2);
        assertThat(hear(new SubmitSharesError(CHANNEL, 4, "difficulty-too-low")).events())
                .containsExactly(new ClientEvent.ShareRejected("difficulty-too-low"));
        assertThat(hear(new SubmitSharesSuccess(CHANNEL, 5, 1, 100)).events())
                .containsExactly(new ClientEvent.SharesAccepted(1));
        assertThat(client.outstandingShares()).isZero();
    }

    @Test
    void aRefusalInsideABatchMayComeBeforeOrBehindIt() {
        Work work = startStandard();
        for (int nonce = 0; nonce < 10; nonce++) {
            find(work, nonce);
        }
        assertThat(hear(new SubmitSharesSuccess(CHANNEL, 10, 9, 0)).events())
                .containsExactly(new ClientEvent.SharesAccepted(9));
        assertThat(client.outstandingShares()).isEqualTo(1);
        assertThat(hear(new SubmitSharesError(CHANNEL, 5, "stale-share")).events())
                .containsExactly(new ClientEvent.ShareStale());
        assertThat(client.outstandingShares()).isZero();
    }

    @Test
    void doesNotCountMoreVerdictsThanShares() {
        Work work = startStandard();
        find(work, 1);
        Actions batch = hear(new SubmitSharesSuccess(CHANNEL, 1, 5, 0));
        assertThat(batch.events()).containsExactly(new ClientEvent.SharesAccepted(1));
        assertThat(batch.told()).hasSize(1);
        Actions refusal = hear(new SubmitSharesError(CHANNEL, 1, "duplicate-share"));
        assertThat(refusal.events()).isEmpty();
        assertThat(refusal.told()).hasSize(1);
        assertThat(hear(new SubmitSharesSuccess(99, 1, 1, 0)).all()).isEmpty();
        assertThat(hear(new SubmitSharesError(99, 1, "x")).all()).isEmpty();
    }

    @Test
    void tellsTheServerWhenItsHashrateChanges() {
        assertThat(on(new ClientInput.HashrateMeasured(9_000)).all()).isEmpty();
        mineStandard();
        assertThat(on(new ClientInput.HashrateMeasured(1_400)).all()).isEmpty();
        assertThat(on(new ClientInput.HashrateMeasured(2_000)).sv2())
                .containsExactly(new UpdateChannel(CHANNEL, 2_000, Target.MAX));
        assertThat(on(new ClientInput.HashrateMeasured(1_900)).all()).isEmpty();
        assertThat(on(new ClientInput.HashrateMeasured(100)).sv2()).hasSize(1);
        assertThat(hear(new UpdateChannelError(CHANNEL, "invalid-nominal-hashrate"))
                        .told())
                .hasSize(1);
    }

    @Test
    void reconnectsWhenTheChannelOrItsGroupIsClosed() {
        mineStandard();
        assertThat(hear(new CloseChannel(CHANNEL, "bye")).disconnectReason()).isEqualTo("channel-closed");
        assertThat(hear(new CloseChannel(GROUP, "bye")).disconnectReason()).isEqualTo("channel-closed");
        assertThat(hear(new Reconnect("other.example", 4444)).all())
                .containsExactly(new ClientAction.Reconnect("other.example", 4444));
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswerOrFallsSilent() {
        on(new ClientInput.Connected());
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SETUP)).disconnectReason())
                .isEqualTo("setup-timeout");
        client = client(true);
        mineStandard();
        now = START.plus(Sv2MinerClient.SILENCE_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SETUP)).all())
                .isEmpty();
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SILENCE)).disconnectReason())
                .isEqualTo("silence");
    }

    @Test
    void givesUpOnAServerThatForgetsAShare() {
        Work work = startStandard();
        find(work, 1);
        now = START.plus(OutstandingShares.VERDICT_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.VERDICT)).disconnectReason())
                .isEqualTo("no-verdict");
    }

    @Test
    void countsSharesWithoutVerdictWhenTheConnectionEnds() {
        Work work = startStandard();
        find(work, 1);
        Actions closed = on(new ClientInput.Closed());
        assertThat(closed.events()).containsExactly(new ClientEvent.SharesUnanswered(1));
        assertThat(closed.stopsWork()).isTrue();
        assertThat(find(work, 2).events()).containsExactly(new ClientEvent.ShareDiscarded());
    }

    @Test
    void leavesAServerThatGrantsMoreExtranonceThanAnyWireHolds() {
        client = client(false);
        on(new ClientInput.Connected());
        hear(new SetupConnectionSuccess(2, 0));
        assertThat(hear(new OpenExtendedMiningChannelSuccess(1, CHANNEL, ShareVector.TARGET, 33, Bytes.EMPTY, GROUP))
                        .disconnectReason())
                .isEqualTo("bad-extranonce-size");
        hear(new OpenExtendedMiningChannelSuccess(1, CHANNEL, ShareVector.TARGET, 32, Bytes.EMPTY, GROUP));
        hear(extendedJob(CHANNEL, 1, OptionalLong.empty(), true));
        assertThat(hear(tip(CHANNEL, 1)).work().merkle().extranonceSize()).isEqualTo(32);
    }

    @Test
    void takesAStandardJobOfTheShareVectorToItsNonce() {
        HashSearch search = HashSearch.ofThread(0, 1);
        search.take(startStandard());
        Share found = search.search(1 << 20).share().orElseThrow();
        SubmitSharesStandard submit = (SubmitSharesStandard)
                on(new ClientInput.ShareFound(found)).sv2().getFirst();
        assertThat(submit.nonce()).isEqualTo(ShareVector.NONCE);
    }
}
