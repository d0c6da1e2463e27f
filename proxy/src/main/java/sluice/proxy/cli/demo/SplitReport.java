package sluice.proxy.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What splitting the farm between two pools came to.
 *
 * @param wanted percent of the work for each pool
 * @param before percent of the accepted work of each while halves were wanted
 * @param measured percent of the accepted work of each after miners had been moved
 * @param moves of miners from one pool's goal to the other's
 * @param pinnedMoves those of them that were of the pinned miner
 * @param troubles what did not happen in time
 */
record SplitReport(
        FarmSummary summary,
        List<Integer> wanted,
        List<Double> before,
        List<Double> measured,
        int moves,
        int pinnedMoves,
        Steadiness steadiness,
        ShareBalance shares,
        List<String> troubles)
        implements FarmReport {
    /** Percent of the work by which the split may be off: miners are moved whole, and shares come by chance. */
    static final double TOLERATED = 5;

    @Override
    public Map<String, Object> findings() {
        return DemoReport.ordered(
                "split", DemoReport.ordered("wanted", wanted, "measured", measured, "before", before),
                "miners_moved", moves,
                "pinned_moves", pinnedMoves);
    }

    @Override
    public String findingsText() {
        return String.format(
                Locale.ROOT,
                "  work split %.1f : %.1f, then %d : %d was wanted, and after %d moves it was %.1f : %.1f;"
                        + " the pinned miner was moved %d times%n",
                before.get(0),
                before.get(1),
                wanted.get(0),
                wanted.get(1),
                moves,
                measured.get(0),
                measured.get(1),
                pinnedMoves);
    }

    @Override
    public List<String> brokenPromises() {
        List<String> failures = new ArrayList<>();
        if (Math.abs(measured.get(0) - wanted.get(0)) > TOLERATED) {
            failures.add(String.format(
                    Locale.ROOT,
                    "the work was split %.1f : %.1f and not %d : %d",
                    measured.get(0),
                    measured.get(1),
                    wanted.get(0),
                    wanted.get(1)));
        }
        if (moves == 0) {
            failures.add("no miner was moved");
        }
        if (pinnedMoves > 0) {
            failures.add("the pinned miner was moved " + pinnedMoves + " times");
        }
        return failures;
    }
}
