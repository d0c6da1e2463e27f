package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * What many runs came to together.
 *
 * @param seeds that ran, well or not
 * @param virtual the time that passed in them
 * @param real the time that they took
 * @param failures what ended badly, each with its seed and story; no more than a few
 */
record Totals(
        long seeds, Duration virtual, Duration real, long shares, long blocks, long switches, List<String> failures) {
    /** More would not be read. */
    private static final int MOST_FAILURES = 5;

    /** So many, from the first on. */
    record Seeds(long first, long count) {}

    /** Runs all of {@code seeds} on so many threads; stops soon after a few have failed. */
    static Totals of(Seeds seeds, int threads) {
        long started = System.nanoTime();
        Sum sum = new Sum();
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> runs = LongStream.range(seeds.first(), seeds.first() + seeds.count())
                    .<Future<?>>mapToObj(seed -> workers.submit(() -> sum.run(seed)))
                    .toList();
            for (Future<?> run : runs) {
                try {
                    run.get();
                } catch (Exception bug) {
                    throw new IllegalStateException(bug);
                }
            }
        }
        return sum.totals(Duration.ofNanos(System.nanoTime() - started));
    }

    private static final class Sum {
        private final List<String> failures = new ArrayList<>();
        private long ran;
        private Duration virtual = Duration.ZERO;
        private long shares;
        private long blocks;
        private long switches;

        void run(long seed) {
            synchronized (this) {
                if (failures.size() == MOST_FAILURES) {
                    return;
                }
            }
            try {
                add(Simulation.run(seed));
            } catch (AssertionError failure) {
                fail(failure.getMessage());
            }
        }

        private synchronized void add(Outcome outcome) {
            ran++;
            virtual = virtual.plus(outcome.virtual());
            shares += outcome.told().total();
            blocks += outcome.blocks();
            switches += outcome.switches();
        }

        private synchronized void fail(String story) {
            ran++;
            if (failures.size() < MOST_FAILURES) {
                failures.add(story);
            }
        }

        private synchronized Totals totals(Duration real) {
            return new Totals(ran, virtual, real, shares, blocks, switches, List.copyOf(failures));
        }
    }

    @Override
    public String toString() {
        return "simulation: %,d seeds, %,.1f virtual hours in %.1f s, %,d shares, %,d blocks, %,d switches, %d failures"
                .formatted(
                        seeds,
                        virtual.toSeconds() / 3_600.0,
                        real.toMillis() / 1_000.0,
                        shares,
                        blocks,
                        switches,
                        failures.size());
    }
}
