package sluice.upstream.session;

import java.time.Duration;

/** Everything a pool session waits for; a new deadline of a kind replaces the older one. */
public enum PoolDeadline {
    /** SetupConnection must be answered by then. */
    SETUP(Duration.ofSeconds(10)),
    /** OpenExtendedMiningChannel must be answered by then. */
    OPEN_CHANNEL(Duration.ofSeconds(15)),
    /** The open channel must have a job and its tip by then. */
    FIRST_JOB(Duration.ofSeconds(60));

    private final Duration patience;

    PoolDeadline(Duration patience) {
        this.patience = patience;
    }

    /** How long the session waits. */
    public Duration patience() {
        return patience;
    }
}
