package sluice.upstream.failover;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time up to a ceiling, for as many attempts as it takes, and
 * never in step with others, because everybody who lost the same pool comes back to it. Confined to its owner.
 */
public final class Backoff {
    public static final Duration FIRST_CEILING = Duration.ofSeconds(1);
    public static final Duration LAST_CEILING = Duration.ofSeconds(30);

    private final Duration firstCeiling;
    private final Duration lastCeiling;
    private final RandomGenerator random;
    private Duration ceiling;

    public Backoff(RandomGenerator random) {
        this(FIRST_CEILING, LAST_CEILING, random);
    }

    /** Waits are drawn between half of a ceiling and the ceiling; ceilings go from the first to the last. */
    public Backoff(Duration firstCeiling, Duration lastCeiling, RandomGenerator random) {
        if (!firstCeiling.isPositive() || lastCeiling.compareTo(firstCeiling) < 0) {
            throw new IllegalArgumentException("ceilings from " + firstCeiling + " to " + lastCeiling);
        }
        this.firstCeiling = firstCeiling;
        this.lastCeiling = lastCeiling;
        this.random = random;
        this.ceiling = firstCeiling;
    }

    /** The wait before the next attempt. */
    public Duration next() {
        long half = ceiling.toNanos() / 2;
        Duration wait = Duration.ofNanos(ceiling.toNanos() - random.nextLong(half + 1));
        Duration doubled = ceiling.multipliedBy(2);
        ceiling = doubled.compareTo(lastCeiling) < 0 ? doubled : lastCeiling;
        return wait;
    }

    /** An attempt succeeded: the next wait is a short one again. */
    public void reset() {
        ceiling = firstCeiling;
    }
}
