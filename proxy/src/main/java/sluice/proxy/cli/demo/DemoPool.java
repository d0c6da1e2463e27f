package sluice.proxy.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import sluice.config.DeclarationMode;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.JobDeclarationConfig;
import sluice.config.LimitsConfig;
import sluice.config.PoolAddress;
import sluice.config.PoolConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv1PoolAddress;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.event.EventLog;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.netty.ClientPorts;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.SimulatedUpstream;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.SimulatedChain;

/**
 * A pool: a Sluice that mines solo, on a simulated chain of its own or on a node. It can be killed, and comes back at the
 * same address and with the same key.
 */
final class DemoPool implements AutoCloseable {
    /** Somebody may use the port for a moment that was ours. */
    private static final Duration PORT_PATIENCE = Duration.ofSeconds(10);

    private static final Duration PORT_PAUSE = Duration.ofMillis(50);
    // An OP_RETURN output: nobody can be paid on a chain that does not exist.
    private static final Bytes PAYOUT = Bytes.fromHex("6a0664656d6f2121");
    private static final Bytes TAG = Bytes.of("/Sluice demo/".getBytes(StandardCharsets.US_ASCII));
    private static final int LOOPS = 1;

    private final String name;
    private final Nature nature;
    private final Stage stage;
    private final AuthoritySecretKey authority;
    private Gateway running;
    private InetSocketAddress address;
    private InetSocketAddress declarations;
    private long blocksOfEarlierLives;
    private int lives;

    /**
     * What kind of pool it is.
     *
     * @param difficulty what it asks of its clients
     * @param maxConnections one more is closed at once
     */
    record Nature(VardiffConfig difficulty, Work work, int maxConnections) {
        Nature(VardiffConfig difficulty, SimulatedChain.Settings chain) {
            this(difficulty, chain, LimitsConfig.DEFAULT.maxConnections());
        }

        Nature(VardiffConfig difficulty, SimulatedChain.Settings chain, int maxConnections) {
            this(difficulty, new Work.OwnChain(chain), maxConnections);
        }

        Nature(VardiffConfig difficulty, DemoNode node) {
            this(difficulty, new Work.OnNode(node), LimitsConfig.DEFAULT.maxConnections());
        }
    }

    /** Where its templates come from. */
    sealed interface Work {
        /** A chain that begins anew with each of its lives. */
        record OwnChain(SimulatedChain.Settings chain) implements Work {}

        record OnNode(DemoNode node) implements Work {}
    }

    /** Starts a pool on a free port of this machine. */
    DemoPool(String name, Nature nature, Stage stage) throws IOException {
        this.name = name;
        this.nature = nature;
        this.stage = stage;
        this.authority = stage.keys().get();
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        this.declarations = address;
        start();
    }

    String name() {
        return name;
    }

    /** As an upstream over SV2, under this pool's name. */
    UpstreamConfig overSv2() {
        return upstream(new Sv2PoolAddress(
                address.getAddress().getHostAddress(), address.getPort(), Optional.of(running.authorityKey())));
    }

    /** As an upstream over SV1, under this pool's name. */
    UpstreamConfig overSv1() {
        return upstream(new Sv1PoolAddress(address.getAddress().getHostAddress(), address.getPort(), false));
    }

    /** As an upstream over SV2, under this pool's name, for which jobs are made by those who mine. */
    UpstreamConfig withDeclaredJobs(DeclarationMode mode) {
        UpstreamConfig plain = overSv2();
        Sv2PoolAddress server = new Sv2PoolAddress(
                declarations.getAddress().getHostAddress(),
                declarations.getPort(),
                Optional.of(running.authorityKey()));
        return new UpstreamConfig(
                plain.name(),
                plain.pool(),
                plain.identity(),
                plain.aggregation(),
                plain.warm(),
                plain.payout(),
                Optional.of(new JobDeclarationConfig(server, mode)));
    }

    private UpstreamConfig upstream(PoolAddress at) {
        return new UpstreamConfig(
                name, new PoolConfig(at, "demo.gateway"), IdentityMode.GATEWAY, UpstreamConfig.ALL_MINERS, false);
    }

    Gateway gateway() {
        return running;
    }

    /** What is true of it now; it must not be dead. */
    FarmSnapshot snapshot() {
        return running.snapshot();
    }

    /** Blocks that its chains took, those of earlier lives as well. */
    long blocksAccepted() throws InterruptedException {
        return blocksOfEarlierLives
                + (running == null ? 0 : running.settledSnapshot().blocksAccepted());
    }

    /** Closes the port of its job declaration server, and every connection there; the pool goes on until it is revived. */
    void killDeclarations() {
        running.closeDeclarations();
    }

    /** Closes its port and every connection. */
    void kill() throws InterruptedException {
        blocksOfEarlierLives = blocksAccepted();
        running.close();
        running = null;
    }

    /** Back at its old address. */
    void revive() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PORT_PATIENCE.toNanos();
        while (running == null) {
            try {
                start();
            } catch (IOException taken) {
                if (System.nanoTime() > deadline) {
                    throw taken;
                }
                TimeUnit.NANOSECONDS.sleep(PORT_PAUSE.toNanos());
            }
        }
    }

    private void start() throws IOException {
        lives++;
        GatewaySettings settings = new GatewaySettings(
                name,
                address,
                authority,
                nature.difficulty(),
                new LimitsConfig(
                        nature.maxConnections(),
                        LimitsConfig.DEFAULT.handshakeTimeout(),
                        LimitsConfig.DEFAULT.idleTimeout()),
                Sv1Config.DEFAULT,
                stage.data().resolve(name),
                LOOPS);
        // Its clients are gateways, which have miners of their own to tell apart.
        GatewaySettings withGateways = settings.withSv1Shape(ExtranonceShape.ROLL_8);
        List<GatewayEvents.Listener> listeners = List.of(new EventLog(name));
        running = switch (nature.work()) {
            case Work.OwnChain(SimulatedChain.Settings chain) ->
                Gateway.start(
                        withGateways,
                        new SimulatedUpstream(chain, stage.seed() + lives, PAYOUT, TAG, stage.clock()),
                        stage.clock(),
                        listeners);
            case Work.OnNode(DemoNode node) ->
                Gateway.start(
                        withGateways.withClientPorts(new ClientPorts(
                                Optional.empty(), Optional.of(new ClientPorts.Declarations(declarations, PAYOUT)))),
                        RoutingPlan.single(new SoloUpstream(name, PAYOUT, TAG, stage.clock())),
                        FailoverConfig.DEFAULT,
                        List.of(node.templates(List.of(new TxOut(0, PAYOUT)))),
                        stage.clock(),
                        listeners);
        };
        address = running.address();
        running.declarationAddress().ifPresent(at -> declarations = at);
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
