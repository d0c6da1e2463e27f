package sluice.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import sluice.protocol.Bytes;

/** A stream of chance, split off from the one that the seed began. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        this(new SplittableRandom(seed));
    }

    private Chance(SplittableRandom random) {
        this.random = random;
    }

    /** A stream of its own, so that one actor's draws do not shift another's. */
    Chance split() {
        return new Chance(random.split());
    }

    /** The stream for code that takes the interface of the JDK. */
    RandomGenerator source() {
        return random;
    }

    /** A source for shuffling a list. */
    Random shuffling() {
        return new Random(random.nextLong());
    }

    SplittableRandom splittable() {
        return random.split();
    }

    boolean happens(double probability) {
        return random.nextDouble() < probability;
    }

    /** Both ends included. */
    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /** Both ends included. */
    long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    double between(double least, double most) {
        return least == most ? least : random.nextDouble(least, most);
    }

    /** Each power of ten between the ends is as likely as any other. */
    double spread(double least, double most) {
        return Math.exp(between(Math.log(least), Math.log(most)));
    }

    Duration between(Duration least, Duration most) {
        return Duration.ofNanos(between(least.toNanos(), most.toNanos()));
    }

    Duration spread(Duration least, Duration most) {
        return Duration.ofNanos((long) spread(least.toNanos(), most.toNanos()));
    }

    /** The wait for something that happens on average once in {@code mean}. */
    Duration waitFor(Duration mean) {
        return Duration.ofNanos((long) (-Math.log(1 - random.nextDouble()) * mean.toNanos()));
    }

    /** Zero as often as not, else spread between the ends: many runs lack one kind of fault altogether. */
    double rate(double least, double most) {
        return happens(0.5) ? 0 : spread(least, most);
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    long u32() {
        return random.nextLong() & 0xffff_ffffL;
    }

    Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }
}
