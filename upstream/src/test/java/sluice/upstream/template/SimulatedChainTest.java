package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;

class SimulatedChainTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final SimulatedChain.Settings SETTINGS = SimulatedChain.Settings.regtest(INTERVAL);
    private static final Bytes PAYOUT = Bytes.fromHex("51");

    private static SimulatedChain chain() {
        return chain(42);
    }

    private static SimulatedChain chain(long seed) {
        return new SimulatedChain(SETTINGS, new SplittableRandom(seed), START);
    }

    private static Bytes solve(Template template, int extranonce) {
        return solve(
                template,
                template.coinbase(),
                template.transactions().orElseThrow().raw(),
                extranonce);
    }

    private static Bytes solve(Template template, TemplateCoinbase plan, List<Bytes> transactions, int extranonce) {
        Coinbase coinbase = plan.payingTo(PAYOUT, Bytes.EMPTY, 4);
        Bytes own = Bytes.of((byte) 0, (byte) 0, (byte) (extranonce >> 8), (byte) extranonce);
        BlockHeader header = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(own)),
                template.curTime(),
                template.tip().nbits(),
                0);
        while (!header.meets(template.networkTarget())) {
            header = header.withNonce(header.nonce() + 1);
        }
        return Block.assemble(header, coinbase.full(own), transactions);
    }

    private static List<TemplateEvent> run(SimulatedChain chain, int seconds) {
        List<TemplateEvent> events = new ArrayList<>();
        for (int second = 1; second <= seconds; second++) {
            events.addAll(chain.advance(START.plusSeconds(second)));
        }
        return events;
    }

    @Test
    void equalSeedsGiveEqualChainsAndOtherSeedsOthers() {
        List<TemplateEvent> events = run(chain(), 100);
        assertThat(run(chain(), 100)).isEqualTo(events).hasSizeGreaterThan(10);
        assertThat(run(chain(43), 100)).isNotEqualTo(events);
    }

    @Test
    void theTipAlwaysChangesEvenWhenNobodyMinesHere() {
        List<Hash256> tips = run(chain(), 300).stream()
                .filter(TemplateEvent.NewTip.class::isInstance)
                .map(event -> ((TemplateEvent.NewTip) event).template().tip().prevHash())
                .toList();
        assertThat(tips).hasSize(300 / (10 * SimulatedChain.PATIENCE_INTERVALS)).doesNotHaveDuplicates();
    }

    @Test
    void aBlockOfTheNetworkHasAHashThatMeetsTheTarget() {
        SimulatedChain chain = new SimulatedChain(
                SETTINGS.withStartTarget(Target.ofCompact(0x1d00ffffL)), new SplittableRandom(42), START);
        for (int i = 1; i <= 20; i++) {
            Target before = chain.current().networkTarget();
            chain.advance(START.plusSeconds(30L * i));
            assertThat(before.isMetBy(chain.current().tip().prevHash())).isTrue();
        }
    }

    @Test
    void theMempoolFillsAndRefreshesComeWithMaterialFees() {
        long fees = 0;
        int refreshes = 0;
        for (TemplateEvent event : run(chain(), 29)) {
            assertThat(event).isInstanceOf(TemplateEvent.Refreshed.class);
            long now = ((TemplateEvent.Refreshed) event)
                    .template()
                    .transactions()
                    .orElseThrow()
                    .fees()
                    .getAsLong();
            assertThat(now).isGreaterThan((long) (fees * 1.1));
            fees = now;
            refreshes++;
        }
        assertThat(refreshes).isBetween(5, 28);
    }

    @Test
    void itsTransactionsLookReal() {
        SimulatedChain chain = chain();
        run(chain, 29);
        TemplateTransactions transactions = chain.current().transactions().orElseThrow();
        assertThat(transactions.raw()).hasSizeBetween(100, 300);
        long weight = 0;
        for (Bytes raw : transactions.raw()) {
            Transaction transaction = Transaction.parse(raw);
            assertThat(transaction.serialise()).isEqualTo(raw);
            assertThat(transaction.hasWitness()).isTrue();
            assertThat(transaction.weight()).isBetween(370, 2_000);
            assertThat(transaction.txid()).isNotEqualTo(transaction.wtxid());
            weight += transaction.weight();
        }
        assertThat(transactions.weight()).isEqualTo(weight);
        assertThat(transactions.fees().getAsLong()).isGreaterThan(weight / 4);
    }

    @Test
    void aSolvedTemplateBecomesTheTip() {
        SimulatedChain chain = chain();
        run(chain, 20);
        Template template = chain.current();
        Bytes raw = solve(template, 0);
        Instant now = START.plusSeconds(21);

        assertThat(chain.submit(raw, now)).isEqualTo(BlockVerdict.ACCEPTED);

        Template next = chain.current();
        assertThat(next.tip().prevHash()).isEqualTo(Block.parse(raw).hash());
        assertThat(next.height()).isEqualTo(template.height() + 1);
        assertThat(chain.advance(now)).containsExactly(new TemplateEvent.NewTip(next));
        assertThat(next.transactions().orElseThrow().raw())
                .doesNotContainAnyElementsOf(
                        template.transactions().orElseThrow().raw());
        assertThat(chain.submit(raw, now).reason()).isEqualTo("duplicate");
    }

    @Test
    void aBlockOnAFormerTipIsInconclusiveAndThenADuplicate() {
        SimulatedChain chain = chain();
        Template old = chain.current();
        chain.submit(solve(old, 0), START.plusSeconds(1));
        Bytes late = solve(old, 1);
        assertThat(chain.submit(late, START.plusSeconds(2)).reason()).isEqualTo("inconclusive");
        assertThat(chain.submit(late, START.plusSeconds(2)).reason()).isEqualTo("duplicate");
        assertThat(chain.current().height()).isEqualTo(old.height() + 1);
    }

    @Test
    void aLateBlockIsCheckedLikeAnyOther() {
        SimulatedChain chain = chain();
        Template old = chain.current();
        chain.submit(solve(old, 0), START.plusSeconds(1));
        Block late = Block.parse(solve(old, 1));
        BlockHeader bad = late.header();
        while (bad.meets(old.networkTarget())) {
            bad = bad.withNonce(bad.nonce() + 1);
        }
        assertThat(chain.submit(new Block(bad, late.transactions()).serialise(), START.plusSeconds(2))
                        .reason())
                .isEqualTo("high-hash");
    }

    @Test
    void refusesWhatANodeWouldRefuse() {
        SimulatedChain chain = chain();
        run(chain, 20);
        Template template = chain.current();
        TemplateCoinbase plan = template.coinbase();
        List<Bytes> transactions = template.transactions().orElseThrow().raw();
        Instant now = START.plusSeconds(21);

        assertThat(chain.submit(Bytes.zeros(10), now).reason()).isEqualTo("Block decode failed");
        assertThat(chain.submit(solve(template, plan, List.of(), 0), now).reason())
                .isEqualTo("bad-txnmrklroot");
        assertThat(chain.submit(solve(template, greedy(plan), transactions, 0), now)
                        .reason())
                .isEqualTo("bad-cb-amount");
        Template foreign = chain(99).current();
        assertThat(chain.submit(solve(foreign, 0), now).reason()).isEqualTo("prev-blk-not-found");
        assertThat(chain.current()).isEqualTo(template);
    }

    private static TemplateCoinbase greedy(TemplateCoinbase plan) {
        return new TemplateCoinbase(
                plan.version(),
                plan.sequence(),
                plan.lockTime(),
                plan.scriptSigPrefix(),
                plan.value() + 1,
                plan.requiredOutputs(),
                plan.witnessReservedValue());
    }

    @Test
    void refusesTransactionsThatSpendCoinsItNeverSaw() {
        SimulatedChain chain = chain();
        Template template = chain.current();
        SimulatedChain elsewhere = chain(7);
        run(elsewhere, 20);
        Template foreign = elsewhere.current();
        Template mixed = new Template(
                1,
                template.height(),
                template.version(),
                template.tip(),
                template.networkTarget(),
                template.curTime(),
                foreign.coinbase(),
                foreign.merklePath(),
                foreign.transactions(),
                foreign.reduction());
        assertThat(chain.submit(solve(mixed, 0), START.plusSeconds(1)).reason())
                .isEqualTo("bad-txns-inputs-missingorspent");
    }

    @Test
    void remembersAHundredFormerTipsAndForgetsTheOldest() {
        SimulatedChain chain = chain();
        Template first = chain.current();
        Bytes late = solve(first, 1);
        Bytes later = solve(first, 2);
        for (int i = 0; i < SimulatedChain.MAX_REMEMBERED; i++) {
            chain.submit(solve(chain.current(), 0), START.plusSeconds(10L * i));
        }
        Instant end = START.plusSeconds(10L * SimulatedChain.MAX_REMEMBERED);
        assertThat(chain.submit(late, end).reason()).isEqualTo("inconclusive");
        chain.submit(solve(chain.current(), 0), end);
        assertThat(chain.submit(later, end).reason()).isEqualTo("prev-blk-not-found");
    }

    @Test
    void blockTimesKeepRisingHoweverFastBlocksCome() {
        SimulatedChain chain = chain();
        long last = 0;
        for (int i = 0; i < 9; i++) {
            Template template = chain.current();
            assertThat(template.tip().minNtime()).isGreaterThanOrEqualTo(last);
            last = template.tip().minNtime();
            assertThat(chain.submit(solve(template, i), START)).isEqualTo(BlockVerdict.ACCEPTED);
        }
    }

    @Test
    void saysWhenToLookAgain() {
        SimulatedChain chain = chain();
        assertThat(chain.nextChange()).isEqualTo(START.plusSeconds(1));
        Instant now = START;
        for (int i = 0; i < 100; i++) {
            Instant next = chain.nextChange();
            assertThat(next).isAfter(now);
            now = next;
            chain.advance(now);
        }
    }

    @Test
    void refusesSettingsThatStandStill() {
        assertThatThrownBy(() -> SimulatedChain.Settings.regtest(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SimulatedChain.Settings(INTERVAL, Target.MAX, Target.MAX, Target.MAX, 0, INTERVAL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theCoinbaseIsWorthTheSubsidyAndTheFees() {
        SimulatedChain chain = chain();
        run(chain, 20);
        Template template = chain.current();
        assertThat(template.coinbase().value())
                .isEqualTo(5_000_000_000L
                        + template.transactions().orElseThrow().fees().getAsLong());
        assertThat(template.coinbase().value()).isLessThan(TxOut.MAX_MONEY);
    }
}
