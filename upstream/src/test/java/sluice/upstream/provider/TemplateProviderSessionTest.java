package sluice.upstream.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.provider.ProviderConversation.NEXT_TIP;
import static sluice.upstream.provider.ProviderConversation.RESERVE;
import static sluice.upstream.provider.ProviderConversation.TARGET;
import static sluice.upstream.provider.ProviderConversation.TIMESTAMP;
import static sluice.upstream.provider.ProviderConversation.TIP;
import static sluice.upstream.provider.ProviderConversation.active;
import static sluice.upstream.provider.ProviderConversation.future;
import static sluice.upstream.provider.ProviderConversation.tip;
import static sluice.upstream.provider.ProviderConversation.unknown;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.message.template.RequestTransactionDataError;
import sluice.protocol.sv2.message.template.RequestTransactionDataSuccess;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

class TemplateProviderSessionTest {
    private final ProviderConversation talk = new ProviderConversation();

    @Test
    @Tag("TPC-1")
    @Tag("TDP-1")
    void asksForTemplateDistributionWithoutFlagsAndSaysAtOnceHowMuchRoomItNeeds() {
        talk.connect();

        assertThat(talk.takeSent()).singleElement().isInstanceOfSatisfying(SetupConnection.class, setup -> {
            assertThat(setup.protocol()).isEqualTo(SetupConnection.TEMPLATE_DISTRIBUTION);
            assertThat(setup.flags()).isZero();
            assertThat(setup.minVersion()).isEqualTo(2);
            assertThat(setup.maxVersion()).isEqualTo(2);
        });

        talk.hear(new SetupConnectionSuccess(2, 0));

        assertThat(talk.takeSent()).containsExactly(new CoinbaseOutputConstraints(RESERVE.bytes(), RESERVE.sigops()));
    }

