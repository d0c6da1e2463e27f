package sluice.proxy.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import sluice.config.InvalidValueException;
import sluice.config.PoolUrl;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.netty.CpuMiner;

/** Mines with this machine's processors: for trying a server, and for a farm's commissioning. */
@Command(
        name = "miner",
        description = {
            "Mines with this machine's processors at a pool or a gateway, and says what became of every share.",
            "Too slow to earn anything: it shows that a server works. Ends with 0 once the server accepted a share,",
            "with 1 where it accepted none."
        })
final class MinerCommand implements Callable<Integer> {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(5);
    /** How long verdicts may take once the time is over. */
    private static final Duration VERDICTS_WITHIN = Duration.ofSeconds(10);

    private static final String[] UNITS = {"", "k", "M", "G", "T"};

    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "stratum+tcp://host:port for SV1, stratum2+tcp://host:port/AUTHORITY_KEY for SV2")
    private String url;

    @Option(
            names = "--user",
            defaultValue = "sluice-miner",
            paramLabel = "NAME",
            description = "who mines, as the server knows it (default: ${DEFAULT-VALUE})")
    private String user;

    @Option(
            names = "--password",
            defaultValue = "x",
            paramLabel = "TEXT",
            description = "SV1 password (default: ${DEFAULT-VALUE})")
    private String password;

    @Option(
            names = "--threads",
            defaultValue = "1",
            paramLabel = "N",
            description = "threads that hash (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--load",
            defaultValue = "1",
            paramLabel = "PART",
            description = "part of a processor that each thread takes, such as 0.5 (default: ${DEFAULT-VALUE})")
    private double load;

    @Option(
            names = "--protocol",
            converter = ProtocolConverter.class,
            paramLabel = "PROTOCOL",
            description =
                    "sv1, sv2-standard or sv2-extended (default: sv1 for stratum+tcp, sv2-extended for stratum2+tcp)")
    private MinerProtocol protocol;

    @Option(
            names = "--duration",
            converter = DurationConverter.class,
            paramLabel = "TIME",
            description = "how long to mine, such as 30s or 10m (default: until interrupted)")
    private Duration duration;

    @Option(names = "--suggest-difficulty", paramLabel = "D", description = "ask an SV1 server for this difficulty")
    private Double suggestedDifficulty;

    @Option(
            names = "--allow-unverified",
            description = "mine at an SV2 server without an authority key in the URL, whoever it is")
    private boolean allowUnverified;

    @Override
    public Integer call() throws InterruptedException {
        CpuMinerConfig config = config();
        PrintWriter err = spec.commandLine().getErr();
        CountDownLatch finished = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> {
            interrupt();
            awaitQuietly(finished);
        });
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try (CpuMiner miner = CpuMiner.start(config)) {
            mineUntilOver(miner, err);
            MinerReport report = verdicts(miner);
            summarise(report);
            return report.accepted() > 0 ? ExitCode.OK : ExitCode.FAILED;
        } finally {
            finished.countDown();
            forget(onInterrupt);
        }
    }

    /** Ends the mining; the summary follows. */
    void interrupt() {
        interrupted.countDown();
    }

    private CpuMinerConfig config() {
        PoolUrl address;
        Optional<AuthorityKey> key;
        try {
            address = PoolUrl.parse(url);
            key = address.authorityKey();
        } catch (InvalidValueException e) {
            throw wrong("--url " + e.wrong() + ": " + e.right());
        }
        boolean sv2Url = address.scheme() == PoolUrl.Scheme.STRATUM2_TCP;
        if (address.scheme() == PoolUrl.Scheme.STRATUM_SSL) {
            throw wrong("--url asks for TLS, which this miner does not speak: use stratum+tcp or stratum2+tcp");
        }
        MinerProtocol chosen = protocol != null ? protocol : sv2Url ? MinerProtocol.SV2_EXTENDED : MinerProtocol.SV1;
        if (sv2Url != (chosen != MinerProtocol.SV1)) {
            throw wrong("--protocol " + chosen + " does not fit --url: "
                    + (sv2Url ? "stratum2+tcp is SV2" : "for SV2 write stratum2+tcp://host:port/AUTHORITY_KEY"));
        }
        if (sv2Url && key.isEmpty() && !allowUnverified) {
            throw wrong("--url has no authority key, so anyone on the way could answer: add it behind a slash,"
                    + " or --allow-unverified");
        }
        if (threads < 1 || threads > CpuMinerConfig.MAX_THREADS) {
            throw wrong("--threads is " + threads + ": write 1 to " + CpuMinerConfig.MAX_THREADS);
        }
        if (!(load > 0 && load <= 1)) {
            throw wrong("--load is " + load + ": write a number above 0, up to 1");
        }
        if (user.getBytes(StandardCharsets.UTF_8).length > CpuMinerConfig.MAX_USER_BYTES) {
            throw wrong("--user is too long: write at most " + CpuMinerConfig.MAX_USER_BYTES + " bytes");
        }
        if (suggestedDifficulty != null && !(suggestedDifficulty > 0 && Double.isFinite(suggestedDifficulty))) {
            throw wrong("--suggest-difficulty is " + suggestedDifficulty + ": write a number above 0");
        }
        ServerTrust trust = ServerTrust.of(key);
        return new CpuMinerConfig(
                chosen,
                address.host(),
                address.port(),
                trust,
                user,
                password,
                threads,
                load,
                suggestedDifficulty == null ? OptionalDouble.empty() : OptionalDouble.of(suggestedDifficulty),
                OptionalDouble.empty());
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void mineUntilOver(CpuMiner miner, PrintWriter err) throws InterruptedException {
        long end = duration == null ? Long.MAX_VALUE : System.nanoTime() + duration.toNanos();
        boolean over = false;
        while (!over) {
            long left = duration == null ? PROGRESS_EVERY.toNanos() : end - System.nanoTime();
            over = left <= 0 || interrupted.await(Math.min(left, PROGRESS_EVERY.toNanos()), TimeUnit.NANOSECONDS);
            if (!over) {
                err.println(progress(miner.report()));
                err.flush();
            }
        }
    }

    private static MinerReport verdicts(CpuMiner miner) throws InterruptedException {
        try {
            return miner.stopMining().get(VERDICTS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            return miner.report();
        }
    }

    /** One line of a running miner. */
    static String progress(MinerReport report) {
        String line = "%s, %d shares: %d accepted, %d rejected, %d stale, %d open; %d jobs, %d tips"
                .formatted(
                        hashrate(report.hashesPerSecond()),
                        report.sharesFound(),
                        report.accepted(),
                        report.rejected(),
                        report.stale(),
                        report.outstanding(),
                        report.jobs(),
                        report.chainTips());
        return report.lastLoss().isEmpty() ? line : line + "; not connected: " + report.lastLoss();
    }

    private void summarise(MinerReport report) {
        PrintWriter out = spec.commandLine().getOut();
        row(out, "hashrate", hashrate(report.hashesPerSecond()));
        row(out, "hashes", Long.toString(report.hashes()));
        row(out, "connections", Long.toString(report.connections()));
        row(out, "jobs", report.jobs() + " on " + report.chainTips() + " chain tips");
        row(out, "shares found", Long.toString(report.sharesFound()));
        row(out, "accepted", Long.toString(report.accepted()));
        row(out, "rejected", Long.toString(report.rejected()));
        for (Map.Entry<String, Long> reason : report.rejectedByReason().entrySet()) {
            row(out, "", reason.getValue() + " " + printable(reason.getKey()));
        }
        row(out, "stale", Long.toString(report.stale()));
        row(out, "no verdict", Long.toString(report.unanswered() + report.outstanding()));
        row(out, "discarded", Long.toString(report.discarded()));
        row(out, "blocks", Long.toString(report.blocks()));
        if (!report.lastLoss().isEmpty()) {
            row(out, "connection", printable(report.lastLoss()));
        }
        out.flush();
    }

    private static void row(PrintWriter out, String name, String value) {
        out.printf("%-13s %s%n", name, value);
    }

    /** Hashes per second with a unit, three digits that tell. */
    static String hashrate(double hashesPerSecond) {
        int unit = 0;
        double value = hashesPerSecond;
        while (value >= 1_000 && unit < UNITS.length - 1) {
            value /= 1_000;
            unit++;
        }
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f %sH/s", value, UNITS[unit]);
    }

    // A server chose these words; the terminal must not obey them.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cc}", "?");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(VERDICTS_WITHIN.toSeconds() + 5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            // It runs at this moment: that is why we end.
        }
    }

    static final class ProtocolConverter implements ITypeConverter<MinerProtocol> {
        @Override
        public MinerProtocol convert(String text) {
            for (MinerProtocol candidate : MinerProtocol.values()) {
                if (candidate.toString().equalsIgnoreCase(text)) {
                    return candidate;
                }
            }
            throw new TypeConversionException("'" + text + "' is none of sv1, sv2-standard, sv2-extended");
        }
    }
}
