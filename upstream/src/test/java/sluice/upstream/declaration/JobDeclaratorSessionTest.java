package sluice.upstream.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.upstream.declaration.DeclaratorConversation.OUTPUTS;
import static sluice.upstream.declaration.DeclaratorConversation.TOKEN;
import static sluice.upstream.declaration.DeclaratorConversation.TRANSACTIONS;
import static sluice.upstream.declaration.DeclaratorConversation.WTXIDS;
import static sluice.upstream.declaration.DeclaratorConversation.token;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.UpstreamEvent.Step;

class JobDeclaratorSessionTest {
    private static final PushSolution SOLUTION =
            new PushSolution(Bytes.zeros(20), Hash256.ZERO, 7, 1_745_596_971L, 0x207fffffL, 0x20000000L);
    private static final int LENGTH_OFFSET = 3;

    private final DeclaratorConversation server = new DeclaratorConversation(DeclarationMode.FULL_TEMPLATE);
    private final DeclaratorConversation coinbaseOnly = new DeclaratorConversation(DeclarationMode.COINBASE_ONLY);

    @Test
    @Tag("JDC-17")
    void saysThatItShowsTransactionsInFullTemplateMode() {
        server.connect();

        assertThat(server.takeSent())
                .containsExactly(
                        new SetupConnection(1, 2, 2, 1, "jds.example", 34_264, "Sluice", "gateway", "0.1.0", ""));
    }

    @Test
    @Tag("JDC-17")
    void promisesNothingInCoinbaseOnlyMode() {
        coinbaseOnly.connect();

        assertThat(((SetupConnection) coinbaseOnly.takeSent().getFirst()).flags())
                .isZero();
    }

    @Test
    void isReadyOnceTheServerTakesTheConnection() {
        server.connect().hear(new SetupConnectionSuccess(2, 0));

        assertThat(server.takeEvents()).containsExactly(new DeclaratorEvent.Ready());
    }

    @Test
    void givesUpAServerThatDoesNotAnswerTheSetupInTime() {
        server.connect().pass(DeclaratorDeadline.SETUP.patience());

        assertLost(Step.SETUP, "no answer to SetupConnection from the job declaration server within 10 s");
    }

    @Test
    void givesUpAServerThatSpeaksAnotherVersion() {
        server.connect().hear(new SetupConnectionSuccess(3, 0));

        assertLost(Step.SETUP, "the job declaration server chose protocol version 3, which we did not offer");
    }

    @ParameterizedTest
    @Tag("JDC-17")
    @CsvSource(textBlock = """
            FULL_TEMPLATE, 1, unsupported-feature-flags, ' (write mode = "coinbase-only")'
            FULL_TEMPLATE, 0, unsupported-protocol, ''
            COINBASE_ONLY, 0, missing-declare-tx-data-flag, ' (write mode = "full-template")'
            COINBASE_ONLY, 0, protocol-version-mismatch, ''
            """)
    void fallsBackFromAServerThatRefusesTheSetupAndSaysWhichModeItMayTake(
            DeclarationMode mode, long flags, String code, String cure) {
        DeclaratorConversation refused = new DeclaratorConversation(mode);

        refused.connect().hear(new SetupConnectionError(flags, code));

        assertLost(refused, Step.SETUP, "the job declaration server refused the setup: " + code + cure);
    }

    @Test
    @Tag("JDC-1")
    void asksForTokensInTheNameOfTheAccount() {
        server.ready().allocate().allocate();

        assertThat(server.takeSent())
                .containsExactly(new AllocateMiningJobToken("farm.one", 1), new AllocateMiningJobToken("farm.one", 2));
    }

    @Test
    @Tag("JDC-1")
    void handsOutTokensWithThePoolsOutputs() {
        server.ready().allocate().allocate().takeAll();

        server.hear(token(2)).hear(token(1));

        assertThat(server.takeEvents())
                .containsExactlyElementsOf(
                        Collections.nCopies(2, new DeclaratorEvent.TokenAllocated(new JobToken(TOKEN, OUTPUTS))));
    }

    @Test
    void ignoresTokensThatItDidNotAskFor() {
        server.ready().allocate().hear(token(1)).takeAll();

        server.hear(token(1)).hear(token(2));

        assertThat(server.takeAll()).hasSize(2).hasOnlyElementsOfType(DeclaratorAction.Note.class);
    }

