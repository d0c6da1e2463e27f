package sluice.proxy.view;

import java.time.Duration;
import java.time.Instant;
import sluice.protocol.bitcoin.Hashrate;

/**
 * How fast somebody mines, from the shares that were accepted: each is worth the difficulty that it was held to, and fades
 * with its age, for each window at its own pace. Constant memory, no clock. Confined to the view.
 *
 * <p>While less time has passed than a window is long, most of what it looks at lies before the beginning; so the sum is
 * divided by the part that does not, {@code 1 - exp(-age / window)}. On average the estimate is right from the first share on.
 */
final class HashrateEstimate {
    /** A share right behind the beginning would make the estimate infinite. */
    private static final double LEAST_AGE_SECONDS = 1;

    private static final HashrateWindow[] WINDOWS = HashrateWindow.values();
    private static final double HASHES_PER_DIFFICULTY = Hashrate.fromDifficulty(1, Duration.ofSeconds(1));

    private final Instant since;
    private final double[] sums = new double[WINDOWS.length];
    private Instant at;

    /** @param since from when on shares would have been counted, had there been any */
    HashrateEstimate(Instant since) {
        this.since = since;
        this.at = since;
    }

    /** Shares that are worth so much in all were accepted. Loops' clocks are read one after the other: what is late counts as of now. */
    void add(double difficulty, Instant when) {
        double passed = seconds(at, when);
        if (passed > 0) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] *= Math.exp(-passed / WINDOWS[i].seconds());
            }
            at = when;
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += difficulty;
        }
    }

    /** What it comes to now, if no share has come since the last. */
    Hashrates at(Instant now) {
        double silence = Math.max(0, seconds(at, now));
        double age = Math.max(LEAST_AGE_SECONDS, seconds(since, at) + silence);
        return new Hashrates(
                rate(HashrateWindow.ONE_MINUTE, silence, age),
                rate(HashrateWindow.FIVE_MINUTES, silence, age),
                rate(HashrateWindow.FIFTEEN_MINUTES, silence, age),
                rate(HashrateWindow.ONE_HOUR, silence, age),
                rate(HashrateWindow.ONE_DAY, silence, age));
    }

    private double rate(HashrateWindow window, double silence, double age) {
        double length = window.seconds();
        double faded = sums[window.ordinal()] * Math.exp(-silence / length);
        // expm1 keeps its digits where a day's window is a second old.
        return HASHES_PER_DIFFICULTY * faded / (length * -Math.expm1(-age / length));
    }

    private static double seconds(Instant from, Instant to) {
        return to.getEpochSecond() - from.getEpochSecond() + (to.getNano() - from.getNano()) / 1e9;
    }
}
