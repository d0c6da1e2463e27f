package sluice.proxy.route;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.AnnouncedJob;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.translation.PoolNames;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/**
 * One upstream channel and the miners it feeds: gives its jobs gateway-wide ids and broadcasts them, sends shares up and
 * matches the verdicts that come down (SV2 5.3.13), and keeps the upstream told of what is behind it. Knows nothing of
 * single miners but the names on shares without a verdict. Pure; confined to the upstream's loop.
 */
public final class Route {
    /** Shares that may wait for the upstream's verdict; beyond it a share is counted as unforwardable. */
    public static final int MAX_PENDING_SHARES = 65_536;

    /** Announced jobs that may wait for their tip; the oldest gives way. */
    public static final int MAX_FUTURE_JOBS = 16;

    /** At most one UpdateChannel goes upstream in this time (SV2 5.3.9 allows it to be debounced). */
    static final Duration DEMAND_INTERVAL = Duration.ofSeconds(1);

    private static final String UPSTREAM_GONE = "upstream-gone";

    private final String name;
    private final PoolNames names;
    private final Duration keepalive;
    private final Target firstWanted;
    private final Numbering numbering;
    private final List<RouteAction> actions = new ArrayList<>();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final LinkedHashMap<Long, Future> futures = new LinkedHashMap<>();
    private final Map<Integer, RouteInput.Demand> demands = new HashMap<>();

    private UpstreamChannel channel;
    private boolean connected;
    private boolean engaged;
    private boolean closing;
    private long generation;
    private Target target = Target.MAX;
    private ChainTip tip;
    // The compact target that operators heard of last.
    private OptionalLong toldNbits = OptionalLong.empty();
    private MiningJob current;
    private Instant currentSince;
    private long lastAnnouncement;
    private long lastSequence;
    // Shares the upstream's count left out of a batch it acknowledged; their rejections are still to come.
    private long unexplained;
    // Blocks that are being written to disk before they go up.
    private int blocksOnDisk;
    private boolean demandScheduled;
    private UpstreamCommand.UpdateDemand toldDemand;

    /** @param announcement counts all future jobs, also those that an upstream announced anew under an id they had */
    private record Future(MiningJob job, long announcement) {}

    private static final class Pending {
        final long sequence;
        final double work;
        final String userIdentity;
        final Optional<Hash256> block;

        Pending(long sequence, double work, String userIdentity, Optional<Hash256> block) {
            this.sequence = sequence;
            this.work = work;
            this.userIdentity = userIdentity;
            this.block = block;
        }
    }

    /**
     * @param name the upstream's name for events
     * @param names under which the upstream sees the miners of shares
     * @param keepalive after so long without a job, the one in force is repeated
     * @param firstWanted the easiest target the upstream should set while no miner has said otherwise
     * @param numbering of the gateway
     */
    public Route(String name, PoolNames names, Duration keepalive, Target firstWanted, Numbering numbering) {
        this.name = name;
        this.names = names;
        this.keepalive = keepalive;
        this.firstWanted = firstWanted;
        this.numbering = numbering;
    }

    /** Takes one input. The list is the route's own and is valid until the next call. */
    public List<RouteAction> on(RouteInput input, Instant now) {
        actions.clear();
        switch (input) {
            case RouteInput.FromUpstream from -> onUpstream(from.event(), now);
            case RouteInput.Forward forward -> onShare(forward.share(), now);
            case RouteInput.BlockRecorded recorded -> {
                blocksOnDisk--;
                submit(recorded.share(), now);
            }
            case RouteInput.Demand demand -> onDemand(demand, now);
            case RouteInput.Engaged on -> engage(now);
            case RouteInput.Disengaged off -> disengage(now);
            case RouteInput.Closing end -> closing = true;
            case RouteInput.DeadlineReached reached -> {
                switch (reached.deadline()) {
                    case DEMAND -> tellDemand();
                    case KEEPALIVE -> repeatJob(now);
                }
            }
        }
        return actions;
    }

    /** Shares sent up that have no verdict yet. */
    public long unanswered() {
        return pending.size() + unexplained;
    }

