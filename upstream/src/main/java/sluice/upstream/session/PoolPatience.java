package sluice.upstream.session;

import java.time.Duration;

/**
 * How long a pool we mine with may be of no use before it is given up.
 *
 * @param noJob without a job and without a tip
 * @param onlyRejects in which it refused shares and accepted none
 */
public record PoolPatience(Duration noJob, Duration onlyRejects) {
    /** What holds where the operator says nothing: pools repeat their work every minute or so; ckpool's proxy waits as long. */
    public static final PoolPatience DEFAULT = new PoolPatience(Duration.ofMinutes(10), Duration.ofSeconds(150));

    public PoolPatience {
        if (!noJob.isPositive() || !onlyRejects.isPositive()) {
            throw new IllegalArgumentException("no patience at all: " + noJob + ", " + onlyRejects);
        }
    }

    /** A time for operators: {@code 10 min}, {@code 150 s} or {@code 200 ms}. */
    public static String inWords(Duration time) {
        if (time.toMillisPart() != 0) {
            return time.toMillis() + " ms";
        }
        return time.toSecondsPart() == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
