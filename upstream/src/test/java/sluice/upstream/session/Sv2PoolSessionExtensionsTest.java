package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.PoolConversation.CHANNEL;
import static sluice.upstream.session.PoolConversation.GROUP;
import static sluice.upstream.session.PoolConversation.granted;
import static sluice.upstream.session.PoolConversation.share;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

class Sv2PoolSessionExtensionsTest {
    private static final int NAMES = 0x0002;
    private static final PoolAction.Note NO_NAMES =
            new PoolAction.Note("the pool does not take names on shares (extension 0x0002), going on without");

    private PoolConversation pool = new PoolConversation(true);

    /** As far as the question about extensions. */
    private PoolConversation asked() {
        pool.setUp();
        pool.takeAll();
        return pool;
    }

    /** As far as mining with names on shares. */
    private PoolConversation naming() {
        asked().receive(agreed(1)).receive(granted(1, 16));
        pool.receive(PoolConversation.futureJob(CHANNEL, 1)).receive(PoolConversation.tip(CHANNEL, 1));
        pool.takeAll();
        return pool;
    }

    private static RequestExtensionsSuccess agreed(int requestId) {
        return new RequestExtensionsSuccess(requestId, List.of(NAMES));
    }

    private static RequestExtensionsError refused(int requestId, List<Integer> required) {
        return new RequestExtensionsError(requestId, List.of(NAMES), required);
    }

    private static RequestExtensions question(int requestId) {
        return new RequestExtensions(requestId, List.of(NAMES));
    }

    @Test
    void asksForNamesOnSharesBeforeItOpensItsChannel() {
        pool.setUp();

        assertThat(pool.takeAll())
                .endsWith(
                        new PoolAction.Send(question(1)),
                        new PoolAction.SetDeadline(
                                PoolDeadline.EXTENSIONS, pool.now.plus(PoolDeadline.EXTENSIONS.patience())));
        assertThat(pool.receive(agreed(1)).takeSent()).hasSize(1).first().isInstanceOf(OpenExtendedMiningChannel.class);
    }

    @Test
    void asksForNothingWhereTheOperatorWantsNoNames() {
        pool = new PoolConversation();
        pool.setUp();

        assertThat(pool.takeSent()).hasExactlyElementsOfTypes(SetupConnection.class, OpenExtendedMiningChannel.class);
    }

    @Test
    void putsNamesOnSharesOnceThePoolAgreed() {
        naming().command(share(1));

        assertThat(nameOn(pool.takeSent())).isEqualTo("farm.one.rig7");
    }

    @Test
    void writesNamesAsTheReferenceImplementationDoes() {
        naming().command(share(1));

        assertThat(Bytes.of(pool.takeSent().getFirst().toFrame()).hex())
                .endsWith("0200" + "01" + "0d00" + "6661726d2e6f6e652e72696737");
    }

    @ParameterizedTest
    @CsvSource({
        "abcdefghijklmnopqrstuvwxyz012345, abcdefghijklmnopqrstuvwxyz012345",
        "abcdefghijklmnopqrstuvwxyz0123456, abcdefghijklmnopqrstuvwxyz012345",
        "abcdefghijklmnopqrstuvwxyz01234\u00e4, abcdefghijklmnopqrstuvwxyz01234",
        "'', farm.one"
    })
    void cutsNamesThatAreTooLongAtACharacterAndNamesItselfWhereThereIsNone(String identity, String name) {
        naming().command(named(identity));

        assertThat(nameOn(pool.takeSent())).isEqualTo(name);
    }

