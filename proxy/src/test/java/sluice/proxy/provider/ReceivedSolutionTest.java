package sluice.proxy.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static sluice.proxy.provider.TemplateClientConversation.PAYOUT;
import static sluice.proxy.provider.TemplateClientConversation.solve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

class ReceivedSolutionTest {
    private final TemplateClientConversation talk = new TemplateClientConversation();
    private Template template;

    @BeforeEach
    void serve() {
        talk.fill().start().tip().say(TemplateClientConversation.setup()).say(TemplateClientConversation.constraints());
        template = talk.chain.current();
        assertThat(template.transactions().orElseThrow().raw()).isNotEmpty();
        talk.takeAll();
    }

    @Test
    @Tag("TPS-7")
    @Tag("TDP-8")
    void makesABlockThatTheChainTakes() {
        talk.say(solve(1, template, 1));

        BlockSolution solution = talk.takeBlocks().getFirst();
        Bytes raw = solution.block().orElseThrow();
        assertThat(Block.parse(raw).serialise()).isEqualTo(raw);
        assertThat(solution.templateId()).isEqualTo(template.id());
        assertThat(solution.height()).isEqualTo(template.height());
        assertThat(solution.userIdentity()).isEqualTo("template client 1");
        assertThat(talk.chain.submit(raw, talk.now())).isEqualTo(BlockVerdict.ACCEPTED);
    }

    @Test
    @Tag("TPS-7")
    void putsTheWitnessInWhereTheClientLeftItOut() {
        talk.say(changed(coinbase -> with(coinbase, coinbase.outputs(), List.of())));

        Bytes raw = talk.takeBlocks().getFirst().block().orElseThrow();
        assertThat(Block.parse(raw).coinbase().inputs().getFirst().witness())
                .containsExactly(Coinbase.ZERO_RESERVED_VALUE);
        assertThat(talk.chain.submit(raw, talk.now())).isEqualTo(BlockVerdict.ACCEPTED);
    }

    @Test
    @Tag("TPS-7")
    @Tag("TDP-3")
    void triesABlockOfATipThatHasJustPassed() {
        SubmitSolution late = solve(1, template, 1);
        talk.source(new TemplateEvent.NewTip(TemplateClientConversation.recorded("gbt_20tx")));
        talk.takeAll();

        talk.say(late);

        assertThat(talk.takeBlocks()).hasSize(1);
    }

    @Test
    @Tag("TPS-7")
    void saysThatASolutionCameTooLateWhenItsTemplateIsGone() {
        SubmitSolution late = solve(1, template, 1);
        talk.source(new TemplateEvent.NewTip(TemplateClientConversation.recorded("gbt_20tx")));
        talk.pass(TemplateClientDeadline.STALE.patience());
        talk.takeAll();

        talk.say(late).say(solve(4_711, template, 1));

        assertThat(talk.takeNotes())
                .containsExactly(
                        "a solution of template 1 came too late", "a solution of template 4711, which it never had");
    }

    @Test
    @Tag("TPS-7")
    void takesASecondSolutionOfOneTemplate() {
        talk.say(solve(1, template, 1)).say(solve(1, template, 2));

        assertThat(talk.takeBlocks()).extracting(BlockSolution::number).containsExactly(1L, 2L);
    }

    @Test
    void takesOneSolutionOnce() {
        talk.say(solve(1, template, 1)).say(solve(1, template, 1));

        assertThat(talk.takeBlocks()).hasSize(1);
    }

    @Test
    void takesOnlySoManyBlocksWithoutAVerdict() {
        for (int i = 1; i <= TemplateClientSession.MAX_OPEN_BLOCKS + 1; i++) {
            talk.say(solve(1, template, i));
        }
        assertThat(talk.takeBlocks()).hasSize(TemplateClientSession.MAX_OPEN_BLOCKS);

        talk.source(new TemplateEvent.BlockJudged(1, BlockVerdict.ACCEPTED));
        talk.say(solve(1, template, 100));
        assertThat(talk.takeBlocks()).hasSize(1);
    }

