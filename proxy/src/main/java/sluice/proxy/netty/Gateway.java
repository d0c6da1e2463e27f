package sluice.proxy.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import sluice.config.AddressFilter;
import sluice.config.FailoverConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.wire.Limits;
import sluice.proxy.admission.Admission;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseOutcome;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.declaration.DeclaredJobs;
import sluice.proxy.declaration.PoolPayout;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.extranonce.IndexSource;
import sluice.proxy.mining.extranonce.SharedIndexes;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.CustomWork;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerSession;
import sluice.proxy.session.Sv1MinerContext;
import sluice.proxy.session.Sv1MinerSession;
import sluice.proxy.session.Sv1Sessions;
import sluice.proxy.session.Sv2MinerSession;
import sluice.proxy.sink.ShareRing;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.FarmSnapshot;
import sluice.proxy.view.FarmView;
import sluice.upstream.netty.CertificateIssuer;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.TemplateStanding;

/**
 * The running whole: the miners' ports, the event loops, the director with its upstreams, the event bus and the view. A pool and
 * a farm-edge proxy differ only in their {@link UpstreamFactory}.
 */
public final class Gateway implements AutoCloseable {
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(2);
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(5);
    // The bus gives way to the loops, so on a busy machine it may be seconds behind them.
    private static final Duration SETTLING_PATIENCE = Duration.ofSeconds(30);
    static final String SHUTTING_DOWN = "shutting-down";
    private static final String NO_UPSTREAM = "no-upstream";

    private final GatewaySettings settings;
    private final AuthorityKey authorityKey;
    private final InstantSource clock;
    private final FarmView view = new FarmView();
    private final ShareRing acceptedShares = new ShareRing();
    private final GatewayEvents events;
    private final MultiThreadIoEventLoopGroup loops;
    private final MultiThreadIoEventLoopGroup door;
    private final ExecutorService handshakes = HandshakeWorkers.start(1);
    private final ExecutorService disk;
    private final ControlActor control;
    private final List<MinerLoop> minerLoops;
    private final Reception reception;
    private final List<MinerPort> ports;
    private final ServedClients clients;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param identities of the ports that speak TLS, by name */
    private Gateway(
            GatewaySettings settings,
            Map<String, TlsIdentity> identities,
            RoutingPlan plan,
            FailoverConfig failover,
            List<TemplateSourceFactory> templates,
            InstantSource clock,
            List<GatewayEvents.Listener> listeners) {
        this.settings = settings;
        this.clock = clock;
        Secp256k1 engine = Secp256k1.best();
        SecureRandom random = new SecureRandom();
        this.authorityKey = settings.authority().publicKey(engine);
        List<GatewayEvents.Listener> all = new ArrayList<>(listeners);
        all.addFirst(view);
        this.events = new GatewayEvents(settings.name(), all);
        this.disk = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(settings.name() + "-disk").factory());
        Transport transport = Transport.best();
        this.loops = transport.newEventLoops(settings.loops(), settings.name());
        this.door = transport.newEventLoops(1, settings.name() + "-door");

