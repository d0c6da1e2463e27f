package sluice.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import sluice.config.FailoverConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.IndexSource;
import sluice.proxy.mining.extranonce.SharedIndexes;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerSession;
import sluice.proxy.session.Sv1MinerContext;
import sluice.proxy.session.Sv1MinerSession;
import sluice.proxy.session.Sv2MinerSession;

/** A gateway: real sessions and lanes on several simulated loops, a real director, and the upstreams of its plan. */
final class SimulatedGateway implements GatewaySide, Port {
    /** Looking into all maps takes longer than all else there is to check. */
    private static final int LOOKS_WITHOUT_MAPS = 5;

    private static final String NO_UPSTREAM = "no-upstream";

    private final World world;
    private final Chance chance;
    private final GatewayPlan plan;
    private final Books books;
    private final SinkWitness sink;
    private final SimulatedControl control;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final List<Sv1MinerContext> sv1Contexts = new ArrayList<>();
    private final List<SimulatedMinerConnection> connections = new ArrayList<>();
    private final Map<Integer, Witness> witnesses = new HashMap<>();
    private final Map<Integer, SimulatedMinerConnection> byLink = new HashMap<>();
    private final List<Object> machines = new ArrayList<>();
    private final BoundedMaps bounds = new BoundedMaps();
    private BiConsumer<ToldChannel, ToldJob> jobsStarted = (channel, job) -> {};
    private boolean portsClosed;
    private int looks;
    private long lastConnectionId;

    SimulatedGateway(
            World world, Chance chance, GatewayPlan plan, Books books, RoutingPlan routing, FailoverConfig failover) {
        this.world = world;
        this.chance = chance;
        this.plan = plan;
        this.books = books;
        this.sink = new SinkWitness(books);
        Numbering numbering = new Numbering();
        Director director = new Director(
                routing,
                failover,
                plan.shape().isNarrow(),
                plan.sv1().keepalive(),
                Difficulty.targetOf(plan.vardiff().startDifficulty()),
                numbering);
        DirectorWitness witness = new DirectorWitness(world, director, failover, books.routes());
        this.control = new SimulatedControl(
                world, chance.split(), books, director, witness, plan.mailbox(), new ClosingPorts());
        machines.add(director);
        for (int number = 0; number < plan.loops(); number++) {
            MinerContext context = new MinerContext(
                    new RouteReplica(numbering),
                    plan.shape(),
                    indexes(number),
                    new ShareValidator(sink),
                    new ProfileBook(plan.vardiff()));
            SimulatedLoop loop =
                    new SimulatedLoop(world, chance.split(), number, context, numbering, control, plan.routineSlice());
            loops.add(loop);
            sv1Contexts.add(Sv1MinerContext.of(context, plan.sv1(), plan.limits()));
            machines.add(loop.lanes());
            machines.add(context.indexes());
        }
    }

    // Few indexes begin so close to each other that loops soon give out the same.
    private IndexSource indexes(int loop) {
        int most = 4 * plan.limits().maxConnections();
        return plan.shape().isNarrow()
                ? new SharedIndexes(loop, plan.shape(), most)
                : new ExtranonceIndexes(loop, plan.loops(), plan.shape().highestIndex(), most);
    }

    private final class ClosingPorts implements SimulatedControl.Ports {
        @Override
        public void close(String reason) {
            portsClosed = true;
            loops.forEach(loop -> loop.turnMinersAway(NO_UPSTREAM));
        }

        @Override
        public void open() {
            portsClosed = false;
            loops.forEach(SimulatedLoop::takeMiners);
        }
    }

    /** Who is told of each job that a visitor is given, as it is given. */
    void onJobStarted(BiConsumer<ToldChannel, ToldJob> listener) {
        jobsStarted = listener;
    }

    @Override
    public void start() {
        control.start(loops);
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
        return portsClosed ? Reception.CLOSED : Reception.FRIENDLY;
    }

