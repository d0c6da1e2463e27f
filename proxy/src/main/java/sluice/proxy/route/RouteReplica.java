package sluice.proxy.route;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.job.MiningJob;
import sluice.upstream.UpstreamChannel;

/**
 * A route as one event loop sees it: what a miner that joins now has to be told, without asking the route's own loop.
 * Confined to its loop.
 */
public final class RouteReplica {
    /** Future jobs kept for miners that join; the oldest gives way. */
    static final int MAX_FUTURE_JOBS = 16;

    private UpstreamChannel channel;
    private long generation;
    private boolean connected;
    private Target target = Target.MAX;
    private MiningJob current;
    private long tips;
    private final List<MiningJob> futures = new ArrayList<>();
    private final Numbering numbering;
    // The job in force once more under a later id, for miners that come from another route; made on demand.
    private MiningJob renewed;
    private MiningJob renewedFrom;

    /** @param numbering gives the ids of jobs that are renewed */
    public RouteReplica(Numbering numbering) {
        this.numbering = numbering;
    }

    public void apply(RouteUpdate update) {
        switch (update) {
            case RouteUpdate.UpstreamReady ready -> {
                channel = ready.channel();
                generation = ready.generation();
                connected = true;
                target = channel.target();
                futures.clear();
            }
            case RouteUpdate.JobAdded added -> {
                if (!added.job().isFuture()) {
                    current = added.job();
                } else {
                    if (futures.size() == MAX_FUTURE_JOBS) {
                        futures.removeFirst();
                    }
                    futures.add(added.job());
                }
            }
            case RouteUpdate.TipChanged changed -> {
                current = changed.activated();
                tips++;
                futures.clear();
            }
            case RouteUpdate.JobRepeated repeated -> current = repeated.job();
            case RouteUpdate.TargetChanged changed -> target = changed.target();
            case RouteUpdate.UpstreamLost lost -> connected = false;
        }
    }

    /** The job to mine now, which has a tip; empty until the first upstream gave one. */
    public Optional<MiningJob> currentJob() {
        return Optional.ofNullable(current);
    }

    /**
     * The same work as {@code job} under an id that a miner which was told ids up to {@code told} has never seen, because no
     * miner may get one id twice (SV2 5.3.15). Miners that ask together share what is made.
     */
    public MiningJob renewed(MiningJob job, long told) {
        if (renewedFrom != job || renewed.id() <= told) {
            renewed = job.again(numbering.nextJobId(), job.ntime());
            renewedFrom = job;
        }
        return renewed;
    }

    /** Whether there is a job to mine that the upstream channel in force takes shares of. */
    public boolean hasWork() {
        return connected && current != null && current.generation() == generation;
    }

    /** Tip changes so far: tells a job on a new tip from one more on the old. */
    public long tips() {
        return tips;
    }

    /** Jobs announced for a tip to come, oldest first: a view, until the next update. */
    public List<MiningJob> futureJobs() {
        return Collections.unmodifiableList(futures);
    }

    /** What the upstream asks of jobs activated from now on; the easiest target until one is known. */
    public Target target() {
        return target;
    }

    /**
     * The easier of what the upstream asks of the job in force and of jobs to come. A miner held to more than this throws
     * away work that counts upstream.
     */
    public Target easiestTarget() {
        return current == null || current.routeTarget().isEmpty()
                ? target
                : Target.easiest(target, current.routeTarget().get());
    }

    /** The upstream channel in force or, while there is none, the last one; empty before the first. */
    public Optional<UpstreamChannel> channel() {
        return Optional.ofNullable(channel);
    }

    public long generation() {
        return generation;
    }

    public boolean isConnected() {
        return connected;
    }
}
