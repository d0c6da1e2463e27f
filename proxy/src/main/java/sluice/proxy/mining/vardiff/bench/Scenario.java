package sluice.proxy.mining.vardiff.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What happens to a miner, what is measured of it, and how many runs come to figures. */
enum Scenario {
    COLD_TOO_HARD("start 1000 times too hard", startWrongBy(1000), Scenario::figuresOfStart),
    COLD_TOO_EASY("start 1000 times too easy", startWrongBy(0.001), Scenario::figuresOfStart),
    COLD_ANY("start wrong by up to 1000 times either way", Scenario::startAnywhere, Scenario::figuresOfStart),
    STEADY("steady, hours 2 to 5", Scenario::steady, Scenario::figuresOfSteady),
    DROP_50("-50 %", changeTo(0.5), Scenario::figuresOfChange),
    DROP_90("-90 %", changeTo(0.1), Scenario::figuresOfChange),
    RISE_100("+100 %", changeTo(2), Scenario::figuresOfChange),
    FLAPPING("10 min on, 10 min off", Scenario::flapping, Scenario::figuresOfFlapping),
    IDLE("2 h idle, then back", Scenario::idle, Scenario::figuresOfIdle);

    private static final double HOUR = 3600;
    private static final double PATIENCE = HOUR;
    private static final double FIVE_MINUTES = 300;
    /** So long a difficulty has to stay right to count as settled. */
    private static final double SETTLED_SECONDS = 120;

    private static final int CYCLES = 2;
    private static final double CYCLE_SECONDS = 600;

    /** One miner's fate, in numbers. */
    private interface Fate {
        double[] of(Rule rule, double sharesPerMinute, RandomGenerator random);
    }

    private final String title;
    private final Fate fate;
    private final Function<Samples, Map<String, Double>> figures;

    Scenario(String title, Fate fate, Function<Samples, Map<String, Double>> figures) {
        this.title = title;
        this.fate = fate;
        this.figures = figures;
    }

    String title() {
        return title;
    }

    /** One miner's fate, in the numbers that {@link #figures} knows. */
    double[] run(Rule rule, double sharesPerMinute, RandomGenerator random) {
        return fate.of(rule, sharesPerMinute, random);
    }

    /** What those numbers of all runs come to. */
    Map<String, Double> figures(Samples samples) {
        return figures.apply(samples);
    }

    private static Fate startWrongBy(double factor) {
        return (rule, sharesPerMinute, random) -> coldStart(rule, sharesPerMinute, factor, random);
    }

    private static Fate changeTo(double factor) {
        return (rule, sharesPerMinute, random) -> change(rule, sharesPerMinute, factor, random);
    }

    private static double[] startAnywhere(Rule rule, double sharesPerMinute, RandomGenerator random) {
        return coldStart(rule, sharesPerMinute, Math.pow(1000, 2 * random.nextDouble() - 1), random);
    }

    private static double[] steady(Rule rule, double sharesPerMinute, RandomGenerator random) {
        VirtualMiner miner = new VirtualMiner(rule, sharesPerMinute, 2 * VirtualMiner.IDEAL, random);
        miner.mine(HOUR);
        int changes = miner.changes();
        long shares = miner.shares();
        double error = miner.error();
        miner.mine(4 * HOUR);
        return new double[] {
            (miner.changes() - changes) / 4.0,
            (miner.error() - error) / (4 * HOUR),
            Math.abs((miner.shares() - shares) / (240 * sharesPerMinute) - 1)
        };
    }

