package sluice.proxy.miner.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.protocol.sv2.wire.Limits;
import sluice.proxy.miner.ClientEvent;
import sluice.proxy.miner.ClientInput;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerClient;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.MinerTally;
import sluice.proxy.miner.Share;
import sluice.proxy.miner.Sv1MinerClient;
import sluice.proxy.miner.Sv2MinerClient;
import sluice.proxy.miner.Work;
import sluice.upstream.failover.Backoff;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.NoiseInitiatorHandler;
import sluice.upstream.netty.Transport;

/**
 * A CPU miner: hashes on its own threads and mines at one server, to which it returns whenever the connection is lost. Its
 * public methods are safe for any thread; its state is confined to one loop of the group it was given.
 */
public final class CpuMiner implements AutoCloseable {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MEASURE_EVERY = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(CpuMiner.class);

    private final CpuMinerConfig config;
    private final EventLoop loop;
    private final HashThreads threads;
    // Name resolution, measuring and the curve arithmetic of the handshake: what must not stand on a loop.
    private final ExecutorService helper;
    // Empty where the loop is the caller's.
    private final Optional<EventLoopGroup> ownLoops;
    private final InstantSource clock = InstantSource.system();
    private final MinerTally tally = new MinerTally();
    private final CompletableFuture<MinerReport> drained = new CompletableFuture<>();

    // All below is confined to the loop.
    private final Backoff backoff = new Backoff(new SecureRandom());
    private double nominalHashesPerSecond;
    private long generation;
    private String nextHost;
    private int nextPort;
    private MinerLink link;
    private int sharesHeld;
    private boolean stopped;
    private boolean threadsEnded;
    private ScheduledFuture<?> redial;
    private ScheduledFuture<?> measuring;
    private long hashesMeasured;

    private volatile MinerReport counts;

    private CpuMiner(CpuMinerConfig config, EventLoop loop, Optional<EventLoopGroup> ownLoops) {
        this.config = config;
        this.loop = loop;
        this.ownLoops = ownLoops;
        this.threads = new HashThreads(
                config.threads(),
                config.load(),
                config.protocol().toString(),
                share -> onLoop(() -> found(share)),
                () -> onLoop(this::threadsEnded));
        this.helper = Executors.newSingleThreadExecutor(new DefaultThreadFactory("miner-helper", true));
        this.nextHost = config.host();
        this.nextPort = config.port();
        this.counts = tally.report(0, 0, 0);
    }

    /** Starts mining on a loop of {@code group}, which stays the caller's. */
    public static CpuMiner start(CpuMinerConfig config, EventLoopGroup group) {
        return start(new CpuMiner(config, group.next(), Optional.empty()));
    }

    /** Starts mining on a loop of its own, which {@link #close} ends. */
    public static CpuMiner start(CpuMinerConfig config) {
        EventLoopGroup own = Transport.best().newEventLoops(1, "miner");
        return start(new CpuMiner(config, own.next(), Optional.of(own)));
    }

    private static CpuMiner start(CpuMiner miner) {
        miner.threads.start();
        miner.helper.execute(miner::prepare);
        return miner;
    }

    /** Hashes per second that one thread of this machine makes; takes a fifth of a second of the calling thread. */
    public static double measureHashrate() {
        return HashThreads.measure();
    }

    /** What was achieved so far. */
    public MinerReport report() {
        return counts.measured(threads.hashesPerSecond(), threads.hashes());
    }

    /**
     * Hashes no more and connects no more, but keeps the connection until every share sent has its verdict; that completes the
     * future. A connection that ends before leaves its shares unanswered and completes it too.
     */
    public CompletableFuture<MinerReport> stopMining() {
        threads.stop();
        onLoop(() -> {
            stopped = true;
            if (link == null) {
                finish();
            } else {
                checkDrained();
            }
        });
        return drained.copy();
    }

    /** Ends everything, at once; shares without a verdict stay unanswered. */
    @Override
    public void close() {
        threads.stop();
        onLoop(() -> {
            stopped = true;
            if (link == null) {
                finish();
            } else {
                link.close("closed by us");
            }
        });
    }

    private void prepare() {
        double measured = config.protocol() == MinerProtocol.SV1
                ? 0
                : config.nominalHashesPerSecond()
                        .orElseGet(() -> HashThreads.measure()
                                * config.load()
                                * Math.min(
                                        config.threads(), Runtime.getRuntime().availableProcessors()));
        onLoop(() -> {
            if (stopped) {
                return;
            }
            nominalHashesPerSecond = measured;
            measuring = loop.scheduleAtFixedRate(
                    this::measure, MEASURE_EVERY.toNanos(), MEASURE_EVERY.toNanos(), TimeUnit.NANOSECONDS);
            dial();
        });
    }

    private void dial() {
        redial = null;
        if (stopped) {
            return;
        }
        String host = nextHost;
        int port = nextPort;
        // A redirection holds for one attempt: where it leads nowhere, the configured server is next.
        nextHost = config.host();
        nextPort = config.port();
        helper.execute(() -> {
            try {
                InetAddress address = InetAddress.getByName(host);
                onLoop(() -> connect(host, new InetSocketAddress(address, port)));
            } catch (UnknownHostException e) {
                onLoop(() -> notConnected("the host " + host + " is unknown"));
            }
        });
    }

