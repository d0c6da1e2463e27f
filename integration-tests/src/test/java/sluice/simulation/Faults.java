package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes wrong in one run and how often. The rates themselves are drawn from the seed, many of them zero: fixed ranges
 * hide the bugs that need one thing to be very slow while all else is fast.
 */
final class Faults {
    private static final Duration CALM_DELAY = Duration.ofMillis(50);

    private final Delays minerWire;
    private final Delays poolWire;
    private final Delays betweenLoops;
    private final Delays disk;
    private final double minerCutsPerMinute;
    private final double poolCutsPerMinute;
    private final double halfOpenShare;
    private final double stallsPerMinute;
    private final Duration longestStall;
    private final double badMoodShare;
    private final List<PoolMood> badMoods = new ArrayList<>();
    private boolean over;

    /** How long something takes, at least and at most. */
    record Delays(Duration least, Duration most) {
        static Delays drawn(Chance chance, Duration least, Duration most) {
            Duration one = chance.spread(least, most);
            Duration other = chance.spread(least, most);
            return one.compareTo(other) < 0 ? new Delays(one, other) : new Delays(other, one);
        }
    }

    Faults(Chance chance) {
        minerWire = Delays.drawn(chance, Duration.ofNanos(100_000), Duration.ofSeconds(4));
        poolWire = Delays.drawn(chance, Duration.ofNanos(100_000), Duration.ofSeconds(4));
        betweenLoops = Delays.drawn(chance, Duration.ofNanos(1_000), Duration.ofMillis(500));
        disk = Delays.drawn(chance, Duration.ofNanos(100_000), Duration.ofSeconds(5));
        minerCutsPerMinute = chance.rate(0.02, 2);
        poolCutsPerMinute = chance.rate(0.05, 2);
        halfOpenShare = chance.rate(0.05, 1);
        stallsPerMinute = chance.rate(0.05, 2);
        longestStall = chance.spread(Duration.ofMillis(200), Duration.ofSeconds(60));
        badMoodShare = chance.happens(0.4) ? 0 : chance.between(0.1, 0.9);
        for (PoolMood mood : PoolMood.values()) {
            if (mood != PoolMood.HEALTHY && chance.happens(0.3)) {
                badMoods.add(mood);
            }
        }
    }

    /** From now on everything works, and fast. */
    void end() {
        over = true;
    }

    boolean areOver() {
        return over;
    }

    Duration minerWire(Chance chance) {
        return delay(minerWire, chance);
    }

    Duration poolWire(Chance chance) {
        return delay(poolWire, chance);
    }

    Duration betweenLoops(Chance chance) {
        return delay(betweenLoops, chance);
    }

    Duration disk(Chance chance) {
        return delay(disk, chance);
    }

    double minerCutsPerMinute() {
        return minerCutsPerMinute;
    }

    double poolCutsPerMinute() {
        return poolCutsPerMinute;
    }

    double stallsPerMinute() {
        return stallsPerMinute;
    }

    /** Whether a connection that ends does so without telling one of its ends. */
    boolean isHalfOpen(Chance chance) {
        return chance.happens(halfOpenShare);
    }

    Duration stall(Chance chance) {
        return chance.between(Duration.ZERO, longestStall);
    }

    /** How a pool will treat its next connection. */
    PoolMood mood(Chance chance) {
        boolean bad = chance.happens(badMoodShare);
        return over || !bad || badMoods.isEmpty() ? PoolMood.HEALTHY : chance.oneOf(badMoods);
    }

    private Duration delay(Delays range, Chance chance) {
        Duration drawn = chance.between(range.least, range.most);
        return over && drawn.compareTo(CALM_DELAY) > 0 ? CALM_DELAY : drawn;
    }

    @Override
    public String toString() {
        return "miners' wire " + minerWire + ", pools' wire " + poolWire + ", between loops " + betweenLoops + ", disk "
                + disk + ", per minute: " + minerCutsPerMinute + " cuts of miners, " + poolCutsPerMinute
                + " of pools, " + stallsPerMinute + " stalls up to " + longestStall + "; half-open " + halfOpenShare
                + "; " + badMoodShare + " bad moods of " + badMoods;
    }
}
