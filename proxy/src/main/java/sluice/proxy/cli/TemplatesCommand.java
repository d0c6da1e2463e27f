package sluice.proxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sluice.config.AuthorityKeySource;
import sluice.config.InvalidValueException;
import sluice.config.ListenAddress;
import sluice.config.PoolUrl;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.netty.ProviderTemplates;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.proxy.provider.netty.TemplateSourceFactory;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;

/** A template provider: for trying pools and job declarators without a node, and for sharing one node's templates. */
@Command(
        name = "templates",
        description = {
            "Gives block templates to pools and job declarators (SV2 Template Distribution), made on a",
            "simulated chain or taken from another template provider, until it is told to stop."
        })
final class TemplatesCommand implements Callable<Integer> {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final String ONLY_SIMULATED = " (only with --simulated; default: ${DEFAULT-VALUE})";

    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Origin origin;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8442",
            description = "where clients connect (default: ${DEFAULT-VALUE})")
    private String listen;

    @Option(
            names = "--authority-key-file",
            paramLabel = "FILE",
            description = "keeps the authority key from one start to the next (default: a new key each time)")
    private Path authorityKeyFile;

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "" + TemplateServerSettings.DEFAULT_MAX_CLIENTS,
            description = "connections at a time (default: ${DEFAULT-VALUE})")
    private int maxClients;

    @Option(
            names = "--block-interval",
            converter = DurationConverter.class,
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "time between blocks; after three of these without one the network finds one itself"
                    + ONLY_SIMULATED)
    private Duration blockInterval;

    @Option(
            names = "--refresh",
            converter = DurationConverter.class,
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "least time between two templates on one tip" + ONLY_SIMULATED)
    private Duration refresh;

    @Option(
            names = "--transactions-per-second",
            paramLabel = "N",
            defaultValue = "7",
            description = "how fast the mempool fills" + ONLY_SIMULATED)
    private double transactionsPerSecond;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "equal seeds give equal chains (only with --simulated; default: another each time)")
    private Long seed;

    @Option(
            names = "--duration",
            converter = DurationConverter.class,
            paramLabel = "TIME",
            description = "how long to run, such as 30s or 10m (default: until interrupted)")
    private Duration duration;

    /** Where the templates come from. */
    private static final class Origin {
        @Option(names = "--simulated", required = true, description = "a chain that exists only in this process")
        private boolean simulated;

        @Option(
                names = "--from",
                required = true,
                paramLabel = "URL",
                description = "another template provider: stratum2+tcp://host:port/AUTHORITY_KEY")
        private String url;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        TemplateServerSettings settings = new TemplateServerSettings(address(), authority(), maxClients());
        TemplateSourceFactory source = origin.simulated ? simulated() : provider();
        CountDownLatch finished = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> {
            interrupt();
            awaitQuietly(finished);
            // Stopping when asked is success, whatever number the signal has.
            Runtime.getRuntime().halt(ExitCode.OK);
        });
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try (TemplateServer server = start(settings, source)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("templates at stratum2+tcp://"
                    + new ListenAddress(
                            server.address().getAddress().getHostAddress(),
                            server.address().getPort())
                    + "/" + server.authorityKey().text());
            out.flush();
            if (duration == null) {
                interrupted.await();
            } else {
                interrupted.await(duration.toNanos(), TimeUnit.NANOSECONDS);
            }
            return ExitCode.OK;
        } finally {
            finished.countDown();
            forget(onInterrupt);
        }
    }

    /** Ends the command as a signal does. */
    void interrupt() {
        interrupted.countDown();
    }

    private static TemplateServer start(TemplateServerSettings settings, TemplateSourceFactory source)
            throws CommandFailure {
        try {
            return TemplateServer.start(settings, source, CLOCK);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage());
        }
    }

    private TemplateSourceFactory simulated() {
        if (!(transactionsPerSecond > 0) || Double.isInfinite(transactionsPerSecond)) {
            throw wrong("--transactions-per-second is " + transactionsPerSecond + ": write a number above 0");
        }
        if (!blockInterval.isPositive() || !refresh.isPositive()) {
            throw wrong("--block-interval and --refresh must be longer than 0");
        }
        SimulatedChain.Settings regtest = SimulatedChain.Settings.regtest(blockInterval);
        SimulatedChain.Settings chain = new SimulatedChain.Settings(
                blockInterval,
                regtest.startTarget(),
                regtest.easiestTarget(),
                regtest.hardestTarget(),
                transactionsPerSecond,
                refresh);
        SplittableRandom random = new SplittableRandom(seed == null ? System.nanoTime() : seed);
        return (loop, handshakes) ->
                new LocalTemplateSource(loop, new SimulatedChain(chain, random, CLOCK.instant()), CLOCK);
    }

    private TemplateSourceFactory provider() {
        try {
            PoolUrl url = PoolUrl.parse(origin.url);
            if (url.scheme() != PoolUrl.Scheme.STRATUM2_TCP) {
                throw wrong("--from is no template provider: write stratum2+tcp://host:port/AUTHORITY_KEY");
            }
            TemplateProviderSettings settings = new TemplateProviderSettings(
                    "provider",
                    new Sv2PoolAddress(url.host(), url.port(), url.authorityKey()),
                    CoinbaseReserve.NONE,
                    Sluice.Version.text());
            return new ProviderTemplates(settings, CLOCK)::create;
        } catch (InvalidValueException e) {
            throw wrong("--from " + e.wrong() + ": " + e.right());
        }
    }

    private InetSocketAddress address() {
        try {
            ListenAddress address = ListenAddress.parse(listen);
            return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
        } catch (InvalidValueException e) {
            throw wrong("--listen " + e.wrong() + ": " + e.right());
        } catch (UnknownHostException e) {
            throw wrong("--listen: there is no address for \"" + listen + "\"");
        }
    }

    private AuthoritySecretKey authority() throws CommandFailure {
        return authorityKeyFile == null
                ? AuthorityKeys.fresh()
                : AuthorityKeys.of(new AuthorityKeySource.KeptIn(authorityKeyFile));
    }

    private int maxClients() {
        if (maxClients < 1) {
            throw wrong("--max-clients is " + maxClients + ": write 1 or more");
        }
        return maxClients;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // It is the hook that ends us.
        }
    }
}
