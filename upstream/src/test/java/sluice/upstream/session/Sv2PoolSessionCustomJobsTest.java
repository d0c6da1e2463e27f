package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.upstream.session.PoolConversation.CHANNEL;
import static sluice.upstream.session.PoolConversation.GROUP;
import static sluice.upstream.session.PoolConversation.NBITS;
import static sluice.upstream.session.PoolConversation.PREFIX;
import static sluice.upstream.session.PoolConversation.TARGET;
import static sluice.upstream.session.PoolConversation.TIP;
import static sluice.upstream.session.PoolConversation.activeJob;
import static sluice.upstream.session.PoolConversation.futureJob;
import static sluice.upstream.session.PoolConversation.granted;
import static sluice.upstream.session.PoolConversation.share;
import static sluice.upstream.session.PoolConversation.tip;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

class Sv2PoolSessionCustomJobsTest {
    private final PoolConversation pool = PoolConversation.aboutCustomJobs();

    @Test
    void asksForWorkSelectionAndVersionRolling() {
        pool.connect();

        assertThat(pool.takeSent())
                .containsExactly(
                        new SetupConnection(0, 2, 2, 0b110, "pool.example", 3333, "Sluice", "gateway", "0.1.0", ""));
    }

    @Test
    void givesUpAPoolWithoutWorkSelectionAndSaysSo() {
        pool.connect().receive(new SetupConnectionError(0b010, "unsupported-feature-flags"));

        assertLost(
                Step.SETUP,
                "the pool refused the setup: unsupported-feature-flags (it does not support work selection)");
    }

    @Test
    void asksForWorkSelectionStillWhenThePoolDoesNotRollVersions() {
        pool.connect().receive(new SetupConnectionError(0b100, "unsupported-feature-flags"));
        pool.takeAll();

        pool.connect();

        assertThat(((SetupConnection) pool.takeSent().getFirst()).flags()).isEqualTo(0b010);
    }

