package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.route.RouteReplica;

/**
 * Tells the channels of one SV2 connection their jobs and tips (SV2 5.3.15-5.3.17): a group's in one shared frame, those of
 * a miner that takes standard jobs only one by one. The route's replica is the truth: an update only says that there is something new in it, so a
 * loop may hand routine jobs on late, or not at all. Confined to the session.
 */
final class Sv2Jobs {
    /** Future jobs remembered as announced; the oldest gives way, as it does at the route and at miners. */
    static final int MAX_FUTURE_JOBS = 16;

    private static final ExtranonceShape[] SHAPES = ExtranonceShape.values();

    private final MinerContext context;
    private final AssignedRoute route;
    private final Sv2Setup.Agreed agreed;
    private final Sv2Channels channels;
    private final Sv2Shares shares;
    private final Sv2Outbox out;
    // The replica's job that all channels were told to mine last, as they were told it, and the replica's count of tips
    // then.
    private MiningJob current;
    private MiningJob told;
    private long tips;
    private long highestToldId;
    // The same when the route changed last: jobs up to here may have been told on an earlier stay.
    private long toldBefore;
    private boolean routeChanged;
    private final JobPace pace = new JobPace();
    // Channels that get a job of their own when the pace allows it.
    private final Set<Sv2Channel> farOff = new LinkedHashSet<>();
    // Ids of the future jobs that all channels know.
    private final ArrayDeque<Long> announced = new ArrayDeque<>();

    Sv2Jobs(
            MinerContext context,
            AssignedRoute route,
            Sv2Setup.Agreed agreed,
            Sv2Channels channels,
            Sv2Shares shares,
            Sv2Outbox out) {
        this.context = context;
        this.route = route;
        this.agreed = agreed;
        this.channels = channels;
        this.shares = shares;
        this.out = out;
    }

    /** The next job comes from another route: it replaces the others as a new tip does, whatever its tip is. */
    void changeRoute(Instant now) {
        routeChanged = true;
        toldBefore = highestToldId;
        announced.clear();
        catchUp(now);
    }

    /** All channels get their job once more, under an id that none of them knows. */
    void tellAgain(Instant now) {
        changeRoute(now);
    }

    /**
     * The job that channels are to have; empty where the route has none. What an earlier upstream channel of the route left
     * is good for miners that had it, but nobody comes from elsewhere for that.
     */
    Optional<MiningJob> offered() {
        RouteReplica replica = route.replica();
        return replica.currentJob().filter(job -> !routeChanged || job.generation() == replica.generation());
    }

    /** The route has one more job, which may have to wait where it is for the same tip. */
    void onRoutineJob(Instant now) {
        if (route.replica().tips() == tips && !routeChanged && mustWait(now)) {
            announceFutures();
        } else {
            catchUp(now);
        }
    }

    /** What had to wait may go out. */
    void onRelease(Instant now) {
        if (pace.isHolding()) {
            catchUp(now);
            serve(now);
        }
    }

    /** Gives channels whose target is far from that of their job the same work once more, to bring the target into force. */
    void serveFarOff(Instant now) {
        farOff.addAll(channels.takeFarOff());
        if (!farOff.isEmpty() && !mustWait(now)) {
            serve(now);
        }
    }

    private void serve(Instant now) {
        RouteReplica replica = route.replica();
        // A miner without a route keeps the job it has, and one whose upstream is another now waits for its first.
        Optional<MiningJob> again = offered().filter(job -> job == current && job.generation() == replica.generation());
        if (again.isPresent()) {
            for (Sv2Channel channel : farOff) {
                if (channel.isFarOff() && channels.find(channel.id()) == channel) {
                    repeat(channel, again.get(), now);
                }
            }
        }
        farOff.clear();
    }

    private void repeat(Sv2Channel channel, MiningJob again, Instant now) {
        MiningJob job = route.replica().renewed(again, highestToldId);
        out.send(
                channel.isStandard()
                        ? Sv2Frames.activeStandardJob(
                                job, channel.id(), channel.mining().standardRoot(job, context.validator()))
                        : Sv2Frames.addressed(
                                Sv2Frames.activeJob(job, channel.shape(), agreed.fixedVersion()), channel.id()));
        give(channel, job, now);
        highestToldId = Math.max(highestToldId, job.id());
        pace.sent(now);
    }

    private void give(Sv2Channel channel, MiningJob job, Instant now) {
        channels.checkBudget(channel, job, now);
        channel.mining().addJob(job, versionMask(job));
        channel.onJob(now);
    }

    private boolean mustWait(Instant now) {
        Duration interval = channels.profile().map(MinerProfile::jobInterval).orElse(Duration.ZERO);
        boolean waits = pace.holds(interval, now);
        if (waits) {
            out.deadline(MinerDeadline.JOB, pace.releaseAt(interval));
        }
        return waits;
    }

