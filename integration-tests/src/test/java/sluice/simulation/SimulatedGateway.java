package sluice.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerSession;
import sluice.proxy.session.Sv1MinerContext;
import sluice.proxy.session.Sv1MinerSession;
import sluice.proxy.session.Sv2MinerSession;
import sluice.upstream.Upstream;

/** The gateway as it is now: real sessions on several simulated loops, one real route, one upstream. */
final class SimulatedGateway implements GatewaySide, Port {
    private static final long HIGHEST_INDEX = 0xffff_ffffL;

    private final World world;
    private final Chance chance;
    private final GatewayPlan plan;
    private final Books books;
    private final SimulatedRoute route;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final List<Sv1MinerContext> sv1Contexts = new ArrayList<>();
    private final List<SimulatedMinerConnection> connections = new ArrayList<>();
    private final Map<Integer, Witness> witnesses = new HashMap<>();
    private final List<Object> machines = new ArrayList<>();
    private final BoundedMaps bounds = new BoundedMaps();
    private BiConsumer<ToldChannel, ToldJob> jobsStarted = (channel, job) -> {};
    private long lastConnectionId;

    /**
     * @param upstreamMachine the session behind the upstream, whose maps are watched too
     * @param recordsBlocks whether found blocks go over the gateway's own disk
     */
    SimulatedGateway(
            World world,
            Chance chance,
            GatewayPlan plan,
            Books books,
            String upstreamName,
            Upstream upstream,
            Object upstreamMachine,
            boolean recordsBlocks) {
        this.world = world;
        this.chance = chance;
        this.plan = plan;
        this.books = books;
        Route machine = new Route(
                upstreamName,
                plan.sv1().keepalive(),
                Difficulty.targetOf(plan.vardiff().startDifficulty()));
        this.route =
                new SimulatedRoute(world, chance.split(), books, machine, upstream, recordsBlocks, plan.routeMailbox());
        machines.add(machine);
        machines.add(upstreamMachine);
        for (int number = 0; number < plan.loops(); number++) {
            MinerContext context = new MinerContext(
                    new RouteReplica(new Numbering()),
                    new ExtranonceIndexes(
                            number,
                            plan.loops(),
                            HIGHEST_INDEX,
                            4 * plan.limits().maxConnections()),
                    new ShareValidator(),
                    plan.vardiff());
            loops.add(new SimulatedLoop(world, chance.split(), number, context, route, plan.routineSlice()));
            sv1Contexts.add(Sv1MinerContext.of(context, plan.sv1(), plan.limits()));
            machines.add(context.route());
            machines.add(context.indexes());
        }
    }

    /** Who is told of each job that a visitor is given, as it is given. */
    void onJobStarted(BiConsumer<ToldChannel, ToldJob> listener) {
        jobsStarted = listener;
    }

    @Override
    public void start() {
        route.start(loops);
    }

    @Override
    public Port port() {
        return this;
    }

    @Override
    public Books books() {
        return books;
    }

    @Override
    public Reception reception() {
        return Reception.FRIENDLY;
    }

    @Override
    public void accepted(Link link, Visit visit) {
        int loop = chance.between(0, loops.size() - 1);
        SimulatedLoop home = loops.get(loop);
        long connectionId = ++lastConnectionId;
        home.publish(new GatewayEvent.MinerConnected(world.time().instant(), connectionId, "link " + link.number()));
        if (connections.size() >= plan.limits().maxConnections()) {
            home.publish(new GatewayEvent.MinerDisconnected(
                    world.time().instant(), connectionId, "too-many-connections", ""));
            link.server().attach(new Gone());
            link.server().close();
            return;
        }
        boolean sv1 = visit.protocol() == Protocol.SV1;
        MinerSession session = sv1
                ? new Sv1MinerSession(connectionId, sv1Contexts.get(loop))
                : new Sv2MinerSession(home.context(), connectionId, plan.limits());
        Witness witness = sv1
                ? new Sv1Witness(books, connectionId, jobsStarted)
                : new Sv2Witness(books, connectionId, jobsStarted);
        SimulatedMinerConnection connection = new SimulatedMinerConnection(
                home,
                connectionId,
                session,
                witness,
                visit.protocol(),
                link.server(),
                plan.maxBacklog(),
                chance.split(),
                this::forgetEnded);
        connections.add(connection);
        witnesses.put(link.number(), witness);
        connection.start();
    }

    private void forgetEnded() {
        connections.removeIf(SimulatedMinerConnection::isEnded);
    }

    @Override
    public void check() {
        books.account().check(route.underWay(), route.route().unanswered());
        machines.forEach(bounds::check);
        connections.forEach(connection -> bounds.check(connection.session()));
    }

    @Override
    public void checkSettled() {
        check();
        books.account().checkView(connections.size());
        BrokenInvariant.require(route.underWay() == 0, "%d shares never reached the route", route.underWay());
        int inUse = loops.stream()
                .mapToInt(loop -> loop.context().indexes().inUse())
                .sum();
        int open = connections.stream()
                .mapToInt(connection -> connection.witness().openChannels())
                .sum();
        BrokenInvariant.require(inUse == open, "%d channels are open and %d indexes in use", open, inUse);
        for (SimulatedMinerConnection connection : connections) {
            connection.witness().checkSettled();
        }
    }

    @Override
    public Optional<Witness> witness(int link) {
        return Optional.ofNullable(witnesses.get(link));
    }

    @Override
    public int openConnections() {
        return connections.size();
    }

    @Override
    public int maxConnections() {
        return plan.limits().maxConnections();
    }

    @Override
    public long unanswered() {
        return route.route().unanswered();
    }

    /** At the end of a connection that was never taken. */
    private static final class Gone implements Link.Receiver {
        @Override
        public void received(Bytes bytes) {}

        @Override
        public void ended(String reason) {}
    }
}
