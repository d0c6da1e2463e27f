package sluice.upstream.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.message.template.RequestTransactionDataError;
import sluice.protocol.sv2.message.template.RequestTransactionDataSuccess;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;

/** What a real sv2-tp did in the sessions that were recorded with it, and what our session makes of it. */
class RecordedProviderTest {
    private static final String ALL = "sluice.upstream.provider.RecordedSession#NAMES";
    private static final String FITTING = "tdp_session_submit10";
    private static final String MISFIT = "tdp_session_v1-jun2026";
    private static final String LARGE = "tdp_session_1000tx_multichunk_and_bad_solutions";
    private static final Set<MessageType> WHAT_A_CLIENT_MAY_SAY = Set.of(
            MessageType.SETUP_CONNECTION,
            MessageType.COINBASE_OUTPUT_CONSTRAINTS,
            MessageType.REQUEST_TRANSACTION_DATA,
            MessageType.SUBMIT_SOLUTION);

    private final ProviderConversation talk = new ProviderConversation();

    /** Feeds all that the provider said; the recorded solutions are submitted where their client submitted them. */
    private void replay(String name) {
        talk.connect();
        for (RecordedSession.Said said : RecordedSession.of(name).frames()) {
            if (said.byProvider()) {
                talk.hear(said.frame());
            } else if (said.frame().messageType() == MessageType.SUBMIT_SOLUTION.code()) {
                SubmitSolution solution = (SubmitSolution) said.message();
                Template template = talk.templates().get(solution.templateId());
                if (template != null) {
                    talk.submit(talk.solution(template, solution));
                }
            }
        }
    }

    @ParameterizedTest
    @FieldSource(ALL)
    void isNeverSentAnythingThatItHangsUpOn(String name) {
        replay(name);

        assertThat(talk.everSent()).isNotEmpty().extracting(Sv2Message::type).isSubsetOf(WHAT_A_CLIENT_MAY_SAY);
    }

    @ParameterizedTest
    @FieldSource(ALL)
    void saysNothingThatWeTakeForAViolation(String name) {
        replay(name);

        assertThat(talk.takeAll().toString()).doesNotContain("protocol violation");
    }

    @ParameterizedTest
    @ValueSource(strings = {FITTING, MISFIT, LARGE})
    @Tag("TPC-1")
    void answersTheSetupWithVersion2AndNoFlags(String name) {
        assertThat(RecordedSession.of(name).fromProvider(SetupConnectionSuccess.class))
                .containsExactly(new SetupConnectionSuccess(2, 0));
        replay(name);

        assertThat(talk.everSent().get(1)).isInstanceOf(CoinbaseOutputConstraints.class);
    }

    @ParameterizedTest
    @CsvSource({
        "setup_wrong_protocol_submit10, unsupported-protocol",
        "setup_wrong_protocol_v1-jun2026, unsupported-protocol",
        "setup_wrong_version_submit10, protocol-version-mismatch",
        "setup_wrong_version_v1-jun2026, protocol-version-mismatch"
    })
    void refusesAWrongProtocolAndWrongVersionsInTheSpecificationsWords(String name, String code) {
        replay(name);

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable("the template provider refused the setup: " + code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"constraints_before_setup", "constraints_too_large", "unknown_message"})
    void closesWithoutAWordWhichIsALossLikeAnyOther(String what) {
        replay(what + "_submit10");
        talk.hangUp("the template provider closed the connection");

        assertThat(talk.takeEvents())
                .containsExactly(new TemplateEvent.Unavailable("the template provider closed the connection"));
    }

    @Test
    void isSentNoConstraintsBeforeTheSetupIsAnswered() {
        talk.connect();

        assertThat(talk.takeSent()).noneMatch(CoinbaseOutputConstraints.class::isInstance);
    }