    private static Map<String, Double> figuresOfSteady(Samples samples) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("changes_per_hour", samples.mean(0));
        figures.put("difficulty_error", samples.mean(1));
        figures.put("rate_error_mean", samples.mean(2));
        figures.put("rate_error_p95", samples.quantile(2, 0.95));
        return figures;
    }

    private static double[] flapping(Rule rule, double sharesPerMinute, RandomGenerator random) {
        VirtualMiner miner = new VirtualMiner(rule, sharesPerMinute, VirtualMiner.IDEAL, random);
        miner.mine(HOUR);
        int changes = miner.changes();
        long shares = miner.shares();
        double right = miner.inBand();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            miner.hashrate(0);
            miner.mine(CYCLE_SECONDS);
            miner.hashrate(1);
            miner.mine(CYCLE_SECONDS);
        }
        double on = CYCLES * CYCLE_SECONDS;
        return new double[] {
            (miner.changes() - changes) / (2 * on / HOUR),
            (miner.shares() - shares) / (on / 60 * sharesPerMinute),
            (miner.inBand() - right) / on
        };
    }

    private static Map<String, Double> figuresOfFlapping(Samples samples) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("changes_per_hour", samples.mean(0));
        figures.put("shares_of_wanted", samples.mean(1));
        figures.put("time_right", samples.mean(2));
        return figures;
    }

    private static double[] idle(Rule rule, double sharesPerMinute, RandomGenerator random) {
        VirtualMiner miner = new VirtualMiner(rule, sharesPerMinute, VirtualMiner.IDEAL, random);
        miner.mine(HOUR);
        int changes = miner.changes();
        miner.hashrate(0);
        miner.mine(2 * HOUR);
        int idle = miner.changes() - changes;
        long shares = miner.shares();
        miner.hashrate(1);
        miner.mine(300);
        return new double[] {idle, (miner.shares() - shares) / (5 * sharesPerMinute)};
    }

    private static Map<String, Double> figuresOfIdle(Samples samples) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("changes", samples.mean(0));
        figures.put("flood_p50", samples.quantile(1, 0.5));
        figures.put("flood_p99", samples.quantile(1, 0.99));
        return figures;
    }

    private static double[] coldStart(Rule rule, double sharesPerMinute, double factor, RandomGenerator random) {
        VirtualMiner miner = new VirtualMiner(rule, sharesPerMinute, factor * VirtualMiner.IDEAL, random);
        double settled = miner.mineUntilSettled(SETTLED_SECONDS, PATIENCE);
        return new double[] {settled, miner.changes(), miner.shares()};
    }

    private static Map<String, Double> figuresOfStart(Samples samples) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("settled_5min", samples.share(0, FIVE_MINUTES));
        figures.put("settled_p50_min", samples.quantile(0, 0.5) / 60);
        figures.put("settled_p99_min", samples.quantile(0, 0.99) / 60);
        figures.put("changes", samples.mean(1));
        figures.put("shares_p50", samples.quantile(2, 0.5));
        return figures;
    }

    private static double[] change(Rule rule, double sharesPerMinute, double factor, RandomGenerator random) {
        VirtualMiner miner = new VirtualMiner(rule, sharesPerMinute, VirtualMiner.IDEAL, random);
        miner.mine(HOUR + VirtualMiner.JOB_SECONDS * random.nextDouble());
        double start = miner.now();
        miner.hashrate(factor);
        miner.watchFor(1, factor);
        double settled = miner.mineUntilSettled(SETTLED_SECONDS, PATIENCE);
        // Settled by accident, it may not have been noticed.
        miner.mine(Math.max(0, start + PATIENCE - miner.now()));
        return new double[] {miner.goalReached() - start, settled};
    }

    private static Map<String, Double> figuresOfChange(Samples samples) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("noticed_5min", samples.share(0, FIVE_MINUTES));
        figures.put("noticed_p50_min", samples.quantile(0, 0.5) / 60);
        figures.put("noticed_p90_min", samples.quantile(0, 0.9) / 60);
        figures.put("settled_p50_min", samples.quantile(1, 0.5) / 60);
        figures.put("settled_p90_min", samples.quantile(1, 0.9) / 60);
        return figures;
    }

    /** The numbers of all runs, by their place. */
    record Samples(double[][] runs) {
        double mean(int place) {
            return total(place, value -> value) / runs.length;
        }

        double share(int place, double atMost) {
            return total(place, value -> value <= atMost ? 1 : 0) / runs.length;
        }

        double quantile(int place, double part) {
            double[] sorted = new double[runs.length];
            for (int run = 0; run < runs.length; run++) {
                sorted[run] = runs[run][place];
            }
            Arrays.sort(sorted);
            return sorted[(int) Math.min(runs.length - 1, part * runs.length)];
        }

        private double total(int place, DoubleUnaryOperator function) {
            double sum = 0;
            for (double[] run : runs) {
                sum += function.applyAsDouble(run[place]);
            }
            return sum;
        }
    }
}