    private void connect(String host, InetSocketAddress address) {
        if (stopped) {
            return;
        }
        boolean encrypted = config.protocol() != MinerProtocol.SV1;
        MinerLink dialled = new MinerLink(client(host, address.getPort()), encrypted, new Link(), clock);
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(Transport.of(loop).socketChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(encrypted ? handshake() : new ServerLineHandler())
                                .addLast(dialled);
                    }
                })
                .connect(address);
        link = dialled;
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                link = null;
                notConnected(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private NoiseInitiatorHandler handshake() {
        Secp256k1 engine = Secp256k1.best();
        HandshakeSettings settings = new HandshakeSettings(
                engine,
                new EphemeralKeys(engine, new SecureRandom()),
                helper,
                HANDSHAKE_TIMEOUT,
                Limits.MINING_FROM_SERVER);
        return new NoiseInitiatorHandler(settings, config.trust(), clock);
    }

    private MinerClient client(String host, int port) {
        return switch (config.protocol()) {
            case SV1 ->
                new Sv1MinerClient(
                        new Sv1MinerClient.Settings(config.user(), config.password(), config.suggestedDifficulty()),
                        generation);
            case SV2_STANDARD, SV2_EXTENDED ->
                new Sv2MinerClient(
                        new Sv2MinerClient.Settings(
                                config.protocol() == MinerProtocol.SV2_STANDARD,
                                config.user(),
                                host,
                                port,
                                nominalHashesPerSecond),
                        generation);
        };
    }

    private void found(Share share) {
        sharesHeld++;
        if (link == null || link.isClosing()) {
            count(new ClientEvent.ShareDiscarded());
        } else {
            link.feed(new ClientInput.ShareFound(share));
        }
        settle();
    }

    /** Gives the threads back the places of shares that are over. */
    private void settle() {
        int outstanding = outstanding();
        if (outstanding < sharesHeld) {
            threads.settled(sharesHeld - outstanding);
            sharesHeld = outstanding;
        }
        publishCounts();
        checkDrained();
    }

    private int outstanding() {
        return link == null ? 0 : link.client().outstandingShares();
    }

    private void count(ClientEvent event) {
        tally.add(event);
        if (event instanceof ClientEvent.Ready) {
            backoff.reset();
            LOG.info("mining {}", config);
        }
    }

    private void publishCounts() {
        counts = tally.report(0, 0, outstanding());
    }

    private void measure() {
        long hashes = threads.hashes();
        double perSecond = (hashes - hashesMeasured) / (double) MEASURE_EVERY.toSeconds();
        hashesMeasured = hashes;
        if (link != null && perSecond > 0) {
            link.feed(new ClientInput.HashrateMeasured(perSecond));
        }
    }

    private void notConnected(String reason) {
        if (stopped) {
            finish();
            return;
        }
        LOG.warn("cannot mine {}: {}", config, reason);
        count(new ClientEvent.ConnectionLost(reason));
        publishCounts();
        dialLater();
    }

    private void dialLater() {
        redial = loop.schedule(this::dial, backoff.next().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void threadsEnded() {
        threadsEnded = true;
        checkDrained();
    }

    private void checkDrained() {
        if (stopped && threadsEnded && outstanding() == 0) {
            publishCounts();
            drained.complete(report());
        }
    }

    /** Nothing more can come; may be called again. */
    private void finish() {
        cancel(redial);
        cancel(measuring);
        helper.shutdownNow();
        publishCounts();
        drained.complete(report());
        ownLoops.ifPresent(own -> own.shutdownGracefully(0, SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException loopIsGone) {
            // Its owner ended the loop, and with it this miner.
            threads.stop();
            drained.complete(report());
        }
    }

    private static void cancel(ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private final class Link implements MinerLink.Owner {
        @Override
        public void work(Work work) {
            if (work != null) {
                generation = work.generation();
            }
            threads.work(work);
        }

        @Override
        public void counted(ClientEvent event) {
            count(event);
            settle();
        }

        @Override
        public void redirected(String host, int port) {
            boolean samePlace = host.isEmpty() || host.equals(config.host());
            boolean proven = config.protocol() != MinerProtocol.SV1 && config.trust() instanceof ServerTrust.SignedBy;
            if (!samePlace && !proven) {
                // Whoever can write into a plain connection could take the hashrate away.
                LOG.warn(
                        "the server wants us to mine at {}; we stay, because nothing proves that it is the same pool",
                        host);
                return;
            }
            nextHost = samePlace ? config.host() : host;
            nextPort = port == 0 ? config.port() : port;
        }

        @Override
        public void lost(MinerLink lost, String reason) {
            link = null;
            count(new ClientEvent.ConnectionLost(reason));
            settle();
            if (stopped) {
                finish();
                return;
            }
            LOG.warn("lost the connection of {}: {}", config, reason);
            dialLater();
        }
    }
}
