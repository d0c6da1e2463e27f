package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.FailoverConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.goal.RoutingPlan;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.template.SimulatedChain;

/** Who takes part in one run: the gateway, its pools (or a second Sluice as its pool), and the farm. */
final class Site {
    private static final List<String> PORTS = List.of("gateway", "side-door");

    private static final int MOST_MINERS = 9;
    private static final int MOST_POOLS = 5;

    private final World world;
    private final Chance chance;
    private final SimulatedGateway gateway;
    private final Optional<SimulatedOperator> operator;
    private final List<SimulatedMiner> miners = new ArrayList<>();
    private final List<SimulatedPool> pools = new ArrayList<>();
    private Optional<SimulatedNetwork> network = Optional.empty();
    private Optional<SimulatedGateway> sluicePool = Optional.empty();

    Site(World world, Chance chance) {
        this.world = world;
        this.chance = chance;
        Books books = Books.of(world.time());
        boolean simple = chance.happens(0.3);
        List<String> hosts = simple && chance.happens(0.5) ? List.of(addSluicePool(books)) : addPools(books);
        GatewayPlan drawn = GatewayPlan.drawn(chance.split());
        // Visitors of a pool that is the product are looked at as one.
        GatewayPlan setup = sluicePool.isPresent() ? drawn.wide() : drawn;
        Plans plans =
                new Plans(chance.split(), hosts, dialler(books, chance.split(), setup), PORTS, chance.happens(0.5));
        this.gateway = new SimulatedGateway(
                world,
                chance.split(),
                setup,
                books,
                simple ? plans.simplest() : plans.first(),
                simple ? FailoverConfig.DEFAULT : plans.failover());
        this.operator = simple || chance.happens(0.3)
                ? Optional.empty()
                : Optional.of(new SimulatedOperator(world, chance.split(), plans, gateway.control()));
        PORTS.forEach(name -> world.internet().listen(name, gateway.port()));
        int count = chance.between(1, MOST_MINERS);
        for (int i = 0; i < count; i++) {
            addMiner(i, MinerNature.drawn(chance.split()));
        }
    }

    private void addMiner(int number, MinerNature nature) {
        String name = chance.oneOf("a", "b") + ".miner" + number;
        String port = chance.happens(0.7) ? PORTS.getFirst() : PORTS.getLast();
        miners.add(
                nature.protocol() == Port.Protocol.SV1
                        ? new SimulatedSv1Miner(world, chance.split(), name, port, nature)
                        : new SimulatedSv2Miner(world, chance.split(), name, port, nature));
    }

    private List<String> addPools(Books books) {
        SimulatedNetwork chain = new SimulatedNetwork(world, chance.split());
        network = Optional.of(chain);
        List<String> names = new ArrayList<>();
        int count = chance.between(1, MOST_POOLS);
        for (int i = 0; i < count; i++) {
            names.add("pool" + i);
        }
        for (String name : names) {
            SimulatedPool pool = new SimulatedPool(world, chance.split(), name, names, chain, books.jobs());
            pools.add(pool);
            world.internet().listen(name, pool);
        }
        return names;
    }

    /** A pool that is the product itself, solo on a chain of its own: what it gives its visitors, our gateway gets. */
    private String addSluicePool(Books visitors) {
        String name = "sluice-pool";
        Books books = Books.of(world.time());
        Target easiest = Difficulty.targetOf(chance.spread(2e-8, 2e-7));
        SimulatedTemplates templates = new SimulatedTemplates(
                world,
                chance.split(),
                books.jobs(),
                name,
                new SimulatedChain.Settings(
                        chance.spread(Duration.ofSeconds(20), Duration.ofMinutes(2)),
                        easiest,
                        easiest,
                        SimulatedChain.Settings.HARDEST,
                        0.5,
                        chance.spread(Duration.ofSeconds(1), Duration.ofSeconds(30))));
        SimulatedGateway pool = new SimulatedGateway(
                world,
                chance.split(),
                GatewayPlan.pool(chance.split()),
                books,
                RoutingPlan.single(new Solo(name, templates)),
                FailoverConfig.DEFAULT);
        pool.onJobStarted((channel, job) -> {
            ToldJob.Extended form = (ToldJob.Extended) job.form();
            UpstreamJobs.Source source = new UpstreamJobs.Source(
                    UpstreamJobs.NO_LINK,
                    Bytes.concat(form.coinbase1(), channel.prefix()),
                    channel.rollable(),
                    form.coinbase2(),
                    form.path(),
                    job.version(),
                    job.rollableBits() != 0);
            visitors.jobs().started(source, job.prevHash(), job.nbits(), job.bound());
        });
        world.internet().listen(name, pool);
        sluicePool = Optional.of(pool);
        return name;
    }

    private PoolDefinition.Dialler dialler(Books books, Chance own, GatewayPlan setup) {
        return (host, user, route) -> new SimulatedPoolConnection(
                world,
                own.split(),
                host,
                new PoolSettings(
                        host,
                        user,
                        Difficulty.targetOf(setup.vardiff().startDifficulty()),
                        false,
                        "simulation",
                        PoolPatience.DEFAULT),
                new UpstreamWitness(books, route));
    }

    private record Solo(String name, SimulatedTemplates templates) implements SimulatedDefinition {
        @Override
        public Made make(Optional<String> userIdentity, int route) {
            return new Made(templates, templates.session());
        }

        @Override
        public boolean leavesBlocksToGateway() {
            return false;
        }
    }

    void start() {
        sluicePool.ifPresent(SimulatedGateway::start);
        gateway.start();
        operator.ifPresent(SimulatedOperator::start);
        miners.forEach(SimulatedMiner::start);
    }

