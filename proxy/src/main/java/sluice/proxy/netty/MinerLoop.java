package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;

/**
 * The miners of one event loop: takes the route's updates once and hands them to each, and adds up what stands behind the
 * route here. All but {@link #post} and {@link #shutDown} is confined to the loop.
 */
final class MinerLoop {
    /** Miners served in one go by a routine job; others on the loop get their turn in between. A new tip never waits. */
    static final int ROUTINE_SLICE = 256;

    /** Least time between two reports of demand to the route. */
    static final long DEMAND_INTERVAL_MILLIS = 500;

    private final EventLoop loop;
    private final int number;
    private final MinerContext context;
    private final RouteActor route;
    private final GatewayEvents events;
    private final InstantSource clock;
    private final Set<MinerConnection> connections = new LinkedHashSet<>();
    private boolean demandScheduled;
    private Routine routine;
    private boolean handing;
    private Bytes shared;
    private ByteBuf sharedBuffer;
    private String shutDownReason;
    private final CompletableFuture<Void> emptied = new CompletableFuture<>();

    /** A routine update on its way through the loop's miners. */
    private record Routine(RouteUpdate update, JobDelivery delivery, List<MinerConnection> miners, int next) {}

    MinerLoop(
            EventLoop loop,
            int number,
            MinerContext context,
            RouteActor route,
            GatewayEvents events,
            InstantSource clock) {
        this.loop = loop;
        this.number = number;
        this.context = context;
        this.route = route;
        this.events = events;
        this.clock = clock;
    }

    EventLoop loop() {
        return loop;
    }

    MinerContext context() {
        return context;
    }

    RouteActor route() {
        return route;
    }

    GatewayEvents events() {
        return events;
    }

    InstantSource clock() {
        return clock;
    }

    /** Takes an update from the route's loop. */
    void post(RouteUpdate update, JobDelivery delivery) {
        loop.execute(() -> apply(update, delivery));
    }

    /** Closes every connection, and each that comes later. The future, one for all calls, completes when none is left. */
    CompletableFuture<Void> shutDown(String reason) {
        loop.execute(() -> {
            shutDownReason = reason;
            List.copyOf(connections).forEach(connection -> connection.shutDown(reason));
            checkEmptied();
        });
        return emptied;
    }

    void add(MinerConnection connection) {
        connections.add(connection);
        if (shutDownReason != null) {
            loop.execute(() -> connection.shutDown(shutDownReason));
        }
    }

    void remove(MinerConnection connection) {
        connections.remove(connection);
        if (shutDownReason == null) {
            demandChanged();
        } else {
            checkEmptied();
        }
    }

    private void checkEmptied() {
        if (connections.isEmpty()) {
            emptied.complete(null);
        }
    }

    /** Something a session stands for changed; the route hears of it soon. */
    void demandChanged() {
        if (!demandScheduled) {
            demandScheduled = true;
            loop.schedule(this::reportDemand, DEMAND_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A buffer with these bytes for one more socket. While an update goes round, miners that get the same object share one
     * direct buffer.
     */
    ByteBuf buffer(Bytes bytes) {
        if (!handing) {
            return copy(bytes);
        }
        if (bytes != shared) {
            dropShared();
            sharedBuffer = copy(bytes);
            shared = bytes;
        }
        return sharedBuffer.retainedDuplicate();
    }

    private static ByteBuf copy(Bytes bytes) {
        return ByteBufAllocator.DEFAULT.directBuffer(bytes.length()).writeBytes(bytes.asByteBuffer());
    }

    private void dropShared() {
        if (sharedBuffer != null) {
            sharedBuffer.release();
            sharedBuffer = null;
            shared = null;
        }
    }

    private void apply(RouteUpdate update, JobDelivery delivery) {
        assert loop.inEventLoop();
        finishRoutine(update);
        context.route().apply(update);
        if (update instanceof RouteUpdate.TipChanged) {
            context.indexes().onTipChanged();
        }
        List<MinerConnection> miners = new ArrayList<>(connections);
        if (isRoutine(update)) {
            routine = new Routine(update, delivery, miners, 0);
            continueRoutine();
        } else {
            hand(update, miners, 0, miners.size());
            delivery.delivered(miners.size());
        }
    }

    private static boolean isRoutine(RouteUpdate update) {
        return update instanceof RouteUpdate.JobRepeated
                || (update instanceof RouteUpdate.JobAdded added && !added.job().isFuture());
    }

    private void continueRoutine() {
        Routine now = routine;
        if (now == null) {
            return;
        }
        int end = Math.min(now.next() + ROUTINE_SLICE, now.miners().size());
        hand(now.update(), now.miners(), now.next(), end);
        if (end == now.miners().size()) {
            routine = null;
            now.delivery().delivered(end);
        } else {
            routine = new Routine(now.update(), now.delivery(), now.miners(), end);
            loop.execute(this::continueRoutine);
        }
    }

    // The next update must not overtake a routine one. A new tip makes the rest of it worthless, so it is dropped then.
    private void finishRoutine(RouteUpdate next) {
        Routine unfinished = routine;
        if (unfinished == null) {
            return;
        }
        routine = null;
        int end = unfinished.next();
        if (!(next instanceof RouteUpdate.TipChanged)) {
            end = unfinished.miners().size();
            hand(unfinished.update(), unfinished.miners(), unfinished.next(), end);
        }
        unfinished.delivery().delivered(end);
    }

    private void hand(RouteUpdate update, List<MinerConnection> miners, int from, int to) {
        MinerInput input = new MinerInput.RouteUpdated(update);
        handing = true;
        try {
            for (int at = from; at < to; at++) {
                miners.get(at).feed(input);
            }
        } finally {
            handing = false;
            dropShared();
        }
    }

    private void reportDemand() {
        demandScheduled = false;
        double hashrate = 0;
        Target hardest = Target.MAX;
        for (MinerConnection connection : connections) {
            hashrate += connection.nominalHashrate();
            hardest = Target.hardest(hardest, connection.hardestWantedTarget());
        }
        route.demand(number, hashrate, hardest);
    }
}
