package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulatedMempoolTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

    private static SimulatedMempool mempool(double perSecond) {
        return new SimulatedMempool(new SplittableRandom(3), perSecond, START);
    }

    @Test
    void transactionsArriveAtTheMeanRate() {
        SimulatedMempool mempool = mempool(10);
        for (int second = 1; second <= 60; second++) {
            mempool.advance(START.plusSeconds(second));
        }
        assertThat(mempool.size()).isBetween(500, 700);
    }

    @Test
    void theBestPayingComeFirst() {
        SimulatedMempool mempool = mempool(10);
        mempool.advance(START.plusSeconds(30));
        assertThat(mempool.best())
                .hasSize(mempool.size())
                .isSortedAccordingTo(Comparator.comparingDouble(entry -> -(double) entry.fee() / entry.weight()));
    }

    @Test
    void aConfirmedTransactionIsForgotten() {
        SimulatedMempool mempool = mempool(10);
        mempool.advance(START.plusSeconds(10));
        SimulatedMempool.Entry first = mempool.best().getFirst();
        int before = mempool.size();
        assertThat(mempool.feeOf(first.txid())).hasValue(first.fee());
        mempool.confirm(List.of(first.txid(), first.wtxid()));
        assertThat(mempool.feeOf(first.txid())).isEmpty();
        assertThat(mempool.best()).doesNotContain(first);
        assertThat(mempool.size()).isEqualTo(before - 1);
    }

    @Test
    void holdsItsLimitAndKeepsWhatItOnceOffered() {
        SimulatedMempool mempool = mempool(SimulatedMempool.MAX_TRANSACTIONS);
        Instant now = START;
        while (mempool.size() < SimulatedMempool.MAX_TRANSACTIONS) {
            now = now.plusMillis(100);
            mempool.advance(now);
        }
        List<SimulatedMempool.Entry> offered = mempool.best();
        mempool.advance(now.plusMillis(100));
        assertThat(mempool.size()).isEqualTo(SimulatedMempool.MAX_TRANSACTIONS);
        assertThat(mempool.best()).isEqualTo(offered);
        assertThat(offered.stream().mapToLong(SimulatedMempool.Entry::weight).sum())
                .isLessThanOrEqualTo(SimulatedMempool.MAX_TEMPLATE_WEIGHT);
        mempool.confirm(List.of(offered.getFirst().txid()));
        mempool.advance(now.plusMillis(200));
        assertThat(mempool.size()).isEqualTo(SimulatedMempool.MAX_TRANSACTIONS);
    }

    @Test
    void wakingFromALongSleepIsCheapAndTheRateGoesOn() {
        SimulatedMempool mempool = mempool(1_000);
        Instant later = START.plus(Duration.ofDays(365));
        mempool.advance(later);
        assertThat(mempool.size()).isEqualTo(SimulatedMempool.MAX_TRANSACTIONS);
        mempool.confirm(
                mempool.best().stream().map(SimulatedMempool.Entry::txid).toList());
        mempool.advance(later.plusMillis(100));
        assertThat(mempool.size()).isBetween(50, 200);
    }
}
