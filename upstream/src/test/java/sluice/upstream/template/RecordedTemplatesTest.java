package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;

class RecordedTemplatesTest {
    private static final Instant START = Instant.ofEpochSecond(1_795_391_760);
    private static final Bytes PAYOUT = Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c");

    private final RecordedTemplates templates = new RecordedTemplates(
            List.of(
                    RecordedNode.result("gbt_0tx"),
                    RecordedNode.result("gbt_1tx"),
                    RecordedNode.result("gbt_20tx"),
                    RecordedNode.result("gbt_1000tx")),
            Duration.ofSeconds(10),
            START);
    private Block good;

    @BeforeEach
    void solveTheTwentyTransactionTemplate() {
        templates.advance(START.plusSeconds(20));
        good = solve(templates.current(), List.of());
    }

    /** A block of {@code template} that pays to us, ground until it meets the target. */
    private static Block solve(Template template, List<TxOut> extraOutputs) {
        Bytes raw = Block.assemble(
                new BlockHeader(
                        template.version(),
                        template.tip().prevHash(),
                        Hash256.ZERO,
                        template.curTime(),
                        template.tip().nbits(),
                        0),
                template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, 20).full(Bytes.zeros(20)),
                template.transactions().orElseThrow().raw());
        List<Transaction> transactions = new ArrayList<>(Block.parse(raw).transactions());
        List<TxOut> outputs = new ArrayList<>(transactions.getFirst().outputs());
        outputs.addAll(extraOutputs);
        transactions.set(0, coinbaseWith(transactions.getFirst(), outputs));
        return remine(Block.parse(raw).header(), transactions);
    }

    private static Transaction coinbaseWith(Transaction coinbase, List<TxOut> outputs) {
        return new Transaction(coinbase.version(), coinbase.inputs(), outputs, coinbase.lockTime());
    }

    private static Block remine(BlockHeader header, List<Transaction> transactions) {
        return grind(
                new BlockHeader(
                        header.version(),
                        header.prevHash(),
                        MerklePath.rootOf(
                                transactions.stream().map(Transaction::txid).toList()),
                        header.ntime(),
                        header.nbits(),
                        0),
                transactions);
    }

    private static Block grind(BlockHeader header, List<Transaction> transactions) {
        BlockHeader ground = header;
        while (!ground.meets(Target.ofCompact(header.nbits()))) {
            ground = ground.withNonce(ground.nonce() + 1);
        }
        return new Block(ground, transactions);
    }

    private String reason(Block block) {
        return templates.submit(block.serialise(), START).reason();
    }

    private Block withTransactions(UnaryOperator<List<Transaction>> change) {
        return remine(good.header(), change.apply(new ArrayList<>(good.transactions())));
    }

    private Block withHeader(UnaryOperator<BlockHeader> change) {
        return grind(change.apply(good.header()), good.transactions());
    }

    @Test
    void replaysInOrderAndStaysOnTheLast() {
        RecordedTemplates fresh = new RecordedTemplates(
                List.of(
                        RecordedNode.result("gbt_0tx"),
                        RecordedNode.result("gbt_1tx"),
                        RecordedNode.result("gbt_20tx")),
                Duration.ofSeconds(10),
                START);
        assertThat(fresh.current().height()).isEqualTo(111);
        assertThat(fresh.advance(START.plusSeconds(9))).isEmpty();
        assertThat(fresh.nextChange()).isEqualTo(START.plusSeconds(10));
        List<TemplateEvent> events = new ArrayList<>(fresh.advance(START.plusSeconds(10)));
        events.addAll(fresh.advance(START.plusSeconds(30)));
        assertThat(events)
                .extracting(TemplateEvent::getClass)
                .isEqualTo(List.of(TemplateEvent.NewTip.class, TemplateEvent.Refreshed.class));
        assertThat(fresh.current().transactions().orElseThrow().raw()).hasSize(20);
        assertThat(fresh.current().id()).isEqualTo(3);
        assertThat(fresh.advance(START.plusSeconds(1_000))).isEmpty();
        assertThat(fresh.nextChange()).isEqualTo(Instant.MAX);
    }

    @Test
    void aGoodBlockBringsTheNextTip() {
        assertThat(templates.submit(good.serialise(), START.plusSeconds(21))).isEqualTo(BlockVerdict.ACCEPTED);
        assertThat(templates.advance(START.plusSeconds(21))).singleElement().isInstanceOf(TemplateEvent.NewTip.class);
        assertThat(templates.current().height()).isEqualTo(158);
        assertThat(templates.submit(good.serialise(), START.plusSeconds(22)).outcome())
                .isEqualTo(BlockVerdict.Outcome.LOST_RACE);
    }

    @Test
    void everyMutationIsRefusedWithItsReason() {
        BlockHeader header = good.header();
        assertThat(reason(good)).isEmpty();
        assertThat(templates.submit(Bytes.zeros(81), START).reason()).isEqualTo("Block decode failed");

        BlockHeader missed = header;
        while (missed.meets(Target.ofCompact(header.nbits()))) {
            missed = missed.withNonce(missed.nonce() + 1);
        }
        assertThat(reason(new Block(missed, good.transactions()))).isEqualTo("high-hash");
        assertThat(reason(withHeader(old ->
                        new BlockHeader(old.version(), old.prevHash(), Hash256.ZERO, old.ntime(), old.nbits(), 0))))
                .isEqualTo("bad-txnmrklroot");
        assertThat(reason(withHeader(old ->
                        new BlockHeader(old.version(), Hash256.ZERO, old.merkleRoot(), old.ntime(), old.nbits(), 0))))
                .isEqualTo("prev-blk-not-found");
        assertThat(reason(withHeader(old ->
                        new BlockHeader(old.version(), old.prevHash(), old.merkleRoot(), old.ntime(), 0x207ffffeL, 0))))
                .isEqualTo("bad-diffbits");
        assertThat(reason(withHeader(old -> new BlockHeader(
                        old.version(), old.prevHash(), old.merkleRoot(), 1_795_391_757L, old.nbits(), 0))))
                .isEqualTo("time-too-old");
        assertThat(reason(withHeader(old -> new BlockHeader(
                        old.version(), old.prevHash(), old.merkleRoot(), 1_795_398_961L, old.nbits(), 0))))
                .isEqualTo("time-too-new");
        assertThat(reason(withHeader(
                        old -> new BlockHeader(3, old.prevHash(), old.merkleRoot(), old.ntime(), old.nbits(), 0))))
                .isEqualTo("bad-version(0x00000003)");
    }

    @Test
    void everyMutatedTransactionListIsRefusedWithItsReason() {
        assertThat(reason(withTransactions(list -> list.subList(0, 20)))).isEqualTo("bad-witness-merkle-match");
        assertThat(reason(withTransactions(list -> list.reversed()))).isEqualTo("bad-cb-missing");
        assertThat(reason(withTransactions(list -> {
                    list.add(list.getLast());
                    return list;
                })))
                .isEqualTo("bad-txns-duplicate");
        assertThat(reason(withTransactions(list -> {
                    Transaction coinbase = list.getFirst();
                    TxOut payout = coinbase.outputs().getFirst();
                    list.set(
                            0,
                            coinbaseWith(
                                    coinbase,
                                    List.of(
                                            new TxOut(payout.value() + 1, payout.script()),
                                            coinbase.outputs().getLast())));
                    return list;
                })))
                .isEqualTo("bad-cb-amount");
        assertThat(reason(withTransactions(list -> {
                    Transaction coinbase = list.getFirst();
                    TxIn input = coinbase.inputs().getFirst();
                    TxIn otherHeight = new TxIn(
                            input.prevTxid(),
                            input.prevIndex(),
                            Bytes.concat(
                                    Bytes.fromHex("028e00"), input.scriptSig().slice(3, 24)),
                            input.sequence(),
                            input.witness());
                    list.set(0, new Transaction(2, List.of(otherHeight), coinbase.outputs(), coinbase.lockTime()));
                    return list;
                })))
                .isEqualTo("bad-cb-height");
        assertThat(reason(withTransactions(list -> {
                    list.set(
                            0,
                            coinbaseWith(
                                    list.getFirst(), list.getFirst().outputs().subList(0, 1)));
                    return list;
                })))
                .isEqualTo("unexpected-witness");
    }

    @Test
    void refusesAnEmptyRecordingAndAStandstill() {
        assertThatThrownBy(() -> new RecordedTemplates(List.of(), Duration.ofSeconds(1), START))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecordedTemplates(List.of(RecordedNode.result("gbt_0tx")), Duration.ZERO, START))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecordedTemplates(List.of(RecordedNode.parse("{}")), Duration.ofSeconds(1), START))
                .isInstanceOf(UnusableTemplate.class);
    }
}
