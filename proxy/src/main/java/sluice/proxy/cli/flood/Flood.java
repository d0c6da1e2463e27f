package sluice.proxy.cli.flood;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import sluice.config.LimitsConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.netty.Gateway;
import sluice.proxy.view.FarmSnapshot;
import tools.jackson.databind.json.JsonMapper;

/**
 * Honest miners at a gateway, first alone and then beside hostile clients of ten kinds, flood after flood, over loopback. The
 * gateway runs in this process with the limits that it is given, and miners and hostile clients each in one of their own.
 * Honest miners come from 127.0.0.1.
 */
public final class Flood {
    /** Clients that a run may have of each sort. */
    public static final int MAX_CLIENTS = 20_000;

    /** Floods of one run, each from addresses of its own. */
    public static final int MAX_FLOODS = 9;

    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(60);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final int WARM_UP_CLIENTS = 50;
    // Nobody is to be banned for what the first ones did.
    private static final int WARM_UP_HOST = 10_000;
    private static final int FIRST_HOST = 1;
    private static final int HOSTS_OF_A_FLOOD = 1_000;

    private final Plan plan;
    private final Path directory;
    private final AuthoritySecretKey authority;
    private final InstantSource clock;

    /**
     * How much of everything.
     *
     * @param sharesPerSecond that each hostile client sends which sends shares
     * @param flood how long each flood takes
     * @param floods how many there are, each from addresses of its own
     * @param tips mean time between two tips of the chain: what is remembered of a tip is forgotten with it
     * @param minersFirst whether honest miners have a processor before all others, where that is permitted
     * @param loops event loops of the gateway
     */
    public record Plan(
            int miners,
            int hostiles,
            int sharesPerSecond,
            Duration quiet,
            Duration flood,
            int floods,
            Duration tips,
            LimitsConfig limits,
            boolean minersFirst,
            int loops) {}

    /** Times from a share to its answer. */
    public record Latency(long shares, Duration median, Duration p99, Duration worst) {}

    /** What one part used of the processors, and how long its threads waited for one. */
    public record Use(Duration processor, Duration waiting) {}

    /**
     * Who used the processors during one part of a run.
     *
     * @param elapsed how long that was
     * @param others all other processes of this machine
     */
    public record Processors(Duration elapsed, Use gateway, Use miners, Use hostiles, Duration others) {}

    /**
     * What is in use when only the honest miners are connected, after a garbage collection.
     *
     * @param buffers bytes of network buffers
     */
    public record Memory(long heap, long buffers) {}

    /**
     * One flood.
     *
     * @param attempts connections of hostile clients, by kind
     * @param after its connections are gone
     * @param connectionsAfter that the gateway has then
     */
    public record Wave(
            Latency latency, Processors processors, Map<String, Long> attempts, Memory after, int connectionsAfter) {}

