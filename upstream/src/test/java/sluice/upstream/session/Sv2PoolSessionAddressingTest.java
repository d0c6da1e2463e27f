package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.PoolConversation.CHANNEL;
import static sluice.upstream.session.PoolConversation.GROUP;
import static sluice.upstream.session.PoolConversation.TARGET;
import static sluice.upstream.session.PoolConversation.activeJob;
import static sluice.upstream.session.PoolConversation.futureJob;
import static sluice.upstream.session.PoolConversation.tip;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

/** Whom a message of the pool is for: our channel, its group of the moment, or nobody here. */
class Sv2PoolSessionAddressingTest {
    private static final long OTHER_GROUP = GROUP + 1;

    private final PoolConversation pool = new PoolConversation();

    /** As far as our channel in another group than at first. */
    private PoolConversation moved() {
        pool.mine().receive(new SetGroupChannel(OTHER_GROUP, List.of(CHANNEL + 1, CHANNEL)));
        pool.takeAll();
        return pool;
    }

    @Test
    void takesJobsTipsAndTargetsOfItsNewGroup() {
        moved().receive(futureJob(OTHER_GROUP, 5))
                .receive(tip(OTHER_GROUP, 5))
                .receive(activeJob(OTHER_GROUP, 6))
                .receive(new SetTarget(OTHER_GROUP, TARGET));

        assertThat(pool.takeEvents())
                .hasExactlyElementsOfTypes(
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.TipChanged.class,
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.TargetChanged.class);
    }

    static Stream<Sv2Message> messagesOfItsOldGroup() {
        return Stream.of(
                futureJob(GROUP, 5),
                activeJob(GROUP, 5),
                tip(GROUP, 77),
                new SetTarget(GROUP, TARGET),
                new CloseChannel(GROUP, "not ours any more"));
    }

    @ParameterizedTest
    @MethodSource("messagesOfItsOldGroup")
    void takesNothingOfItsOldGroup(Sv2Message message) {
        moved().receive(message);

        assertThat(pool.takeAll()).hasSize(1).allMatch(PoolAction.Note.class::isInstance);
    }

    @Test
    void takesATipForAJobThatItsOldGroupAnnounced() {
        pool.mine().receive(futureJob(GROUP, 5)).receive(new SetGroupChannel(OTHER_GROUP, List.of(CHANNEL)));
        pool.takeAll();

        pool.receive(tip(OTHER_GROUP, 5));

        assertThat(pool.takeEvents()).hasExactlyElementsOfTypes(UpstreamEvent.TipChanged.class);
    }

    @Test
    void goesWithItsNewGroupWhenThatIsClosed() {
        moved().receive(new CloseChannel(OTHER_GROUP, "maintenance"));

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.Lost(Step.MINING, "the pool closed our channel: maintenance"));
    }

    static Stream<Sv2Message> messagesForUnknownChannels() {
        long unknown = CHANNEL + 1;
        return Stream.of(
                futureJob(unknown, 5),
                activeJob(unknown, 5),
                tip(unknown, 77),
                new SetTarget(unknown, TARGET),
                new SetExtranoncePrefix(unknown, Bytes.zeros(32)),
                new SetGroupChannel(OTHER_GROUP, List.of(unknown)),
                new SetGroupChannel(OTHER_GROUP, List.of()),
                new SubmitSharesError(unknown, 1, "invalid-channel-id"),
                new SubmitSharesSuccess(unknown, 1, 1, 1),
                new UpdateChannelError(unknown, "invalid-channel-id"),
                new CloseChannel(unknown, "bye"));
    }

    @ParameterizedTest
    @MethodSource("messagesForUnknownChannels")
    void isNotHarmedByMessagesForUnknownChannels(Sv2Message message) {
        pool.mine().command(PoolConversation.share(1)).takeAll();

        pool.receive(message);

        assertThat(pool.takeAll()).allMatch(PoolAction.Note.class::isInstance);
        assertThat(pool.receive(activeJob(GROUP, 9)).takeEvents()).hasSize(1);
    }

    @Test
    void onlyNotesARefusedUpdateOfItsChannel() {
        pool.mine().takeAll();

        pool.receive(new UpdateChannelError(CHANNEL, "invalid-nominal-hashrate\u0007"));

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.Note("the pool refused UpdateChannel: invalid-nominal-hashrate\ufffd"));
    }

    @Test
    void takesAnActiveJobBetweenAFutureJobAndItsTip() {
        pool.mine().takeAll();

        pool.receive(futureJob(GROUP, 5)).receive(activeJob(GROUP, 6)).receive(tip(GROUP, 5));

        assertThat(pool.takeEvents())
                .hasExactlyElementsOfTypes(
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.TipChanged.class)
                .last()
                .satisfies(changed ->
                        assertThat(((UpstreamEvent.TipChanged) changed).jobId()).isEqualTo(5));
    }

    @Test
    void takesAnActiveJobBehindTheTipForThatTip() {
        pool.mine().takeAll();

        pool.receive(futureJob(GROUP, 5)).receive(tip(GROUP, 5)).receive(activeJob(GROUP, 6));

        assertThat(pool.takeEvents())
                .hasExactlyElementsOfTypes(
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.TipChanged.class,
                        UpstreamEvent.JobAnnounced.class)
                .last()
                .satisfies(announced -> assertThat(
                                ((UpstreamEvent.JobAnnounced) announced).job().isFuture())
                        .isFalse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil\u001b[2Jpool", "pool\n.example"})
    void neverWritesAHostThatCannotBePrinted(String host) {
        pool.mine().takeAll();

        pool.receive(new Reconnect(host, 4444));

        assertThat(pool.takeAll())
                .allSatisfy(action -> assertThat(action.toString().chars().noneMatch(Character::isISOControl))
                        .isTrue());
    }
}
