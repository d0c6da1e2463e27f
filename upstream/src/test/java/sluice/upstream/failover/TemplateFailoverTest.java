package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.upstream.failover.TemplateFailover.Source;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateEvent.NewTip;
import sluice.upstream.template.TemplateEvent.Refreshed;
import sluice.upstream.template.TemplateEvent.TransactionsArrived;
import sluice.upstream.template.TemplateEvent.Unavailable;
import sluice.upstream.template.TemplateTransactions;

class TemplateFailoverTest {
    private static final Instant START = Instant.ofEpochSecond(1_795_391_760);
    private static final int A = 0;
    private static final int B = 1;
    private static final int C = 2;

    private final List<TemplateEvent> events = new ArrayList<>();
    private final List<TemplateAction.Send> sent = new ArrayList<>();
    private final List<String> feeding = new ArrayList<>();
    private Instant now = START;
    private TemplateFailover failover = of(true, true, false);

    /** Sources A, B and so on. */
    private static TemplateFailover of(boolean... takesBlocks) {
        List<Source> sources = new ArrayList<>();
        for (boolean takes : takesBlocks) {
            sources.add(new Source("" + (char) ('A' + sources.size()), takes));
        }
        return new TemplateFailover(sources, START);
    }

    private void feed(TemplateInput input) {
        for (TemplateAction action : failover.on(input, now)) {
            switch (action) {
                case TemplateAction.Send send -> sent.add(send);
                case TemplateAction.Report report -> events.add(report.event());
                case TemplateAction.Switched switched -> feeding.add(switched.to());
            }
        }
    }

