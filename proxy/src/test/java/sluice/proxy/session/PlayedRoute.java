package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteAction;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteInput;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.translation.PoolNames;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** A real route beside others, whose upstream a test plays, and the replica that one loop has of it. */
final class PlayedRoute {
    final RouteReplica replica;
    final Bytes prefix;
    private final Route route;
    private final Instant now;
    private final boolean rolling;
    private Consumer<RouteUpdate> members = update -> {};
    private long upstreamJobs;

    /** @param prefix what the upstream fixes of the extranonce, by which its jobs are known */
    PlayedRoute(String prefix, Numbering numbering, Instant now, boolean rolling) {
        this.prefix = Bytes.fromHex(prefix);
        this.replica = new RouteReplica(numbering);
        this.route = new Route(prefix, PoolNames.OWN, Duration.ofHours(1), Target.DIFFICULTY_1, numbering);
        this.now = now;
        this.rolling = rolling;
        feed(new RouteInput.Engaged());
    }

    /** The block after so many others. */
    static ChainTip block(int height, Instant time) {
        byte[] prevHash = new byte[32];
        prevHash[0] = (byte) height;
        return new ChainTip(Hash256.of(prevHash, 0), 0x1d00_ffffL, time.getEpochSecond());
    }

    void opens(int granted, Target target) {
        event(new UpstreamEvent.ChannelOpened(new UpstreamChannel("pool", prefix, granted, target, rolling)));
    }

    /** Announces a job for the next block; answers the upstream's id for it. */
    long future() {
        event(new UpstreamEvent.JobAnnounced(job(OptionalLong.empty())));
        return upstreamJobs;
    }

    void activate(long upstreamJob, ChainTip tip) {
        event(new UpstreamEvent.TipChanged(upstreamJob, tip));
    }

    void tip(ChainTip tip) {
        activate(future(), tip);
    }

    void activeJob() {
        event(new UpstreamEvent.JobAnnounced(job(OptionalLong.of(now.getEpochSecond()))));
    }

    void repeatJob() {
        feed(new RouteInput.DeadlineReached(RouteDeadline.KEEPALIVE));
    }

    void lost() {
        event(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
    }

    /** Who is told of updates from now on, behind the replica. */
    void feeds(Consumer<RouteUpdate> miners) {
        members = miners;
    }

    MiningJob current() {
        return replica.currentJob().orElseThrow();
    }

    private UpstreamJob job(OptionalLong minNtime) {
        byte[] sibling = new byte[32];
        sibling[0] = (byte) ++upstreamJobs;
        return new UpstreamJob(
                upstreamJobs,
                minNtime,
                0x2000_0000L,
                rolling,
                List.of(Hash256.of(sibling, 0)),
                Sv2Farm.COINBASE_PREFIX,
                Sv2Farm.COINBASE_SUFFIX,
                prefix);
    }

    private void event(UpstreamEvent event) {
        feed(new RouteInput.FromUpstream(event));
    }

    private void feed(RouteInput input) {
        for (RouteAction action : List.copyOf(route.on(input, now))) {
            if (action instanceof RouteAction.Broadcast broadcast) {
                replica.apply(broadcast.update());
                members.accept(broadcast.update());
            }
        }
    }
}
