package sluice.proxy.session;

import java.util.ArrayDeque;
import sluice.protocol.Bytes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;

/**
 * Tells the channels of one SV2 connection their jobs and tips (SV2 5.3.15-5.3.17): a group's in one shared frame, those of
 * a miner that takes standard jobs only one by one. The route's replica is the truth; what a channel misses is made up for
 * when the next update comes or a channel joins. Confined to the session.
 */
final class Sv2Jobs {
    /** Future jobs remembered as announced; the oldest gives way, as it does at the route and at miners. */
    static final int MAX_FUTURE_JOBS = 16;

    private final MinerContext context;
    private final Sv2Setup.Agreed agreed;
    private final Sv2Channels channels;
    private final Sv2Outbox out;
    /** The job all channels were told to mine last. */
    private MiningJob current;
    /** Ids of future jobs that all channels know. */
    private final ArrayDeque<Long> announced = new ArrayDeque<>();

    Sv2Jobs(MinerContext context, Sv2Setup.Agreed agreed, Sv2Channels channels, Sv2Outbox out) {
        this.context = context;
        this.agreed = agreed;
        this.channels = channels;
        this.out = out;
    }

    /** A job joined those of the tip, or waits for one. */
    void onJob(MiningJob job) {
        if (job.isFuture()) {
            announce(job);
        } else {
            catchUp();
        }
    }

    /** {@code activated} replaces every other job. */
    void onTip(MiningJob activated) {
        for (ExtranonceShape shape : ExtranonceShape.values()) {
            if (channels.hasMembers(shape) && !agreed.standardJobsOnly()) {
                // A tip may only name a job that was sent as a future one (SV2 5.3.17).
                if (!announced.contains(activated.id())) {
                    out.send(Sv2Frames.futureJob(activated, shape, agreed.fixedVersion()));
                }
                out.send(Sv2Frames.tip(activated, shape));
            }
        }
        for (Sv2Channel channel : channels.all()) {
            if (agreed.standardJobsOnly()) {
                if (!announced.contains(activated.id())) {
                    out.send(futureForOne(channel, activated));
                }
                out.send(Sv2Frames.addressed(Sv2Frames.tip(activated, channel.shape()), channel.id()));
            }
            channel.mining().replaceJobs(activated, versionMask(activated));
        }
        announced.clear();
        current = activated;
        channels.onTipChanged();
    }

    /** The upstream's channel is a new one: what was announced before will never be activated. */
    void onUpstreamReady() {
        announced.clear();
    }

    /** Brings the channels that are there to the job that a channel which joins now starts with. */
    void catchUp() {
        MiningJob newest = context.route().currentJob().orElse(null);
        if (newest == null || newest == current) {
            return;
        }
        if (current == null || !current.tip().equals(newest.tip())) {
            onTip(newest);
            return;
        }
        for (ExtranonceShape shape : ExtranonceShape.values()) {
            if (channels.hasMembers(shape) && !agreed.standardJobsOnly()) {
                out.send(Sv2Frames.activeJob(newest, shape, agreed.fixedVersion()));
            }
        }
        for (Sv2Channel channel : channels.all()) {
            if (agreed.standardJobsOnly()) {
                out.send(Sv2Frames.activeStandardJob(
                        newest, channel.id(), channel.mining().standardRoot(newest, context.validator())));
            }
            channel.mining().addJob(newest, versionMask(newest));
        }
        current = newest;
    }

    /**
     * Gives a channel that has just opened its first job: as a future one and with its tip, because nothing else can come
     * first (SV2 5.3.3, 5.3.5), then what waits for the next tip.
     *
     * @param alone the channel is the only one of its group
     */
    void introduce(Sv2Channel channel, boolean alone) {
        MiningJob first = context.route().currentJob().orElseThrow();
        out.send(futureForOne(channel, first));
        out.send(Sv2Frames.addressed(Sv2Frames.tip(first, channel.shape()), channel.id()));
        channel.mining().replaceJobs(first, versionMask(first));
        for (MiningJob future : context.route().futureJobs()) {
            // The tip will come to the group, and clients look for its job among those the group was sent. The others
            // in
            // the group have it already and may not get the same id twice (SV2 5.3.15).
            out.send(
                    alone && !agreed.standardJobsOnly()
                            ? Sv2Frames.futureJob(future, channel.shape(), agreed.fixedVersion())
                            : futureForOne(channel, future));
            remember(future);
        }
        current = first;
    }

    private void announce(MiningJob future) {
        if (announced.contains(future.id())) {
            return;
        }
        for (ExtranonceShape shape : ExtranonceShape.values()) {
            if (channels.hasMembers(shape) && !agreed.standardJobsOnly()) {
                out.send(Sv2Frames.futureJob(future, shape, agreed.fixedVersion()));
            }
        }
        if (agreed.standardJobsOnly()) {
            for (Sv2Channel channel : channels.all()) {
                out.send(futureForOne(channel, future));
            }
        }
        if (!channels.isEmpty()) {
            remember(future);
        }
    }

    private void remember(MiningJob future) {
        if (!announced.contains(future.id())) {
            if (announced.size() == MAX_FUTURE_JOBS) {
                announced.removeFirst();
            }
            announced.addLast(future.id());
        }
    }

    private Bytes futureForOne(Sv2Channel channel, MiningJob job) {
        return channel.isStandard()
                ? Sv2Frames.futureStandardJob(
                        job, channel.id(), channel.mining().standardRoot(job, context.validator()))
                : Sv2Frames.addressed(Sv2Frames.futureJob(job, channel.shape(), agreed.fixedVersion()), channel.id());
    }

    private long versionMask(MiningJob job) {
        return agreed.fixedVersion() ? 0 : job.versionMask();
    }
}