    @Test
    void goesOnWithoutNamesWhereThePoolRefuses() {
        asked().receive(refused(1, List.of()));

        assertThat(pool.takeAll())
                .startsWith(NO_NAMES)
                .anyMatch(action ->
                        action instanceof PoolAction.Send send && send.message() instanceof OpenExtendedMiningChannel);
        assertThat(submitted(pool).tlvTail()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void goesOnWithoutNamesWhereThePoolAgreesToSomethingElseOnly() {
        asked().receive(new RequestExtensionsSuccess(1, List.of(5)));

        assertThat(pool.takeAll()).startsWith(NO_NAMES);
        assertThat(submitted(pool).tlvTail()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void goesOnWithoutNamesWhereThePoolSaysNothing() {
        asked().later(PoolDeadline.EXTENSIONS.patience()).reach(PoolDeadline.EXTENSIONS);

        assertThat(pool.takeAll())
                .startsWith(NO_NAMES)
                .anyMatch(action ->
                        action instanceof PoolAction.Send send && send.message() instanceof OpenExtendedMiningChannel);
        assertThat(submitted(pool).tlvTail()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void takesAnAnswerThatComesLate() {
        asked().reach(PoolDeadline.EXTENSIONS).receive(agreed(1));

        assertThat(nameOn(List.of(submitted(pool)))).isEqualTo("farm.one.rig7");
    }

    @Test
    void isNotDisturbedByTheDeadlinesOfAnsweredQuestions() {
        naming().reach(PoolDeadline.EXTENSIONS).reach(PoolDeadline.SETUP);

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void waitsForItsAnswerWhenTheTimeOfTheSetupIsOver() {
        asked().reach(PoolDeadline.SETUP);

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void ignoresASecondAnswerToTheSetup() {
        asked().receive(new SetupConnectionSuccess(2, 1)).receive(new SetupConnectionError(0, "too-late"));

        assertThat(pool.takeAll()).hasSize(2).allMatch(PoolAction.Note.class::isInstance);
    }

    @Test
    void ignoresAnswersToQuestionsItDidNotAsk() {
        asked().receive(agreed(7)).receive(refused(7, List.of(9))).receive(question(1));
        assertThat(pool.takeAll()).hasSize(3).allMatch(PoolAction.Note.class::isInstance);

        pool.receive(agreed(1)).takeAll();
        pool.receive(refused(1, List.of(9)));
        assertThat(pool.takeAll()).hasSize(1).allMatch(PoolAction.Note.class::isInstance);
    }

    @Test
    void ignoresWhatIsSaidOfExtensionsBeforeTheSetup() {
        pool.connect().takeAll();

        pool.receive(refused(0, List.of(9)));

        assertThat(pool.takeAll()).hasSize(1).allMatch(PoolAction.Note.class::isInstance);
    }

    @Test
    void givesUpAPoolThatRequiresWhatWeDoNotKnow() {
        asked().receive(refused(1, List.of(NAMES, 3)));

        assertLost("the pool requires extension 0x0003, which we do not know");
    }

    @Test
    void namesTheFirstOfManyExtensionsThatAPoolRequires() {
        asked().receive(refused(1, IntStream.range(0x4000, 0x4009).boxed().toList()));

        assertLost("the pool requires extensions 0x4000, 0x4001, 0x4002, 0x4003, 0x4004, 0x4005, 0x4006, 0x4007 and 1"
                + " more, which we do not know");
    }

    @Test
    void givesUpAPoolThatRequiresNamesAndRefusesThem() {
        asked().receive(refused(1, List.of(NAMES)));

        assertLost("the pool requires extension 0x0002 (names on shares) and refuses it");
    }

    @Test
    void asksForNamesWhereThePoolRequiresThemUnasked() {
        pool = new PoolConversation();
        pool.mine().takeAll();

        pool.receive(new RequestExtensionsError(0, List.of(), List.of(NAMES)));
        assertThat(pool.takeSent()).containsExactly(question(1));
        pool.receive(agreed(1)).takeAll();

        assertThat(nameOn(pool.command(share(1)).takeSent())).isEqualTo("farm.one.rig7");
    }

    @Test
    void asksFromTheStartOnceItKnowsThatThePoolRequiresNames() {
        pool = new PoolConversation();
        pool.mine().receive(new RequestExtensionsError(0, List.of(), List.of(NAMES)));
        pool.input(new PoolInput.Disconnected("the pool closed the connection")).takeAll();

        pool.setUp();

        assertThat(pool.takeSent()).hasExactlyElementsOfTypes(SetupConnection.class, RequestExtensions.class);
    }

    @Test
    void doesWithoutTheQuestionAfterThePoolHungUpOnIt() {
        for (int failure = 0; failure < ExtensionNegotiation.MAX_BROKEN_OFF; failure++) {
            asked().input(new PoolInput.Disconnected("the pool closed the connection"));
            assertThat(pool.takeEvents())
                    .containsExactly(new UpstreamEvent.Lost(Step.SETUP, "the pool closed the connection"));
        }

        pool.setUp();
        assertThat(pool.takeSent()).hasExactlyElementsOfTypes(SetupConnection.class, OpenExtendedMiningChannel.class);

        pool.input(new PoolInput.Disconnected("reset")).takeAll();
        pool.setUp();
        assertThat(pool.takeSent()).as("it may have learnt").endsWith(question(1));
    }

    @Test
    void keepsAskingAPoolThatAnsweredOnce() {
        naming().input(new PoolInput.Disconnected("restart"));
        for (int failure = 0; failure <= ExtensionNegotiation.MAX_BROKEN_OFF; failure++) {
            pool.takeAll();
            pool.setUp();
            assertThat(pool.takeSent()).endsWith(question(1));
            pool.input(new PoolInput.Disconnected("the pool closed the connection"));
        }
    }

    @Test
    void keepsAskingAPoolThatRequiresWhatWeDoNotKnow() {
        for (int attempt = 0; attempt <= ExtensionNegotiation.MAX_BROKEN_OFF; attempt++) {
            asked().receive(refused(1, List.of(3)));
            assertLost("the pool requires extension 0x0003, which we do not know");
        }
    }

    @Test
    void asksAgainWhenItsChannelHasAnotherEndpoint() {
        naming().receive(new ChannelEndpointChanged(CHANNEL));

        assertThat(pool.takeSent()).containsExactly(question(2));
        assertThat(((SubmitSharesExtended) pool.command(share(1)).takeSent().getFirst()).tlvTail())
                .as("nothing is agreed upon with the new endpoint")
                .isEqualTo(Bytes.EMPTY);
        pool.receive(agreed(1)).takeAll();
        assertThat(((SubmitSharesExtended) pool.command(share(2)).takeSent().getFirst()).tlvTail())
                .as("that was the old endpoint's answer")
                .isEqualTo(Bytes.EMPTY);

        pool.receive(agreed(2)).takeAll();
        assertThat(nameOn(pool.command(share(3)).takeSent())).isEqualTo("farm.one.rig7");
    }

    @Test
    void minesOnWithoutNamesWhereTheNewEndpointDoesNotAnswer() {
        naming().receive(new ChannelEndpointChanged(CHANNEL)).takeAll();

        pool.reach(PoolDeadline.EXTENSIONS);

        assertThat(pool.takeAll()).containsExactly(NO_NAMES);
        assertThat(pool.session.isConversing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {CHANNEL + 1, GROUP})
    void keepsItsNamesWhenAnotherChannelHasAnotherEndpoint(long channel) {
        naming().receive(new ChannelEndpointChanged(channel));

        assertThat(pool.takeSent()).isEmpty();
        assertThat(nameOn(pool.command(share(1)).takeSent())).isEqualTo("farm.one.rig7");
    }

    @Test
    void agreesAnewOnEachConnection() {
        naming().input(new PoolInput.Disconnected("gone"));
        asked().reach(PoolDeadline.EXTENSIONS);

        assertThat(submitted(pool).tlvTail()).isEqualTo(Bytes.EMPTY);
    }

    private static SubmitSharesExtended submitted(PoolConversation pool) {
        pool.receive(granted(1, 16)).takeAll();
        return (SubmitSharesExtended) pool.command(share(1)).takeSent().getFirst();
    }

    private static UpstreamCommand.SubmitShare named(String identity) {
        return new UpstreamCommand.SubmitShare(1, 1, 2, 3, 4, Bytes.zeros(16), identity);
    }

    private static String nameOn(List<Sv2Message> sent) {
        assertThat(sent).hasSize(1);
        SubmitSharesExtended share = (SubmitSharesExtended) sent.getFirst();
        return WorkerIdentity.in(share.tlvs(extension -> extension == NAMES)).orElseThrow();
    }

    private void assertLost(String reason) {
        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(new UpstreamEvent.Lost(Step.SETUP, reason)),
                        new PoolAction.Disconnect(reason));
    }
}