    /** Whether the upstream owes a verdict, or is to be sent a block as soon as that is on the disk. */
    public boolean hasSharesUnderWay() {
        return unanswered() > 0 || blocksOnDisk > 0;
    }

    /** Whether miners can be given work of the upstream channel in force. */
    public boolean hasWork() {
        return connected && tip != null;
    }

    /** Whether the upstream channel in force, or else the last one, allows a job's version to be rolled. */
    public boolean versionRollingAllowed() {
        return channel == null || channel.versionRollingAllowed();
    }

    /** The number of the upstream channel in force, or else of the last one; 0 before the first. */
    public long generation() {
        return generation;
    }

    private void engage(Instant now) {
        if (engaged) {
            return;
        }
        engaged = true;
        if (hasWork()) {
            tellOfJob(current, now);
            tellOfTip(now);
            currentSince = now;
            setKeepalive(now);
        }
    }

    private void disengage(Instant now) {
        engaged = false;
        demands.clear();
        scheduleDemand(now);
    }

    private void onUpstream(UpstreamEvent event, Instant now) {
        switch (event) {
            case UpstreamEvent.ChannelOpened opened -> onChannel(opened.channel(), now);
            case UpstreamEvent.JobAnnounced announced -> onJob(announced.job(), now);
            case UpstreamEvent.TipChanged changed -> onTip(changed, now);
            case UpstreamEvent.TargetChanged changed -> {
                target = changed.target();
                broadcast(new RouteUpdate.TargetChanged(target));
            }
            // Jobs carry the prefix they were announced with, so there is nothing to redo here.
            case UpstreamEvent.ExtranoncePrefixChanged changed -> {}
            case UpstreamEvent.SharesAccepted accepted -> onAccepted(accepted, now);
            case UpstreamEvent.ShareRejected rejected -> onRejected(rejected, now);
            case UpstreamEvent.PayoutMismatch mismatch ->
                publish(new GatewayEvent.PayoutMismatch(now, name, mismatch.detail()));
            case UpstreamEvent.SplitUnused unused ->
                publish(new GatewayEvent.CoinbaseOutputsUnused(now, name, unused.reason()));
            case UpstreamEvent.Lost lost -> onLost(lost, now);
        }
    }

    private void onChannel(UpstreamChannel opened, Instant now) {
        dropPending(now);
        channel = opened;
        connected = true;
        generation = numbering.nextGeneration();
        target = opened.target();
        tip = null;
        lastSequence = 0;
        futures.clear();
        toldDemand = null;
        publish(new GatewayEvent.MiningPoolConnected(now, name));
        broadcast(new RouteUpdate.UpstreamReady(opened, generation));
        if (!demands.isEmpty()) {
            scheduleDemand(now);
        }
    }

    private void onJob(UpstreamJob announced, Instant now) {
        if (channel == null) {
            return;
        }
        MiningJob job;
        if (announced.isFuture()) {
            job = MiningJob.future(
                    numbering.nextJobId(), numbering.nextOrigin(name), announced, channel.extranonceSize(), generation);
            futures.remove(announced.jobId());
            if (futures.size() == MAX_FUTURE_JOBS) {
                futures.pollFirstEntry();
            }
            futures.putLast(announced.jobId(), new Future(job, ++lastAnnouncement));
        } else {
            if (tip == null) {
                return;
            }
            job = MiningJob.active(
                    numbering.nextJobId(),
                    numbering.nextOrigin(name),
                    announced,
                    channel.extranonceSize(),
                    generation,
                    tip,
                    target);
            setCurrent(job, now);
        }
        tellOfJob(job, now);
        broadcast(new RouteUpdate.JobAdded(job));
    }

