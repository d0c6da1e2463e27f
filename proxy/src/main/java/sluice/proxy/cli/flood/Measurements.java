package sluice.proxy.cli.flood;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What all honest miners together count; any thread may add to it. */
final class Measurements {
    // Buckets of an eighth of a power of two of microseconds: within 9 percent of the truth, up to an hour.
    private static final int STEPS = 8;
    private static final int BUCKETS = 32 * STEPS;

    private final AtomicLongArray latencies = new AtomicLongArray(BUCKETS);
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private final AtomicLong worstNanos = new AtomicLong();
    private final AtomicInteger ready = new AtomicInteger();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private final Map<String, Integer> lost = new ConcurrentHashMap<>();

    /** Times from a share to its answer. */
    record Latency(long shares, Duration median, Duration p99, Duration worst) {}

    void ready() {
        ready.incrementAndGet();
    }

    int readyMiners() {
        return ready.get();
    }

    void submitted() {
        submitted.incrementAndGet();
    }

    void accepted(long nanos) {
        accepted.incrementAndGet();
        worstNanos.accumulateAndGet(nanos, Math::max);
        latencies.incrementAndGet(bucket(nanos));
    }

    void refused(String reason) {
        refused.merge(reason, 1, Integer::sum);
    }

    void unanswered(int shares) {
        unanswered.addAndGet(shares);
    }

    void connectionLost(String reason) {
        lost.merge(reason, 1, Integer::sum);
    }

    long submittedShares() {
        return submitted.get();
    }

    long acceptedShares() {
        return accepted.get();
    }

    long unansweredShares() {
        return unanswered.get();
    }

    Map<String, Integer> refusals() {
        return new TreeMap<>(refused);
    }

    Map<String, Integer> losses() {
        return new TreeMap<>(lost);
    }

    /** The times of the shares that were answered since the last call. */
    Latency takeLatency() {
        long[] counts = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = latencies.getAndSet(i, 0);
            total += counts[i];
        }
        return new Latency(
                total,
                quantile(counts, total, 0.5),
                quantile(counts, total, 0.99),
                Duration.ofNanos(worstNanos.getAndSet(0)));
    }

    private static int bucket(long nanos) {
        double micros = Math.max(1, nanos / 1_000.0);
        return (int) Math.min(BUCKETS - 1, Math.log(micros) / Math.log(2) * STEPS);
    }

    private static Duration quantile(long[] counts, long total, double part) {
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            if (total > 0 && below >= part * total) {
                return Duration.ofNanos((long) (1_000 * Math.pow(2, (i + 1.0) / STEPS)));
            }
        }
        return Duration.ZERO;
    }
}
