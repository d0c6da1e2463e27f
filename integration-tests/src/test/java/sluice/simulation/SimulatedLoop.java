package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.LoopLanes;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;

/** One miners' loop by the rules of the gateway's own: the real lanes, with demand and a census for the director. */
final class SimulatedLoop {
    private static final Duration DEMAND_INTERVAL = Duration.ofMillis(500);
    private static final Duration CENSUS_INTERVAL = Duration.ofSeconds(10);

    private final World world;
    private final int number;
    private final MinerContext context;
    private final SimulatedControl control;
    private final LoopLanes<SimulatedMinerConnection> lanes;
    private final Mailbox inbound;
    private final Mailbox own;
    private final Map<Long, SimulatedMinerConnection> connections = new LinkedHashMap<>();
    private final Set<Integer> lanesToReport = new LinkedHashSet<>();
    private String turnAwayReason;
    private boolean demandScheduled;
    private boolean placedOneByOne;
    private boolean censusScheduled;

    SimulatedLoop(
            World world,
            Chance chance,
            int number,
            MinerContext context,
            Numbering numbering,
            SimulatedControl control,
            int routineSlice) {
        this.world = world;
        this.number = number;
        this.context = context;
        this.control = control;
        this.lanes = new LoopLanes<>(new Host(), context.route(), numbering, routineSlice);
        this.inbound = new Mailbox(world, chance.split());
        this.own = new Mailbox(world, chance.split());
    }

    private final class Host implements LoopLanes.Host<SimulatedMinerConnection> {
        @Override
        public void update(List<SimulatedMinerConnection> miners, int from, int to, RouteUpdate update) {
            hand(miners, from, to, new MinerInput.RouteUpdated(update));
        }

        @Override
        public void changeRoute(List<SimulatedMinerConnection> miners, RouteReplica replica) {
            hand(miners, 0, miners.size(), new MinerInput.RouteChanged(replica));
        }

        @Override
        public void later(Runnable rest) {
            own.post(rest);
        }

        @Override
        public void everyRouteHasNewTip() {
            context.indexes().onTipChanged();
        }

        private static void hand(List<SimulatedMinerConnection> miners, int from, int to, MinerInput input) {
            for (int at = from; at < to; at++) {
                miners.get(at).feed(input);
            }
        }
    }

    MinerContext context() {
        return context;
    }

    World world() {
        return world;
    }

    LoopLanes<SimulatedMinerConnection> lanes() {
        return lanes;
    }

    void publish(GatewayEvent event) {
        control.publish(event);
    }

    boolean forward(ForwardedShare share) {
        return control.forward(number, share);
    }

    // ---- from the control loop

    void post(int route, RouteUpdate update, Delivery delivery) {
        inbound.post(() -> {
            lanes.update(route, update, delivery);
            if (update instanceof RouteUpdate.UpstreamReady) {
                context.versionRollingAllowed(lanes.isVersionRollingAllowed());
            }
        });
    }

    void engage(int lane, int route, Delivery delivery) {
        inbound.post(() -> lanes.engage(lane, route, delivery));
    }

    void forget(int route) {
        inbound.post(() -> {
            lanes.forget(route);
            context.versionRollingAllowed(lanes.isVersionRollingAllowed());
        });
    }

    void removeLane(int lane) {
        inbound.post(() -> lanes.removeLane(lane));
    }

    void laneOfAll(OptionalInt lane) {
        inbound.post(() -> {
            placedOneByOne = lane.isEmpty();
            lanes.laneOfAll(lane);
            lane.ifPresent(this::demandChanged);
            takeCensus();
        });
    }

    void place(long connectionId, int lane) {
        inbound.post(() -> {
            SimulatedMinerConnection miner = connections.get(connectionId);
            if (miner != null) {
                lanes.laneOf(miner).ifPresent(this::demandChanged);
                lanes.place(miner, lane);
                demandChanged(lane);
            }
        });
    }

    void refuse(long connectionId, String reason, String detail) {
        inbound.post(() -> {
            SimulatedMinerConnection miner = connections.get(connectionId);
            if (miner != null) {
                miner.disconnect(reason, detail);
            }
        });
    }

    void turnMinersAway(String reason) {
        inbound.post(() -> {
            turnAwayReason = reason;
            List.copyOf(connections.values()).forEach(connection -> connection.shutDown(reason));
        });
    }

    void takeMiners() {
        inbound.post(() -> turnAwayReason = null);
    }

    // ---- from miners

    void add(SimulatedMinerConnection connection) {
        connections.put(connection.connectionId(), connection);
        lanes.join(connection);
        if (turnAwayReason != null) {
            String reason = turnAwayReason;
            own.post(() -> connection.shutDown(reason));
        }
    }

    void remove(SimulatedMinerConnection connection) {
        connections.remove(connection.connectionId());
        OptionalInt lane = lanes.laneOf(connection);
        lanes.remove(connection);
        lane.ifPresent(this::demandChanged);
        if (placedOneByOne) {
            control.tell(number, new DirectorInput.MinerLeft(connection.connectionId()));
        }
    }

    void identified(SimulatedMinerConnection connection) {
        if (placedOneByOne) {
            control.tell(
                    number,
                    new DirectorInput.MinerIdentified(number, connection.facts().orElseThrow()));
        }
    }

    void demandChanged(SimulatedMinerConnection connection) {
        lanes.laneOf(connection).ifPresent(this::demandChanged);
    }

    private void demandChanged(int lane) {
        lanesToReport.add(lane);
        if (!demandScheduled) {
            demandScheduled = true;
            world.time().after(DEMAND_INTERVAL, this::reportDemand);
        }
    }

    private void reportDemand() {
        demandScheduled = false;
        for (int lane : lanesToReport) {
            double hashrate = 0;
            Target hardest = Target.MAX;
            for (SimulatedMinerConnection connection : lanes.members(lane)) {
                hashrate += connection.session().nominalHashrate();
                hardest = Target.hardest(hardest, connection.session().hardestWantedTarget());
            }
            control.tell(number, new DirectorInput.Demand(number, lane, hashrate, hardest));
        }
        lanesToReport.clear();
    }

    private void takeCensus() {
        if (!placedOneByOne) {
            return;
        }
        List<DirectorInput.Counted> counted = new ArrayList<>();
        for (SimulatedMinerConnection connection : connections.values()) {
            connection
                    .facts()
                    .ifPresent(facts -> counted.add(new DirectorInput.Counted(
                            facts,
                            lanes.laneOf(connection),
                            connection.session().nominalHashrate())));
        }
        control.tell(number, new DirectorInput.Census(number, counted));
        if (!censusScheduled) {
            censusScheduled = true;
            world.time().after(CENSUS_INTERVAL, () -> {
                censusScheduled = false;
                takeCensus();
            });
        }
    }
}