    private void pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Optional<Instant> next = failover.nextDeadline().filter(at -> !at.isAfter(end));
            if (next.isEmpty() || next.get().isBefore(now)) {
                now = end;
                feed(new TemplateInput.TimePassed());
                return;
            }
            now = next.get();
            feed(new TemplateInput.TimePassed());
            if (failover.nextDeadline().equals(next)) {
                throw new AssertionError("a deadline that passes stays");
            }
        }
    }

    private void report(int source, TemplateEvent event) {
        feed(new TemplateInput.Reported(source, event));
    }

    /** The source has a template of that height, and calls it so as well. */
    private void tip(int source, long height) {
        report(source, new NewTip(template(height, height)));
    }

    private void lose(int source) {
        report(source, new Unavailable("gone"));
    }

    private static Template template(long id, long height) {
        return new Template(
                id,
                height,
                0x20000000,
                new ChainTip(hash(height), 0x207fffffL, 1),
                Target.ofCompact(0x207fffffL),
                START.getEpochSecond(),
                new TemplateCoinbase(2, 0, 0, Bytes.fromHex("51"), 50, List.of(), Bytes.EMPTY),
                MerklePath.EMPTY,
                Optional.empty(),
                Optional.empty());
    }

    private static Hash256 hash(long n) {
        return Hash256.fromHex(String.format("%064x", n));
    }

    private Template template() {
        return switch (events.getLast()) {
            case NewTip(Template template) -> template;
            case Refreshed(Template template) -> template;
            default -> throw new AssertionError("no template: " + events.getLast());
        };
    }

    private static BlockSolution block(long number, long templateId, boolean whole) {
        BlockHeader header = new BlockHeader(1, hash(1), hash(2), 3, 4, 5);
        return new BlockSolution(
                number,
                templateId,
                7,
                header.hash(),
                header,
                Bytes.fromHex("00"),
                whole ? Optional.of(Bytes.fromHex("0011")) : Optional.empty(),
                "bob");
    }

    /** The sources that can do something with it, and as what. */
    private Map<Integer, BlockSolution> takers(BlockSolution solution) {
        Map<Integer, BlockSolution> takers = new TreeMap<>();
        for (int source : List.of(A, B, C)) {
            failover.solutionFor(source, solution).ifPresent(theirs -> takers.put(source, theirs));
        }
        return takers;
    }

    @Test
    void theFirstThatHasATemplateFeeds() {
        tip(B, 10);
        assertThat(events).singleElement().isInstanceOf(NewTip.class);
        assertThat(feeding).containsExactly("B");
    }

    @Test
    void aBetterSourceThatIsALittleSlowerFeedsAtOnce() {
        tip(B, 10);
        now = START.plus(TemplateFailover.OPENING_PATIENCE).minusMillis(1);
        tip(A, 10);
        assertThat(feeding).containsExactly("B", "A");
        assertThat(events.getLast()).as("the same tip").isInstanceOf(Refreshed.class);
    }

    @Test
    void aBetterSourceThatComesLaterHasToBeGoodForAWhile() {
        tip(B, 10);
        now = START.plus(TemplateFailover.OPENING_PATIENCE);
        tip(A, 10);
        pass(TemplateFailover.FAILBACK_AFTER.minusMillis(1));
        assertThat(feeding).containsExactly("B");
        pass(Duration.ofMillis(1));
        assertThat(feeding).containsExactly("B", "A");
    }

    @Test
    void aSourceThatIsLostIsLeftAtOnce() {
        tip(A, 10);
        tip(C, 10);
        tip(B, 10);
        lose(A);
        assertThat(feeding).containsExactly("A", "B");
        assertThat(events.getLast()).isInstanceOf(Refreshed.class);
    }

    @Test
    void aSourceThatIsLostBeforeItsTimeBeginsAnew() {
        tip(A, 10);
        tip(B, 10);
        lose(A);
        tip(A, 10);
        pass(TemplateFailover.FAILBACK_AFTER.minusSeconds(1));
        lose(A);
        tip(A, 10);
        pass(TemplateFailover.FAILBACK_AFTER.minusSeconds(1));
        assertThat(feeding).containsExactly("A", "B");
        pass(Duration.ofSeconds(1));
        assertThat(feeding).containsExactly("A", "B", "A");
    }

    @Test
    void whenAllAreLostEachReasonIsSaid() {
        lose(A);
        assertThat(events).as("B and C may still come").isEmpty();
        lose(B);
        report(C, new Unavailable("warming up"));
        assertThat(events).containsExactly(new Unavailable("A: gone; B: gone; C: warming up"));
        tip(C, 10);
        lose(C);
        assertThat(events.getLast()).isEqualTo(new Unavailable("A: gone; B: gone; C: gone"));
        tip(A, 10);
        assertThat(events.getLast()).isInstanceOf(NewTip.class);
    }

    @Test
    void aSourceWhoseChainStaysShorterIsLeft() {
        tip(A, 10);
        tip(B, 10);
        tip(B, 11);
        pass(TemplateFailover.LAG_PATIENCE.minusMillis(1));
        assertThat(feeding).containsExactly("A");
        pass(Duration.ofMillis(1));
        assertThat(feeding).containsExactly("A", "B");
        assertThat(template().height()).isEqualTo(11);
        assertThat(events.getLast()).isInstanceOf(NewTip.class);
    }

    @Test
    void aSourceThatIsAMomentBehindIsKept() {
        tip(A, 10);
        tip(B, 11);
        pass(TemplateFailover.LAG_PATIENCE.minusMillis(1));
        tip(A, 11);
        pass(TemplateFailover.FAILBACK_AFTER);
        assertThat(feeding).containsExactly("A");
    }

    @Test
    void aSourceThatHasCaughtUpHasToBeGoodForAWhile() {
        tip(A, 10);
        tip(B, 11);
        pass(TemplateFailover.LAG_PATIENCE);
        tip(A, 11);
        pass(TemplateFailover.FAILBACK_AFTER.minusMillis(1));
        assertThat(feeding).containsExactly("A", "B");
        pass(Duration.ofMillis(1));
        assertThat(feeding).containsExactly("A", "B", "A");
    }

    @Test
    void anotherTipOfTheSameHeightIsNoReasonToLeave() {
        tip(A, 10);
        Template rival = template(1, 10);
        report(
                B,
                new NewTip(new Template(
                        1,
                        10,
                        rival.version(),
                        new ChainTip(hash(99), 0x207fffffL, 1),
                        rival.networkTarget(),
                        rival.curTime(),
                        rival.coinbase(),
                        rival.merklePath(),
                        rival.transactions(),
                        rival.reduction())));
        pass(Duration.ofHours(1));
        assertThat(feeding).containsExactly("A");
    }

    @Test
    void templatesOfAllSourcesHaveIdsOfTheirOwn() {
        Set<Long> ids = new HashSet<>();
        tip(A, 10);
        tip(B, 10);
        ids.add(template().id());
        lose(A);
        ids.add(template().id());
        tip(B, 11);
        ids.add(template().id());
        assertThat(ids).hasSize(3);
    }

    @Test
    void transactionsThatComeLaterFindTheirTemplate() {
        tip(C, 10);
        long id = template().id();
        report(C, new TransactionsArrived(10, TemplateTransactions.NONE));
        assertThat(events.getLast()).isEqualTo(new TransactionsArrived(id, TemplateTransactions.NONE));
        tip(A, 10);
        tip(B, 10);
        report(B, new TransactionsArrived(10, TemplateTransactions.NONE));
        lose(A);
        assertThat(template().transactions()).contains(TemplateTransactions.NONE);
    }

    @Test
    void aWholeBlockIsForAllThatTakeBlocksAndForItsOwnSource() {
        tip(C, 10);
        assertThat(takers(block(1, template().id(), true)))
                .isEqualTo(Map.of(
                        A, block(1, BlockSolution.NO_TEMPLATE, true),
                        B, block(1, BlockSolution.NO_TEMPLATE, true),
                        C, block(1, 10, true)));
    }

    @Test
    void aWholeBlockOfAnotherSourceIsNothingForOneThatKnowsOnlyItsOwnTemplates() {
        tip(A, 10);
        assertThat(takers(block(1, template().id(), true))).containsOnlyKeys(A, B);
    }

    @Test
    void aCoinbaseAloneIsForItsOwnSourceThoughThatFeedsNoMore() {
        tip(C, 10);
        long id = template().id();
        tip(A, 11);
        assertThat(feeding).containsExactly("C", "A");
        assertThat(takers(block(1, id, false))).isEqualTo(Map.of(C, block(1, 10, false)));
    }

    @Test
    void aCoinbaseOfNobodyIsForNobody() {
        tip(A, 10);
        assertThat(takers(block(1, 4711, false))).isEmpty();
    }

    @Test
    void aTemplateOfAnEarlierRunIsNotTakenForOneOfThisRun() {
        tip(C, 10);
        long id = template().id();
        failover = new TemplateFailover(
                List.of(new Source("A", true), new Source("B", true), new Source("C", false)), START.plusSeconds(1));
        tip(C, 10);
        assertThat(takers(block(1, id, false))).isEmpty();
    }

    @Test
    void afterACloseBlocksCanBeBroughtAndNoTemplateIsReported() {
        tip(A, 10);
        long id = template().id();
        feed(new TemplateInput.Requested(new TemplateCommand.Close("over")));
        assertThat(sent).hasSize(3);
        tip(B, 11);
        assertThat(takers(block(1, id, true))).containsOnlyKeys(A, B);
        assertThat(events).hasSize(1);
    }

    @Test
    void onlySomeTemplatesAreRemembered() {
        tip(C, 10);
        long first = template().id();
        for (int height = 11; height < 11 + TemplateFailover.MAX_TEMPLATES; height++) {
            tip(C, height);
        }
        assertThat(takers(block(1, first, false))).isEmpty();
        assertThat(takers(block(2, first + 1, false))).containsOnlyKeys(C);
    }

    @Test
    void thereAreSourcesAndNotTooMany() {
        assertThatThrownBy(() -> of()).isInstanceOf(IllegalArgumentException.class);
        List<Source> most = Collections.nCopies(TemplateFailover.MAX_SOURCES, new Source("x", true));
        assertThat(new TemplateFailover(most, START).nextDeadline()).isEmpty();
        List<Source> tooMany = Collections.nCopies(TemplateFailover.MAX_SOURCES + 1, new Source("x", true));
        assertThatThrownBy(() -> new TemplateFailover(tooMany, START)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever happens, whoever uses the templates is told of none exactly while no source has one. */
    @Test
    void isNeverWithoutATemplateThatASourceHas() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            failover = of(true, false, true);
            events.clear();
            now = START;
            boolean[] has = new boolean[3];
            long[] height = {10, 10, 10};
            for (int step = 0; step < 200; step++) {
                int source = random.nextInt(3);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        lose(source);
                        has[source] = false;
                    }
                    case 1 -> {
                        tip(source, ++height[source]);
                        has[source] = true;
                    }
                    case 2 -> {
                        tip(source, height[source]);
                        has[source] = true;
                    }
                    default -> pass(Duration.ofMillis(random.nextInt(20_000)));
                }
                boolean any = has[0] || has[1] || has[2];
                boolean told = !events.isEmpty() && !(events.getLast() instanceof Unavailable);
                assertThat(told).as("seed=%d step=%d", seed, step).isEqualTo(any);
            }
        }
    }
}
