package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.block.BlockFiles;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteAction;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteInput;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** Runs one {@link Route} on its loop: carries out its actions and is its mailbox for the miners' loops. */
final class RouteActor {
    /** Shares that miners' loops may have handed over without the route having taken them yet. */
    static final int MAILBOX_LIMIT = 65_536;

    private static final Logger LOG = LoggerFactory.getLogger(RouteActor.class);

    private final EventLoop loop;
    private final Route route;
    private final Upstream upstream;
    private final InstantSource clock;
    private final GatewayEvents events;
    private final Optional<BlockFiles> blocks;
    private final Executor disk;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<RouteDeadline, ScheduledFuture<?>> deadlines = new EnumMap<>(RouteDeadline.class);
    private List<MinerLoop> minerLoops = List.of();

    /** @param blocks where found blocks are kept; empty where the upstream keeps them itself, and whole */
    RouteActor(
            EventLoop loop,
            Route route,
            Upstream upstream,
            InstantSource clock,
            GatewayEvents events,
            Optional<BlockFiles> blocks,
            Executor disk) {
        this.loop = loop;
        this.route = route;
        this.upstream = upstream;
        this.clock = clock;
        this.events = events;
        this.blocks = blocks;
        this.disk = disk;
    }

    /** Begins to take work from the upstream for miners of these loops. */
    void start(List<MinerLoop> loops) {
        loop.execute(() -> {
            minerLoops = List.copyOf(loops);
            upstream.start(this::onUpstream);
        });
    }

    /** Hands a share over from any loop; false where the mailbox is full and the share was not taken. */
    boolean forward(ForwardedShare share) {
        if (waiting.incrementAndGet() > MAILBOX_LIMIT) {
            waiting.decrementAndGet();
            return false;
        }
        loop.execute(() -> {
            waiting.decrementAndGet();
            feed(new RouteInput.Forward(share));
        });
        return true;
    }

    /** Tells the route, from any loop, what stands behind it there. */
    void demand(int minerLoop, double hashrate, Target hardestWanted) {
        loop.execute(() -> feed(new RouteInput.Demand(minerLoop, hashrate, hardestWanted)));
    }

    /** Completes when all that was handed over before the call has been dealt with, as far as the route's loop. */
    Future<?> settle() {
        return loop.submit(() -> {});
    }

    /** Closes the upstream. */
    void close(String reason) {
        loop.execute(() -> {
            deadlines.values().forEach(deadline -> deadline.cancel(false));
            upstream.send(new UpstreamCommand.Close(reason));
        });
    }

    private void onUpstream(UpstreamEvent event) {
        feed(new RouteInput.FromUpstream(event));
    }

    private void feed(RouteInput input) {
        assert loop.inEventLoop();
        long started = System.nanoTime();
        for (RouteAction action : List.copyOf(route.on(input, clock.instant()))) {
            switch (action) {
                case RouteAction.Broadcast broadcast -> broadcast(broadcast.update(), started);
                case RouteAction.ToUpstream to -> upstream.send(to.command());
                case RouteAction.RecordBlock record -> record(record);
                case RouteAction.Publish publish -> events.publish(publish.event());
                case RouteAction.SetDeadline set -> schedule(set.deadline(), set.at());
            }
        }
    }

    private void broadcast(RouteUpdate update, long started) {
        JobDelivery delivery = new JobDelivery(update, started, minerLoops.size(), events, clock);
        for (MinerLoop minerLoop : minerLoops) {
            minerLoop.post(update, delivery);
        }
    }

    private void record(RouteAction.RecordBlock record) {
        RouteInput.BlockRecorded recorded = new RouteInput.BlockRecorded(record.share());
        if (blocks.isEmpty()) {
            loop.execute(() -> feed(recorded));
            return;
        }
        disk.execute(() -> {
            try {
                LOG.info(
                        "block {} written to {}",
                        record.block().hash().display(),
                        blocks.get().write(record.block()));
            } catch (Exception e) {
                // A full disk must not cost the block itself: say so loudly and send it all the same.
                LOG.error(
                        "block {} could not be written to disk: {}",
                        record.block().hash().display(),
                        record.block(),
                        e);
            }
            loop.execute(() -> feed(recorded));
        });
    }

    private void schedule(RouteDeadline deadline, Instant at) {
        ScheduledFuture<?> earlier = deadlines.remove(deadline);
        if (earlier != null) {
            earlier.cancel(false);
        }
        long millis = Math.max(0, Duration.between(clock.instant(), at).toMillis());
        deadlines.put(
                deadline,
                loop.schedule(() -> feed(new RouteInput.DeadlineReached(deadline)), millis, TimeUnit.MILLISECONDS));
    }
}
