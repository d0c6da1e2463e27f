package sluice.proxy.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.LimitsConfig;
import sluice.config.PoolConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hashrate;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.event.EventLog;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.netty.SimulatedUpstream;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.SimulatedChain;

/**
 * A farm in one process: a pool, which is a Sluice that mines solo on a simulated chain; a gateway Sluice in front of it; and
 * CPU miners of both protocols behind that.
 */
final class DemoFarm implements AutoCloseable {
    /** Shares a minute that the gateway asks of each miner, and the pool of the gateway. */
    static final double SHARES_PER_MINUTE = 60;

    /** The pool and the gateway need processors too, and what is shown should be their delays and not the machine's. */
    static final double MINERS_PART_OF_MACHINE = 0.5;

    static final Duration DRAIN_PATIENCE = Duration.ofSeconds(10);

    private static final double MINUTE_SECONDS = 60;
    // An OP_RETURN output: nobody can be paid on a chain that does not exist.
    private static final Bytes PAYOUT = Bytes.fromHex("6a0664656d6f2121");

    private final ExecutorService disk = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("pool-disk").factory());
    private final Gateway pool;
    private final Gateway gateway;
    private final List<CpuMiner> miners = new ArrayList<>();
    private final List<GatewayEvent.MinerProtocol> asked = new ArrayList<>();
    private final double load;
    private final Instant started;
    private final InstantSource clock;
    private Duration mined = Duration.ZERO;

    /**
     * @param sv1Miners CPU miners that speak SV1
     * @param sv2Miners CPU miners that speak SV2: standard and extended channels in turn
     * @param blockInterval what the simulated chain aims for
     * @param data where the pool and the gateway keep found blocks
     * @param seed of the simulated chain
     */
    DemoFarm(int sv1Miners, int sv2Miners, Duration blockInterval, Path data, long seed, InstantSource clock)
            throws IOException {
        this.clock = clock;
        int count = sv1Miners + sv2Miners;
        load = Math.min(1, MINERS_PART_OF_MACHINE * Runtime.getRuntime().availableProcessors() / count);
        double perMiner = CpuMiner.measureHashrate() * load;
        double farm = perMiner * count;
        String version = Sluice.Version.text();
        SimulatedChain.Settings chain = SimulatedChain.Settings.regtest(blockInterval)
                .withStartTarget(Hashrate.targetFor(farm, MINUTE_SECONDS / (blockInterval.toMillis() / 1000.0)));
        pool = Gateway.start(
                settings("pool", data, difficultyOfOneShare(farm)),
                new SimulatedUpstream(
                        chain,
                        seed,
                        PAYOUT,
                        Bytes.of("/Sluice demo/".getBytes(StandardCharsets.US_ASCII)),
                        data.resolve("chain"),
                        disk,
                        clock),
                clock,
                List.of(new EventLog("pool")));
        VardiffConfig vardiff = difficultyOfOneShare(perMiner);
        gateway = Gateway.start(
                settings("gateway", data, vardiff),
                PoolUpstream.of(
                        new UpstreamConfig(
                                new PoolConfig(
                                        new Sv2PoolAddress(
                                                pool.address().getAddress().getHostAddress(),
                                                pool.address().getPort(),
                                                Optional.of(pool.authorityKey())),
                                        "demo.gateway"),
                                IdentityMode.GATEWAY),
                        new PoolUpstream.Common(vardiff, FailoverConfig.DEFAULT, version, clock)),
                clock,
                List.of(new EventLog("gateway")));
        started = clock.instant();
        for (int i = 1; i <= sv1Miners; i++) {
            mine(MinerProtocol.SV1, "demo.sv1-" + i);
        }
        for (int i = 1; i <= sv2Miners; i++) {
            mine(i % 2 == 1 ? MinerProtocol.SV2_STANDARD : MinerProtocol.SV2_EXTENDED, "demo.sv2-" + i);
        }
    }

    Gateway gateway() {
        return gateway;
    }

    FarmSnapshot gatewaySnapshot() {
        return gateway.snapshot();
    }

    FarmSnapshot poolSnapshot() {
        return pool.snapshot();
    }

    /** Stops hashing and waits, within {@link #DRAIN_PATIENCE}, until every share sent has its verdicts. */
    DemoReport finish() throws InterruptedException {
        mined = Duration.between(started, clock.instant());
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
        while (gateway.settledSnapshot().upstream().verdictLag() != 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return new DemoReport(mined, gateway.settledSnapshot(), pool.settledSnapshot(), List.copyOf(asked));
    }

    @Override
    public void close() {
        miners.forEach(CpuMiner::close);
        gateway.close();
        pool.close();
        disk.shutdown();
    }

    private void mine(MinerProtocol protocol, String user) {
        InetSocketAddress at = gateway.address();
        String host = at.getAddress().getHostAddress();
        CpuMinerConfig config = switch (protocol) {
            case SV1 -> CpuMinerConfig.sv1(host, at.getPort(), user, 1);
            case SV2_STANDARD, SV2_EXTENDED ->
                CpuMinerConfig.sv2(
                        protocol, host, at.getPort(), new ServerTrust.SignedBy(gateway.authorityKey()), user, 1);
        };
        miners.add(CpuMiner.start(config.withLoad(load)));
        asked.add(GatewayEvent.MinerProtocol.valueOf(protocol.name()));
    }

    private static GatewaySettings settings(String name, Path data, VardiffConfig vardiff) {
        return new GatewaySettings(
                name,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AuthorityKeys.fresh(),
                vardiff,
                LimitsConfig.DEFAULT,
                Sv1Config.DEFAULT,
                data.resolve(name),
                1);
    }

    private static VardiffConfig difficultyOfOneShare(double hashesPerSecond) {
        double secondsPerShare = MINUTE_SECONDS / SHARES_PER_MINUTE;
        double difficulty = hashesPerSecond * secondsPerShare / DemoReport.HASHES_PER_DIFFICULTY;
        double least = VardiffConfig.DIFFICULTY.least();
        return new VardiffConfig(true, SHARES_PER_MINUTE, least, Math.max(least, difficulty));
    }
}