    private void onTip(UpstreamEvent.TipChanged changed, Instant now) {
        Future future = futures.get(changed.jobId());
        if (future == null) {
            return;
        }
        tip = changed.tip();
        futures.clear();
        MiningJob activated = future.job.activate(tip, target);
        if (lastAnnouncement - future.announcement >= MAX_FUTURE_JOBS) {
            // Loops and miners keep the latest jobs only, and no miner may get one id twice (SV2 5.3.15).
            activated = activated.again(numbering.nextJobId(), activated.ntime());
        }
        setCurrent(activated, now);
        tellOfTip(now);
        broadcast(new RouteUpdate.TipChanged(activated));
    }

    private void setCurrent(MiningJob job, Instant now) {
        current = job;
        currentSince = now;
        setKeepalive(now);
    }

    private void setKeepalive(Instant now) {
        if (engaged) {
            actions.add(new RouteAction.SetDeadline(RouteDeadline.KEEPALIVE, now.plus(keepalive)));
        }
    }

    // A standby's jobs are nobody's yet: operators hear of one when it is taken into use.
    private void tellOfJob(MiningJob job, Instant now) {
        if (engaged) {
            publish(new GatewayEvent.MiningJobCreated(
                    now,
                    job.id(),
                    job.isFuture() ? Hash256.ZERO : job.tip().prevHash(),
                    job.isFuture(),
                    Coinbase.heightOf(job.source().coinbasePrefix()),
                    new AnnouncedJob(name, job.source(), channel.extranonceSize(), target)));
        }
    }

    private void tellOfTip(Instant now) {
        if (engaged) {
            publish(new GatewayEvent.ChainTipUpdated(now, tip.prevHash(), tip.nbits()));
            if (toldNbits.isPresent() && toldNbits.getAsLong() != tip.nbits()) {
                publish(new GatewayEvent.MiningDifficultyChanged(now, toldNbits.getAsLong(), tip.nbits()));
            }
            toldNbits = OptionalLong.of(tip.nbits());
        }
    }

    private void repeatJob(Instant now) {
        if (current == null || !engaged) {
            return;
        }
        long elapsed = Math.max(0, Duration.between(currentSince, now).toSeconds());
        long base = current.ntime();
        long ntime = Math.min(base + elapsed, current.tip().minNtime() + ShareValidator.MAX_NTIME_AHEAD_SECONDS);
        MiningJob again = current.again(numbering.nextJobId(), Math.max(base, ntime));
        setCurrent(again, now);
        broadcast(new RouteUpdate.JobRepeated(again));
    }

    private void onShare(ForwardedShare share, Instant now) {
        if (share.blockFound()) {
            publish(new GatewayEvent.BlockFound(now, share.hash(), share.userIdentity(), name));
            // It gets its sequence number when it goes up, or shares that overtake it on the disk would unsettle the
            // count.
            blocksOnDisk++;
            actions.add(new RouteAction.RecordBlock(FoundBlock.of(share, name, now), share));
        } else {
            submit(share, now);
        }
    }

    private void submit(ForwardedShare share, Instant now) {
        MiningJob job = share.job();
        Optional<String> obstacle = obstacle(job);
        if (obstacle.isPresent()) {
            publish(new GatewayEvent.ShareUnforwardable(now, share.userIdentity(), obstacle.get()));
            if (share.blockFound()) {
                actions.add(new RouteAction.ToUpstream(new UpstreamCommand.RescueBlock(command(share, 0))));
            }
            return;
        }
        double work = job.routeDifficulty();
        long sequence = ++lastSequence;
        pending.addLast(new Pending(
                sequence,
                work,
                share.userIdentity(),
                share.blockFound() ? Optional.of(share.hash()) : Optional.empty()));
        publish(new GatewayEvent.ShareForwarded(now, name, work));
        actions.add(new RouteAction.ToUpstream(command(share, sequence)));
    }

    private UpstreamCommand.SubmitShare command(ForwardedShare share, long sequence) {
        return new UpstreamCommand.SubmitShare(
                sequence,
                share.job().source().jobId(),
                share.nonce(),
                share.ntime(),
                share.version(),
                share.upstreamExtranonce(),
                names.of(share.userIdentity(), share.origin()));
    }

