package sluice.proxy.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.provider.TemplateClientConversation.constraints;
import static sluice.proxy.provider.TemplateClientConversation.recorded;
import static sluice.proxy.provider.TemplateClientConversation.setup;
import static sluice.proxy.provider.TemplateClientConversation.solve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Message;
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
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import tools.jackson.databind.JsonNode;

class TemplateClientSessionTest {
    private final TemplateClientConversation talk = new TemplateClientConversation();

    @Test
    @Tag("TPC-1")
    void takesASetupForTemplateDistributionWithVersion2AndNoFlags() {
        talk.start().say(setup());

        assertThat(talk.takeSent()).containsExactly(new SetupConnectionSuccess(2, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 2, 0, 0, unsupported-protocol",
        "1, 2, 2, 0, 0, unsupported-protocol",
        "2, 3, 4, 0, 0, protocol-version-mismatch",
        "2, 1, 1, 0, 0, protocol-version-mismatch",
        "2, 2, 2, 5, 5, unsupported-feature-flags"
    })
    void refusesOtherSetupsInTheSpecificationsWordsAndHangsUp(
            int protocol, int minVersion, int maxVersion, long flags, long answered, String code) {
        talk.start().say(setup(protocol, minVersion, maxVersion, flags));

        assertThat(talk.takeAll())
                .containsSubsequence(
                        new TemplateClientAction.Send(new SetupConnectionError(answered, code)),
                        new TemplateClientAction.Disconnect(code, ""));
    }

    @Test
    @Tag("TPS-5")
    @Tag("TDP-1")
    void waitsForTheConstraintsAndAnswersThemAtOnceWithTheBestTemplate() {
        talk.start().tip().say(setup());
        assertThat(talk.takeSent()).containsExactly(new SetupConnectionSuccess(2, 0));

        talk.say(constraints());

        assertThat(talk.takeSent())
                .extracting(message -> message.getClass().getSimpleName())
                .containsExactly("NewTemplate", "SetNewPrevHash");
    }

    @Test
    @Tag("TPS-5")
    void givesTheFirstTemplateWhenItComesWhereTheConstraintsWereEarlier() {
        talk.start().say(setup()).say(constraints());
        assertThat(talk.takeSent()).hasSize(1);

        talk.tip();

        assertThat(talk.takeSent()).hasSize(2);
    }

    @Test
    @Tag("TDP-1")
    @Tag("TPC-7")
    void answersRepeatedConstraintsWithAFreshPair() {
        talk.serving().say(new CoinbaseOutputConstraints(1_000, 0));

        List<Sv2Message> sent = talk.takeSent();
        assertThat(sent).hasSize(2);
        assertThat(((NewTemplate) sent.getFirst()).templateId()).isEqualTo(2);
        assertThat(((SetNewPrevHash) sent.getLast()).templateId()).isEqualTo(2);
    }

    @Test
    @Tag("TPS-6")
    @Tag("TDP-2")
    void tellsANewTipByAFutureTemplateAndItsTip() {
        talk.serving();
        Template next = recorded("gbt_20tx");

        talk.source(new TemplateEvent.NewTip(next));

        List<Sv2Message> sent = talk.takeSent();
        assertThat(sent).hasSize(2);
        NewTemplate template = (NewTemplate) sent.getFirst();
        SetNewPrevHash tip = (SetNewPrevHash) sent.getLast();
        assertThat(template.futureTemplate()).isTrue();
        assertThat(tip.templateId()).isEqualTo(template.templateId());
        assertThat(tip.prevHash()).isEqualTo(next.tip().prevHash());
    }

    @Test
    @Tag("TPS-6")
    @Tag("TPC-3")
    @Tag("TDP-2")
    void tellsHigherFeesByATemplateForNowAlone() {
        talk.serving().fill();

        assertThat(talk.takeSent())
                .isNotEmpty()
                .allSatisfy(message ->
                        assertThat(((NewTemplate) message).futureTemplate()).isFalse());
    }

    @Test
    @Tag("TPS-6")
    void tellsATemplateOnAnotherTipWithItsTipWhateverItsSourceCallsIt() {
        talk.serving().source(new TemplateEvent.Refreshed(recorded("gbt_20tx")));

        assertThat(talk.takeSent()).last().isInstanceOf(SetNewPrevHash.class);
    }

    @Test
    @Tag("TDP-3")
    void givesIdsThatGrowAlsoFromOneConnectionToTheNext() {
        AtomicLong ids = new AtomicLong();
        List<Long> given = new ArrayList<>();
        for (int connection = 0; connection < 3; connection++) {
            TemplateClientConversation one = new TemplateClientConversation(ids);
            one.start().tip().say(setup()).say(constraints()).say(constraints());
            one.takeSent().stream()
                    .filter(NewTemplate.class::isInstance)
                    .forEach(template -> given.add(((NewTemplate) template).templateId()));
        }

        assertThat(given).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gbt_0tx", "gbt_1tx", "gbt_20tx", "gbt_1000tx", "h0_getblocktemplate", "h16_getblocktemplate"})
    @Tag("TPS-1")
    @Tag("TDP-7")
    void saysInItsOwnFieldsWhatTheNodeSaid(String name) {
        JsonNode node = TemplateClientConversation.answer(name);
        talk.start()
                .source(new TemplateEvent.NewTip(recorded(name)))
                .say(setup())
                .say(constraints());

        List<Sv2Message> sent = talk.takeSent();
        NewTemplate template = (NewTemplate) sent.get(1);
        SetNewPrevHash tip = (SetNewPrevHash) sent.get(2);
        assertThat(template.version()).isEqualTo(node.get("version").asLong());
        assertThat(template.coinbaseTxValueRemaining())
                .isEqualTo(node.get("coinbasevalue").asLong());
        assertThat(template.coinbaseTxOutputsCount()).isEqualTo(1);
        assertThat(TxOut.parseSequence(template.coinbaseTxOutputs(), 1))
                .containsExactly(new TxOut(
                        0, Bytes.fromHex(node.get("default_witness_commitment").asString())));
        assertThat(tip.prevHash().display())
                .isEqualTo(node.get("previousblockhash").asString());
        assertThat(tip.headerTimestamp()).isEqualTo(node.get("curtime").asLong());
        assertThat(tip.nbits()).isEqualTo(Long.parseLong(node.get("bits").asString(), 16));
        assertThat(tip.target().hex()).isEqualTo(node.get("target").asString());
    }

    @ParameterizedTest
    @CsvSource({"h0_getblocktemplate, 5100", "h16_getblocktemplate, 0111", "gbt_20tx, 028d00"})
    @Tag("TPS-2")
    void startsTheCoinbaseScriptWithTheShortestPushOfTheHeight(String name, String prefix) {
        talk.start()
                .source(new TemplateEvent.NewTip(recorded(name)))
                .say(setup())
                .say(constraints());

        Bytes sent = ((NewTemplate) talk.takeSent().get(1)).coinbasePrefix();
        assertThat(sent.hex()).isEqualTo(prefix);
        assertThat(sent.length()).isBetween(2, 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gbt_0tx", "gbt_1tx", "gbt_20tx", "gbt_1000tx"})
    @Tag("TPS-3")
    void takesTheMerklePathFromTheTxidsOfTheNode(String name) {
        List<Hash256> txids = new ArrayList<>();
        TemplateClientConversation.answer(name)
                .get("transactions")
                .forEach(transaction ->
                        txids.add(Hash256.fromDisplay(transaction.get("txid").asString())));
        talk.start()
                .source(new TemplateEvent.NewTip(recorded(name)))
                .say(setup())
                .say(constraints());

        List<Hash256> path = ((NewTemplate) talk.takeSent().get(1)).merklePath();

        assertThat(path).isEqualTo(MerklePath.ofTxids(txids).siblings());
        assertThat(path.isEmpty()).isEqualTo(txids.isEmpty());
        List<Hash256> all = new ArrayList<>(txids);
        all.addFirst(Hash256.ZERO);
        assertThat(MerklePath.of(path).root(Hash256.ZERO)).isEqualTo(MerklePath.rootOf(all));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gbt_0tx", "gbt_20tx", "gbt_1000tx"})
    @Tag("TPS-4")
    @Tag("TDP-9")
    void givesTheTransactionsInOrderWithoutACoinbaseAndTheReservedValueBesideThem(String name) {
        List<Bytes> data = new ArrayList<>();
        TemplateClientConversation.answer(name)
                .get("transactions")
                .forEach(transaction ->
                        data.add(Bytes.fromHex(transaction.get("data").asString())));
        talk.start()
                .source(new TemplateEvent.NewTip(recorded(name)))
                .say(setup())
                .say(constraints());
        talk.takeAll();

        talk.say(new RequestTransactionData(1));

        assertThat(talk.takeSent()).containsExactly(new RequestTransactionDataSuccess(1, Bytes.zeros(32), data));
    }

    @Test
    @Tag("TPS-4")
    void givesTransactionsThatItsOwnSourceBringsLaterAsSoonAsTheyCome() {
        Template whole = recorded("gbt_20tx");
        Template without = new Template(
                whole.id(),
                whole.height(),
                whole.version(),
                whole.tip(),
                whole.networkTarget(),
                whole.curTime(),
                whole.coinbase(),
                whole.merklePath(),
                Optional.empty(),
                Optional.empty());
        talk.start().source(new TemplateEvent.NewTip(without)).say(setup()).say(constraints());
        talk.takeAll();
        talk.say(new RequestTransactionData(1));
        assertThat(talk.takeSent()).isEmpty();

        talk.source(new TemplateEvent.TransactionsArrived(
                whole.id(), whole.transactions().orElseThrow()));

        assertThat(talk.takeSent())
                .containsExactly(new RequestTransactionDataSuccess(
                        1, Bytes.zeros(32), whole.transactions().orElseThrow().raw()));
    }

    @Test
    @Tag("TPS-8")
    @Tag("TPC-6")
    void doesNotKnowATemplateThatItNeverGave() {
        talk.serving().say(new RequestTransactionData(4_711));

        assertThat(talk.takeSent()).containsExactly(new RequestTransactionDataError(4_711, "template-id-not-found"));
    }

    @Test
    @Tag("TPC-6")
    @Tag("TPS-8")
    void knowsATemplateForTenSecondsAfterItsTipAndCallsItStaleThen() {
        talk.serving().source(new TemplateEvent.NewTip(recorded("gbt_20tx")));
        talk.takeAll();

        talk.pass(TemplateClientDeadline.STALE.patience().minusMillis(1)).say(new RequestTransactionData(1));
        assertThat(talk.takeSent()).singleElement().isInstanceOf(RequestTransactionDataSuccess.class);
        talk.pass(Duration.ofMillis(1)).say(new RequestTransactionData(1));
        assertThat(talk.takeSent()).containsExactly(new RequestTransactionDataError(1, "stale-template-id"));
    }

    @Test
    void keepsTheTemplatesOfATipForAsLongAsItIsTheTip() {
        talk.serving().pass(Duration.ofHours(1)).say(new RequestTransactionData(1));

        assertThat(talk.takeSent()).singleElement().isInstanceOf(RequestTransactionDataSuccess.class);
    }

    @Test
    void forgetsTheOldestOfTooManyTemplatesAndThenThatItWas() {
        talk.serving();
        for (int i = 1; i < ServedTemplates.MAX_TEMPLATES; i++) {
            talk.say(constraints());
        }
        talk.takeAll();
        talk.say(new RequestTransactionData(1));
        assertThat(talk.takeSent()).singleElement().isInstanceOf(RequestTransactionDataSuccess.class);

        talk.say(constraints()).say(new RequestTransactionData(1));
        assertThat(talk.takeSent()).last().isEqualTo(new RequestTransactionDataError(1, "stale-template-id"));
        for (int i = 0; i < ServedTemplates.MAX_REMEMBERED; i++) {
            talk.say(constraints());
        }
        talk.say(new RequestTransactionData(1));
        assertThat(talk.takeSent()).last().isEqualTo(new RequestTransactionDataError(1, "template-id-not-found"));
    }

    @Test
    @Tag("TPS-5")
    @Tag("TDP-5")
    void tellsItsSourceHowMuchRoomTheClientNeeds() {
        talk.start().tip().say(setup()).say(new CoinbaseOutputConstraints(5_000, 80));

        assertThat(talk.takeAll()).contains(new TemplateClientAction.Reserve(new CoinbaseReserve(5_000, 80)));
    }

    @Test
    @Tag("TPS-5")
    @Tag("TDP-6")
    void leavesTheTransactionsOutWhereTheClientNeedsTheirRoom() {
        talk.serving().fill();
        Template whole = talk.chain.current();
        long weight = whole.transactions().orElseThrow().weight();
        talk.takeAll();

        talk.say(new CoinbaseOutputConstraints((4_000_000 - weight - 1_168) / 4, 0));
        assertThat(((NewTemplate) talk.takeSent().getFirst()).merklePath()).isNotEmpty();
        talk.say(new CoinbaseOutputConstraints((4_000_000 - weight - 1_168) / 4 + 1, 0));

        List<TemplateClientAction> actions = talk.takeAll();
        NewTemplate alone = actions.stream()
                .filter(TemplateClientAction.Send.class::isInstance)
                .map(action -> ((TemplateClientAction.Send) action).message())
                .filter(NewTemplate.class::isInstance)
                .map(NewTemplate.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(alone.merklePath()).isEmpty();
        assertThat(alone.coinbaseTxValueRemaining())
                .isEqualTo(whole.coinbase().value()
                        - whole.transactions().orElseThrow().fees().getAsLong());
        assertThat(actions)
                .anyMatch(action -> action instanceof TemplateClientAction.Note note
                        && note.text().contains("it gets templates without transactions"));
    }

    @Test
    @Tag("TPS-5")
    void takesBlocksOfTemplatesWithoutTransactions() {
        talk.serving().fill();
        talk.takeAll();
        Template alone = CoinbaseRoom.fit(talk.chain.current(), new CoinbaseReserve(999_000, 0))
                .orElseThrow();
        talk.say(new CoinbaseOutputConstraints(999_000, 0));
        long id = ((NewTemplate) talk.takeSent().getFirst()).templateId();

        talk.say(solve(id, alone, 1));

        Bytes block = talk.takeBlocks().getFirst().block().orElseThrow();
        assertThat(talk.chain.submit(block, talk.now())).isEqualTo(BlockVerdict.ACCEPTED);
    }

    @ParameterizedTest
    @CsvSource({"999708, 0, true", "999709, 0, false", "0, 65535, true"})
    @Tag("TDP-5")
    @Tag("TDP-6")
    void hangsUpOnAClientThatLeavesNoRoomForABlock(long bytes, int sigops, boolean served) {
        talk.start().tip().say(setup()).say(new CoinbaseOutputConstraints(bytes, sigops));

        assertThat(talk.takeEnd()).isEqualTo(served ? Optional.empty() : Optional.of("constraints-too-large"));
    }

    @Test
    @Tag("TPS-5")
    @Tag("TPC-7")
    void hangsUpOnConstraintsAboveFourMillion() {
        talk.start().say(setup()).say(new CoinbaseOutputConstraints(4_000_001, 0));

        assertThat(talk.takeEnd()).contains("constraints-too-large");
    }

    @Test
    @Tag("TPS-5")
    void takesConstraintsOfTheOldFourByteForm() {
        talk.start().tip().say(setup());
        talk.feed(new TemplateClientInput.FrameReceived(new Frame(0, false, 0x70, Bytes.fromHex("2c010000"))));

        assertThat(talk.takeAll())
                .contains(new TemplateClientAction.Reserve(new CoinbaseReserve(300, 0)))
                .noneMatch(TemplateClientAction.Disconnect.class::isInstance);
    }

    @Test
    void hangsUpOnAClientWhoseFirstMessageIsNotItsSetup() {
        talk.start().tip().say(constraints());

        assertThat(talk.takeAll())
                .contains(new TemplateClientAction.Disconnect(
                        "setup-expected", "its first message is COINBASE_OUTPUT_CONSTRAINTS"))
                .noneMatch(TemplateClientAction.Send.class::isInstance);
    }

    @Test
    void ignoresWhatItDoesNotKnowAndWhatAServerWouldSay() {
        talk.serving().say(new SetupConnectionSuccess(2, 0)).say(setup(SetupConnection.MINING, 2, 2, 0));
        talk.feed(new TemplateClientInput.FrameReceived(new Frame(0, false, 0x99, Bytes.EMPTY)));

        assertThat(talk.takeAll()).hasSize(3).allMatch(TemplateClientAction.Note.class::isInstance);
    }

    @Test
    void notesOnlySoManyOddities() {
        talk.serving();
        for (int i = 0; i < TemplateClientSession.MAX_NOTES; i++) {
            talk.say(new SetupConnectionSuccess(2, 0));
        }
        assertThat(talk.takeAll()).hasSize(TemplateClientSession.MAX_NOTES);

        talk.say(new SetupConnectionSuccess(2, 0));
        assertThat(talk.takeAll()).isEmpty();
    }

    @Test
    void hangsUpOnAFrameThatIsCutShort() {
        talk.serving().feed(new TemplateClientInput.FrameReceived(new Frame(0, false, 0x76, Bytes.fromHex("01"))));

        assertThat(talk.takeEnd()).contains("payload-truncated");
    }

    @Test
    void doesNotWaitForeverForASetup() {
        talk.start().tip().pass(TemplateClientDeadline.SETUP.patience().minusMillis(1));
        assertThat(talk.takeEnd()).isEmpty();

        talk.pass(Duration.ofMillis(1));
        assertThat(talk.takeEnd()).contains("setup-timeout");
    }

    @Test
    void doesNotWaitForeverForConstraints() {
        talk.start()
                .tip()
                .say(setup())
                .pass(TemplateClientDeadline.CONSTRAINTS.patience().minusMillis(1));
        assertThat(talk.takeEnd()).isEmpty();

        talk.pass(Duration.ofMillis(1));
        assertThat(talk.takeEnd()).contains("constraints-timeout");
    }

    @Test
    void letsAClientGoToAnotherProviderWhenItHasNoTemplatesForAWhile() {
        talk.serving().source(new TemplateEvent.Unavailable("gone")).pass(Duration.ofSeconds(20));
        talk.source(new TemplateEvent.Unavailable("still gone")).pass(Duration.ofSeconds(9));
        assertThat(talk.takeEnd()).isEmpty();

        talk.pass(Duration.ofSeconds(1));
        assertThat(talk.takeEnd()).contains("no-templates");
    }

    @Test
    void keepsAClientWhenTemplatesComeBackInTime() {
        talk.serving().source(new TemplateEvent.Unavailable("gone")).pass(Duration.ofSeconds(20));
        talk.tip().pass(Duration.ofMinutes(1));

        assertThat(talk.takeEnd()).isEmpty();
    }
}