    /**
     * What came of it.
     *
     * @param minersFirst whether honest miners had a processor before all others: their waiting for one is not measured then
     * @param submitted shares of honest miners, in all parts
     * @param refused those of them that were refused, by reason
     * @param lostConnections of honest miners, by reason
     * @param closed connections that the gateway closed or refused, by reason
     * @param unjudged hostile shares that were refused without a look
     * @param before what was in use before the first flood
     * @param internalErrors bugs that ended a connection
     */
    public record Result(
            boolean minersFirst,
            Latency quiet,
            Processors quietProcessors,
            List<Wave> waves,
            long submitted,
            long accepted,
            long unanswered,
            Map<String, Integer> refused,
            Map<String, Integer> lostConnections,
            Map<String, Long> closed,
            long unjudged,
            long bans,
            Memory before,
            long internalErrors,
            long lostEvents) {

        /** Whether every honest share was accepted, or found while the tip changed, and no honest connection ended. */
        public boolean isUndisturbed() {
            return accepted > 0
                    && accepted + refused.getOrDefault(HonestMiner.STALE, 0) == submitted
                    && lostConnections.isEmpty()
                    && internalErrors == 0;
        }

        /** The p99 of a flood over that of the quiet part. */
        public double ratio(Wave wave) {
            return (double) wave.latency().p99().toNanos()
                    / Math.max(1, quiet.p99().toNanos());
        }

        /** The same of the worst flood. */
        public double ratio() {
            return waves.stream().mapToDouble(this::ratio).max().orElse(0);
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
        try (Gateway gateway = MeasuredGateway.start(
                directory,
                authority,
                plan.limits(),
                plan.loops(),
                plan.tips(),
                clock,
                List.of(event -> bans.addAndGet(event instanceof GatewayEvent.AddressBanned ? 1 : 0)))) {
            return new Run(gateway).carryOut(bans);
        }
    }

    private final class Run {
        private final Gateway gateway;
        private CrowdProcess miners;
        private CrowdProcess hostiles;

        Run(Gateway gateway) {
            this.gateway = gateway;
        }

        Result carryOut(AtomicLong bans) throws IOException, InterruptedException {
            CrowdProcess.Place place = plan.minersFirst() ? CrowdProcess.Place.FIRST : CrowdProcess.Place.AMONG_ALL;
            try (CrowdProcess honest =
                            new CrowdProcess(Crowd.Sort.HONEST, place, gateway.address(), plan.sharesPerSecond());
                    CrowdProcess hostile = new CrowdProcess(
                            Crowd.Sort.HOSTILE, CrowdProcess.Place.LAST, gateway.address(), plan.sharesPerSecond())) {
                miners = honest;
                hostiles = hostile;
                return carryOutWith(bans);
            }
        }

        private Result carryOutWith(AtomicLong bans) throws IOException, InterruptedException {
            int ready = miners.order(HonestCrowd.START, plan.miners()).asInt();
            if (ready != plan.miners()) {
                throw new IOException("only " + ready + " of " + plan.miners() + " honest miners got work");
            }
            // The first of every sort pay for classes that are loaded and compiled, on all sides.
            hostiles.order(HostileCrowd.START, Math.min(WARM_UP_CLIENTS, plan.hostiles()), WARM_UP_HOST);
            TimeUnit.NANOSECONDS.sleep(plan.quiet().toNanos() / 2);
            hostiles.order(HostileCrowd.STOP);
            awaitHonestOnly();
            Memory before = memory();
            settle();
            Measured quiet = measure(plan.quiet(), moment());
            List<Wave> waves = new ArrayList<>();
            for (int i = 0; i < plan.floods(); i++) {
                waves.add(flood(FIRST_HOST + i * HOSTS_OF_A_FLOOD));
            }
            HonestCrowd.Totals totals =
                    JsonMapper.shared().treeToValue(miners.order(HonestCrowd.STOP), HonestCrowd.Totals.class);
            FarmSnapshot seen = gateway.settledSnapshot();
            return new Result(
                    miners.isPlaced(),
                    quiet.latency(),
                    quiet.processors(),
                    waves,
                    totals.submitted(),
                    totals.accepted(),
                    totals.unanswered(),
                    totals.refused(),
                    totals.lost(),
                    new TreeMap<>(seen.disconnects()),
                    seen.rejections().getOrDefault("unjudged", 0L),
                    bans.get(),
                    before,
                    seen.disconnects().getOrDefault("internal-error", 0L),
                    gateway.lostEvents());
        }

        private Wave flood(int firstHost) throws IOException, InterruptedException {
            settle();
            Moment from = moment();
            hostiles.order(HostileCrowd.START, plan.hostiles(), firstHost);
            Measured measured = measure(plan.flood(), from);
            Map<String, Long> attempts = new TreeMap<>();
            hostiles.order(HostileCrowd.STOP)
                    .properties()
                    .forEach(kind -> attempts.put(kind.getKey(), kind.getValue().asLong()));
            awaitHonestOnly();
            int connections = gateway.snapshot().connections();
            return new Wave(measured.latency(), measured.processors(), attempts, memory(), connections);
        }

        // What a full collection held up belongs to nobody.
        private void settle() throws IOException, InterruptedException {
            TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
            miners.order(HonestCrowd.TAKE);
        }

        private Measured measure(Duration time, Moment from) throws IOException, InterruptedException {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            Measurements.Latency latency =
                    JsonMapper.shared().treeToValue(miners.order(HonestCrowd.TAKE), Measurements.Latency.class);
            return new Measured(
                    new Latency(latency.shares(), latency.median(), latency.p99(), latency.worst()),
                    moment().since(from));
        }

        private Moment moment() {
            return new Moment(
                    System.nanoTime(),
                    ProcessorTime.of(ProcessHandle.current()),
                    miners.processorTime(),
                    hostiles.processorTime(),
                    ProcessorTime.ofMachine());
        }

        private void awaitHonestOnly() throws InterruptedException {
            Patience.await(SETTLE_PATIENCE, () -> gateway.snapshot().connections() <= plan.miners());
        }
    }

    private record Measured(Latency latency, Processors processors) {}

    private record Moment(
            long nanos, ProcessorTime gateway, ProcessorTime miners, ProcessorTime hostiles, Duration machine) {

        Processors since(Moment from) {
            Use own = use(gateway.since(from.gateway));
            Use honest = use(miners.since(from.miners));
            Use hostile = use(hostiles.since(from.hostiles));
            Duration others = machine.minus(from.machine)
                    .minus(own.processor())
                    .minus(honest.processor())
                    .minus(hostile.processor());
            return new Processors(
                    Duration.ofNanos(nanos - from.nanos),
                    own,
                    honest,
                    hostile,
                    others.isNegative() ? Duration.ZERO : others);
        }

        private static Use use(ProcessorTime time) {
            return new Use(time.used(), time.waited());
        }
    }

    private static Memory memory() {
        Runtime machine = Runtime.getRuntime();
        // A gateway that has run for a while keeps the heap that it grew to; a full collection would take that away.
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).setVMOption("MaxHeapFreeRatio", "100");
        System.gc();
        System.gc();
        return new Memory(machine.totalMemory() - machine.freeMemory(), Gateway.bufferBytes());
    }
}
