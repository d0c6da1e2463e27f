package sluice.proxy.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntToDoubleFunction;
import sluice.config.DifficultyForm;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.MinerMatch;
import sluice.config.ProfileConfig;
import sluice.config.ProfileSettings;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.event.EventLog;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.proxy.view.FarmSnapshot;

/**
 * A farm in one process: pools, a gateway Sluice in front of which they stand, and CPU miners of both protocols behind
 * that. They are started in this order and closed in the other.
 */
final class DemoFarm implements AutoCloseable {
    static final Duration DRAIN_PATIENCE = Duration.ofSeconds(10);

    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(2);

    private final Stage stage;
    private final Awaiting awaiting = new Awaiting();
    private final List<DemoPool> pools = new ArrayList<>();
    private final List<CpuMiner> miners = new ArrayList<>();
    private final List<GatewayEvent.MinerProtocol> asked = new ArrayList<>();
    private Gateway gateway;
    private Instant started;
    private Progress progress;

    DemoFarm(Stage stage) {
        this.stage = stage;
    }

    /** One more pool. */
    DemoPool pool(String name, DemoPool.Nature nature) throws IOException {
        DemoPool pool = new DemoPool(name, nature, stage);
        pools.add(pool);
        return pool;
    }

    /** Whatever a machine calls itself, here it is a CPU, which finds no share of what ASICs are asked for. */
    private static ProfileConfig slow(VardiffConfig vardiff) {
        return new ProfileConfig(
                "demo",
                MinerMatch.userAgents("*"),
                new ProfileSettings(
                        Optional.empty(),
                        Optional.of(vardiff.minDifficulty()),
                        Optional.empty(),
                        Optional.of(vardiff.startDifficulty()),
                        Optional.of(DifficultyForm.ANY),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    /** Opens the gateway for miners. */
    void open(
            RoutingPlan plan,
            FailoverConfig failover,
            VardiffConfig vardiff,
            int loops,
            GatewayEvents.Listener... listeners)
            throws IOException {
        open(plan, failover, List.of(), vardiff, loops, listeners);
    }

    /** Opens the gateway, with templates of its own, for miners. */
    void open(
            RoutingPlan plan,
            FailoverConfig failover,
            List<TemplateSourceFactory> templates,
            VardiffConfig vardiff,
            int loops,
            GatewayEvents.Listener... listeners)
            throws IOException {
        List<GatewayEvents.Listener> all = new ArrayList<>(List.of(listeners));
        all.add(new EventLog("gateway"));
        all.add(awaiting);
        gateway = Gateway.start(
                new GatewaySettings(
                                "gateway",
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                stage.keys().get(),
                                vardiff,
                                LimitsConfig.DEFAULT,
                                Sv1Config.DEFAULT,
                                stage.data().resolve("gateway"),
                                loops)
                        .withProfiles(List.of(slow(vardiff))),
                plan,
                failover,
                templates,
                stage.clock(),
                all);
        stage.say(
                "Miners connect to %s:%d (SV1 and SV2 on one port, SV2 authority key %s).",
                gateway.address().getHostString(),
                gateway.address().getPort(),
                gateway.authorityKey().text());
        started = stage.clock().instant();
        progress = new Progress(gateway, stage);
    }

    /** As many miners as the stage has, all of the same speed. */
    void mineAll(Pace pace) {
        mineAll(pace, number -> 1);
    }

    /**
     * As many miners as the stage has.
     *
     * @param speed how fast the miner with this number is, from 0 on, where an average one has 1
     */
    void mineAll(Pace pace, IntToDoubleFunction speed) {
        for (int i = 1; i <= stage.sv1Miners(); i++) {
            mine(MinerProtocol.SV1, "demo.sv1-" + i, pace, speed.applyAsDouble(miners.size()));
        }
        for (int i = 1; i <= stage.sv2Miners(); i++) {
            mine(
                    i % 2 == 1 ? MinerProtocol.SV2_STANDARD : MinerProtocol.SV2_EXTENDED,
                    "demo.sv2-" + i,
                    pace,
                    speed.applyAsDouble(miners.size()));
        }
    }

    private void mine(MinerProtocol protocol, String user, Pace pace, double speed) {
        miners.add(CpuMiner.start(minerAt(gateway, protocol, user)
                .withLoad(Math.min(1, pace.load() * speed))
                .withNominalHashesPerSecond(pace.minerHashrate() * speed)));
        asked.add(GatewayEvent.MinerProtocol.valueOf(protocol.name()));
    }

    /** A miner with one thread at this gateway, or pool. */
    static CpuMinerConfig minerAt(Gateway server, MinerProtocol protocol, String user) {
        String host = server.address().getAddress().getHostAddress();
        int port = server.address().getPort();
        return switch (protocol) {
            case SV1 -> CpuMinerConfig.sv1(host, port, user, 1);
            case SV2_STANDARD, SV2_EXTENDED ->
                CpuMinerConfig.sv2(protocol, host, port, new ServerTrust.SignedBy(server.authorityKey()), user, 1);
        };
    }

    Gateway gateway() {
        return gateway;
    }

    /** What is true of the gateway now. */
    FarmSnapshot snapshot() {
        return gateway.snapshot();
    }

    /** Lets the farm mine until {@code condition} is true, and shows how it goes; says whether it became true in time. */
    boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            Duration slice = Duration.ofNanos(Math.max(0, Math.min(left, PROGRESS_EVERY.toNanos())));
            if (awaiting.await(condition, slice)) {
                return true;
            }
            if (deadline - System.nanoTime() <= 0) {
                return false;
            }
            progress.show();
        }
    }

    /** Lets the farm mine so long, and shows how it goes. */
    void mineFor(Duration duration) throws InterruptedException {
        await(() -> false, duration);
    }

    /** Lets the farm mine until it has mined as long as the stage asks for. */
    void mineToTheEnd() throws InterruptedException {
        mineFor(stage.duration().minus(mined()));
    }

    private Duration mined() {
        return Duration.between(started, stage.clock().instant());
    }

    /** The miners' own reports now. */
    List<MinerReport> reports() {
        return miners.stream().map(CpuMiner::report).toList();
    }

    ShareBalance balance() {
        return ShareBalance.of(reports(), snapshot());
    }

    /**
     * Stops hashing and waits, within {@link #DRAIN_PATIENCE}, until every share sent has its verdict; then sums up.
     *
     * @param settled whether nothing is on its way any more
     */
    FarmSummary finish(BooleanSupplier settled) throws InterruptedException {
        Duration mined = mined();
        long deadline = System.nanoTime() + DRAIN_PATIENCE.toNanos();
        var drained = miners.stream().map(CpuMiner::stopMining).toList();
        for (var miner : drained) {
            try {
                miner.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // The report shows what is missing.
                break;
            }
        }
        awaiting.await(settled, Duration.ofNanos(deadline - System.nanoTime()));
        long blocks = 0;
        for (DemoPool pool : pools) {
            blocks += pool.blocksAccepted();
        }
        return new FarmSummary(mined, gateway.settledSnapshot(), blocks, List.copyOf(asked), gateway.lostEvents());
    }

    /** As {@link #finish(BooleanSupplier)}, until it is known what became of every share. */
    FarmSummary finish() throws InterruptedException {
        return finish(() -> {
            FarmSnapshot.Upstream upstream = snapshot().upstream();
            return balance().missing() == 0 && upstream.verdictLag() == upstream.unanswered();
        });
    }

    @Override
    public void close() {
        miners.forEach(CpuMiner::close);
        if (gateway != null) {
            gateway.close();
        }
        pools.forEach(DemoPool::close);
    }
}
