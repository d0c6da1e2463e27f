package sluice.proxy.route;

import java.util.concurrent.atomic.AtomicLong;
import sluice.proxy.mining.job.JobOrigin;

/**
 * Numbers that are unique in the whole gateway, whichever route asks: job ids, so that a share can never be held against
 * another job than its own, generations, which tell the upstream channels of all routes apart, and the numbers of jobs that
 * were given to the gateway. May be asked on any thread.
 */
public final class Numbering {
    private final AtomicLong lastJobId = new AtomicLong();
    private final AtomicLong lastGeneration = new AtomicLong();
    private final AtomicLong lastOrigin = new AtomicLong();

    /** A job id higher than all before, U32 for the first four thousand million jobs. */
    public long nextJobId() {
        return lastJobId.incrementAndGet();
    }

    /** The number of one upstream channel. */
    public long nextGeneration() {
        return lastGeneration.incrementAndGet();
    }

    /** The origin of a job that this upstream, or a client where the name is empty, has just given. */
    public JobOrigin nextOrigin(String upstream) {
        return new JobOrigin(upstream, lastOrigin.incrementAndGet());
    }
}
