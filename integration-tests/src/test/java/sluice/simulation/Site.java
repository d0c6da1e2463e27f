package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
    static final String GATEWAY = "gateway";

    private static final int MOST_MINERS = 9;
    private static final int MOST_POOLS = 3;

    private final World world;
    private final Chance chance;
    private final GatewaySide gateway;
    private final List<SimulatedMiner> miners = new ArrayList<>();
    private final List<SimulatedPool> pools = new ArrayList<>();
    private Optional<SimulatedNetwork> network = Optional.empty();
    private Optional<SimulatedGateway> sluicePool = Optional.empty();

    Site(World world, Chance chance) {
        this.world = world;
        this.chance = chance;
        Books books = Books.of(world.time());
        String host = chance.happens(0.2) ? addSluicePool(books) : addPools(books);
        this.gateway = newGateway(books, host);
        world.internet().listen(GATEWAY, gateway.port());
        int count = chance.between(1, MOST_MINERS);
        for (int i = 0; i < count; i++) {
            MinerNature nature = MinerNature.drawn(chance.split());
            String name = "miner" + i;
            miners.add(
                    nature.protocol() == Port.Protocol.SV1
                            ? new SimulatedSv1Miner(world, chance.split(), name, GATEWAY, nature)
                            : new SimulatedSv2Miner(world, chance.split(), name, GATEWAY, nature));
        }
    }

    private String addPools(Books books) {
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
        return names.getFirst();
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

    private GatewaySide newGateway(Books books, String host) {
        GatewayPlan plan = GatewayPlan.drawn(chance.split());
        RoutingPlan routing = RoutingPlan.single(new PoolDefinition(
                host,
                user -> new SimulatedPoolConnection(
                        world,
                        chance.split(),
                        host,
                        new PoolSettings(
                                host,
                                user.orElse("farm"),
                                Difficulty.targetOf(plan.vardiff().startDifficulty()),
                                false,
                                "simulation",
                                PoolPatience.DEFAULT),
                        new UpstreamWitness(books.account()))));
        return new SimulatedGateway(world, chance.split(), plan, books, routing, FailoverConfig.DEFAULT);
    }

    private record PoolDefinition(String name, Function<Optional<String>, SimulatedPoolConnection> connection)
            implements SimulatedDefinition {
        @Override
        public Made make(Optional<String> userIdentity) {
            SimulatedPoolConnection made = connection.apply(userIdentity);
            return new Made(made, made.session());
        }

        @Override
        public boolean leavesBlocksToGateway() {
            return true;
        }
    }

    private record Solo(String name, SimulatedTemplates templates) implements SimulatedDefinition {
        @Override
        public Made make(Optional<String> userIdentity) {
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
        UpstreamJobs.Source newest = newestJob();
        if (newest == null) {
            return "the gateway has no upstream";
        }
        int mining = 0;
        for (SimulatedMiner miner : miners) {
            if (!miner.isMining()) {
                continue;
            }
            mining++;
            for (ToldChannel channel : miner.openChannels()) {
                ToldJob job = channel.newest();
                ToldJob same = gateway.witness(miner.link())
                        .flatMap(witness -> witness.newestJob(channel.id()))
                        .orElse(null);
                if (job == null || same == null || !same.id().equals(job.id()) || !isJob(same, newest)) {
                    return "%s mines %s on channel %d; the gateway told it %s; the newest is on %s"
                            .formatted(miner.name(), job, channel.id(), same, newest.prevHash());
                }
            }
        }
        int able = (int) miners.stream().filter(this::canBeServed).count();
        int expected = Math.min(able, gateway.maxConnections());
        return mining >= expected ? "" : "%d of %d miners mine".formatted(mining, expected);
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

    private UpstreamJobs.Source newestJob() {
        if (sluicePool.isPresent()) {
            return gateway.books().jobs().newest();
        }
        List<PoolJob> newest = pools.stream()
                .flatMap(pool -> pool.channels().stream())
                .map(PoolChannel::newest)
                .toList();
        require(newest.size() <= 1, "the gateway has %d channels open at pools", newest.size());
        return newest.isEmpty() ? null : newest.getFirst().source();
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
                account.blocksFound());
    }
}
