package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerInput;

/** One miners' loop by the rules of the gateway's own: updates once and in order, routine jobs in slices, tips at once. */
final class SimulatedLoop {
    private static final Duration DEMAND_INTERVAL = Duration.ofMillis(500);

    private final World world;
    private final int number;
    private final MinerContext context;
    private final SimulatedRoute route;
    private final int routineSlice;
    private final Mailbox inbound;
    private final Mailbox own;
    private final Set<SimulatedMinerConnection> connections = new LinkedHashSet<>();
    private boolean demandScheduled;
    private Routine routine;

    private record Routine(RouteUpdate update, List<SimulatedMinerConnection> miners, int next) {}

    SimulatedLoop(
            World world, Chance chance, int number, MinerContext context, SimulatedRoute route, int routineSlice) {
        this.world = world;
        this.number = number;
        this.context = context;
        this.route = route;
        this.routineSlice = routineSlice;
        this.inbound = new Mailbox(world, chance.split());
        this.own = new Mailbox(world, chance.split());
    }

    MinerContext context() {
        return context;
    }

    World world() {
        return world;
    }

    Set<SimulatedMinerConnection> connections() {
        return connections;
    }

    void publish(GatewayEvent event) {
        route.publish(event);
    }

    boolean forward(ForwardedShare share) {
        return route.forward(number, share);
    }

    /** From the route's loop. */
    void post(RouteUpdate update) {
        inbound.post(() -> apply(update));
    }

    void add(SimulatedMinerConnection connection) {
        connections.add(connection);
    }

    void remove(SimulatedMinerConnection connection) {
        connections.remove(connection);
        demandChanged();
    }

    void demandChanged() {
        if (!demandScheduled) {
            demandScheduled = true;
            world.time().after(DEMAND_INTERVAL, this::reportDemand);
        }
    }

    private void apply(RouteUpdate update) {
        finishRoutine(update);
        context.route().apply(update);
        if (update instanceof RouteUpdate.TipChanged) {
            context.indexes().onTipChanged();
        }
        List<SimulatedMinerConnection> miners = List.copyOf(connections);
        if (isRoutine(update)) {
            routine = new Routine(update, miners, 0);
            continueRoutine();
        } else {
            hand(update, miners, 0, miners.size());
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
        int end = Math.min(now.next + routineSlice, now.miners.size());
        hand(now.update, now.miners, now.next, end);
        if (end == now.miners.size()) {
            routine = null;
        } else {
            routine = new Routine(now.update, now.miners, end);
            own.post(this::continueRoutine);
        }
    }

    private void finishRoutine(RouteUpdate next) {
        Routine unfinished = routine;
        if (unfinished == null) {
            return;
        }
        routine = null;
        if (!(next instanceof RouteUpdate.TipChanged)) {
            hand(unfinished.update, unfinished.miners, unfinished.next, unfinished.miners.size());
        }
    }

    private static void hand(RouteUpdate update, List<SimulatedMinerConnection> miners, int from, int to) {
        MinerInput input = new MinerInput.RouteUpdated(update);
        for (int at = from; at < to; at++) {
            miners.get(at).feed(input);
        }
    }

    private void reportDemand() {
        demandScheduled = false;
        double hashrate = 0;
        Target hardest = Target.MAX;
        for (SimulatedMinerConnection connection : new ArrayList<>(connections)) {
            hashrate += connection.session().nominalHashrate();
            hardest = Target.hardest(hardest, connection.session().hardestWantedTarget());
        }
        route.demand(number, hashrate, hardest);
    }
}