    @Test
    void forgetsTheOldestOfTooManySolutions() {
        for (int i = 1; i <= TemplateClientSession.MAX_REMEMBERED_SOLUTIONS + 1; i++) {
            talk.say(solve(1, template, i)).source(new TemplateEvent.BlockJudged(i, BlockVerdict.ACCEPTED));
        }
        talk.takeAll();

        talk.say(solve(1, template, 2));
        assertThat(talk.takeBlocks()).isEmpty();
        talk.say(solve(1, template, 1));
        assertThat(talk.takeBlocks()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x1fffffe0L, 0x20L, 0})
    @Tag("TPS-7")
    @Tag("TDP-8")
    void takesVersionsThatDifferInBitsThatMayBeRolled(long bits) {
        SubmitSolution good = solve(1, template, 1);

        assertThat(refusal(version(good, good.version() ^ bits))).isIn(Optional.empty(), Optional.of("high-hash"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0x1L, 0x10L, 0x20000000L, 0x80000000L})
    @Tag("TPS-7")
    @Tag("TDP-8")
    void refusesVersionsThatDifferInOtherBits(long bits) {
        SubmitSolution good = solve(1, template, 1);

        assertThat(refusal(version(good, good.version() ^ bits)))
                .contains("the version differs from the template's in bits that may not be rolled");
    }

    @Test
    @Tag("TPS-7")
    @Tag("TPC-8")
    void refusesACoinbaseThatDoesNotStartWithThePrefix() {
        assertThat(refusal(changed(coinbase -> {
                    TxIn input = coinbase.inputs().getFirst();
                    return new Transaction(
                            coinbase.version(),
                            List.of(new TxIn(
                                    input.prevTxid(),
                                    input.prevIndex(),
                                    Bytes.concat(Bytes.fromHex("51"), input.scriptSig()),
                                    input.sequence(),
                                    input.witness())),
                            coinbase.outputs(),
                            coinbase.lockTime());
                })))
                .contains("the coinbase script does not start with the template's coinbase_prefix");
    }

    @Test
    @Tag("TPS-7")
    @Tag("TDP-4")
    void refusesACoinbaseWhoseLastOutputsAreNotTheTemplates() {
        String reason = "the coinbase does not end with the template's outputs";
        assertThat(refusal(changed(
                        coinbase -> withOutputs(coinbase, coinbase.outputs().reversed()))))
                .contains(reason);
        assertThat(refusal(changed(
                        coinbase -> withOutputs(coinbase, coinbase.outputs().subList(0, 1)))))
                .contains(reason);
    }

    @Test
    @Tag("TPS-7")
    @Tag("TPC-4")
    void refusesACoinbaseThatPaysMoreThanTheTemplateLeavesAndTakesOneThatPaysLess() {
        long value = template.coinbase().value();
        assertThat(refusal(changed(coinbase -> paying(coinbase, value + 1)))).contains("bad-cb-amount");
        assertThat(refusal(changed(coinbase -> paying(coinbase, TxOut.MAX_MONEY))))
                .contains("bad-cb-amount");
        assertThat(refusal(changed(coinbase -> paying(coinbase, value - 1)))).isEmpty();
    }

    @Test
    @Tag("TPS-7")
    void refusesAWitnessThatIsNotTheReservedValue() {
        assertThat(refusal(changed(coinbase ->
                        with(coinbase, coinbase.outputs(), List.of(Bytes.fromHex("01" + "00".repeat(31)))))))
                .contains("bad-witness-nonce-size");
    }

    @Test
    void refusesWhatIsNoCoinbaseOrNoTransaction() {
        SubmitSolution good = solve(1, template, 1);
        Bytes other = template.transactions().orElseThrow().raw().getFirst();
        assertThat(refusal(coinbase(good, other))).contains("bad-cb-missing");
        assertThat(refusal(coinbase(good, Bytes.fromHex("c0ffee"))).orElseThrow())
                .startsWith("the coinbase cannot be read: ");
    }

    @Test
    void refusesAHashThatIsNoBlocks() {
        SubmitSolution good = solve(1, template, 1);
        long nonce = good.headerNonce();
        SubmitSolution bad = good;
        while (refusal(bad).isEmpty()) {
            nonce++;
            bad = new SubmitSolution(1, good.version(), good.headerTimestamp(), nonce, good.coinbaseTx());
        }

        assertThat(refusal(bad)).contains("high-hash");
    }

    @Test
    @Tag("TPS-9")
    void refusesABlockThatWeighsMoreThanFourMillion() {
        SubmitSolution solution = solve(1, template, 1);
        long coinbase = Transaction.parse(solution.coinbaseTx()).weight();
        List<Bytes> raw = template.transactions().orElseThrow().raw();
        long most = Block.MAX_WEIGHT - Block.headWeight(raw.size() + 1) - coinbase;

        assertThat(refusal(solution, template.with(transactions(raw, most, 0)))).isEmpty();
        assertThat(refusal(solution, template.with(transactions(raw, most + 1, 0))))
                .contains("bad-blk-weight");
    }

    @Test
    @Tag("TPS-9")
    void refusesABlockOfMoreThanEightyThousandSigops() {
        SubmitSolution solution = changed(coinbase -> {
            List<TxOut> outputs = new ArrayList<>(coinbase.outputs());
            outputs.set(0, new TxOut(1, Script.p2pkh(Bytes.zeros(20))));
            return withOutputs(coinbase, outputs);
        });
        List<Bytes> raw = template.transactions().orElseThrow().raw();

        assertThat(refusal(solution, template.with(transactions(raw, 0, 79_996))))
                .isEmpty();
        assertThat(refusal(solution, template.with(transactions(raw, 0, 79_997))))
                .contains("bad-blk-sigops");
    }

    @Test
    void leavesTheBlockToASourceThatKeepsTheTransactions() throws Exception {
        Template without = new Template(
                template.id(),
                template.height(),
                template.version(),
                template.tip(),
                template.networkTarget(),
                template.curTime(),
                template.coinbase(),
                template.merklePath(),
                Optional.empty(),
                Optional.empty());

        assertThat(ReceivedSolution.of(solve(1, template, 1), without).block()).isEmpty();
        assertThatCode(() -> ReceivedSolution.of(solve(1, template, 1), without))
                .doesNotThrowAnyException();
    }

    private Optional<String> refusal(SubmitSolution solution) {
        return refusal(solution, template);
    }

    private static Optional<String> refusal(SubmitSolution solution, Template of) {
        try {
            ReceivedSolution.of(solution, of);
            return Optional.empty();
        } catch (ReceivedSolution.Refused refused) {
            return Optional.of(refused.getMessage());
        }
    }

    private SubmitSolution changed(UnaryOperator<Transaction> change) {
        Coinbase coinbase = template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, 4);
        Transaction other = change.apply(Transaction.parse(coinbase.full(Bytes.zeros(4))));
        return solve(1, template, other.serialise(), other.txid());
    }

