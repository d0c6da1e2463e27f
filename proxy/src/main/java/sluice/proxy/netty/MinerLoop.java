package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.route.LoopLanes;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.ReadAllowance;

/**
 * The miners of one event loop: takes the updates of all routes once and hands them to whom they concern, and adds up what
 * stands in each lane here. What is called from other loops says so; all else is confined to the loop.
 */
final class MinerLoop {
    /** Miners served in one go by a routine job; others on the loop get their turn in between. A new tip never waits. */
    static final int ROUTINE_SLICE = 256;

    /** Least time between two reports of demand to the director. */
    static final long DEMAND_INTERVAL_MILLIS = 500;

    /** How often the director is told of all miners, where it places them one by one. */
    static final long CENSUS_INTERVAL_MILLIS = 10_000;

    private final EventLoop loop;
    private final int number;
    private final MinerContext context;
    private final ControlActor control;
    private final GatewayEvents events;
    private final InstantSource clock;
    private final LoopLanes<MinerConnection> lanes;
    private final Map<Long, MinerConnection> connections = new LinkedHashMap<>();
    private final Set<Integer> lanesToReport = new LinkedHashSet<>();
    private final ReadAllowance strangers = ReadAllowance.ofStrangers();
    private boolean demandScheduled;
    private boolean placedOneByOne;
    private boolean censusScheduled;
    private boolean handing;
    private Bytes shared;
    private ByteBuf sharedBuffer;
    private String turnAwayReason;
    private String shutDownReason;
    private final CompletableFuture<Void> emptied = new CompletableFuture<>();

    /** @param context its route is what feeds a miner that has no lane yet: nothing */
    MinerLoop(
            EventLoop loop,
            int number,
            MinerContext context,
            Numbering numbering,
            ControlActor control,
            GatewayEvents events,
            InstantSource clock) {
        this.loop = loop;
        this.number = number;
        this.context = context;
        this.control = control;
        this.events = events;
        this.clock = clock;
        this.lanes = new LoopLanes<>(new Host(), context.route(), numbering, ROUTINE_SLICE);
    }

    private final class Host implements LoopLanes.Host<MinerConnection> {
        @Override
        public void update(List<MinerConnection> miners, int from, int to, RouteUpdate update) {
            hand(miners, from, to, new MinerInput.RouteUpdated(update));
        }

        @Override
        public void changeRoute(List<MinerConnection> miners, RouteReplica replica) {
            hand(miners, 0, miners.size(), new MinerInput.RouteChanged(replica));
        }

        @Override
        public void later(Runnable rest) {
            nextTurn(rest);
        }

        @Override
        public void everyRouteHasNewTip() {
            context.indexes().onTipChanged();
        }
    }

    EventLoop loop() {
        return loop;
    }

    MinerContext context() {
        return context;
    }

    ControlActor control() {
        return control;
    }

    /** How fast connections are read by which no work has come yet, all together. */
    ReadAllowance strangers() {
        return strangers;
    }

    GatewayEvents events() {
        return events;
    }

    InstantSource clock() {
        return clock;
    }

    /** From the control loop: a route has news. */
    void post(int route, RouteUpdate update, LoopLanes.Delivery delivery) {
        loop.execute(() -> {
            lanes.update(route, update, delivery);
            if (update instanceof RouteUpdate.UpstreamReady) {
                context.versionRollingAllowed(lanes.isVersionRollingAllowed());
            }
        });
    }

    /** From the control loop: a lane is fed by this route from now on. */
    void engage(int lane, int route, LoopLanes.Delivery delivery) {
        loop.execute(() -> {
            lanes.engage(lane, route, delivery);
        });
    }

    /** From the control loop: a route is over. */
    void forget(int route) {
        loop.execute(() -> {
            lanes.forget(route);
            context.versionRollingAllowed(lanes.isVersionRollingAllowed());
        });
    }

    /** From the control loop: a lane is over. */
    void removeLane(int lane) {
        loop.execute(() -> lanes.removeLane(lane));
    }

    /** From the control loop: where all miners are from now on; empty where each is placed. */
    void laneOfAll(OptionalInt lane) {
        loop.execute(() -> {
            placedOneByOne = lane.isEmpty();
            lanes.laneOfAll(lane);
            lane.ifPresent(this::demandChanged);
            takeCensus();
        });
    }

    /** From the control loop: puts a miner into a lane. */
    void place(long connectionId, int lane) {
        loop.execute(() -> {
            MinerConnection miner = connections.get(connectionId);
            if (miner != null) {
                lanes.laneOf(miner).ifPresent(this::demandChanged);
                lanes.place(miner, lane);
                demandChanged(lane);
            }
        });
    }

    /** From the control loop: there is no place for a miner. */
    void refuse(long connectionId, String reason, String detail) {
        loop.execute(() -> {
            MinerConnection miner = connections.get(connectionId);
            if (miner != null) {
                miner.disconnect(reason, detail);
            }
        });
    }

    /** From any thread: how miners are treated from now on, also those that are there. */
    void profiles(ProfileBook profiles) {
        loop.execute(() -> {
            context.profiles(profiles);
            tellOfProfiles(List.copyOf(connections.values()), 0);
        });
    }