    void check() {
        sluicePool.ifPresent(SimulatedGateway::check);
        gateway.check();
    }

    void calmDown() {
        pools.forEach(SimulatedPool::calmDown);
    }

    void standStill() {
        network.ifPresent(SimulatedNetwork::standStill);
        pools.forEach(SimulatedPool::standStill);
        miners.forEach(SimulatedMiner::standStill);
    }

    void prove() {
        miners.forEach(miner -> miner.prove(sluicePool.isPresent()));
    }

    /** Whether everybody who can mine has the newest job. */
    boolean isUpToDate() {
        return whatIsLate().isEmpty();
    }

    /** Who lacks what; empty where all is well. */
    String whatIsLate() {
        int mining = 0;
        for (SimulatedMiner miner : miners) {
            if (!miner.isMining()) {
                continue;
            }
            mining++;
            Optional<UpstreamJobs.Source> newest = newestFor(miner);
            if (newest.isEmpty()) {
                return miner.name() + " has no upstream";
            }
            for (ToldChannel channel : miner.openChannels()) {
                ToldJob job = channel.newest();
                ToldJob same = gateway.witness(miner.link())
                        .flatMap(witness -> witness.newestJob(channel.id()))
                        .orElse(null);
                if (job == null || same == null || !same.id().equals(job.id()) || !isJob(same, newest.get())) {
                    return "%s mines %s on channel %d; the gateway told it %s; the newest is on %s"
                            .formatted(
                                    miner.name(),
                                    job,
                                    channel.id(),
                                    same,
                                    newest.get().prevHash());
                }
            }
        }
        int able = (int) miners.stream().filter(this::canBeServed).count();
        int inTheWay = (int) miners.stream()
                .filter(miner -> miner.isConnected() && !miner.isMining() && !canBeServed(miner))
                .count();
        int expected = Math.min(able, gateway.maxConnections() - inTheWay);
        List<String> idle = miners.stream()
                .filter(miner -> !miner.isMining())
                .map(miner -> miner.name() + (miner.isConnected() ? " on link " + miner.link() : ""))
                .toList();
        return mining >= expected ? "" : "%d of %d miners mine; not %s".formatted(mining, expected, idle);
    }

    private static boolean isJob(ToldJob told, UpstreamJobs.Source newest) {
        UpstreamJobs.Source source = told.source();
        return source.tail().equals(newest.tail())
                && source.head().equals(newest.head())
                && source.prevHash().equals(newest.prevHash());
    }

    /** A device that cannot work without version rolling gets nothing where a pool forbids it. */
    private boolean canBeServed(SimulatedMiner miner) {
        return !miner.nature().needsVersionRolling()
                || pools.stream().noneMatch(pool -> pool.nature().fixedVersion());
    }

    /** The newest job of the upstream that this miner is to mine for. */
    private Optional<UpstreamJobs.Source> newestFor(SimulatedMiner miner) {
        if (sluicePool.isPresent()) {
            return Optional.ofNullable(gateway.books().jobs().newest());
        }
        return gateway.connection(miner.link())
                .flatMap(gateway::laneOf)
                .flatMap(SeenLane::engaged)
                .map(route -> gateway.control().linkOf(route.number()))
                .flatMap(link -> pools.stream()
                        .flatMap(pool -> pool.conversations().stream())
                        .filter(conversation -> conversation.link() == link)
                        .findFirst())
                .flatMap(PoolConversation::channel)
                .map(channel -> channel.newest().source());
    }

    /** Throws unless everything is as it is to be when nothing goes wrong. */
    void checkAtRest() {
        new Rest(world.time().instant(), gateway, pools).check();
    }

    /** Throws unless every share of every miner is accounted for. */
    void checkSettled() {
        sluicePool.ifPresent(SimulatedGateway::checkSettled);
        gateway.checkSettled();
        for (SimulatedMiner miner : miners) {
            miner.checkSettled();
            for (SimulatedMiner.Record record : miner.records()) {
                checkRecord(miner, record);
            }
        }
    }

    private void checkRecord(SimulatedMiner miner, SimulatedMiner.Record record) {
        Witness witness = gateway.witness(record.link()).orElse(null);
        if (witness == null) {
            require(record.told().total() == 0, "%s was told of shares by nobody", miner.name());
            return;
        }
        boolean stands = miner.isConnected() && miner.link() == record.link();
        require(
                record.sent() >= witness.submitted()
                        && witness.told().accepted() >= record.told().accepted()
                        && witness.told().total() >= record.told().total(),
                "%s sent %d shares and was told of %s, the gateway saw %d and told of %s",
                miner.name(),
                record.sent(),
                record.told(),
                witness.submitted(),
                witness.told());
        require(
                !stands
                        || record.sent() == witness.submitted()
                                && record.told().total() == record.sent()
                                && record.told().accepted() == witness.told().accepted()
                                && record.told().stale() == witness.told().stale(),
                "%s sent %d shares on a connection that stands and was told of %s, the gateway saw %d and told of %s",
                miner.name(),
                record.sent(),
                record.told(),
                witness.submitted(),
                witness.told());
    }

    Outcome outcome(long seed) {
        Account account = gateway.books().account();
        Account.Tally told = new Account.Tally();
        miners.forEach(miner -> told.addAll(miner.told()));
        return new Outcome(
                seed,
                world.time().elapsed(),
                world.trace().hash(),
                world.time().tasks(),
                told,
                account.forwarded(),
                account.upstreamAccepted(),
                miners.stream().mapToLong(SimulatedMiner::connections).sum(),
                account.poolsConnected(),
                account.tips(),
                account.blocksFound(),
                account.switches());
    }
}