    /** Why no share of {@code job} can go up now. */
    private Optional<String> obstacle(MiningJob job) {
        if (closing) {
            return Optional.of(UPSTREAM_GONE);
        }
        if (!connected) {
            return Optional.of("no-upstream");
        }
        if (job.generation() != generation) {
            return Optional.of(UPSTREAM_GONE);
        }
        return pending.size() >= MAX_PENDING_SHARES ? Optional.of("too-many-unanswered") : Optional.empty();
    }

    private void onAccepted(UpstreamEvent.SharesAccepted accepted, Instant now) {
        long covered = 0;
        double work = 0;
        while (!pending.isEmpty() && pending.peekFirst().sequence <= accepted.lastSequence()) {
            Pending share = pending.removeFirst();
            covered++;
            work += share.work;
            share.block.ifPresent(hash -> publish(new GatewayEvent.BlockAnswered(now, hash, name, Optional.empty())));
        }
        if (covered < accepted.count()) {
            // More than we still had: it makes up for an earlier batch that counted fewer than it covered.
            long late = Math.min(unexplained, accepted.count() - covered);
            unexplained -= late;
            agree(covered + late, work, now);
        } else {
            unexplained += covered - accepted.count();
            agree(accepted.count(), covered == 0 ? 0 : work * accepted.count() / covered, now);
        }
    }

    private void agree(long count, double work, Instant now) {
        if (count > 0) {
            publish(new GatewayEvent.UpstreamAccepted(now, name, count, work));
        }
    }

    private void onRejected(UpstreamEvent.ShareRejected rejected, Instant now) {
        Pending share = removePending(rejected.sequence());
        if (share == null) {
            if (unexplained == 0) {
                return;
            }
            unexplained--;
        } else {
            share.block.ifPresent(hash ->
                    publish(new GatewayEvent.BlockAnswered(now, hash, name, Optional.of(rejected.errorCode()))));
        }
        publish(new GatewayEvent.UpstreamRejected(
                now, name, share == null ? "" : share.userIdentity, rejected.errorCode()));
    }

    private Pending removePending(long sequence) {
        for (Iterator<Pending> shares = pending.iterator(); shares.hasNext(); ) {
            Pending share = shares.next();
            if (share.sequence == sequence) {
                shares.remove();
                return share;
            }
        }
        return null;
    }

    private void onLost(UpstreamEvent.Lost lost, Instant now) {
        publish(new GatewayEvent.MiningPoolDisconnected(now, name, lost.step().name(), lost.reason(), connected));
        dropPending(now);
        if (connected) {
            connected = false;
            broadcast(new RouteUpdate.UpstreamLost(lost.reason()));
        }
    }

    private void dropPending(Instant now) {
        if (unanswered() > 0) {
            publish(new GatewayEvent.UpstreamUnanswered(now, name, unanswered()));
        }
        pending.clear();
        unexplained = 0;
    }

    private void onDemand(RouteInput.Demand demand, Instant now) {
        demands.put(demand.loop(), demand);
        scheduleDemand(now);
    }

    private void scheduleDemand(Instant now) {
        if (!demandScheduled) {
            demandScheduled = true;
            actions.add(new RouteAction.SetDeadline(RouteDeadline.DEMAND, now.plus(DEMAND_INTERVAL)));
        }
    }

    private void tellDemand() {
        demandScheduled = false;
        if (!connected || closing) {
            return;
        }
        double hashrate = 0;
        Target hardest = Target.MAX;
        for (RouteInput.Demand demand : demands.values()) {
            hashrate += demand.hashrate();
            hardest = Target.hardest(hardest, demand.hardestWanted());
        }
        UpstreamCommand.UpdateDemand update =
                new UpstreamCommand.UpdateDemand(hashrate, hardest.equals(Target.MAX) ? firstWanted : hardest);
        if (!update.equals(toldDemand)) {
            toldDemand = update;
            actions.add(new RouteAction.ToUpstream(update));
        }
    }

    private void broadcast(RouteUpdate update) {
        actions.add(new RouteAction.Broadcast(update));
    }

    private void publish(GatewayEvent event) {
        actions.add(new RouteAction.Publish(event));
    }
}