        Numbering numbering = new Numbering();
        ExtranonceShape shape = settings.sv1Shape();
        EventLoop controlLoop = loops.next();
        BlockDesk blocks = new BlockDesk(controlLoop, new BlockJournal(settings.blocks()), disk, clock);
        TemplateHub hub = new TemplateHub(controlLoop, handshakes, blocks, templates, clock);
        this.control = new ControlActor(
                controlLoop,
                new Director(
                        plan,
                        failover,
                        shape.isNarrow(),
                        settings.sv1().keepalive(),
                        Difficulty.targetOf(settings.vardiff().startDifficulty()),
                        numbering),
                clock,
                events,
                blocks,
                hub,
                handshakes,
                new ControlActor.Ports() {
                    @Override
                    public void close(String reason) {
                        ports().forEach(MinerPort::suspend);
                        minerLoops().forEach(loop -> loop.turnMinersAway(NO_UPSTREAM));
                    }

                    @Override
                    public void open() {
                        minerLoops().forEach(MinerLoop::takeMiners);
                        ports().forEach(MinerPort::resume);
                    }
                });
        Optional<DeclaredJobs> declared = settings.clientPorts()
                .declarations()
                .map(port -> new DeclaredJobs(new PoolPayout(port.payoutScript())));
        Optional<CustomWork> customWork = declared.<CustomJobJudge>map(jobs -> jobs)
                .or(settings::customJobs)
                .map(judge -> new CustomWork(judge, numbering));
        List<MinerLoop> homes = new ArrayList<>();
        for (EventExecutor executor : loops) {
            int number = homes.size();
            MinerContext context = new MinerContext(
                    new RouteReplica(numbering),
                    shape,
                    indexes(settings, shape, number),
                    new ShareValidator(acceptedShares),
                    settings.profileBook(),
                    customWork);
            homes.add(new MinerLoop((EventLoop) executor, number, context, numbering, control, events, clock));
        }
        this.minerLoops = List.copyOf(homes);
        EphemeralKeys keys = new EphemeralKeys(engine, random);
        IntFunction<HandshakeSettings> noise = ceiling -> new HandshakeSettings(
                engine, keys, handshakes, settings.limits().handshakeTimeout(), ceiling);
        CertificateIssuer identity =
                new CertificateIssuer(engine, settings.authority(), keys.get(), CERTIFICATE_VALIDITY, clock, random);
        SessionFactory sessions = sessions(settings, minerLoops, random);
        this.reception = new Reception(
                door.next(),
                minerLoops,
                noise.apply(Limits.MINING_FROM_CLIENT),
                identity,
                sessions,
                new Admission(settings.limits()),
                events,
                clock);
        this.ports = settings.ports().stream()
                .map(port -> new MinerPort(
                        new PortSettings(
                                port.name(),
                                port.listen(),
                                port.proxies(),
                                settings.limits().handshakeTimeout()),
                        port.filter(),
                        Optional.ofNullable(identities.get(port.name())),
                        reception))
                .toList();
        this.clients = new ServedClients(
                settings.clientPorts(), controlLoop, noise, identity, hub, blocks, control, declared, clock);
    }

    private static IndexSource indexes(GatewaySettings settings, ExtranonceShape shape, int loop) {
        // Indexes rest for a while after use, and an SV2 connection may hold many.
        int most = 4 * settings.limits().maxConnections();
        return shape.isNarrow()
                ? new SharedIndexes((int) (loop * shape.highestIndex() / settings.loops()), shape, most)
                : new ExtranonceIndexes(loop, settings.loops(), shape.highestIndex(), most);
    }

    private List<MinerPort> ports() {
        return ports;
    }

    /** The first port. */
    MinerPort port() {
        return ports.getFirst();
    }

    private List<MinerLoop> minerLoops() {
        return minerLoops;
    }

    private static SessionFactory sessions(GatewaySettings settings, List<MinerLoop> loops, SecureRandom random) {
        Map<MinerContext, Sv1MinerContext> sv1Contexts = new IdentityHashMap<>();
        ConcurrentMap<String, Sv1Sessions.Left> left = new ConcurrentHashMap<>();
        for (MinerLoop loop : loops) {
            IndexSource indexes = loop.context().indexes();
            // A narrow index is several miners' in different lanes, so it says nothing about where its miner was.
            Sv1Sessions kept = settings.sv1Shape().isNarrow()
                    ? Sv1Sessions.forgetting(indexes)
                    : Sv1Sessions.keeping(indexes, left, random::nextLong);
            sv1Contexts.put(
                    loop.context(), Sv1MinerContext.of(loop.context(), settings.sv1(), settings.limits(), kept));
        }
        return new SessionFactory() {
            @Override
            public MinerSession sv1(MinerContext context, long connectionId, MinerOrigin origin) {
                return new Sv1MinerSession(connectionId, sv1Contexts.get(context), origin);
            }

            @Override
            public MinerSession sv2(MinerContext context, long connectionId, MinerOrigin origin) {
                return new Sv2MinerSession(context, connectionId, settings.limits(), origin);
            }
        };
    }

    /** As the other, for one upstream and nothing else. */
    public static Gateway start(
            GatewaySettings settings,
            UpstreamFactory upstream,
            InstantSource clock,
            List<GatewayEvents.Listener> listeners)
            throws IOException {
        return start(settings, RoutingPlan.single(upstream), FailoverConfig.DEFAULT, clock, listeners);
    }

    /** As the other, for a gateway without templates of its own. */
    public static Gateway start(
            GatewaySettings settings,
            RoutingPlan plan,
            FailoverConfig failover,
            InstantSource clock,
            List<GatewayEvents.Listener> listeners)
            throws IOException {
        return start(settings, plan, failover, List.of(), clock, listeners);
    }

    /**
     * Opens the ports, then begins to take work from the upstreams.
     *
     * @param plan its definitions are {@link UpstreamFactory}s
     * @param templates where templates come from, the best first
     * @param listeners hear every event, on the bus thread, besides the gateway's own view
     * @throws IOException if a port or its certificate cannot be had; nothing is left running then
     */
    public static Gateway start(
            GatewaySettings settings,
            RoutingPlan plan,
            FailoverConfig failover,
            List<TemplateSourceFactory> templates,
            InstantSource clock,
            List<GatewayEvents.Listener> listeners)
            throws IOException {
        Map<String, TlsIdentity> identities = new HashMap<>();
        for (MinersPort port : settings.ports()) {
            if (port.tls().isPresent()) {
                identities.put(port.name(), new TlsIdentity(port.tls().get()));
            }
        }
        Gateway gateway = new Gateway(settings, identities, plan, failover, templates, clock, listeners);
        try {
            for (MinerPort port : gateway.ports) {
                port.open();
            }
            gateway.clients.open();
        } catch (IOException e) {
            gateway.close();
            throw e;
        }
        gateway.control.start(gateway.minerLoops);
        return gateway;
    }

    /**
     * Applies a whole plan in two phases while miners mine: everything it newly needs is connected and has a job before
     * anything moves. What it does not change is not touched. Where it cannot be prepared, nothing has changed.
     */
    public CompletableFuture<ChangeResult> apply(RoutingPlan plan, FailoverConfig failover) {
        return control.change(id -> new DirectorInput.Change(id, plan, failover));
    }

    /** Puts an upstream in front of its goal's order, in two phases; empty returns to the order. */
    public CompletableFuture<ChangeResult> activate(String goal, Optional<String> upstream) {
        return control.change(id -> new DirectorInput.Activate(id, goal, upstream));
    }

    /**
     * Somebody who knows the network says what has happened: it becomes an event, and where there may be a better template,
     * the template sources look for it at once.
     */
    public void report(GatewayEvent.NodeReported reported) {
        events.publish(reported);
        if (reported.report().asksForTemplates()) {
            control.lookForTemplates();
        }
    }

    /** How miners are treated from now on, also those that are there. */
    public void profiles(ProfileBook profiles) {
        minerLoops.forEach(loop -> loop.profiles(profiles));
    }

    /** From where the port of this name takes connections from now on; what is open stays open. */
    public void filter(String port, AddressFilter filter) {
        ports.stream().filter(one -> one.settings().name().equals(port)).forEach(one -> one.filter(filter));
    }

    /**
     * Has the ports that speak TLS read their certificates again, for connections that come from now on. Returns what is
     * wrong, by the name of the port, where one goes on with what it has.
     */
    public Map<String, String> reloadCertificates() {
        Map<String, String> failures = new LinkedHashMap<>();
        for (MinerPort port : ports) {
            if (port.tls().isPresent()) {
                try {
                    port.tls().get().reload();
                } catch (IOException e) {
                    failures.put(port.settings().name(), e.getMessage());
                }
            }
        }
        return failures;
    }

    /** Where miners connect: the first port. */
    public InetSocketAddress address() {
        return ports.getFirst().address();
    }

    /** Where miners connect, by the order of the settings. */
    public List<InetSocketAddress> addresses() {
        return ports.stream().map(MinerPort::address).toList();
    }

    /** Where clients get our templates, if there is such a port. */
    public Optional<InetSocketAddress> templateAddress() {
        return clients.templateAddress();
    }

    /** Where clients declare their own jobs, if there is such a port. */
    public Optional<InetSocketAddress> declarationAddress() {
        return clients.declarationAddress();
    }

    /** Takes no declarations any more, and closes their connections; what was declared can be mined while its tip lasts. */
    public void closeDeclarations() {
        clients.closeDeclarations(SHUTTING_DOWN, SHUTDOWN_PATIENCE);
    }

    /** What SV2 miners must have configured to trust us. */
    public AuthorityKey authorityKey() {
        return authorityKey;
    }

    /** What is true now; may trail what just happened by a moment. */
    public FarmSnapshot snapshot() {
        return view.snapshot();
    }

    /**
     * As {@link #snapshot}, after everything that had happened before the call was folded in: a share on which a miner had
     * its verdict has gone up, too. What takes longer than half a minute is missing. Blocks its thread, which is no loop.
     */
    public FarmSnapshot settledSnapshot() throws InterruptedException {
        if (!closed.get()) {
            control.settle().await(SETTLING_PATIENCE.toMillis());
            events.awaitDelivery(SETTLING_PATIENCE);
        }
        return view.snapshot();
    }

    /**
     * How fast everybody mines, after everything that had happened before the call. Fails where the event bus is full or
     * closed.
     */
    public CompletableFuture<FarmHashrates> hashrates() {
        return events.ask(() -> view.hashrates(clock.instant()));
    }

    /** Bytes of the network buffers of this process, in use or kept for the next. */
    public static long bufferBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }

    /** Which upstream feeds which miners now, and why. Fails where the gateway is closed. */
    public CompletableFuture<RoutingStanding> routing() {
        return control.routing();
    }

    /** How the gateway's own templates stand. Fails where the gateway is closed. */
    public CompletableFuture<TemplateStanding> template() {
        return control.template();
    }

    /** A module says something as the coinbase provider, or wants to be it. Fails where the gateway is closed. */
    public CompletableFuture<CoinbaseOutcome> coinbase(CoinbaseInput.FromModule input) {
        return control.coinbase().ask(input);
    }

    /** How it stands with the coinbase provider. Fails where the gateway is closed. */
    public CompletableFuture<CoinbaseStanding> coinbase() {
        return control.coinbase().standing();
    }

    /**
     * Has {@code answer} given on the bus thread, where it may look at what a listener keeps. Fails where the bus is full or
     * closed.
     */
    public <T> CompletableFuture<T> ask(Supplier<T> answer) {
        return events.ask(answer);
    }

    /** Every share that a miner is told is good, while somebody has opened this. */
    public ShareRing acceptedShares() {
        return acceptedShares;
    }

    /** Events dropped because their bus was full; anything but 0 means that counts are too low. */
    public long lostEvents() {
        return events.lost();
    }

    /**
     * Stops listening, closes every connection behind what is still due on it, then the upstream behind the blocks that are
     * still on their way to the disk, and delivers the last events. Takes a second or two where somebody does not read. A
     * second call does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        ports.forEach(MinerPort::close);
        reception.close();
        door.shutdownGracefully(0, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        clients.close(SHUTTING_DOWN, SHUTDOWN_PATIENCE);
        CompletableFuture.allOf(minerLoops.stream()
                        .map(loop -> loop.shutDown(SHUTTING_DOWN))
                        .toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        // No share comes any more. The last one may be a block: it goes up when it is written.
        control.settle().awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        CompletableFuture.runAsync(() -> {}, disk)
                .completeOnTimeout(null, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        control.settle().awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        control.close(SHUTTING_DOWN);
        loops.shutdownGracefully(50, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        // What upstreams said to blocks to the last.
        disk.shutdown();
        try {
            disk.awaitTermination(SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        handshakes.shutdownNow();
        events.close();
    }

    @Override
    public String toString() {
        return settings.name();
    }
}