    @Override
    public void accepted(Link link, Visit visit) {
        int loop = chance.between(0, loops.size() - 1);
        SimulatedLoop home = loops.get(loop);
        long connectionId = ++lastConnectionId;
        home.publish(new GatewayEvent.MinerConnected(
                world.time().instant(), connectionId, "link " + link.number(), MinerOrigin.LOCAL.listener()));
        if (connections.size() >= plan.limits().maxConnections()) {
            home.publish(new GatewayEvent.MinerDisconnected(
                    world.time().instant(), connectionId, "too-many-connections", ""));
            link.server().attach(new Gone());
            link.server().close();
            return;
        }
        boolean sv1 = visit.protocol() == Protocol.SV1;
        MinerSession session = sv1
                ? new Sv1MinerSession(connectionId, sv1Contexts.get(loop), MinerOrigin.LOCAL)
                : new Sv2MinerSession(home.context(), connectionId, plan.limits(), MinerOrigin.LOCAL);
        Witness witness = sv1
                ? new Sv1Witness(books, connectionId, plan.shape(), jobsStarted)
                : new Sv2Witness(books, connectionId, plan.shape(), jobsStarted);
        SimulatedMinerConnection connection = new SimulatedMinerConnection(
                home,
                connectionId,
                session,
                witness,
                visit,
                link.server(),
                plan.maxBacklog(),
                chance.split(),
                this::forgetEnded);
        connections.add(connection);
        witnesses.put(link.number(), witness);
        byLink.put(link.number(), connection);
        connection.start();
    }

    private void forgetEnded() {
        connections.removeIf(SimulatedMinerConnection::isEnded);
        byLink.values().removeIf(SimulatedMinerConnection::isEnded);
    }

    @Override
    public void check() {
        books.account().check(control.underWay(), control.director().unanswered());
        control.witness().check();
        for (SimulatedMinerConnection connection : connections) {
            laneOf(connection).ifPresent(lane -> lane.inhabited(world.time().instant()));
        }
        if (looks++ % LOOKS_WITHOUT_MAPS == 0) {
            machines.forEach(bounds::check);
            control.machines().forEach(bounds::check);
            connections.forEach(connection -> bounds.check(connection.session()));
        }
    }

    @Override
    public void checkSettled() {
        check();
        books.account().checkView(connections.size());
        BrokenInvariant.require(control.underWay() == 0, "%d shares never reached their route", control.underWay());
        BrokenInvariant.require(
                sink.heard() == books.account().accepted(),
                "a module hears of %d accepted shares, events of %d",
                sink.heard(),
                books.account().accepted());
        int inUse = loops.stream()
                .mapToInt(loop -> loop.context().indexes().inUse())
                .sum();
        int open = connections.stream()
                .mapToInt(connection -> connection.witness().openChannels())
                .sum();
        // Of a few, each connection has one, with a channel or without.
        boolean balanced = plan.shape().isNarrow() ? open <= inUse && inUse <= connections.size() : inUse == open;
        BrokenInvariant.require(
                balanced,
                "%d channels are open on %d connections and %d indexes in use",
                open,
                connections.size(),
                inUse);
        for (SimulatedMinerConnection connection : connections) {
            connection.witness().checkSettled();
        }
    }

    @Override
    public Optional<Witness> witness(int link) {
        return Optional.ofNullable(witnesses.get(link));
    }

    SimulatedControl control() {
        return control;
    }

    /** The connection that came over this link, while it stands. */
    Optional<SimulatedMinerConnection> connection(int link) {
        return Optional.ofNullable(byLink.get(link));
    }

    /** The lane that a miner is in. */
    Optional<SeenLane> laneOf(SimulatedMinerConnection miner) {
        OptionalInt number = miner.home().lanes().laneOf(miner);
        return number.isPresent() ? Optional.ofNullable(control.witness().lane(number.getAsInt())) : Optional.empty();
    }

    List<SimulatedMinerConnection> connections() {
        return connections;
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
        return control.director().unanswered();
    }

    /** At the end of a connection that was never taken. */
    private static final class Gone implements Link.Receiver {
        @Override
        public void received(Bytes bytes) {}

        @Override
        public void ended(String reason) {}
    }
}