    private static Transaction paying(Transaction coinbase, long value) {
        List<TxOut> outputs = new ArrayList<>(coinbase.outputs());
        outputs.set(0, new TxOut(value, PAYOUT));
        return withOutputs(coinbase, outputs);
    }

    private static Transaction withOutputs(Transaction coinbase, List<TxOut> outputs) {
        return with(coinbase, outputs, coinbase.inputs().getFirst().witness());
    }

    private static Transaction with(Transaction coinbase, List<TxOut> outputs, List<Bytes> witness) {
        TxIn input = coinbase.inputs().getFirst();
        return new Transaction(
                coinbase.version(),
                List.of(new TxIn(input.prevTxid(), input.prevIndex(), input.scriptSig(), input.sequence(), witness)),
                outputs,
                coinbase.lockTime());
    }

    private static TemplateTransactions transactions(List<Bytes> raw, long weight, long sigops) {
        return new TemplateTransactions(raw, weight, OptionalLong.of(0), OptionalLong.of(sigops));
    }

    private static SubmitSolution version(SubmitSolution solution, long version) {
        return new SubmitSolution(
                solution.templateId(),
                version,
                solution.headerTimestamp(),
                solution.headerNonce(),
                solution.coinbaseTx());
    }

    private static SubmitSolution coinbase(SubmitSolution solution, Bytes coinbase) {
        return new SubmitSolution(
                solution.templateId(),
                solution.version(),
                solution.headerTimestamp(),
                solution.headerNonce(),
                coinbase);
    }
}
