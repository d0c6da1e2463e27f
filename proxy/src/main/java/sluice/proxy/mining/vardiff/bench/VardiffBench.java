package sluice.proxy.mining.vardiff.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Puts every rule through every scenario at several share rates. The same chance gives the same figures. */
public final class VardiffBench {
    /** Runs of each scenario at most: enough to tell one in ten thousand. */
    public static final int MAX_SEEDS = 100_000;

    /** Shares per minute that operators ask for. */
    public static final List<Double> RATES = List.of(6.0, 12.0, 20.0, 60.0);

    /** Those at which chance leaves a question; at 60 the answer is 1. */
    private static final List<Double> BOUNDED_RATES = List.of(6.0, 12.0, 20.0);

    /**
     * What the runs of one scenario came to.
     *
     * @param figures by name; times in minutes, probabilities and errors as parts of 1
     */
    public record Result(
            Rule rule, double sharesPerMinute, String scenario, String title, Map<String, Double> figures) {}

    private final int seeds;
    private final LongFunction<RandomGenerator> chance;

    /** @param chance makes the generator of one run from its number */
    public VardiffBench(int seeds, LongFunction<RandomGenerator> chance) {
        this.seeds = seeds;
        this.chance = chance;
    }

    /** All results, by scenario, share rate and rule. */
    public List<Result> run() {
        List<Result> results = new ArrayList<>();
        for (Scenario scenario : Scenario.values()) {
            for (double rate : RATES) {
                for (Rule rule : Rule.values()) {
                    results.add(run(scenario, rate, rule));
                }
            }
        }
        return results;
    }

    /** By share rate: how often -50 % can be noticed within five minutes at the price of one change an hour, at best. */
    public Map<Double, Double> bounds() {
        Map<Double, Double> bounds = new LinkedHashMap<>();
        for (double rate : BOUNDED_RATES) {
            bounds.put(rate, new DetectionBound(rate, chance.apply(0)).probability());
        }
        return bounds;
    }

    Result run(Scenario scenario, double sharesPerMinute, Rule rule) {
        // The chance of a run depends on its number alone, so the order in which threads take them does not matter.
        double[][] runs = IntStream.range(0, seeds)
                .parallel()
                .mapToObj(seed -> scenario.run(rule, sharesPerMinute, chance.apply(seed)))
                .toArray(double[][]::new);
        return new Result(
                rule,
                sharesPerMinute,
                scenario.name().toLowerCase(Locale.ROOT),
                scenario.title(),
                scenario.figures(new Scenario.Samples(runs)));
    }
}