    @Test
    void isMiningFromTheMomentItsChannelIsOpenWithoutADeadlineForWork() {
        pool.connect().receive(new SetupConnectionSuccess(2, 0b10));
        pool.takeAll();

        pool.receive(granted(1, 16));

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.Emit(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("pool.example:3333", PREFIX, 16, TARGET, true))));
        pool.input(new PoolInput.Disconnected("gone"));
        assertLost(Step.MINING, "gone");
    }

    @Test
    @Tag("JDC-15")
    void ignoresThePoolsOwnJobsAndTipsWithoutAWord() {
        open();

        pool.receive(futureJob(CHANNEL, 1))
                .receive(tip(CHANNEL, 1))
                .receive(activeJob(GROUP, 2))
                .receive(tip(CHANNEL, 99));

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    @Tag("JDC-15")
    void hearsOfTargetsPrefixesAndVerdicts() {
        open().command(share(1)).command(share(2));
        assertThat(pool.takeSent()).hasOnlyElementsOfType(SubmitSharesExtended.class);

        pool.receive(new SetTarget(CHANNEL, Target.DIFFICULTY_1))
                .receive(new SetExtranoncePrefix(CHANNEL, Bytes.fromHex("b1b2")))
                .receive(new SubmitSharesError(CHANNEL, 1, "duplicate-share"))
                .receive(new SubmitSharesSuccess(CHANNEL, 2, 1, 7));

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.TargetChanged(Target.DIFFICULTY_1),
                        new UpstreamEvent.ExtranoncePrefixChanged(Bytes.fromHex("b1b2")),
                        new UpstreamEvent.ShareRejected(1, "duplicate-share"),
                        new UpstreamEvent.SharesAccepted(2, 1, 7));
    }

    @Test
    void givesThePoolACustomJobOnItsOwnChannelUnderAnIdThatNoOtherRequestHad() {
        open().input(given(41));

        SetCustomMiningJob job = customJob(41);
        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Send(job.to(CHANNEL, 2)),
                        new PoolAction.SetDeadline(
                                PoolDeadline.CUSTOM_JOB, pool.now.plus(PoolDeadline.CUSTOM_JOB.patience())));
    }

    @Test
    @Tag("JDC-18")
    void handsThePoolsYesToWhoeverGaveTheJob() {
        open().input(given(41)).input(given(42)).takeAll();

        pool.receive(new SetCustomMiningJobSuccess(CHANNEL, 3, 77))
                .receive(new SetCustomMiningJobSuccess(GROUP, 2, 78));

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.CustomJobAnswered(new CustomJobAnswer.Taken(42, 77)),
                        new PoolAction.CustomJobAnswered(new CustomJobAnswer.Taken(41, 78)));
    }

    @Test
    void handsThePoolsNoToWhoeverGaveTheJobInPrintableWords() {
        open().input(given(41)).takeAll();

        pool.receive(new SetCustomMiningJobError(CHANNEL, 2, MiningErrorCode.STALE_CHAIN_TIP + "\n"));

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.CustomJobAnswered(new CustomJobAnswer.Refused(41, "stale-chain-tip\ufffd")));
    }

    @Test
    void ignoresAnswersThatNobodyWaitsFor() {
        open().input(given(41)).receive(new SetCustomMiningJobSuccess(CHANNEL, 2, 77));
        pool.takeAll();

        pool.receive(new SetCustomMiningJobSuccess(CHANNEL, 2, 77))
                .receive(new SetCustomMiningJobError(CHANNEL, 9, "no"))
                .receive(new SetCustomMiningJobError(CHANNEL + 1, 2, "no"));

        assertThat(pool.takeAll()).hasSize(3).hasOnlyElementsOfType(PoolAction.Note.class);
    }

    @Test
    void refusesACustomJobWhileNoChannelIsOpen() {
        pool.input(given(41)).setUp().takeAll();

        pool.input(given(42));

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.CustomJobAnswered(
                        new CustomJobAnswer.Refused(42, Sv2PoolSession.CHANNEL_NOT_OPEN)));
    }

    @Test
    void givesUpAPoolThatDoesNotAnswerACustomJobInTime() {
        Duration patience = PoolDeadline.CUSTOM_JOB.patience();
        open().input(given(41)).later(patience.minusMillis(1)).input(given(42));
        pool.receive(new SetCustomMiningJobSuccess(CHANNEL, 2, 77));
        pool.takeAll();

        pool.later(Duration.ofMillis(1)).reach(PoolDeadline.CUSTOM_JOB);
        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.SetDeadline(
                        PoolDeadline.CUSTOM_JOB, pool.now.plus(patience).minusMillis(1)));

        pool.later(patience.minusMillis(1)).reach(PoolDeadline.CUSTOM_JOB);
        assertLost(Step.MINING, "no answer to SetCustomMiningJob from the pool within 15 s");
    }

    @Test
    void hasNoDeadlineLeftWhenEverythingIsAnswered() {
        open().input(given(41)).receive(new SetCustomMiningJobSuccess(CHANNEL, 2, 77));
        pool.takeAll();

        pool.later(PoolDeadline.CUSTOM_JOB.patience()).reach(PoolDeadline.CUSTOM_JOB);

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void givesUpAPoolThatLeavesTooManyCustomJobsUnanswered() {
        open();
        for (int id = 1; id <= CustomJobRequests.MAX_UNANSWERED; id++) {
            pool.input(given(id));
        }
        assertThat(pool.takeSent()).hasSize(CustomJobRequests.MAX_UNANSWERED);

        pool.input(given(100));

        assertLost(Step.MINING, "the pool leaves 16 custom jobs unanswered");
    }

    @Test
    void knowsNothingOfEarlierCustomJobsInAnotherConversation() {
        open().input(given(41)).input(new PoolInput.Disconnected("gone"));
        open();

        pool.receive(new SetCustomMiningJobSuccess(CHANNEL, 2, 77));

        assertThat(pool.takeAll()).hasSize(1).hasOnlyElementsOfType(PoolAction.Note.class);
    }

    @Test
    void givesUpAPoolThatOnlyRejectsTheSharesOfCustomJobs() {
        open();
        for (int sequence = 1; sequence <= PoolWatch.LEAST_REFUSALS; sequence++) {
            pool.command(share(sequence)).receive(new SubmitSharesError(CHANNEL, sequence, "invalid-job-id"));
        }
        pool.takeAll();

        pool.later(PoolConversation.PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

        assertLost(Step.MINING, "the pool has only rejected shares for 100 s, last: invalid-job-id");
    }

    @Test
    void isABugWhereNobodyAskedForWorkSelection() {
        PoolConversation ordinary = new PoolConversation().open();

        assertThatThrownBy(() -> ordinary.input(given(41)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a custom job for a session that did not ask for work selection");
    }

    private PoolConversation open() {
        pool.open().takeAll();
        return pool;
    }

    private static PoolInput given(long id) {
        return new PoolInput.CustomJobGiven(customJob(id));
    }

    private static SetCustomMiningJob customJob(long id) {
        return new SetCustomMiningJob(
                0,
                id,
                Bytes.fromHex("70"),
                0x20000000L,
                TIP,
                1_745_596_971L,
                NBITS,
                2,
                Bytes.fromHex("5100"),
                0xfffffffeL,
                Bytes.fromHex("00"),
                0,
                List.of(TIP));
    }

    private void assertLost(Step step, String reason) {
        List<PoolAction> actions = pool.takeAll();
        assertThat(actions).contains(new PoolAction.Emit(new UpstreamEvent.Lost(step, reason)));
        assertThat(pool.session.isConversing()).isFalse();
    }
}
