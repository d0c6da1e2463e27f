package sluice.upstream.template;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeSet;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Transaction;

/** Transactions that wait to be mined, arriving at random at a steady mean rate. */
final class SimulatedMempool {
    /** When so many wait, newcomers are dropped: what a template once offered must stay known until it is mined. */
    static final int MAX_TRANSACTIONS = 5_000;
    /** What a template may hold: room is left for a header and the largest coinbase. */
    static final int MAX_TEMPLATE_WEIGHT = 3_992_000;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int WEIGHT_PER_VIRTUAL_BYTE = 4;
    private static final double MEAN_FEE_RATE = 8;
    private static final Comparator<Entry> BEST_PAYING_FIRST = Comparator.<Entry>comparingDouble(
                    entry -> -(double) entry.fee() / entry.weight())
            .thenComparingLong(Entry::sequence);

    private final SplittableRandom random;
    private final SimulatedTransactions transactions;
    private final double transactionsPerSecond;
    private final TreeSet<Entry> byFeeRate = new TreeSet<>(BEST_PAYING_FIRST);
    private final Map<Hash256, Entry> byTxid = new HashMap<>();
    private Instant nextArrival;
    private long arrivals;

    SimulatedMempool(SplittableRandom random, double transactionsPerSecond, Instant start) {
        this.random = random;
        this.transactions = new SimulatedTransactions(random);
        this.transactionsPerSecond = transactionsPerSecond;
        this.nextArrival = start;
        scheduleNext();
    }

    /** A waiting transaction. */
    record Entry(long sequence, Bytes raw, Hash256 txid, Hash256 wtxid, int weight, long fee) {}

    /** Lets everything arrive that is due. */
    void advance(Instant now) {
        // After a long pause only as many arrive as can wait, so that waking up does not take as long as the sleep.
        for (int i = 0; i < MAX_TRANSACTIONS && !nextArrival.isAfter(now); i++) {
            if (byTxid.size() < MAX_TRANSACTIONS) {
                arrive();
            }
            scheduleNext();
        }
        if (!nextArrival.isAfter(now)) {
            nextArrival = now;
            scheduleNext();
        }
    }

    /** What a miner would take now: the best paying, as many as fit. */
    List<Entry> best() {
        List<Entry> chosen = new ArrayList<>();
        long weight = 0;
        for (Entry entry : byFeeRate) {
            if (weight + entry.weight() <= MAX_TEMPLATE_WEIGHT) {
                chosen.add(entry);
                weight += entry.weight();
            }
        }
        return chosen;
    }

    /** The fee of a waiting transaction; nothing for one that is not known here. */
    OptionalLong feeOf(Hash256 txid) {
        Entry entry = byTxid.get(txid);
        return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.fee());
    }

    void confirm(Collection<Hash256> txids) {
        for (Hash256 txid : txids) {
            Entry entry = byTxid.remove(txid);
            if (entry != null) {
                byFeeRate.remove(entry);
            }
        }
    }

    int size() {
        return byTxid.size();
    }

    private void arrive() {
        Transaction transaction = transactions.next();
        double feeRate = 1 + MEAN_FEE_RATE * exponential();
        long fee = Math.round(feeRate * transaction.weight() / WEIGHT_PER_VIRTUAL_BYTE);
        Entry entry = new Entry(
                arrivals++,
                transaction.serialise(),
                transaction.txid(),
                transaction.wtxid(),
                transaction.weight(),
                fee);
        byFeeRate.add(entry);
        byTxid.put(entry.txid(), entry);
    }

    private void scheduleNext() {
        double seconds = exponential() / transactionsPerSecond;
        nextArrival = nextArrival.plusNanos((long) (seconds * NANOS_PER_SECOND));
    }

    private double exponential() {
        return -Math.log(1 - random.nextDouble());
    }
}
