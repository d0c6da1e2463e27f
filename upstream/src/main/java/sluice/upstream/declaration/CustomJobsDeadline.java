package sluice.upstream.declaration;

import java.time.Duration;

/** How long {@link CustomJobs} wait. */
public enum CustomJobsDeadline {
    /** For the pool to take a job, from its template on, with everybody's answers on the way; shares wait as long. */
    TAKEN(Duration.ofSeconds(60)),
    /** Before a job is offered again to a pool that does not know its chain tip yet, or not any more. */
    STALE_RETRY(Duration.ofSeconds(2)),
    /** Before another job is offered to a pool that has refused one. */
    REFUSED(Duration.ofSeconds(30)),
    /** That a token is kept for a job to come; servers take them back after ten minutes. */
    TOKEN_AGE(Duration.ofMinutes(5));

    private final Duration patience;

    CustomJobsDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }
}