    @ParameterizedTest
    @CsvSource({
        "00, a token without a coinbase output that pays the pool",
        "01, 'coinbase outputs of a token: outputs: announces 1 but only 0 bytes follow'",
        "0000, 'coinbase outputs of a token: outputs: 1 bytes follow its end'"
    })
    void givesUpAServerWhoseTokenNamesNoOutputs(String outputs, String reason) {
        server.ready().allocate();

        server.hear(new AllocateMiningJobTokenSuccess(1, TOKEN, Bytes.fromHex(outputs)));

        assertLost(Step.MINING, "protocol violation: " + reason);
    }

    @Test
    @Tag("JDC-1")
    void givesUpAServerThatDoesNotAnswerARequestForATokenInTime() {
        Duration patience = DeclaratorDeadline.TOKEN.patience();
        server.ready().allocate().pass(patience.minusMillis(1)).allocate().hear(token(1));
        server.takeAll();

        server.pass(patience.minusMillis(1));
        assertThat(server.takeEvents()).isEmpty();

        server.pass(Duration.ofMillis(1));
        assertLost(Step.MINING, "no answer to AllocateMiningJobToken from the job declaration server within 30 s");
    }

    @Test
    void givesUpAServerThatLeavesTooManyRequestsForTokensUnanswered() {
        server.ready();
        for (int i = 0; i < JobDeclaratorSession.MAX_TOKEN_REQUESTS; i++) {
            server.allocate();
        }
        assertThat(server.takeSent()).hasSize(JobDeclaratorSession.MAX_TOKEN_REQUESTS);

        server.allocate();

        assertLost(Step.MINING, "the job declaration server leaves 8 requests for tokens unanswered");
    }

    @Test
    void declaresAJob() {
        server.ready().declare(40);

        DeclaratorCommand.Declare job = DeclaratorConversation.job(40);
        assertThat(server.takeSent())
                .containsExactly(new DeclareMiningJob(
                        1, TOKEN, job.version(), job.coinbasePrefix(), job.coinbaseSuffix(), WTXIDS, job.excessData()));
    }

    @Test
    @Tag("JDC-18")
    void matchesAnswersByTheirKindAndRequest() {
        server.ready().declare(40).allocate().declare(41);
        server.takeAll();

        server.hear(new DeclareMiningJobSuccess(2, TOKEN)).hear(token(1));
        assertThat(server.takeAll()).hasSize(2).hasOnlyElementsOfType(DeclaratorAction.Note.class);

        server.hear(new DeclareMiningJobSuccess(3, Bytes.fromHex("f1")))
                .hear(token(2))
                .hear(new DeclareMiningJobSuccess(1, Bytes.fromHex("f0")));
        assertThat(server.takeEvents())
                .containsExactly(
                        new DeclaratorEvent.JobDeclared(41, Bytes.fromHex("f1")),
                        new DeclaratorEvent.TokenAllocated(new JobToken(TOKEN, OUTPUTS)),
                        new DeclaratorEvent.JobDeclared(40, Bytes.fromHex("f0")));
    }

    @Test
    void tellsWhyAJobWasRefusedInPrintableWords() {
        server.ready().declare(40).takeAll();

        server.hear(new DeclareMiningJobError(
                1, JobDeclarationErrorCode.INVALID_JOB + "\n", Bytes.fromHex("77697468" + "0a" + "61")));

        assertThat(server.takeAll())
                .containsExactly(
                        new DeclaratorAction.Note("a declared job was refused, invalid-job\ufffd: with\ufffda"),
                        new DeclaratorAction.Report(new DeclaratorEvent.JobRefused(40, "invalid-job\ufffd")));
        server.hear(new DeclareMiningJobError(1, JobDeclarationErrorCode.INVALID_JOB, Bytes.EMPTY));
        assertThat(server.takeEvents()).isEmpty();
    }

    @Test
    void cutsLongDetailsOfARefusal() {
        server.ready().declare(40).takeAll();

        server.hear(new DeclareMiningJobError(1, "no", Bytes.fromHex("61".repeat(201))));

        assertThat(server.takeAll())
                .contains(new DeclaratorAction.Note("a declared job was refused, no: " + "a".repeat(200)));
    }

