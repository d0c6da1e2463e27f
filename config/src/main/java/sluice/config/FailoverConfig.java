package sluice.config;

import java.time.Duration;

/**
 * When miners change their upstream, and what they do while there is none.
 *
 * @param hold while no upstream is usable, miners keep their last job for so long
 * @param afterHold what becomes of them then
 * @param failbackAfter a better upstream must have been good for so long before miners return to it
 * @param switchTimeout how long preparing a switch may take
 * @param noJobTimeout an upstream that sends no job for so long is left, and connected anew
 * @param rejectsTimeout an upstream that only rejects shares for so long is left
 * @param redistributeAfter miners of a goal without a usable upstream go to the other goals after so long; pinned ones stay
 * @param rebalanceInterval how often hashrate is moved between goals, if at all
 */
public record FailoverConfig(
        Duration hold,
        AfterHold afterHold,
        Duration failbackAfter,
        Duration switchTimeout,
        Duration noJobTimeout,
        Duration rejectsTimeout,
        Duration redistributeAfter,
        Duration rebalanceInterval) {

    public static final Range<Duration> HOLD = new Range<>(Duration.ZERO, Duration.ofHours(24));
    public static final Range<Duration> FAILBACK_AFTER = new Range<>(Duration.ofSeconds(1), Duration.ofHours(24));
    public static final Range<Duration> SWITCH_TIMEOUT = new Range<>(Duration.ofSeconds(1), Duration.ofSeconds(60));
    public static final Range<Duration> NO_JOB_TIMEOUT = new Range<>(Duration.ofSeconds(30), Duration.ofHours(24));
    public static final Range<Duration> REJECTS_TIMEOUT = new Range<>(Duration.ofSeconds(10), Duration.ofHours(1));
    public static final Range<Duration> REDISTRIBUTE_AFTER = new Range<>(Duration.ZERO, Duration.ofHours(1));
    public static final Range<Duration> REBALANCE_INTERVAL = new Range<>(Duration.ofSeconds(1), Duration.ofHours(1));

    /** Pools announce a job at least every few minutes, so ten of silence are no pause. */
    public static final FailoverConfig DEFAULT = new FailoverConfig(
            Duration.ofSeconds(60),
            AfterHold.KEEP,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            Duration.ofSeconds(150),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60));

    public FailoverConfig {
        HOLD.require(hold);
        FAILBACK_AFTER.require(failbackAfter);
        SWITCH_TIMEOUT.require(switchTimeout);
        NO_JOB_TIMEOUT.require(noJobTimeout);
        REJECTS_TIMEOUT.require(rejectsTimeout);
        REDISTRIBUTE_AFTER.require(redistributeAfter);
        REBALANCE_INTERVAL.require(rebalanceInterval);
    }
}
