package sluice.proxy.cli.flood;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sluice.config.ApiConfig;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.LimitsConfig;
import sluice.config.ListenAddress;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.api.event.netty.EventOutlets;
import sluice.proxy.api.netty.ApiServer;
import sluice.proxy.netty.Gateway;
import tools.jackson.databind.json.JsonMapper;

/**
 * Honest miners at a gateway whose events nobody reads, one caller reads as they come, many read too slowly, and many do not
 * read at all, round after round, over loopback. The gateway runs in this process, and miners and readers each in one of their
 * own.
 */
public final class EventsBench {
    /** Readers at a time: an API has room for so many, and some more callers. */
    public static final int MAX_READERS = 60;

    /** Rounds of one run. */
    public static final int MAX_ROUNDS = 20;

    // A tip makes shares stale, which is no loss.
    private static final Duration ONE_TIP = Duration.ofHours(1);
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final Plan plan;
    private final Path directory;
    private final AuthoritySecretKey authority;
    private final InstantSource clock;

    /**
     * How much of everything.
     *
     * @param readers that are slow or stuck at a time
     * @param part how long each kind of reader is measured in each round
     * @param loops event loops of the gateway
     */
    public record Plan(int miners, int readers, Duration part, int rounds, int loops) {}

    /**
     * What was measured while the readers were of one kind.
     *
     * @param readers how many there were
     * @param events that all of them read
     * @param lost of which they were told that they had missed them
     * @param skipped that are missing between two others by the numbers in their ids
     * @param others all other processes of this machine
     */
    public record Part(
            ReadingPace pace,
            int readers,
            Flood.Latency latency,
            long events,
            long bytes,
            long lost,
            long skipped,
            Flood.Use gateway,
            Flood.Use miners,
            Flood.Use readersUse,
            Duration others) {}

    /**
     * What came of it.
     *
     * @param minersFirst whether miners had a processor before all others: their waiting for one is not measured then
     * @param submitted shares, in all parts
     * @param refused those of them that were refused, by reason
     * @param lostConnections of miners, by reason
     * @param apiRefusals what the API refused, by reason
     * @param lostEvents that did not pass the gateway's own bus
     */
    public record Result(
            boolean minersFirst,
            List<Part> parts,
            long submitted,
            long accepted,
            long unanswered,
            Map<String, Integer> refused,
            Map<String, Integer> lostConnections,
            Map<String, Long> apiRefusals,
            long lostEvents) {

        /** Whether every share was accepted, no miner's connection ended, and who reads fast enough missed nothing. */
        public boolean isUndisturbed() {
            return submitted > 0
                    && accepted == submitted
                    && lostConnections.isEmpty()
                    && lostEvents == 0
                    && parts.stream()
                            .filter(part -> part.pace() == ReadingPace.FAST)
                            .allMatch(part -> part.events() > 0 && part.lost() == 0 && part.skipped() == 0);
        }

        /** The median of all rounds' p99, for each kind of reader. */
        public Map<ReadingPace, Duration> p99() {
            Map<ReadingPace, Duration> p99 = new EnumMap<>(ReadingPace.class);
            for (ReadingPace pace : ReadingPace.values()) {
                List<Duration> sorted = parts.stream()
                        .filter(part -> part.pace() == pace)
                        .map(part -> part.latency().p99())
                        .sorted()
                        .toList();
                p99.put(pace, sorted.get((sorted.size() - 1) / 2));
            }
            return p99;
        }
    }

    /** @param directory for what a gateway keeps */
    public EventsBench(Plan plan, Path directory, AuthoritySecretKey authority, InstantSource clock) {
        this.plan = plan;
        this.directory = directory;
        this.authority = authority;
        this.clock = clock;
    }