    @Test
    void givesUpAServerThatDoesNotAnswerADeclarationInTime() {
        server.ready().declare(40).pass(DeclaratorDeadline.DECLARATION.patience());

        assertLost(Step.MINING, "no answer to DeclareMiningJob from the job declaration server within 30 s");
    }

    @Test
    void isPatientWithWhatIsAnsweredInTime() {
        server.ready().declare(40).hear(new DeclareMiningJobSuccess(1, TOKEN)).takeAll();

        server.pass(Duration.ofHours(1));

        assertThat(server.takeAll()).isEmpty();
    }

    @Test
    void givesUpAServerThatLeavesTooManyDeclarationsUnanswered() {
        server.ready();
        for (int i = 0; i < OpenDeclarations.MAX_OPEN; i++) {
            server.declare(i);
        }
        assertThat(server.takeSent()).hasSize(OpenDeclarations.MAX_OPEN);

        server.declare(100);

        assertLost(Step.MINING, "the job declaration server leaves 8 declared jobs unanswered");
    }

    @Test
    @Tag("JDC-13")
    void providesExactlyTheTransactionsThatTheServerAsksForInItsOrder() {
        server.ready().declare(40).takeAll();

        server.hear(new ProvideMissingTransactions(1, List.of(2, 0)));

        assertThat(server.takeSent())
                .containsExactly(
                        new ProvideMissingTransactionsSuccess(1, List.of(TRANSACTIONS.get(2), TRANSACTIONS.get(0))));
    }

    @Test
    @Tag("JDC-13")
    void givesUpAServerThatAsksForATransactionBeyondTheList() {
        server.ready().declare(40);

        server.hear(new ProvideMissingTransactions(1, List.of(0, 3)));

        assertLost(Step.MINING, "protocol violation: transaction 3 is asked for of a job that has 3");
    }

    @Test
    @Tag("JDC-13")
    void givesUpAServerThatAsksForATransactionTwiceAtOnce() {
        server.ready().declare(40);

        server.hear(new ProvideMissingTransactions(1, List.of(1, 1)));

        assertLost(Step.MINING, "protocol violation: transaction 1 is asked for twice at once");
    }

    @Test
    void givesUpAServerThatAsksForTransactionsOfOneJobAgainAndAgain() {
        server.ready().declare(40).takeAll();
        for (int round = 0; round < OpenDeclarations.MAX_ROUNDS; round++) {
            server.hear(new ProvideMissingTransactions(1, List.of(1)));
        }
        assertThat(server.takeSent()).hasSize(OpenDeclarations.MAX_ROUNDS);

        server.hear(new ProvideMissingTransactions(1, List.of(1)));

        assertLost(Step.MINING, "protocol violation: transactions of one job are asked for more than 4 times");
    }

    @Test
    void givesUpAServerThatAsksForMoreThanOneMessageHolds() {
        int half = 1 << 23;
        DeclaratorCommand.Declare job = DeclaratorConversation.job(40);
        server.ready()
                .command(new DeclaratorCommand.Declare(
                        40,
                        TOKEN,
                        job.version(),
                        job.coinbasePrefix(),
                        job.coinbaseSuffix(),
                        List.of(Bytes.zeros(half), Bytes.zeros(half - 13), Bytes.zeros(half - 12)),
                        WTXIDS,
                        Bytes.EMPTY));
        server.hear(new ProvideMissingTransactions(1, List.of(0, 1)));
        assertThat(server.takeSent()).last().isInstanceOf(ProvideMissingTransactionsSuccess.class);

        server.hear(new ProvideMissingTransactions(1, List.of(0, 2)));

        assertLost(Step.MINING, "protocol violation: more transactions are asked for than one message holds");
    }

    @Test
    void waitsForTheAnswerFromTheTransactionsOn() {
        Duration patience = DeclaratorDeadline.DECLARATION.patience();
        server.ready().declare(40).pass(patience.minusMillis(1)).hear(new ProvideMissingTransactions(1, List.of(1)));
        server.takeAll();

        server.pass(patience.minusMillis(1));
        assertThat(server.takeEvents()).isEmpty();

        server.pass(Duration.ofMillis(1));
        assertLost(Step.MINING, "no answer to DeclareMiningJob from the job declaration server within 30 s");
    }

