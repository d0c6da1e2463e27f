package sluice.proxy.miner.netty;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.miner.HashSearch;
import sluice.proxy.miner.MerkleSource;
import sluice.proxy.miner.MinerClient;
import sluice.proxy.miner.Share;
import sluice.proxy.miner.Work;
import sluice.upstream.thread.GiveWay;

/**
 * The threads that hash. They look for newer work behind every slice, wait where there is none, and wait where too many
 * shares have no verdict: an easy target must not flood the server. The methods are safe for any thread.
 */
final class HashThreads {
    /** About a millisecond: newer work waits no longer. */
    private static final int SLICE_HASHES = 4096;

    private static final long MEASURING_NANOS = 100_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Work MEASURING_WORK = new Work(
            0,
            "",
            0,
            Hash256.ZERO,
            0,
            0,
            Target.fromHex("0".repeat(2 * Target.LENGTH)),
            new MerkleSource.Fixed(Hash256.ZERO));

    /** A search that had to wait for its core looks long, and must not silence its thread for minutes. */
    static final Duration MAX_REST = Duration.ofSeconds(1);

    private final double restPerWork;
    private final Consumer<Share> found;
    private final Runnable ended;
    private final Semaphore shares = new Semaphore(MinerClient.MAX_OUTSTANDING_SHARES);
    private final LongAdder hashes = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final Object workChanged = new Object();
    private final List<Thread> threads;
    private final AtomicInteger running;
    private volatile Work work;
    private volatile boolean stopped;

    /**
     * @param load part of the time that each thread hashes; it rests for the others
     * @param found takes each share, on the thread that found it; {@link #settled} gives its place free again
     * @param ended called once, by the last thread, when all have ended behind {@link #stop}
     */
    HashThreads(int count, double load, String name, Consumer<Share> found, Runnable ended) {
        this.restPerWork = 1 / load - 1;
        this.found = found;
        this.ended = ended;
        this.running = new AtomicInteger(count);
        this.threads = IntStream.range(0, count)
                .mapToObj(i -> Thread.ofPlatform()
                        .name(name + "-hash-" + i)
                        .daemon()
                        // In one process with a gateway hashing must not slow the gateway's loops. (A thread's priority
                        // of Java means nothing to the JVM on Linux.)
                        .unstarted(GiveWay.most(() -> run(HashSearch.ofThread(i, count)))))
                .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Searches {@code newer} from now on; null to wait. */
    void work(Work newer) {
        synchronized (workChanged) {
            work = newer;
            workChanged.notifyAll();
        }
    }

    /** So many shares have their verdict, or never get one. */
    void settled(int count) {
        shares.release(count);
    }

    void stop() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }

    long hashes() {
        return hashes.sum();
    }

    /** All threads together, while they had work. */
    double hashesPerSecond() {
        long nanos = busyNanos.sum();
        return nanos == 0 ? 0 : hashes.sum() * NANOS_PER_SECOND / nanos * threads.size();
    }

    private void run(HashSearch search) {
        try {
            while (!stopped) {
                Work newest = work;
                if (newest == null) {
                    awaitOtherThan(null);
                    continue;
                }
                if (newest.generation() != search.generation()) {
                    search.take(newest);
                }
                long start = System.nanoTime();
                HashSearch.Slice slice = search.search(SLICE_HASHES);
                long searched = System.nanoTime() - start;
                busyNanos.add(searched);
                hashes.add(slice.hashes());
                if (slice.share().isPresent()) {
                    shares.acquire();
                    found.accept(slice.share().get());
                } else if (slice.hashes() == 0) {
                    awaitOtherThan(newest);
                }
                if (restPerWork > 0) {
                    TimeUnit.NANOSECONDS.sleep((long) Math.min(searched * restPerWork, MAX_REST.toNanos()));
                    busyNanos.add(System.nanoTime() - start - searched);
                }
            }
        } catch (InterruptedException stop) {
            // Only stop() interrupts.
        } finally {
            if (running.decrementAndGet() == 0) {
                ended.run();
            }
        }
    }

    private void awaitOtherThan(Work seen) throws InterruptedException {
        synchronized (workChanged) {
            while (work == seen && !stopped) {
                workChanged.wait();
            }
        }
    }

    /** Hashes of one thread per second, measured for a moment on the calling thread. */
    static double measure() {
        HashSearch search = HashSearch.ofThread(0, 1);
        search.take(MEASURING_WORK);
        hashFor(search, MEASURING_NANOS);
        return hashFor(search, MEASURING_NANOS);
    }

    private static double hashFor(HashSearch search, long nanos) {
        long start = System.nanoTime();
        long elapsed = 0;
        long done = 0;
        while (elapsed < nanos) {
            done += search.search(SLICE_HASHES).hashes();
            elapsed = System.nanoTime() - start;
        }
        return done * NANOS_PER_SECOND / elapsed;
    }
}
