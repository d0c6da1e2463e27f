package sluice.proxy.cli.flood;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.SimulatedUpstream;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.SimulatedChain;

/**
 * Honest miners at a gateway, first alone and then beside hostile clients of ten kinds, all in one process over loopback.
 * The gateway has the limits that it is given; honest miners come from 127.0.0.1.
 */
public final class Flood {
    /** Clients that a run may have of each sort. */
    public static final int MAX_CLIENTS = 20_000;

    private static final Bytes PAYOUT = Bytes.fromHex("6a0562656e6368");
    private static final Bytes TAG = Bytes.of("/Sluice bench/".getBytes(StandardCharsets.US_ASCII));
    // Each share costs a miner a few hashes, so that what is measured is the gateway.
    private static final VardiffConfig EASY = new VardiffConfig(false, 60, 1e-9, 1e-9);
    private static final int SHARE_EVERY_MILLIS = 250;
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long CHAIN_SEED = 1;
    private static final int WARM_UP_CLIENTS = 50;
    // Nobody is to be banned for what the first ones did.
    private static final int WARM_UP_HOST = 10_000;

    private final Plan plan;
    private final Path directory;
    private final AuthoritySecretKey authority;
    private final InstantSource clock;

    /**
     * How much of everything.
     *
     * @param sharesPerSecond that each hostile client sends which sends shares
     * @param loops event loops of the gateway
     */
    public record Plan(
            int miners,
            int hostiles,
            int sharesPerSecond,
            Duration quiet,
            Duration flood,
            LimitsConfig limits,
            int loops) {}

    /** Times from a share to its answer. */
    public record Latency(long shares, Duration median, Duration p99, Duration worst) {
        static Latency of(Measurements.Latency measured) {
            return new Latency(measured.shares(), measured.median(), measured.p99(), measured.worst());
        }
    }

    /**
     * What came of it.
     *
     * @param submitted shares of honest miners, in both parts
     * @param refused those of them that were refused, by reason
     * @param lostConnections of honest miners, by reason
     * @param attempts connections of hostile clients, by kind
     * @param closed connections that the gateway closed or refused, by reason
     * @param unjudged hostile shares that were refused without a look
     * @param heapBefore bytes in use before the flood, after a garbage collection
     * @param heapAfter the same when its connections are gone
     * @param connectionsAfter that the gateway has then
     * @param internalErrors bugs that ended a connection
     */
    public record Result(
            Latency quiet,
            Latency flood,
            long submitted,
            long accepted,
            long unanswered,
            Map<String, Integer> refused,
            Map<String, Integer> lostConnections,
            Map<String, Long> attempts,
            Map<String, Long> closed,
            long unjudged,
            long bans,
            long heapBefore,
            long heapAfter,
            int connectionsAfter,
            long internalErrors,
            long lostEvents) {

        /** Whether every honest share was accepted and no honest connection ended. */
        public boolean isUndisturbed() {
            return accepted == submitted && lostConnections.isEmpty() && internalErrors == 0;
        }
    }

    /** @param directory for what a gateway keeps */
    public Flood(Plan plan, Path directory, AuthoritySecretKey authority, InstantSource clock) {
        this.plan = plan;
        this.directory = directory;
        this.authority = authority;
        this.clock = clock;
    }

    public Result run() throws IOException, InterruptedException {
        AtomicLong bans = new AtomicLong();
        GatewaySettings settings = new GatewaySettings(
                "flood",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                authority,
                EASY,
                plan.limits(),
                Sv1Config.DEFAULT,
                directory.resolve("blocks"),
                plan.loops());
        SimulatedUpstream work = new SimulatedUpstream(
                SimulatedChain.Settings.regtest(Duration.ofHours(1)).withStartTarget(Difficulty.targetOf(1_000)),
                CHAIN_SEED,
                PAYOUT,
                TAG,
                clock);
        try (Gateway gateway = Gateway.start(
                settings,
                work,
                clock,
                List.of(event -> bans.addAndGet(event instanceof GatewayEvent.AddressBanned ? 1 : 0)))) {
            return run(gateway, bans);
        }
    }

    private Result run(Gateway gateway, AtomicLong bans) throws InterruptedException {
        Measurements measurements = new Measurements();
        List<HonestMiner> miners = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.miners(); i++) {
            HonestMiner miner =
                    new HonestMiner(gateway.address(), "honest.m" + i, SHARE_EVERY_MILLIS, measurements, clock);
            miners.add(miner);
            threads.add(Thread.ofPlatform().name("honest-" + i).daemon().start(miner));
        }
        awaitTrue(() -> measurements.readyMiners() == plan.miners());
        // The first of every sort pay for classes that are loaded and compiled, on both sides.
        try (HostileClients first = new HostileClients(gateway.address(), plan.sharesPerSecond())) {
            first.start(Math.min(WARM_UP_CLIENTS, plan.hostiles()), WARM_UP_HOST);
            TimeUnit.NANOSECONDS.sleep(plan.quiet().toNanos() / 2);
        }
        awaitTrue(() -> gateway.snapshot().connections() <= plan.miners());
        long heapBefore = usedHeap();
        measurements.takeLatency();
        TimeUnit.NANOSECONDS.sleep(plan.quiet().toNanos());
        Latency quiet = Latency.of(measurements.takeLatency());

        Map<String, Long> attempts;
        Latency flood;
        try (HostileClients hostiles = new HostileClients(gateway.address(), plan.sharesPerSecond())) {
            hostiles.start(plan.hostiles(), 1);
            TimeUnit.NANOSECONDS.sleep(plan.flood().toNanos());
            flood = Latency.of(measurements.takeLatency());
            attempts = hostiles.connections().entrySet().stream()
                    .collect(Collectors.toMap(
                            kind -> kind.getKey().name().toLowerCase(java.util.Locale.ROOT),
                            Map.Entry::getValue,
                            Long::sum,
                            TreeMap::new));
        }
        awaitTrue(() -> gateway.snapshot().connections() <= plan.miners());
        int connectionsAfter = gateway.snapshot().connections();
        long heapAfter = usedHeap();
        miners.forEach(HonestMiner::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        FarmSnapshot seen = gateway.settledSnapshot();
        return new Result(
                quiet,
                flood,
                measurements.submittedShares(),
                measurements.acceptedShares(),
                measurements.unansweredShares(),
                measurements.refusals(),
                measurements.losses(),
                attempts,
                new TreeMap<>(seen.disconnects()),
                seen.rejections().getOrDefault("unjudged", 0L),
                bans.get(),
                heapBefore,
                heapAfter,
                connectionsAfter,
                seen.disconnects().getOrDefault("internal-error", 0L),
                gateway.lostEvents());
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + SETTLE_PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private static long usedHeap() {
        Runtime machine = Runtime.getRuntime();
        System.gc();
        System.gc();
        return machine.totalMemory() - machine.freeMemory();
    }
}
