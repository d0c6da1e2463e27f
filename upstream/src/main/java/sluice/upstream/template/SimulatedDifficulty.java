package sluice.upstream.template;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import sluice.protocol.bitcoin.Hashrate;
import sluice.protocol.bitcoin.Target;

/**
 * The simulated chain's retargeting: after each block, from the hashrate that recent blocks of our own prove, so that they
 * come about once per interval whether one core mines or a farm.
 */
final class SimulatedDifficulty {
    /** Blocks whose work and time are averaged: one interval alone is too much a matter of luck. */
    static final int WINDOW = 8;
    /** The most that one block changes the difficulty, by factor. */
    static final double MAX_STEP = 4;

    private static final double SECONDS_PER_MINUTE = 60;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double LEAST_SECONDS = 1e-3;

    private final Duration blockInterval;
    private final Target easiest;
    private final Target hardest;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long nbits;

    SimulatedDifficulty(Duration blockInterval, Target start, Target easiest, Target hardest) {
        this.blockInterval = blockInterval;
        this.easiest = easiest;
        this.hardest = hardest;
        this.nbits = bounded(start);
    }

    private record Sample(double hashes, double seconds) {}

    long nbits() {
        return nbits;
    }

    Target target() {
        return Target.ofCompact(nbits);
    }

    /** Counts a block {@code elapsed} after the one before it; {@code ours} tells whether it shows our hashrate. */
    void blockFound(Duration elapsed, boolean ours) {
        double current = Hashrate.hashesPerShare(target());
        samples.addLast(new Sample(ours ? current : 0, elapsed.toMillis() / MILLIS_PER_SECOND));
        if (samples.size() > WINDOW) {
            samples.removeFirst();
        }
        double hashes = 0;
        double seconds = 0;
        for (Sample sample : samples) {
            hashes += sample.hashes();
            seconds += sample.seconds();
        }
        double wanted = hashes / Math.max(seconds, LEAST_SECONDS) * blockInterval.toMillis() / MILLIS_PER_SECOND;
        double next = Math.clamp(wanted, current / MAX_STEP, current * MAX_STEP);
        // At 60 per minute, hashes per second are hashes per block.
        Target target = Hashrate.targetFor(next, SECONDS_PER_MINUTE);
        nbits = bounded(target);
    }

    private long bounded(Target target) {
        return Target.easiest(Target.hardest(target, easiest), hardest).toCompact();
    }
}