    /** From any thread: no lower difficulty is chosen from now on, also for those that are there; empty: as before. */
    void leastDifficulty(OptionalDouble difficulty) {
        loop.execute(() -> {
            context.leastDifficulty(difficulty);
            tellOfProfiles(List.copyOf(connections.values()), 0);
        });
    }

    private void tellOfProfiles(List<MinerConnection> miners, int from) {
        int to = Math.min(miners.size(), from + ROUTINE_SLICE);
        hand(miners, from, to, new MinerInput.ProfilesChanged());
        if (to < miners.size()) {
            nextTurn(() -> tellOfProfiles(miners, to));
        }
    }

    /** From any loop: closes every connection, and each whose handshake ends later, until {@link #takeMiners}. */
    void turnMinersAway(String reason) {
        loop.execute(() -> {
            turnAwayReason = reason;
            List.copyOf(connections.values()).forEach(connection -> connection.shutDown(reason));
        });
    }

    /** From any loop: miners may stay again. */
    void takeMiners() {
        loop.execute(() -> turnAwayReason = null);
    }

    /**
     * From any thread: closes every connection, and each that comes later. The future, one for all calls, completes when
     * none is left.
     */
    CompletableFuture<Void> shutDown(String reason) {
        loop.execute(() -> {
            shutDownReason = reason;
            List.copyOf(connections.values()).forEach(connection -> connection.shutDown(reason));
            checkEmptied();
        });
        return emptied;
    }

    void add(MinerConnection connection) {
        connections.put(connection.connectionId(), connection);
        lanes.join(connection);
        String unwanted = shutDownReason != null ? shutDownReason : turnAwayReason;
        if (unwanted != null) {
            loop.execute(() -> connection.shutDown(unwanted));
        }
    }

    void remove(MinerConnection connection) {
        connections.remove(connection.connectionId());
        OptionalInt lane = lanes.laneOf(connection);
        lanes.remove(connection);
        if (shutDownReason != null) {
            checkEmptied();
            return;
        }
        lane.ifPresent(this::demandChanged);
        if (placedOneByOne) {
            control.tell(new DirectorInput.MinerLeft(connection.connectionId()));
        }
    }

    private void checkEmptied() {
        if (connections.isEmpty()) {
            emptied.complete(null);
        }
    }

    /** A miner said who it is. */
    void identified(MinerConnection connection) {
        if (placedOneByOne) {
            control.tell(
                    new DirectorInput.MinerIdentified(number, connection.facts().orElseThrow()));
        }
    }

    /** Something the session of a miner stands for changed; the director hears of it soon. */
    void demandChanged(MinerConnection connection) {
        lanes.laneOf(connection).ifPresent(this::demandChanged);
    }

    private void demandChanged(int lane) {
        lanesToReport.add(lane);
        if (!demandScheduled) {
            demandScheduled = true;
            loop.schedule(this::reportDemand, DEMAND_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A buffer with these bytes for one more socket. While an update goes round, miners that get the same object share one
     * direct buffer, unless a miner needs one of its own.
     */
    ByteBuf buffer(Bytes bytes, boolean shareable) {
        if (!handing || !shareable) {
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

    // A task that is not scheduled would run before the loop looks at its sockets again.
    private void nextTurn(Runnable rest) {
        loop.schedule(rest, 1, TimeUnit.NANOSECONDS);
    }

    private void dropShared() {
        if (sharedBuffer != null) {
            sharedBuffer.release();
            sharedBuffer = null;
            shared = null;
        }
    }

    private void hand(List<MinerConnection> miners, int from, int to, MinerInput input) {
        boolean outermost = !handing;
        handing = true;
        try {
            for (int at = from; at < to; at++) {
                miners.get(at).feed(input);
            }
        } finally {
            if (outermost) {
                handing = false;
                dropShared();
            }
        }
    }

    private void reportDemand() {
        demandScheduled = false;
        for (int lane : lanesToReport) {
            double hashrate = 0;
            Target hardest = Target.MAX;
            for (MinerConnection connection : lanes.members(lane)) {
                hashrate += connection.nominalHashrate();
                hardest = Target.hardest(hardest, connection.hardestWantedTarget());
            }
            control.tell(new DirectorInput.Demand(number, lane, hashrate, hardest));
        }
        lanesToReport.clear();
    }

    private void takeCensus() {
        if (!placedOneByOne || shutDownReason != null) {
            return;
        }
        List<DirectorInput.Counted> counted = new ArrayList<>();
        for (MinerConnection connection : connections.values()) {
            connection
                    .facts()
                    .ifPresent(facts -> counted.add(
                            new DirectorInput.Counted(facts, lanes.laneOf(connection), connection.nominalHashrate())));
        }
        control.tell(new DirectorInput.Census(number, counted));
        if (!censusScheduled) {
            censusScheduled = true;
            loop.schedule(
                    () -> {
                        censusScheduled = false;
                        takeCensus();
                    },
                    CENSUS_INTERVAL_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }
}
