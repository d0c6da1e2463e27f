package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;

/** When a miner may get its next job of one tip, and when it must get one. Confined to the session. */
final class JobPace {
    private Instant lastJob = Instant.MIN;
    private boolean holding;

    /** A job went out. */
    void sent(Instant now) {
        lastJob = now;
        holding = false;
    }

    /** Whether a routine job has to wait; if so, what is the newest then goes out when {@link #releaseAt} comes. */
    boolean holds(Duration interval, Instant now) {
        holding = lastJob != Instant.MIN && now.isBefore(lastJob.plus(interval));
        return holding;
    }

    boolean isHolding() {
        return holding;
    }

    Instant releaseAt(Duration interval) {
        return lastJob.plus(interval);
    }
}
