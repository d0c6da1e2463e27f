package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.PoolConversation.CHANNEL;
import static sluice.upstream.session.PoolConversation.COINBASE_PREFIX;
import static sluice.upstream.session.PoolConversation.COINBASE_SUFFIX;
import static sluice.upstream.session.PoolConversation.GROUP;
import static sluice.upstream.session.PoolConversation.MIN_NTIME;
import static sluice.upstream.session.PoolConversation.NBITS;
import static sluice.upstream.session.PoolConversation.PREFIX;
import static sluice.upstream.session.PoolConversation.TARGET;
import static sluice.upstream.session.PoolConversation.TIP;
import static sluice.upstream.session.PoolConversation.activeJob;
import static sluice.upstream.session.PoolConversation.futureJob;
import static sluice.upstream.session.PoolConversation.granted;
import static sluice.upstream.session.PoolConversation.share;
import static sluice.upstream.session.PoolConversation.tip;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;

class Sv2PoolSessionMiningTest {
    private final PoolConversation pool = new PoolConversation();

    @ParameterizedTest
    @ValueSource(longs = {CHANNEL, GROUP})
    void announcesAFutureJobAndThenItsTip(long addressee) {
        pool.open().takeAll();

        pool.receive(futureJob(addressee, 5)).receive(tip(addressee, 5));

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.JobAnnounced(jobWith(5, OptionalLong.empty(), PREFIX)),
                        new UpstreamEvent.TipChanged(5, new ChainTip(TIP, NBITS, MIN_NTIME)));
    }

    @Test
    void announcesAnActiveJobOnTheTipInForce() {
        pool.mine().takeAll();

        pool.receive(activeJob(GROUP, 2));

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.JobAnnounced(jobWith(2, OptionalLong.of(MIN_NTIME + 30), PREFIX)));
    }

    @Test
    void ignoresAnActiveJobBeforeAnyTip() {
        pool.open().takeAll();

        pool.receive(activeJob(CHANNEL, 1));

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.Note("ignored active job 1: there is no tip yet to mine it on"));
    }

    @Test
    void givesUpAPoolWhoseTipNamesAnUnknownJob() {
        pool.mine().takeAll();

        pool.receive(tip(CHANNEL, 77));

        assertLost("protocol violation: SetNewPrevHash names job 77, which was not announced as a future job");
    }

    @Test
    void givesUpAPoolWhoseTipNamesAnActiveJob() {
        pool.mine().receive(activeJob(CHANNEL, 2)).takeAll();

        pool.receive(tip(CHANNEL, 2));

        assertLost("protocol violation: SetNewPrevHash names job 2, which was not announced as a future job");
    }

    @Test
    void givesUpAPoolWhoseTipNamesAFutureJobOfTheTipBefore() {
        pool.mine()
                .receive(futureJob(CHANNEL, 2))
                .receive(futureJob(CHANNEL, 3))
                .receive(tip(CHANNEL, 3));
        pool.takeAll();

        pool.receive(tip(CHANNEL, 2));

        assertLost("protocol violation: SetNewPrevHash names job 2, which was not announced as a future job");
    }

    @Test
    void remembersAsManyFutureJobsAsItsLimit() {
        pool.mine();
        for (long job = 10; job < 10 + Sv2PoolSession.MAX_FUTURE_JOBS; job++) {
            pool.receive(futureJob(CHANNEL, job));
        }
        pool.takeAll();

        pool.receive(tip(CHANNEL, 10));

        assertThat(pool.takeEvents()).hasSize(1).first().isInstanceOf(UpstreamEvent.TipChanged.class);
    }

    @Test
    void forgetsTheOldestFutureJobOneBeyondItsLimit() {
        pool.mine();
        for (long job = 10; job <= 10 + Sv2PoolSession.MAX_FUTURE_JOBS; job++) {
            pool.receive(futureJob(CHANNEL, job));
        }
        pool.takeAll();

        pool.receive(tip(CHANNEL, 10));

        assertThat(pool.takeEvents()).hasSize(1).first().isInstanceOf(UpstreamEvent.Lost.class);
    }

    @Test
    void stripsTheWitnessThatAPoolForgotInTheCoinbase() {
        pool.open().takeAll();
        Bytes unstrippedPrefix = Bytes.concat(
                COINBASE_PREFIX.slice(0, 4), Bytes.fromHex("0001"), COINBASE_PREFIX.slice(4, COINBASE_PREFIX.length()));
        int lockTimeAt = COINBASE_SUFFIX.length() - 4;
        Bytes unstrippedSuffix = Bytes.concat(
                COINBASE_SUFFIX.slice(0, lockTimeAt),
                Bytes.fromHex("0120" + "00".repeat(32)),
                COINBASE_SUFFIX.slice(lockTimeAt, COINBASE_SUFFIX.length()));

        pool.receive(jobOf(unstrippedPrefix, unstrippedSuffix));

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.JobAnnounced(jobWith(5, OptionalLong.empty(), PREFIX)));
    }

    @Test
    void givesUpAPoolWhoseCoinbaseCannotBeOne() {
        pool.open().takeAll();

        pool.receive(jobOf(Bytes.fromHex("0200"), COINBASE_SUFFIX));

        List<PoolAction> actions = pool.takeAll();
        assertThat(actions).hasSize(2);
        assertThat(((UpstreamEvent.Lost) ((PoolAction.Emit) actions.getFirst()).event()).reason())
                .startsWith("protocol violation: job 5 has no usable coinbase");
    }

    @Test
    void givesUpAPoolWhoseMerklePathIsLongerThanAnyBlocks() {
        pool.open().takeAll();

        pool.receive(withSiblings(MerklePath.MAX_DEPTH));
        assertThat(pool.takeEvents()).hasOnlyElementsOfType(UpstreamEvent.JobAnnounced.class);

        pool.receive(withSiblings(MerklePath.MAX_DEPTH + 1));
        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.Lost(
                        UpstreamEvent.Step.FIRST_JOB,
                        "protocol violation: job 5 has a merkle path of 33 hashes, at most 32"));
    }

    private static NewExtendedMiningJob withSiblings(int count) {
        return new NewExtendedMiningJob(
                CHANNEL,
                5,
                OptionalLong.empty(),
                0x20000000L,
                true,
                Collections.nCopies(count, TIP),
                COINBASE_PREFIX,
                COINBASE_SUFFIX);
    }

    @Test
    void givesEachJobThePrefixThatWasInForceWhenItCame() {
        Bytes newPrefix = Bytes.fromHex("b1b2b3b4b5");
        pool.mine().receive(futureJob(CHANNEL, 2)).receive(new SetExtranoncePrefix(CHANNEL, newPrefix));
        pool.receive(futureJob(CHANNEL, 3)).receive(tip(CHANNEL, 3));

        assertThat(pool.takeEvents())
                .endsWith(
                        new UpstreamEvent.JobAnnounced(jobWith(2, OptionalLong.empty(), PREFIX)),
                        new UpstreamEvent.ExtranoncePrefixChanged(newPrefix),
                        new UpstreamEvent.JobAnnounced(jobWith(3, OptionalLong.empty(), newPrefix)),
                        new UpstreamEvent.TipChanged(3, new ChainTip(TIP, NBITS, MIN_NTIME)));
    }

    @Test
    void takesAPrefixThatJustFits() {
        pool.mine().takeAll();

        pool.receive(new SetExtranoncePrefix(CHANNEL, Bytes.zeros(16)));

        assertThat(pool.takeEvents()).containsExactly(new UpstreamEvent.ExtranoncePrefixChanged(Bytes.zeros(16)));
    }

    @Test
    void givesUpAPoolWhosePrefixNoLongerFits() {
        pool.mine().takeAll();

        pool.receive(new SetExtranoncePrefix(CHANNEL, Bytes.zeros(17)));

        assertLost("protocol violation: the new prefix makes an extranonce of 33 bytes, at most 32");
    }

    @Test
    void ignoresAPrefixForTheWholeGroup() {
        pool.mine().takeAll();

        pool.receive(new SetExtranoncePrefix(GROUP, Bytes.fromHex("01")));

        assertThat(pool.takeAll()).hasSize(1).allMatch(PoolAction.Note.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(longs = {CHANNEL, GROUP})
    void passesTargetsOn(long addressee) {
        pool.mine().takeAll();
        Target harder = Target.ofCompact(0x1b00d7c0L);

        pool.receive(new SetTarget(addressee, harder));

        assertThat(pool.takeEvents()).containsExactly(new UpstreamEvent.TargetChanged(harder));
    }

    @Test
    void givesUpAPoolThatAsksForTheImpossible() {
        pool.mine().takeAll();

        pool.receive(new SetTarget(CHANNEL, Target.ofCompact(0)));

        assertLost("protocol violation: target 0, which no share can meet");
    }

    @Test
    void followsItsChannelIntoAnotherGroup() {
        pool.mine().receive(new SetGroupChannel(901, List.of(3L, CHANNEL))).takeAll();

        pool.receive(activeJob(901, 2));
        assertThat(pool.takeEvents()).hasSize(1);
        pool.receive(activeJob(GROUP, 3));
        assertThat(pool.takeEvents()).isEmpty();
    }

    @Test
    void staysInItsGroupWhenOthersMove() {
        pool.mine().receive(new SetGroupChannel(901, List.of(3L, 4L))).takeAll();

        pool.receive(activeJob(901, 2)).receive(activeJob(GROUP, 3));

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.JobAnnounced(jobWith(3, OptionalLong.of(MIN_NTIME + 30), PREFIX)));
    }

    @Test
    void submitsSharesOnItsChannel() {
        pool.mine().takeAll();

        pool.command(share(1));

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.Send(new SubmitSharesExtended(
                        CHANNEL, 1, 1, 0xdeadbeefL, MIN_NTIME + 5, 0x20000020L, Bytes.zeros(16))));
    }

    @Test
    void reportsVerdicts() {
        pool.mine();
        Stream.of(1, 2, 3).forEach(sequence -> pool.command(share(sequence)));
        pool.takeAll();

        pool.receive(new SubmitSharesError(CHANNEL, 2, "stale-share"))
                .receive(new SubmitSharesSuccess(CHANNEL, 3, 2, 73_728));

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.ShareRejected(2, "stale-share"),
                        new UpstreamEvent.SharesAccepted(3, 2, 73_728));
    }

    @Test
    void keepsCountingWhereTheSequenceNumberOnTheWireStartsAgain() {
        long beyond = (1L << 32) + 1;
        pool.mine().command(share(beyond - 2)).command(share(beyond)).takeAll();

        pool.receive(new SubmitSharesError(CHANNEL, 0xffff_ffffL, "stale-share"))
                .receive(new SubmitSharesSuccess(CHANNEL, 1, 1, 10));

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.ShareRejected(beyond - 2, "stale-share"),
                        new UpstreamEvent.SharesAccepted(beyond, 1, 10));
    }

    static Stream<Sv2Message> verdictsOnNothing() {
        return Stream.of(
                new SubmitSharesSuccess(CHANNEL, 2, 1, 1),
                new SubmitSharesSuccess(CHANNEL, 0, 1, 1),
                new SubmitSharesError(CHANNEL, 2, "stale-share"),
                new SubmitSharesSuccess(CHANNEL + 1, 1, 1, 1),
                new SubmitSharesError(CHANNEL + 1, 1, "invalid-channel-id"));
    }

    @ParameterizedTest
    @MethodSource("verdictsOnNothing")
    void ignoresVerdictsOnSharesItDidNotSend(Sv2Message verdict) {
        pool.mine().command(share(1)).takeAll();

        pool.receive(verdict);

        assertThat(pool.takeAll()).hasSize(1).allMatch(PoolAction.Note.class::isInstance);
    }

    @Test
    void tellsThePoolOfNewDemandOnce() {
        pool.mine().takeAll();
        UpstreamCommand.UpdateDemand demand = new UpstreamCommand.UpdateDemand(2e14, TARGET);

        pool.command(demand).command(demand);

        assertThat(pool.takeSent()).containsExactly(new UpdateChannel(CHANNEL, 2e14f, TARGET));
    }

    @Test
    void neverClaimsAnInfiniteHashrate() {
        pool.mine().takeAll();

        pool.command(new UpstreamCommand.UpdateDemand(1e39, TARGET));

        assertThat(pool.takeSent()).containsExactly(new UpdateChannel(CHANNEL, Float.MAX_VALUE, TARGET));
    }

    static Stream<Sv2Message> curiosities() {
        return Stream.of(
                new UpdateChannelError(CHANNEL, "invalid-nominal-hashrate"),
                new ChannelEndpointChanged(CHANNEL),
                new NewMiningJob(CHANNEL, 3, OptionalLong.of(MIN_NTIME), 0x20000000L, TIP),
                new SetCustomMiningJobSuccess(CHANNEL, 1, 2),
                new SetupConnectionSuccess(2, 0),
                new SetupConnectionError(0, "too-late"),
                new RequestExtensionsSuccess(1, List.of(2)),
                new SubmitSolution(1, 2, 3, 4, Bytes.EMPTY),
                granted(1, 16),
                new CloseChannel(CHANNEL + 1, "not ours"),
                new SetTarget(CHANNEL + 1, TARGET),
                futureJob(CHANNEL + 1, 3),
                tip(CHANNEL + 1, 1));
    }

    @ParameterizedTest
    @MethodSource("curiosities")
    void notesWhatItDidNotExpectAndMinesOn(Sv2Message curiosity) {
        pool.mine().takeAll();

        pool.receive(curiosity);
        assertThat(pool.takeAll()).hasSize(1).allMatch(PoolAction.Note.class::isInstance);

        pool.receive(activeJob(CHANNEL, 9));
        assertThat(pool.takeEvents()).hasSize(1);
    }

    @Test
    void notesUnknownMessageTypesAndSkipsUnknownExtensions() {
        pool.mine().takeAll();

        pool.receiveFrame("0000" + "7f" + "000000").receiveFrame("0040" + "00" + "010000" + "00");

        assertThat(pool.takeAll()).containsExactly(new PoolAction.Note("ignored a message of the unknown type 0x7f"));
    }

    @Test
    void takesAMessageWhoseChannelBitIsWrong() {
        pool.mine().takeAll();
        byte[] frame = new SetTarget(CHANNEL, TARGET).toFrame();
        frame[1] = 0;

        pool.receiveFrame(Bytes.of(frame).hex());

        assertThat(pool.takeEvents()).containsExactly(new UpstreamEvent.TargetChanged(TARGET));
    }

    @Test
    void givesUpAPoolThatSendsHalfAMessage() {
        pool.mine().takeAll();

        pool.receiveFrame("0080" + "21" + "050000" + "1100000000");

        List<PoolAction> actions = pool.takeAll();
        assertThat(actions).hasSize(2);
        assertThat(((UpstreamEvent.Lost) ((PoolAction.Emit) actions.getFirst()).event()).reason())
                .startsWith("protocol violation: payload-truncated");
    }

    @ParameterizedTest
    @ValueSource(longs = {CHANNEL, GROUP})
    void givesUpAPoolThatClosesTheChannelOrItsGroup(long addressee) {
        pool.mine().takeAll();

        pool.receive(new CloseChannel(addressee, "maintenance"));

        assertLost("the pool closed our channel: maintenance");
    }

    @Test
    void goesWhereThePoolSendsIt() {
        pool.mine().takeAll();

        pool.receive(new Reconnect("other.pool.example", 4444));

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(new UpstreamEvent.Lost(
                                Step.MINING, "the pool asked us to reconnect to other.pool.example:4444")),
                        new PoolAction.Redirect("other.pool.example", 4444));
    }

    @Test
    void reconnectsToTheSameAddressWhereThePoolNamesNone() {
        pool.setUp().takeAll();

        pool.receive(new Reconnect("", 0));

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(new UpstreamEvent.Lost(
                                Step.OPEN_CHANNEL, "the pool asked us to reconnect to pool.example:3333")),
                        new PoolAction.Redirect("pool.example", 3333));
    }

    @Test
    void closesItsChannelBeforeItLeaves() {
        pool.mine().takeAll();

        pool.command(new UpstreamCommand.Close("switching pools"));

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Send(new CloseChannel(CHANNEL, "switching pools")),
                        new PoolAction.Emit(new UpstreamEvent.Lost(Step.MINING, "closed by us: switching pools")),
                        new PoolAction.Disconnect("closed by us: switching pools"));
    }

    @Test
    void leavesWithoutCeremonyWhereNoChannelIsOpen() {
        pool.connect().takeAll();

        pool.command(new UpstreamCommand.Close("bye"));

        assertThat(pool.takeSent()).isEmpty();
        assertThat(pool.session.isConversing()).isFalse();
    }

    @Test
    void reportsHowFarItHadComeWhenTheConnectionEnds() {
        pool.mine().takeAll();

        pool.input(new PoolInput.Disconnected("connection reset"));

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.Emit(new UpstreamEvent.Lost(Step.MINING, "connection reset")));
    }

    @Test
    void ignoresWhatStillArrivesAfterItGaveUp() {
        pool.mine().receive(new CloseChannel(CHANNEL, "bye")).takeAll();

        pool.receive(activeJob(CHANNEL, 2)).receive(tip(CHANNEL, 1));

        assertThat(pool.takeAll()).isEmpty();
    }

    private void assertLost(String reason) {
        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(new UpstreamEvent.Lost(Step.MINING, reason)),
                        new PoolAction.Disconnect(reason));
    }

    private static UpstreamJob jobWith(long jobId, OptionalLong minNtime, Bytes prefix) {
        return new UpstreamJob(
                jobId, minNtime, 0x20000000L, true, List.of(TIP), COINBASE_PREFIX, COINBASE_SUFFIX, prefix);
    }

    private static NewExtendedMiningJob jobOf(Bytes prefix, Bytes suffix) {
        return new NewExtendedMiningJob(
                CHANNEL, 5, OptionalLong.empty(), 0x20000000L, true, List.<Hash256>of(TIP), prefix, suffix);
    }
}