    @Test
    @Tag("TDP-1")
    @Tag("TPC-7")
    void asksForOtherRoomWhenItsOutputsChangeAndOnlyThen() {
        talk.serving();

        talk.command(new TemplateCommand.ReserveCoinbase(RESERVE));
        assertThat(talk.takeSent()).isEmpty();

        talk.command(new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(1_000, 0)));
        assertThat(talk.takeSent()).containsExactly(new CoinbaseOutputConstraints(1_000, 0));
    }

    @Test
    void asksForItsLatestRoomOnTheNextConnection() {
        talk.command(new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(1_000, 0)));
        assertThat(talk.takeSent()).isEmpty();

        talk.connect().hear(new SetupConnectionSuccess(2, 0));

        assertThat(talk.takeSent()).contains(new CoinbaseOutputConstraints(1_000, 0));
    }

    @Test
    @Tag("TPC-7")
    void takesFreshTemplatesForOtherRoomAsARefreshOfTheSameTip() {
        talk.serving().hear(future(2)).hear(tip(2, TIP));

        assertThat(talk.takeEvents())
                .singleElement()
                .isInstanceOfSatisfying(
                        TemplateEvent.Refreshed.class,
                        refreshed -> assertThat(refreshed.template().id()).isEqualTo(2));
    }

    @Test
    @Tag("TPC-2")
    void hasNoTemplateBeforeBothTheTemplateAndItsTipCame() {
        talk.connect().hear(new SetupConnectionSuccess(2, 0)).hear(future(1));
        assertThat(talk.takeEvents()).isEmpty();

        talk.hear(tip(1, TIP));

        assertThat(talk.takeEvents()).singleElement().isInstanceOf(TemplateEvent.NewTip.class);
    }

    @Test
    @Tag("TPC-2")
    void letsATemplateThatIsMeantForNowWaitForTheFirstTip() {
        talk.connect().hear(new SetupConnectionSuccess(2, 0)).hear(active(1));
        assertThat(talk.takeEvents()).isEmpty();

        talk.hear(tip(1, TIP));

        assertThat(talk.takeEvents()).singleElement().isInstanceOf(TemplateEvent.NewTip.class);
    }

    @Test
    @Tag("TPC-3")
    void putsATemplateThatIsMeantForNowOnTheLatestTip() {
        talk.serving().hear(active(2));

        assertThat(talk.takeEvents())
                .singleElement()
                .isInstanceOfSatisfying(
                        TemplateEvent.Refreshed.class,
                        refreshed -> assertThat(refreshed.template().tip().prevHash())
                                .isEqualTo(TIP));
    }

    @Test
    @Tag("TDP-2")
    @Tag("TDP-10")
    void keepsAllFutureTemplatesUntilATipNamesOneAndForgetsTheOthersThen() {
        talk.serving().hear(future(2)).hear(future(3)).hear(future(4));
        assertThat(talk.takeEvents()).isEmpty();

        talk.hear(tip(3, NEXT_TIP));
        assertThat(talk.takeTemplate().tip().prevHash()).isEqualTo(NEXT_TIP);

        talk.hear(tip(4, TIP));
        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable("protocol violation: SetNewPrevHash names template 4,"
                        + " which was not announced as a future template"));
    }

    @Test
    void dropsTheOldestOfTooManyFutureTemplates() {
        talk.serving();
        for (int id = 2; id <= 2 + TemplateProviderSession.MAX_FUTURE_TEMPLATES; id++) {
            talk.hear(future(id));
        }
        talk.hear(tip(3, NEXT_TIP));
        assertThat(talk.takeTemplate().tip().prevHash()).isEqualTo(NEXT_TIP);
        for (int id = 30; id <= 30 + TemplateProviderSession.MAX_FUTURE_TEMPLATES; id++) {
            talk.hear(future(id));
        }

        talk.hear(tip(30, TIP));

        assertThat(talk.takeEvents()).singleElement().isInstanceOf(TemplateEvent.Unavailable.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0})
    @Tag("TDP-3")
    void endsAConversationInWhichTemplateIdsDoNotGrow(long id) {
        talk.serving().hear(active(id));

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable(
                        "protocol violation: template " + id + " came behind template 1"));
    }

    @Test
    @Tag("TDP-3")
    void countsTemplateIdsOn64Bits() {
        talk.serving().hear(active(Long.MAX_VALUE)).hear(active(Long.MIN_VALUE)).hear(active(-2));

        assertThat(talk.takeEvents()).hasSize(3).allMatch(TemplateEvent.Refreshed.class::isInstance);
    }

    @Test
    @Tag("TDP-7")
    void startsMinersAtTheTimestampOfTheTipAndLaterByTheTimeThatPassed() {
        talk.serving().pass(Duration.ofSeconds(20)).hear(active(2));

        Template template = talk.takeTemplate();
        assertThat(template.tip().minNtime()).isEqualTo(TIMESTAMP);
        assertThat(template.curTime()).isEqualTo(TIMESTAMP + 20);
    }

    @Test
    @Tag("TPC-5")
    @Tag("TDP-7")
    void holdsBlocksAgainstTheTargetThatTheProviderNamesAndNotAgainstNbits() {
        Target harder = Target.fromHex("00ff" + "ff".repeat(30));
        assertThat(harder.isHarderThan(TARGET)).isTrue();
        talk.serving().hear(future(2));

        talk.hear(new SetNewPrevHash(2, NEXT_TIP, TIMESTAMP, ProviderConversation.NBITS, harder));

        Template template = talk.takeTemplate();
        assertThat(template.networkTarget()).isEqualTo(harder);
        assertThat(template.tip().nbits()).isEqualTo(ProviderConversation.NBITS);
    }

    @Test
    @Tag("TPC-4")
    void endsTheConversationWhenTheOutputsDoNotFillTheirFieldExactly() {
        NewTemplate good = future(2);
        talk.serving()
                .hear(with(
                        good, good.coinbaseTxOutputsCount(), Bytes.concat(good.coinbaseTxOutputs(), Bytes.zeros(1))));

        assertThat(talk.takeEvents())
                .singleElement()
                .satisfies(event ->
                        assertThat(event.toString()).contains("protocol violation: template 2: coinbase_tx_outputs"));
    }

    @Test
    @Tag("TPC-4")
    void endsTheConversationWhenThereAreFewerOutputsThanTheCountSays() {
        NewTemplate good = future(2);
        talk.serving().hear(with(good, 2, good.coinbaseTxOutputs()));

        assertThat(talk.takeEvents())
                .singleElement()
                .satisfies(event ->
                        assertThat(event.toString()).contains("protocol violation: template 2: coinbase_tx_outputs"));
    }

    @Test
    @Tag("TPC-4")
    void makesNoRoomForACountThatNoFieldCanHold() {
        talk.serving().hear(with(future(2), 0xffffffffL, Bytes.EMPTY));

        assertThat(talk.takeEvents())
                .singleElement()
                .satisfies(event ->
                        assertThat(event.toString()).contains("coinbase_tx_outputs_count is 4294967295 for 0 bytes"));
    }

    private static NewTemplate with(NewTemplate good, long count, Bytes outputs) {
        return changed(good, good.coinbasePrefix(), good.coinbaseTxValueRemaining(), count, outputs);
    }

    private static NewTemplate changed(NewTemplate good, Bytes prefix, long value, long count, Bytes outputs) {
        return new NewTemplate(
                good.templateId(),
                good.futureTemplate(),
                good.version(),
                good.coinbaseTxVersion(),
                prefix,
                good.coinbaseTxInputSequence(),
                value,
                count,
                outputs,
                good.coinbaseTxLocktime(),
                good.merklePath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ff", "03", "049700000000000000"})
    @Tag("TPC-8")
    void endsTheConversationWhenTheCoinbasePrefixNamesNoHeightOrIsTooLong(String prefix) {
        NewTemplate good = future(2);
        talk.serving()
                .hear(changed(
                        good,
                        Bytes.fromHex(prefix),
                        good.coinbaseTxValueRemaining(),
                        good.coinbaseTxOutputsCount(),
                        good.coinbaseTxOutputs()));

        assertThat(talk.takeEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.toString()).contains("coinbase_prefix"));
    }

    @Test
    void endsTheConversationWhenTheRewardIsMoreThanThereIs() {
        NewTemplate good = future(2);
        talk.serving()
                .hear(changed(
                        good,
                        good.coinbasePrefix(),
                        TxOut.MAX_MONEY + 1,
                        good.coinbaseTxOutputsCount(),
                        good.coinbaseTxOutputs()));

        assertThat(talk.takeEvents())
                .singleElement()
                .satisfies(event ->
                        assertThat(event.toString()).contains("coinbase_tx_value_remaining is 2100000000000001"));
    }

    @Test
    @Tag("TDP-4")
    void givesACoinbaseNoWitnessWhereNoOutputCommitsToOne() {
        talk.serving().hear(with(future(2), 0, Bytes.EMPTY)).hear(tip(2, NEXT_TIP));

        assertThat(talk.takeTemplate().coinbase().witnessReservedValue()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void asksForTheTransactionsOfEachTemplateOneAtATimeAndSkipsThoseThatWereOvertaken() {
        talk.connect().hear(new SetupConnectionSuccess(2, 0)).hear(future(1)).hear(tip(1, TIP));
        assertThat(talk.takeSent()).contains(new RequestTransactionData(1));

        talk.hear(active(2)).hear(active(3));
        assertThat(talk.takeSent()).isEmpty();

        talk.hear(transactions(1));
        assertThat(talk.takeSent()).containsExactly(new RequestTransactionData(3));
        talk.hear(transactions(3));
        assertThat(talk.takeSent()).isEmpty();
    }

    @Test
    void goesOnAskingWhenAnAnswerDoesNotCome() {
        talk.serving().hear(active(2));

        talk.pass(ProviderDeadline.TRANSACTIONS.patience());

        assertThat(talk.takeSent()).containsExactly(new RequestTransactionData(2));
    }

    @Test
    void handsTheTransactionsOnUnderItsOwnTemplateId() {
        talk.serving().hear(transactions(1));

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.TransactionsArrived(
                        1,
                        new TemplateTransactions(
                                List.of(), 0, OptionalLong.empty(), OptionalLong.empty(), Bytes.zeros(32))));
    }

    @Test
    @Tag("TDP-9")
    void doesNotLookAtExcessDataOfAnyLength() {
        Bytes excess = Bytes.fromHex("00".repeat(31) + "0102");
        talk.serving().hear(new RequestTransactionDataSuccess(1, excess, List.of()));

        assertThat(talk.takeEvents())
                .singleElement()
                .isInstanceOfSatisfying(
                        TemplateEvent.TransactionsArrived.class,
                        arrived ->
                                assertThat(arrived.transactions().excessData()).isEqualTo(excess));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c0ffee", ""})
    @Tag("TDP-9")
    void minesOnWithoutTransactionsThatAreNotThoseOfTheTemplate(String raw) {
        talk.serving().hear(new RequestTransactionDataSuccess(1, Bytes.zeros(32), List.of(Bytes.fromHex(raw))));

        assertThat(talk.takeAll())
                .singleElement()
                .isInstanceOfSatisfying(
                        ProviderAction.Note.class,
                        note -> assertThat(note.text()).startsWith("the transactions of template 1 cannot be used"));
    }

    private static RequestTransactionDataSuccess transactions(long templateId) {
        return new RequestTransactionDataSuccess(templateId, Bytes.zeros(32), List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"template-id-not-found", "stale-template-id"})
    @Tag("TPC-6")
    void takesBothErrorsAboutTransactionsForNothing(String code) {
        talk.serving().hear(active(2));
        talk.takeAll();

        talk.hear(new RequestTransactionDataError(1, code));

        assertThat(talk.takeAll())
                .noneMatch(ProviderAction.Note.class::isInstance)
                .contains(new ProviderAction.Send(new RequestTransactionData(2)));
    }

    @Test
    @Tag("TPC-6")
    void takesTheTransactionsOfATemplateWhoseTipHasPassed() {
        talk.serving().hear(future(2)).hear(tip(2, NEXT_TIP));
        talk.takeAll();

        talk.hear(transactions(1));

        assertThat(talk.takeEvents()).singleElement().isInstanceOf(TemplateEvent.TransactionsArrived.class);
    }

    @Test
    void neverMeetsTheTransactionsOfOneTemplateWithAnotherOfThatIdAfterAReconnection() {
        talk.serving().hangUp("gone").connect().hear(new SetupConnectionSuccess(2, 0));
        talk.takeAll();

        talk.hear(transactions(1));
        assertThat(talk.takeEvents()).isEmpty();

        talk.hear(future(1)).hear(tip(1, TIP)).hear(transactions(1));
        assertThat(talk.takeEvents())
                .last()
                .isInstanceOfSatisfying(
                        TemplateEvent.TransactionsArrived.class,
                        arrived -> assertThat(arrived.templateId()).isEqualTo(2));
    }

    @Test
    void forgetsTheOldestOfTooManyTemplates() {
        talk.serving();
        for (int id = 2; id <= 1 + IssuedTemplates.MAX_TEMPLATES; id++) {
            talk.hear(active(id));
        }
        talk.takeAll();

        talk.hear(transactions(2));
        assertThat(talk.takeEvents()).hasSize(1);
        talk.hear(transactions(1));
        assertThat(talk.takeEvents()).isEmpty();
    }

    @Test
    void endsAnAttemptWhoseSetupIsNotAnswered() {
        talk.connect().pass(ProviderDeadline.SETUP.patience());

        assertThat(talk.takeAll())
                .contains(
                        new ProviderAction.Report(new TemplateEvent.Unavailable(
                                "no answer to SetupConnection from the template provider within 10 s")),
                        new ProviderAction.Disconnect(
                                "no answer to SetupConnection from the template provider within 10 s"));
    }

    @Test
    void endsAnAttemptThatBringsNoTemplate() {
        talk.connect().hear(new SetupConnectionSuccess(2, 0)).pass(ProviderDeadline.FIRST_TEMPLATE.patience());

        assertThat(talk.takeEvents())
                .contains(new TemplateEvent.Unavailable(
                        "no template with its tip from the template provider within 60 s"));
    }

    @Test
    void asksASilentProviderForASignOfLifeAndLeavesItWhenNoneComes() {
        talk.serving().hear(transactions(1));
        talk.takeAll();

        talk.pass(ProviderDeadline.SILENCE.patience());
        assertThat(talk.takeSent()).containsExactly(new RequestTransactionData(TemplateProviderSession.NO_TEMPLATE));
        talk.pass(ProviderDeadline.SIGN_OF_LIFE.patience());

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable(
                        "the template provider says nothing any more, not even to a question"));
    }

    @Test
    void staysWithASilentProviderThatAnswersTheQuestion() {
        talk.serving().hear(transactions(1));
        for (int minute = 0; minute < 10; minute++) {
            talk.pass(ProviderDeadline.SILENCE.patience());
            talk.hear(new RequestTransactionDataError(TemplateProviderSession.NO_TEMPLATE, "template-id-not-found"));
            talk.pass(ProviderDeadline.SIGN_OF_LIFE.patience());
        }

        assertThat(talk.takeAll())
                .noneMatch(ProviderAction.Disconnect.class::isInstance)
                .noneMatch(ProviderAction.Note.class::isInstance);
        assertThat(talk.session.isConversing()).isTrue();
    }

    @Test
    void asksNothingOfAProviderThatTalks() {
        talk.serving();
        for (int id = 2; id < 20; id++) {
            talk.pass(Duration.ofSeconds(30)).hear(active(id)).hear(transactions(id));
        }

        assertThat(talk.takeSent()).doesNotContain(new RequestTransactionData(TemplateProviderSession.NO_TEMPLATE));
    }

    @Test
    void saysWhyTheProviderRefusedTheSetup() {
        talk.connect().hear(new SetupConnectionError(0, "unsupported-feature-flags"));

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable(
                        "the template provider refused the setup: unsupported-feature-flags"));
    }

    @Test
    void leavesAProviderThatChoseAVersionWeDidNotOffer() {
        talk.connect().hear(new SetupConnectionSuccess(3, 0));

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable(
                        "the template provider chose protocol version 3, which we did not offer"));
    }

    @Test
    void dialsTheConfiguredAddressWhenTheProviderNamesAnother() {
        talk.serving().hear(new Reconnect("elsewhere.example", 1));

        assertThat(talk.takeAll())
                .contains(new ProviderAction.Disconnect("the template provider asked us to reconnect"));
    }

    @Test
    void ignoresWhatItDoesNotKnowAndWhatAClientWouldSay() {
        talk.serving().hear(unknown()).hear(new CoinbaseOutputConstraints(1, 1)).hear(new SetupConnectionSuccess(2, 0));

        assertThat(talk.takeAll()).hasSize(3).allMatch(ProviderAction.Note.class::isInstance);
    }

    @Test
    void takesNoTemplateBeforeTheSetup() {
        talk.connect().hear(future(1)).hear(tip(1, TIP));

        assertThat(talk.takeEvents()).isEmpty();
    }

    @Test
    void endsTheConversationAtAFrameThatIsCutShort() {
        talk.serving().hear(new Frame(0, false, 0x71, Bytes.fromHex("0100")));

        assertThat(talk.takeEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.toString()).contains("protocol violation: payload-truncated"));
    }

    @Test
    void saysEachFailedAttempt() {
        talk.feed(new ProviderInput.Unreachable("connection refused by 127.0.0.1:8442"));

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable("connection refused by 127.0.0.1:8442"));
    }

    @Test
    void saysNothingMoreOnceItIsClosedAndStaysAMomentForTheLastBlock() {
        talk.serving();
        talk.hear(active(2));
        Template template = talk.takeTemplate();
        talk.command(new TemplateCommand.Close("switched"))
                .hear(active(3))
                .hear(future(4))
                .hear(tip(4, NEXT_TIP));
        assertThat(talk.takeEvents()).isEmpty();

        talk.submit(talk.solve(template));
        assertThat(talk.takeSent()).hasSize(1);
        talk.pass(ProviderDeadline.LAST_BLOCK.patience());

        assertThat(talk.takeAll())
                .contains(new ProviderAction.Disconnect("closed by us"))
                .noneMatch(ProviderAction.Report.class::isInstance);
        assertThat(talk.session.isConversing()).isFalse();
    }
}
