package sluice.proxy.mining.vardiff.bench;

import java.util.random.RandomGenerator;

/**
 * How often a halved share rate is noticed within five minutes by the best tests we know, which are told both rates and may
 * raise a false alarm every {@value #HOURS_BETWEEN_FALSE_ALARMS} hours: Page's test (optimal for the mean delay) and counting in a moving window (near the
 * optimum for a fixed time). A false alarm costs two changes, there and back.
 */
final class DetectionBound {
    static final int HOURS_BETWEEN_FALSE_ALARMS = 2;

    private static final int FALSE_ALARMS = 400;
    private static final int TRIALS = 5_000;
    private static final double MINUTES = 5;
    private static final double HALVED = 0.5;
    private static final double[] RATIOS = {0.55, 0.6};
    private static final double[] WINDOWS = {4.25, 4.5, 5};

    private final double sharesPerMinute;
    private final RandomGenerator random;

    // Times are counted in shares expected before the change.
    DetectionBound(double sharesPerMinute, RandomGenerator random) {
        this.sharesPerMinute = sharesPerMinute;
        this.random = random;
    }

    double probability() {
        double best = 0;
        for (double ratio : RATIOS) {
            best = Math.max(best, pageTest(ratio));
        }
        for (double minutes : WINDOWS) {
            best = Math.max(best, movingWindow(minutes * sharesPerMinute));
        }
        return best;
    }

    private double pageTest(double ratio) {
        double low = 1;
        double high = 14;
        for (int step = 0; step < 9; step++) {
            double middle = (low + high) / 2;
            if (pageIsQuiet(ratio, middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        int noticed = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Page page = new Page(ratio, high);
            page.alarm(1, 20 * MINUTES);
            noticed += page.alarm(HALVED, MINUTES * sharesPerMinute) < Double.POSITIVE_INFINITY ? 1 : 0;
        }
        return noticed / (double) TRIALS;
    }

    private boolean pageIsQuiet(double ratio, double threshold) {
        double sum = 0;
        for (int run = 0; run < FALSE_ALARMS; run++) {
            sum += new Page(ratio, threshold).alarm(1, Double.POSITIVE_INFINITY);
        }
        return sum / FALSE_ALARMS >= quiet();
    }

    /** The largest count that alarms seldom enough, as an integer is all there is to choose. */
    private double movingWindow(double length) {
        for (int most = (int) (0.75 * length); most > 0; most--) {
            if (!windowIsQuiet(length, most)) {
                continue;
            }
            int noticed = 0;
            for (int trial = 0; trial < TRIALS; trial++) {
                Window window = new Window(length, most);
                noticed += window.alarm(HALVED, MINUTES * sharesPerMinute) < Double.POSITIVE_INFINITY ? 1 : 0;
            }
            return noticed / (double) TRIALS;
        }
        return 0;
    }

    private boolean windowIsQuiet(double length, int most) {
        double sum = 0;
        for (int run = 0; run < FALSE_ALARMS; run++) {
            sum += new Window(length, most).alarm(1, Double.POSITIVE_INFINITY);
        }
        return sum / FALSE_ALARMS >= quiet();
    }

    private double quiet() {
        return HOURS_BETWEEN_FALSE_ALARMS * 60 * sharesPerMinute;
    }

    private double gap(double rate) {
        return -Math.log(1 - random.nextDouble()) / rate;
    }

    /** Page's test for the rate times {@code ratio}. */
    private final class Page {
        private final double ratio;
        private final double threshold;
        private double score;

        Page(double ratio, double threshold) {
            this.ratio = ratio;
            this.threshold = threshold;
        }

        /** Time until the alarm at this rate; infinity if later than {@code limit}. An early alarm counts from new. */
        double alarm(double rate, double limit) {
            double time = 0;
            while (true) {
                double gap = gap(rate);
                double crossing = (threshold - score) / (1 - ratio);
                if (time + Math.min(gap, crossing) > limit) {
                    score += (1 - ratio) * (limit - time);
                    return Double.POSITIVE_INFINITY;
                }
                if (crossing <= gap) {
                    score = 0;
                    return time + crossing;
                }
                time += gap;
                score = Math.max(0, score + (1 - ratio) * gap + Math.log(ratio));
            }
        }
    }

    /** A window that slides over a stream that was steady for its whole length. */
    private final class Window {
        private final double length;
        private final int most;
        private final double[] times;
        private int first;
        private int next;

        Window(double length, int most) {
            this.length = length;
            this.most = most;
            this.times = new double[1 << 32 - Integer.numberOfLeadingZeros((int) (4 * length) + 64)];
            do {
                first = 0;
                next = 0;
                for (double time = gap(1) - length; time < 0; time += gap(1)) {
                    add(time);
                }
            } while (next - first <= most);
        }

        double alarm(double rate, double limit) {
            double share = gap(rate);
            while (true) {
                double leaves = times[first & times.length - 1] + length;
                double now = Math.min(leaves, share);
                if (now > limit) {
                    return Double.POSITIVE_INFINITY;
                }
                if (leaves <= share) {
                    first++;
                    if (next - first <= most) {
                        return now;
                    }
                } else {
                    add(share);
                    share += gap(rate);
                }
            }
        }

        private void add(double time) {
            times[next++ & times.length - 1] = time;
        }
    }
}