    @Test
    @Tag("TPC-7")
    void isSentNoConstraintsAboveFourMillion() {
        assertThat(new CoinbaseReserve(4_000_000, 0).bytes()).isEqualTo(4_000_000);
        assertThatThrownBy(() -> new CoinbaseReserve(4_000_001, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("TPC-7")
    void answersRepeatedConstraintsWithAFreshPairWhichIsNoNewTip() {
        replay(FITTING);

        // Templates 4 and 5 stand on one tip: 5 came for constraints that were sent once more.
        List<TemplateEvent> events = talk.takeEvents();
        assertThat(events).filteredOn(TemplateEvent.NewTip.class::isInstance).hasSize(3);
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        TemplateEvent.Refreshed.class,
                        refreshed -> assertThat(refreshed.template().id()).isEqualTo(5));
    }

    @Test
    @Tag("TPC-2")
    @Tag("TPC-3")
    @Tag("TDP-2")
    void sendsAFutureTemplateAndItsTipForEachBlockAndATemplateAloneWhenFeesRise() {
        replay(FITTING);

        assertThat(talk.takeEvents())
                .filteredOn(event -> event instanceof TemplateEvent.NewTip || event instanceof TemplateEvent.Refreshed)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("NewTip", "Refreshed", "NewTip", "NewTip", "Refreshed");
        Template first = talk.templates().get(1L);
        Template second = talk.templates().get(2L);
        assertThat(second.tip()).isEqualTo(first.tip());
        assertThat(second.coinbase().value()).isGreaterThan(first.coinbase().value());
    }

    @ParameterizedTest
    @ValueSource(strings = {FITTING, MISFIT, LARGE})
    @Tag("TPC-8")
    @Tag("TDP-4")
    void prescribesVersionSequenceAndLockTimeOfTheCoinbaseWhichAreCopiedVerbatim(String name) {
        replay(name);

        assertThat(talk.templates().values()).isNotEmpty().allSatisfy(template -> {
            assertThat(template.coinbase().version()).isEqualTo(2);
            assertThat(template.coinbase().sequence()).isEqualTo(0xfffffffeL);
            assertThat(template.coinbase().lockTime()).isEqualTo(template.height() - 1);
            Transaction coinbase = coinbase(template);
            assertThat(coinbase.version()).isEqualTo(template.coinbase().version());
            assertThat(coinbase.inputs().getFirst().sequence())
                    .isEqualTo(template.coinbase().sequence());
            assertThat(coinbase.lockTime()).isEqualTo(template.coinbase().lockTime());
            assertThat(coinbase.inputs().getFirst().scriptSig())
                    .matches(script -> script.startsWith(template.coinbase().scriptSigPrefix()));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {FITTING, MISFIT, LARGE})
    @Tag("TPC-4")
    @Tag("TDP-4")
    void leavesTheFullRewardToUsAndPutsOneOutputLast(String name) {
        replay(name);
        List<NewTemplate> said = RecordedSession.of(name).fromProvider(NewTemplate.class);

        assertThat(talk.templates()).hasSameSizeAs(said);
        for (NewTemplate message : said) {
            Template template = talk.templates().get(message.templateId());
            List<TxOut> outputs = coinbase(template).outputs();
            assertThat(outputs).hasSize(2);
            assertThat(outputs.getFirst().value()).isEqualTo(message.coinbaseTxValueRemaining());
            assertThat(WitnessCommitment.isCommitment(outputs.getLast().script()))
                    .isTrue();
            assertThat(coinbase(template).inputs().getFirst().witness()).containsExactly(Coinbase.ZERO_RESERVED_VALUE);
        }
    }

    @Test
    @Tag("TDP-9")
    void putsTheWitnessReservedValueIntoTheExcessData() {
        assertThat(RecordedSession.of(FITTING).fromProvider(RequestTransactionDataSuccess.class))
                .isNotEmpty()
                .allMatch(success -> success.excessData().equals(Coinbase.ZERO_RESERVED_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {FITTING, MISFIT})
    @Tag("TPC-6")
    void answersForAnOldTemplateWithinItsTenSecondsOfGrace(String name) {
        replay(name);

        // The transactions of template 2 were asked for once more when template 3 was on another tip.
        assertThat(talk.takeEvents())
                .filteredOn(event ->
                        event instanceof TemplateEvent.TransactionsArrived arrived && arrived.templateId() == 2)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {FITTING, MISFIT, LARGE})
    @Tag("TPC-6")
    void doesNotKnowTemplatesThatItForgotOrNeverMadeWhichIsNothingToSpeakOf(String name) {
        assertThat(RecordedSession.of(name).fromProvider(RequestTransactionDataError.class))
                .isNotEmpty()
                .allMatch(error -> error.errorCode().equals("template-id-not-found"));
        replay(name);

        assertThat(talk.takeAll()).noneMatch(ProviderAction.Note.class::isInstance);
    }

    @Test
    void neverAnswersASolutionSoThatABadOneIsKnownByItsSilenceAlone() {
        talk.connect();
        RecordedSession session = RecordedSession.of(LARGE);
        session.fromProvider().limit(4).forEach(talk::hear);
        List<SubmitSolution> bad = session.fromClient(SubmitSolution.class);
        Template template = talk.templates().get(1L);
        talk.submit(talk.solution(template, bad.get(0))).submit(talk.solution(template, bad.get(1)));

        talk.pass(ProviderDeadline.BLOCK_VERDICT.patience());

        assertThat(talk.takeVerdicts())
                .containsExactly(
                        new BlockVerdict(Outcome.REJECTED, "no-new-tip"),
                        new BlockVerdict(Outcome.REJECTED, "no-new-tip"));
    }

    @Test
    @Tag("TDP-8")
    void showsThatItTookASolutionByAnotherPairOfTemplateAndTipAlone() {
        replay(FITTING);

        assertThat(talk.everSent())
                .filteredOn(SubmitSolution.class::isInstance)
                .containsExactlyElementsOf(RecordedSession.of(FITTING).fromClient(SubmitSolution.class));
        assertThat(talk.takeVerdicts()).containsExactly(BlockVerdict.ACCEPTED);
    }

    @Test
    void dropsItsClientAndLosesTheBlockWhereItsNodeHasAnotherVersion() {
        replay(MISFIT);
        talk.hangUp("the template provider closed the connection");

        assertThat(talk.takeAll())
                .anySatisfy(action -> assertThat(action.toString())
                        .startsWith("Alarm[text=block ")
                        .contains("is possibly lost: block-possibly-lost"))
                .anySatisfy(action -> assertThat(action.toString())
                        .contains("BlockVerdict[outcome=REJECTED, reason=block-possibly-lost]"));
    }

    @Test
    void hasTemplatesOfAThousandTransactions() {
        replay(LARGE);

        Template template = talk.templates().get(1L);
        assertThat(template.merklePath().depth()).isEqualTo(10);
        assertThat(template.transactions().orElseThrow().raw()).hasSize(1_000);
        assertThat(template.transactions().orElseThrow().raw().stream()
                        .mapToInt(Bytes::length)
                        .sum())
                .isBetween(190_000, 195_941);
    }

    @Test
    void asksForTheTransactionsAsTheRecordedClientDid() {
        replay(FITTING);

        assertThat(talk.everSent())
                .filteredOn(RequestTransactionData.class::isInstance)
                .extracting(message -> ((RequestTransactionData) message).templateId())
                .containsExactly(1L, 2L, 3L);
    }

    @ParameterizedTest
    @ValueSource(strings = {FITTING, MISFIT, LARGE})
    @Tag("TDP-4")
    void givesTemplatesWhoseBlocksAreWholeByteForByte(String name) {
        replay(name);

        assertThat(talk.templates().values())
                .filteredOn(template -> template.transactions().isPresent())
                .isNotEmpty()
                .allSatisfy(template -> assertBlockIsWhole(template, talk.solve(template)));
    }

    @Test
    @Tag("TDP-8")
    void tookABlockWhichIsWholeByteForByte() {
        replay(FITTING);
        SubmitSolution sent =
                RecordedSession.of(FITTING).fromClient(SubmitSolution.class).getFirst();
        // It had no transactions, so they need not have been asked for.
        Template template = talk.templates().get(3L);
        BlockHeader header = talk.solution(template, sent).header();
        Bytes raw = Block.assemble(header, sent.coinbaseTx(), List.of());

        Block block = Block.parse(raw);

        assertThat(block.serialise()).isEqualTo(raw);
        assertThat(block.fault(template.rules(header.ntime()))).isEmpty();
        assertThat(block.hash())
                .isEqualTo(RecordedSession.of(FITTING)
                        .fromProvider(SetNewPrevHash.class)
                        .get(2)
                        .prevHash());
    }

    private static void assertBlockIsWhole(Template template, BlockSolution solution) {
        Bytes raw = solution.block().orElseThrow();
        Block block = Block.parse(raw);
        assertThat(block.serialise()).isEqualTo(raw);
        List<Hash256> txids =
                block.transactions().stream().map(Transaction::txid).toList();
        assertThat(MerklePath.rootOf(txids)).isEqualTo(block.header().merkleRoot());
        List<Hash256> wtxids =
                block.transactions().stream().skip(1).map(Transaction::wtxid).toList();
        assertThat(WitnessCommitment.in(block.coinbase().outputs()))
                .contains(WitnessCommitment.of(wtxids, Coinbase.ZERO_RESERVED_VALUE));
        assertThat(block.fault(template.rules(block.header().ntime()))).isEmpty();
        assertThat(template.transactions().orElseThrow().weight())
                .isEqualTo(block.transactions().stream()
                        .skip(1)
                        .mapToLong(Transaction::weight)
                        .sum());
    }

    private static Transaction coinbase(Template template) {
        Coinbase coinbase = template.coinbase().payingTo(ProviderConversation.PAYOUT, Bytes.EMPTY, 8);
        return Transaction.parse(coinbase.full(Bytes.zeros(8)));
    }
}