    /** Brings all channels to what the route's replica has; does nothing where they have it. */
    void catchUp(Instant now) {
        RouteReplica replica = route.replica();
        MiningJob newest = offered().orElse(null);
        if (newest != null && (newest != current || routeChanged)) {
            // In front of the job, because a target holds for the jobs behind it (SV2 5.3.21).
            channels.retargetAll(now);
            if (routeChanged || replica.tips() != tips) {
                activate(newest, now);
            } else {
                add(newest, now);
            }
            channels.watchAll(now);
            current = newest;
            tips = replica.tips();
            routeChanged = false;
            pace.sent(now);
        }
        announceFutures();
    }

    private void announceFutures() {
        for (MiningJob future : route.replica().futureJobs()) {
            announce(future);
        }
    }

    /** {@code newest} replaces every other job. */
    private void activate(MiningJob newest, Instant now) {
        shares.acknowledgeAll();
        // A tip may only name a job that was sent as a future one (SV2 5.3.17).
        boolean known = announced.contains(newest.id());
        MiningJob job = known ? newest : underNewId(newest);
        if (!agreed.standardJobsOnly()) {
            for (ExtranonceShape shape : SHAPES) {
                if (channels.hasMembers(shape)) {
                    if (!known) {
                        out.send(Sv2Frames.futureJob(job, shape, agreed.fixedVersion()));
                    }
                    out.send(Sv2Frames.tip(job, shape));
                }
            }
        }
        for (Sv2Channel channel : channels.all()) {
            if (agreed.standardJobsOnly()) {
                if (!known) {
                    out.send(futureForOne(channel, job));
                }
                out.send(Sv2Frames.addressed(Sv2Frames.tip(job, channel.shape()), channel.id()));
            }
            channels.checkBudget(channel, job, now);
            if (routeChanged) {
                channel.mining().changeJobs(job, versionMask(job));
            } else {
                channel.mining().replaceJobs(job, versionMask(job));
            }
            channel.onJob(now);
        }
        announced.clear();
        channels.onTipChanged();
        tell(job);
    }

    /** {@code newest} joins the other jobs of the tip. */
    private void add(MiningJob newest, Instant now) {
        MiningJob job = underNewId(newest);
        if (!agreed.standardJobsOnly()) {
            for (ExtranonceShape shape : SHAPES) {
                if (channels.hasMembers(shape)) {
                    out.send(Sv2Frames.activeJob(job, shape, agreed.fixedVersion()));
                }
            }
        }
        for (Sv2Channel channel : channels.all()) {
            if (agreed.standardJobsOnly()) {
                out.send(Sv2Frames.activeStandardJob(
                        job, channel.id(), channel.mining().standardRoot(job, context.validator())));
            }
            give(channel, job, now);
        }
        tell(job);
    }

    /**
     * Gives a channel that has just opened, behind {@link #catchUp}, its first job: as a future one and with its tip, because nothing else can come
     * first (SV2 5.3.3, 5.3.5), then what waits for the next tip.
     *
     * @param alone the channel is the only one of its group
     */
    void introduce(Sv2Channel channel, boolean alone, Instant now) {
        out.send(futureForOne(channel, told));
        out.send(Sv2Frames.addressed(Sv2Frames.tip(told, channel.shape()), channel.id()));
        channels.checkBudget(channel, told, now);
        channel.mining().replaceJobs(told, versionMask(told));
        channel.onJob(now);
        for (MiningJob future : route.replica().futureJobs()) {
            if (!announced.contains(future.id()) && mayBeKnown(future)) {
                continue;
            }
            // The tip will come to the group, and clients look for its job among those the group was sent. The others
            // in
            // the group have it already and may not get the same id twice (SV2 5.3.15).
            out.send(
                    alone && !agreed.standardJobsOnly()
                            ? Sv2Frames.futureJob(future, channel.shape(), agreed.fixedVersion())
                            : futureForOne(channel, future));
            remember(future);
        }
    }

    // A miner that comes back to a route may have been told its jobs before it left, and must not get an id twice (SV2
    // 5.3.15). Ids grow, so one number tells which those may be.
    private boolean mayBeKnown(MiningJob job) {
        return job.id() <= toldBefore;
    }

    private MiningJob underNewId(MiningJob job) {
        return mayBeKnown(job) ? route.replica().renewed(job, highestToldId) : job;
    }

    private void tell(MiningJob job) {
        told = job;
        highestToldId = Math.max(highestToldId, job.id());
    }

    private void announce(MiningJob future) {
        // One that may be known already comes with its tip, under another id.
        if (channels.isEmpty() || announced.contains(future.id()) || mayBeKnown(future)) {
            return;
        }
        if (agreed.standardJobsOnly()) {
            for (Sv2Channel channel : channels.all()) {
                out.send(futureForOne(channel, future));
            }
        } else {
            for (ExtranonceShape shape : SHAPES) {
                if (channels.hasMembers(shape)) {
                    out.send(Sv2Frames.futureJob(future, shape, agreed.fixedVersion()));
                }
            }
        }
        remember(future);
    }

    private void remember(MiningJob future) {
        if (!announced.contains(future.id())) {
            if (announced.size() == MAX_FUTURE_JOBS) {
                announced.removeFirst();
            }
            announced.addLast(future.id());
            highestToldId = Math.max(highestToldId, future.id());
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
