package sluice.proxy.api;

import java.time.Duration;
import java.time.Instant;

/** How often one caller may ask: a rate, and some at once. Not shared. */
final class RequestBudget {
    /** Requests in a second, over a longer time. */
    static final int MAX_PER_SECOND = 50;

    /** Requests at once after a pause. */
    static final int MAX_BURST = 200;

    private double left = MAX_BURST;
    private Instant at;

    RequestBudget(Instant now) {
        this.at = now;
    }

    /** Whether one more may be answered now; it counts if so. */
    boolean take(Instant now) {
        double seconds = Duration.between(at, now).toNanos() / 1e9;
        if (seconds > 0) {
            left = Math.min(MAX_BURST, left + seconds * MAX_PER_SECOND);
            at = now;
        }
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