    public Result run() throws IOException, InterruptedException {
        try (EventOutlets outlets = new EventOutlets(List.of(), PoolAddresses.UNKNOWN, clock);
                Gateway gateway = MeasuredGateway.start(
                        directory,
                        authority,
                        LimitsConfig.DEFAULT,
                        plan.loops(),
                        ONE_TIP,
                        clock,
                        List.of(outlets.listener()));
                ApiServer api = new ApiServer(clock)) {
            byte[] random = new byte[ApiTokens.TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            String token = ApiTokens.of(random);
            api.open(
                    new ApiConfig(
                            Optional.of(new ListenAddress(
                                    InetAddress.getLoopbackAddress().getHostAddress(), 0)),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(new ApiTokenConfig("bench", ApiScope.READ, ApiTokens.sha256(token)))),
                    new ApiCatalogue(outlets.endpoints(gateway::report)));
            InetSocketAddress events = api.address().orElseThrow();
            try (CrowdProcess miners =
                            new CrowdProcess(Crowd.Sort.HONEST, CrowdProcess.Place.FIRST, gateway.address(), 0);
                    CrowdProcess readers = new CrowdProcess(Crowd.Sort.READERS, CrowdProcess.Place.LAST, events, 0)) {
                return new Run(gateway, api, miners, readers, token).carryOut();
            }
        }
    }

    private final class Run {
        private final Gateway gateway;
        private final ApiServer api;
        private final CrowdProcess miners;
        private final CrowdProcess readers;
        private final String token;

        Run(Gateway gateway, ApiServer api, CrowdProcess miners, CrowdProcess readers, String token) {
            this.gateway = gateway;
            this.api = api;
            this.miners = miners;
            this.readers = readers;
            this.token = token;
        }

        Result carryOut() throws IOException, InterruptedException {
            int ready = miners.order(HonestCrowd.START, plan.miners()).asInt();
            if (ready != plan.miners()) {
                throw new IOException("only " + ready + " of " + plan.miners() + " miners got work");
            }
            // The first of every kind pay for classes that are loaded and compiled, on all sides.
            for (ReadingPace pace : ReadingPace.values()) {
                measure(pace, plan.part().dividedBy(2));
            }
            List<Part> parts = new ArrayList<>();
            for (int round = 0; round < plan.rounds(); round++) {
                for (ReadingPace pace : ReadingPace.values()) {
                    parts.add(measure(pace, plan.part()));
                }
            }
            HonestCrowd.Totals totals =
                    JsonMapper.shared().treeToValue(miners.order(HonestCrowd.STOP), HonestCrowd.Totals.class);
            gateway.settledSnapshot();
            return new Result(
                    miners.isPlaced(),
                    parts,
                    totals.submitted(),
                    totals.accepted(),
                    totals.unanswered(),
                    totals.refused(),
                    totals.lost(),
                    CompletableFuture.supplyAsync(
                                    () -> new TreeMap<>(api.tally().refusals()), api.executor())
                            .join(),
                    gateway.lostEvents());
        }

        private Part measure(ReadingPace pace, Duration time) throws IOException, InterruptedException {
            int count = switch (pace) {
                case NONE -> 0;
                case FAST -> 1;
                case SLOW, STUCK -> plan.readers();
            };
            int reading = readers.order(ReaderCrowd.START, pace, count, token).asInt();
            if (reading != count) {
                throw new IOException(
                        "only " + reading + " of " + count + " " + pace.text() + " readers began to read");
            }
            TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
            miners.order(HonestCrowd.TAKE);
            Moment from = moment();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            Measurements.Latency latency =
                    JsonMapper.shared().treeToValue(miners.order(HonestCrowd.TAKE), Measurements.Latency.class);
            Moment to = moment();
            ReaderCrowd.Told told =
                    JsonMapper.shared().treeToValue(readers.order(ReaderCrowd.STOP), ReaderCrowd.Told.class);
            return to.since(
                    from,
                    pace,
                    count,
                    new Flood.Latency(latency.shares(), latency.median(), latency.p99(), latency.worst()),
                    told);
        }

        private Moment moment() {
            return new Moment(
                    ProcessorTime.of(ProcessHandle.current()),
                    miners.processorTime(),
                    readers.processorTime(),
                    ProcessorTime.ofMachine());
        }
    }

    private record Moment(ProcessorTime gateway, ProcessorTime miners, ProcessorTime readers, Duration machine) {

        Part since(Moment from, ReadingPace pace, int count, Flood.Latency latency, ReaderCrowd.Told told) {
            ProcessorTime own = gateway.since(from.gateway);
            ProcessorTime honest = miners.since(from.miners);
            ProcessorTime reading = readers.since(from.readers);
            Duration others = machine.minus(from.machine)
                    .minus(own.used())
                    .minus(honest.used())
                    .minus(reading.used());
            return new Part(
                    pace,
                    count,
                    latency,
                    told.events(),
                    told.bytes(),
                    told.lost(),
                    told.skipped(),
                    new Flood.Use(own.used(), own.waited()),
                    new Flood.Use(honest.used(), honest.waited()),
                    new Flood.Use(reading.used(), reading.waited()),
                    others.isNegative() ? Duration.ZERO : others);
        }
    }
}
