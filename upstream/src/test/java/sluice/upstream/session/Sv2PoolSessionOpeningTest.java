package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.PoolConversation.CHANNEL;
import static sluice.upstream.session.PoolConversation.EASIEST;
import static sluice.upstream.session.PoolConversation.GROUP;
import static sluice.upstream.session.PoolConversation.PREFIX;
import static sluice.upstream.session.PoolConversation.TARGET;
import static sluice.upstream.session.PoolConversation.futureJob;
import static sluice.upstream.session.PoolConversation.granted;
import static sluice.upstream.session.PoolConversation.share;
import static sluice.upstream.session.PoolConversation.tip;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

class Sv2PoolSessionOpeningTest {
    private final PoolConversation pool = new PoolConversation();

    @Test
    void introducesItselfAsAMiningClientThatRollsVersions() {
        pool.connect();

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Send(new SetupConnection(
                                0, 2, 2, 0b100, "pool.example", 3333, "Sluice", "gateway", "0.1.0", "")),
                        new PoolAction.SetDeadline(PoolDeadline.SETUP, pool.now.plus(PoolDeadline.SETUP.patience())));
    }

    @Test
    void asksForOneExtendedChannelWithoutHashrateWhileNoMinerIsThere() {
        pool.setUp();

        assertThat(pool.takeSent()).last().isEqualTo(new OpenExtendedMiningChannel(1, "farm.one", 0.0f, EASIEST, 16));
    }

    @Test
    void asksForWhatMinersWantedLast() {
        pool.command(new UpstreamCommand.UpdateDemand(3e14, TARGET)).setUp();

        assertThat(pool.takeSent()).last().isEqualTo(new OpenExtendedMiningChannel(1, "farm.one", 3e14f, TARGET, 16));
    }

    @Test
    void tellsTheRouteOfItsChannel() {
        pool.open();

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("pool.example:3333", PREFIX, 16, TARGET, true)));
    }

    @Test
    void takesMoreExtranonceThanItAskedFor() {
        pool.setUp().receive(granted(1, 28));

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("pool.example:3333", PREFIX, 28, TARGET, true)));
    }

    @Test
    void takesLessExtranonceThanItAskedForDownToTheLeastAFarmNeeds() {
        pool.setUp().receive(granted(1, 8));

        assertThat(pool.takeEvents()).hasSize(1).first().isInstanceOf(UpstreamEvent.ChannelOpened.class);
    }

    @Test
    void givesUpAPoolThatLeavesTooLittleExtranonce() {
        pool.setUp().receive(granted(1, 7));

        assertLost(Step.OPEN_CHANNEL, "the pool leaves us 7 bytes of extranonce, and a farm needs at least 8");
    }

    @Test
    void givesUpAPoolWhoseExtranonceIsLongerThanTheProtocolAllows() {
        pool.setUp().receive(granted(1, 29));

        assertLost(Step.OPEN_CHANNEL, "protocol violation: an extranonce of 33 bytes, at most 32");
    }

    @Test
    void wantsLessExtranonceEachTimeAPoolRefuses() {
        pool.setUp();
        pool.takeAll();

        pool.receive(new OpenMiningChannelError(1, MiningErrorCode.MIN_EXTRANONCE_SIZE_TOO_LARGE));
        assertThat(pool.takeSent()).containsExactly(new OpenExtendedMiningChannel(2, "farm.one", 0.0f, EASIEST, 12));
        pool.receive(new OpenMiningChannelError(2, "no"));
        assertThat(pool.takeSent()).containsExactly(new OpenExtendedMiningChannel(3, "farm.one", 0.0f, EASIEST, 8));
        pool.receive(new OpenMiningChannelError(3, MiningErrorCode.UNKNOWN_USER));

        assertLost(
                Step.OPEN_CHANNEL,
                "the pool refused to open a channel: unknown-user (asked for [16, 12, 8] bytes of extranonce in turn)");
    }

    @Test
    void opensWithTheSmallerWishThatThePoolAccepts() {
        pool.setUp()
                .receive(new OpenMiningChannelError(1, MiningErrorCode.MIN_EXTRANONCE_SIZE_TOO_LARGE))
                .receive(granted(2, 12));

        assertThat(pool.takeEvents()).hasSize(1).first().isInstanceOf(UpstreamEvent.ChannelOpened.class);
    }

    @Test
    void ignoresAnswersToRequestsItDidNotMake() {
        pool.setUp().receive(granted(9, 16)).receive(new OpenMiningChannelError(9, "no"));

        assertThat(pool.takeAll())
                .endsWith(
                        new PoolAction.Note(
                                "ignored an unexpected OPEN_EXTENDED_MINING_CHANNEL_SUCCESS during OPEN_CHANNEL"),
                        new PoolAction.Note("ignored an unexpected OPEN_MINING_CHANNEL_ERROR during OPEN_CHANNEL"));
    }

    @Test
    void tellsThePoolOfDemandThatChangedWhileTheChannelWasOpening() {
        pool.setUp();
        pool.takeAll();
        pool.command(new UpstreamCommand.UpdateDemand(1e15, TARGET));
        assertThat(pool.takeSent()).isEmpty();

        pool.receive(granted(1, 16));

        assertThat(pool.takeSent()).containsExactly(new UpdateChannel(CHANNEL, 1e15f, TARGET));
    }

    @Test
    void offersNoVersionRollingWhereThePoolFixesTheVersion() {
        pool.connect()
                .receive(new SetupConnectionSuccess(2, 0b01))
                .receive(granted(1, 16))
                .receive(futureJob(CHANNEL, 1));

        List<UpstreamEvent> events = pool.takeEvents();
        assertThat(((UpstreamEvent.ChannelOpened) events.get(0)).channel().versionRollingAllowed())
                .isFalse();
        assertThat(((UpstreamEvent.JobAnnounced) events.get(1)).job().versionRollingAllowed())
                .isFalse();
    }

    @Test
    void doesNotMindAPoolThatOpensExtendedChannelsOnly() {
        pool.connect().receive(new SetupConnectionSuccess(2, 0b10)).receive(granted(1, 16));

        assertThat(((UpstreamEvent.ChannelOpened) pool.takeEvents().getFirst())
                        .channel()
                        .versionRollingAllowed())
                .isTrue();
    }

    @Test
    void givesUpAPoolThatChoosesAnotherVersion() {
        pool.connect().receive(new SetupConnectionSuccess(3, 0));

        assertLost(Step.SETUP, "the pool chose protocol version 3, which we did not offer");
    }

    @Test
    void reportsTheCodeOfARefusedSetupWithoutLettingItTouchTheTerminal() {
        pool.connect().receive(new SetupConnectionError(0, "go-away\u001b[2J"));

        assertLost(Step.SETUP, "the pool refused the setup: go-away\ufffd[2J");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1          | standard jobs",
                "2          | work selection",
                "5          | standard jobs, version rolling",
                "2147483648 | flag bit 31",
                "10         | work selection, flag bit 3"
            })
    void saysInWordsWhatThePoolDoesNotSupport(long flags, String words) {
        pool.connect().receive(new SetupConnectionError(flags, "unsupported-feature-flags"));

        assertThat(((UpstreamEvent.Lost) pool.takeEvents().getFirst()).reason())
                .startsWith(
                        "the pool refused the setup: unsupported-feature-flags (it does not support " + words + ")");
    }

    @Test
    void asksWithoutVersionRollingWhereThePoolRefusedIt() {
        pool.connect().receive(new SetupConnectionError(0b100, "unsupported-feature-flags"));
        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.Lost(
                        Step.SETUP,
                        "the pool refused the setup: unsupported-feature-flags (it does not support version rolling);"
                                + " next time we do without version rolling"));

        pool.connect();
        assertThat(((SetupConnection) pool.takeSent().getFirst()).flags()).isZero();
        pool.receive(new SetupConnectionError(0, "busy")).connect();
        assertThat(((SetupConnection) pool.takeSent().getFirst()).flags())
                .as("a pool that echoes flags for any refusal must not cost us version rolling for ever")
                .isEqualTo(0b100);
    }

    @ParameterizedTest
    @EnumSource(
            value = PoolDeadline.class,
            names = {"SETUP", "OPEN_CHANNEL", "FIRST_JOB"})
    void givesUpAPoolThatDoesNotAnswerInTime(PoolDeadline deadline) {
        switch (deadline) {
            case SETUP -> pool.connect();
            case OPEN_CHANNEL -> pool.setUp();
            case FIRST_JOB -> pool.open().receive(futureJob(CHANNEL, 1));
        }
        assertThat(pool.takeAll()).contains(new PoolAction.SetDeadline(deadline, pool.now.plus(deadline.patience())));

        pool.later(deadline.patience()).reach(deadline);

        List<PoolAction> actions = pool.takeAll();
        assertThat(actions).hasSize(2);
        assertThat(((PoolAction.Emit) actions.get(0)).event())
                .isInstanceOfSatisfying(
                        UpstreamEvent.Lost.class,
                        lost -> assertThat(lost.step().name()).isEqualTo(deadline.name()));
        assertThat(actions.get(1)).isInstanceOf(PoolAction.Disconnect.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = PoolDeadline.class,
            names = {"SETUP", "OPEN_CHANNEL", "FIRST_JOB"})
    void forgetsDeadlinesThatWereMet(PoolDeadline deadline) {
        pool.mine().takeAll();

        pool.reach(deadline);

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void refusesSharesUntilTheChannelIsOpen() {
        pool.setUp();
        pool.takeAll();

        pool.command(share(1));

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(new UpstreamEvent.ShareRejected(1, Sv2PoolSession.CHANNEL_NOT_OPEN)));
    }

    @Test
    void beginsEachConversationAnew() {
        pool.mine().input(new PoolInput.Disconnected("reset by peer"));
        pool.takeAll();

        pool.setUp();
        assertThat(((OpenExtendedMiningChannel) pool.takeSent().getLast()).requestId())
                .isEqualTo(1);
        pool.receive(granted(1, 16)).receive(tip(CHANNEL, 1));

        assertThat(pool.takeEvents().getLast())
                .as("job 1 was announced in the conversation before")
                .isInstanceOf(UpstreamEvent.Lost.class);
    }

    @Test
    void saysNothingTwiceWhenTheConnectionEndsAfterItGaveUp() {
        pool.connect().receive(new SetupConnectionSuccess(3, 0)).takeAll();

        pool.input(new PoolInput.Disconnected("closed")).receive(granted(1, 16)).reach(PoolDeadline.SETUP);

        assertThat(pool.takeAll()).isEmpty();
        assertThat(pool.session.isConversing()).isFalse();
    }

    @Test
    void takesAPoolsAnswersByteForByte() {
        pool.connect()
                .receiveFrame("000001060000" + "0200" + "00000000")
                .receiveFrame(
                        "0000144700000100000003000000058215af34444e5887d6f718a4a3ee04fcc407c311dddaff61a761989d1701000800"
                                + "18000000000000000000000000000000000000000000000001"
                                + "01000000");

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                        "pool.example:3333",
                        Bytes.fromHex("000000000000000000000000000000000000000000000001"),
                        8,
                        Target.fromHex("0001179d9861a761ffdadd11c307c4fc04eea3a418f7d687584e4434af158205"),
                        true)));
    }

    @Test
    void keepsToItselfWhenAnotherChannelOpensUnasked() {
        pool.mine().takeAll();

        pool.receive(new OpenExtendedMiningChannelSuccess(1, 99, TARGET, 16, PREFIX, GROUP))
                .receive(futureJob(99, 5));

        assertThat(pool.takeAll()).hasSize(2).allMatch(PoolAction.Note.class::isInstance);
    }

    private void assertLost(Step step, String reason) {
        assertThat(pool.takeAll())
                .endsWith(new PoolAction.Emit(new UpstreamEvent.Lost(step, reason)), new PoolAction.Disconnect(reason));
    }
}