    @Test
    void ignoresQuestionsAboutJobsThatAreAnsweredOrWereNeverDeclared() {
        server.ready().declare(40).hear(new DeclareMiningJobSuccess(1, TOKEN)).takeAll();

        server.hear(new ProvideMissingTransactions(1, List.of(1))).hear(new ProvideMissingTransactions(9, List.of(1)));

        assertThat(server.takeAll()).hasSize(2).hasOnlyElementsOfType(DeclaratorAction.Note.class);
    }

    @Test
    void neverShowsTransactionsInCoinbaseOnlyMode() {
        coinbaseOnly.ready();

        assertThatThrownBy(() -> coinbaseOnly.declare(40)).isInstanceOf(IllegalStateException.class);
        assertThat(coinbaseOnly.command(new DeclaratorCommand.Push(SOLUTION)).takeAll())
                .isEmpty();
    }

    @Test
    void pushesASolutionAsItIs() {
        server.ready().command(new DeclaratorCommand.Push(SOLUTION));

        assertThat(server.takeSent()).containsExactly(SOLUTION);
    }

    @Test
    void doesNothingWithCommandsWhileItIsNotReady() {
        server.allocate().declare(40).command(new DeclaratorCommand.Push(SOLUTION));
        server.command(new DeclaratorCommand.ConnectNow()).command(new DeclaratorCommand.Close("done"));
        assertThat(server.takeAll()).isEmpty();

        server.connect().takeAll();
        server.allocate().declare(40).command(new DeclaratorCommand.Push(SOLUTION));

        assertThat(server.takeAll()).isEmpty();
    }

    @Test
    @Tag("JDC-2")
    void forgetsEverythingBetweenTwoConversations() {
        server.ready().allocate().declare(40).feed(new DeclaratorInput.Disconnected("gone"));
        assertLost(Step.MINING, "gone");
        server.ready();

        server.hear(token(1)).hear(new DeclareMiningJobSuccess(2, TOKEN));
        assertThat(server.takeAll()).hasSize(2).hasOnlyElementsOfType(DeclaratorAction.Note.class);

        server.allocate();
        assertThat(server.takeSent()).containsExactly(new AllocateMiningJobToken("farm.one", 1));
    }

    @Test
    void goesWhereTheServerSendsIt() {
        server.ready().hear(new Reconnect("other.example", 0));

        assertThat(server.takeAll())
                .containsExactly(
                        new DeclaratorAction.Report(new DeclaratorEvent.Lost(
                                Step.MINING,
                                "the job declaration server asked us to reconnect to other.example:34264")),
                        new DeclaratorAction.Redirect("other.example", 34_264));
    }

    @Test
    void saysNothingMoreOnceItIsClosed() {
        server.ready().command(new DeclaratorCommand.Push(SOLUTION)).command(new DeclaratorCommand.Close("done"));

        assertThat(server.takeAll())
                .containsExactly(
                        new DeclaratorAction.Send(SOLUTION), new DeclaratorAction.Disconnect("closed by us: done"));
        server.hear(token(1)).feed(new DeclaratorInput.Disconnected("gone"));
        assertThat(server.takeAll()).isEmpty();
    }

    @Test
    void hearsNothingOfTokensBeforeItIsReady() {
        server.connect().takeAll();

        server.hear(token(1));

        assertThat(server.takeAll()).hasSize(1).hasOnlyElementsOfType(DeclaratorAction.Note.class);
    }

    @Test
    void givesUpAServerWhosePayloadIsCutShort() {
        byte[] whole = token(1).toFrame();
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        cut[LENGTH_OFFSET]--;

        server.ready().feed(new DeclaratorInput.FrameReceived(Frame.parse(cut)));

        assertThat(server.takeEvents()).hasSize(1).first().asString().contains("protocol violation: payload-truncated");
    }

    private void assertLost(Step step, String reason) {
        assertLost(server, step, reason);
    }

    private static void assertLost(DeclaratorConversation conversation, Step step, String reason) {
        assertThat(conversation.takeEvents()).last().isEqualTo(new DeclaratorEvent.Lost(step, reason));
        assertThat(conversation.session.isConversing()).isFalse();
    }
}
