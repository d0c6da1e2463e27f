package sluice.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.NodeTemplates;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.netty.SimulatedUpstream;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.proxy.netty.UpstreamFactory;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.template.SimulatedChain;

/** A Sluice of the tests: a pool on a simulated chain of quick blocks, or a gateway in front of one. */
final class SluiceServer implements AutoCloseable {
    /** Shares a minute that it asks of each channel: a test sees enough of them in seconds. */
    static final double SHARES_PER_MINUTE = 120;

    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(5);
    private static final long SEED = 1;
    private static final double CPU_HASHES_PER_SECOND = 1e6;
    private static final VardiffConfig VARDIFF =
            new VardiffConfig(true, SHARES_PER_MINUTE, VardiffConfig.DIFFICULTY.least(), 1e-4);
    private static final InstantSource CLOCK = InstantSource.system();
    // OP_RETURN: nobody can be paid on a chain that does not exist.
    private static final Bytes PAYOUT = Bytes.fromHex("6a");

    /** Whom blocks of {@link #soloOn} pay: a key of nobody. */
    static final Bytes SOLO_PAYOUT = Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c");

    static final Bytes TAG = Bytes.of("/Sluice interop/".getBytes(StandardCharsets.US_ASCII));

    private final Set<String> workers = ConcurrentHashMap.newKeySet();
    private final Gateway gateway;

    private SluiceServer(String name, Path directory, UpstreamFactory upstream) throws IOException {
        this(name, directory, upstream, List.of());
    }

    private SluiceServer(String name, Path directory, UpstreamFactory upstream, List<TemplateSourceFactory> templates)
            throws IOException {
        byte[] secret = new byte[Secp256k1.SECRET_KEY_LENGTH];
        new SecureRandom().nextBytes(secret);
        this.gateway = Gateway.start(
                new GatewaySettings(
                        name,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AuthoritySecretKey.of(secret),
                        VARDIFF,
                        LimitsConfig.DEFAULT,
                        Sv1Config.DEFAULT,
                        directory,
                        1),
                RoutingPlan.single(upstream),
                FailoverConfig.DEFAULT,
                templates,
                CLOCK,
                List.of(this::note));
    }

    /** @param directory for found blocks */
    static SluiceServer pool(Path directory) throws IOException {
        SimulatedChain.Settings chain = SimulatedChain.Settings.regtest(BLOCK_INTERVAL)
                .withStartTarget(Hashrate.targetFor(CPU_HASHES_PER_SECOND, 60.0 / BLOCK_INTERVAL.toSeconds()));
        return new SluiceServer("pool", directory, new SimulatedUpstream(chain, SEED, PAYOUT, TAG, CLOCK));
    }

    /** A pool whose blocks go to {@code node}. */
    static SluiceServer soloOn(NodeSettings node, Path directory) throws IOException {
        return new SluiceServer(
                "solo",
                directory,
                new SoloUpstream("solo", SOLO_PAYOUT, TAG, CLOCK),
                List.of(new NodeTemplates(node, CLOCK)));
    }

    static SluiceServer gatewayTo(SluiceServer pool, Path directory) throws IOException {
        Sv2PoolAddress address = new Sv2PoolAddress(pool.host(), pool.port(), Optional.of(pool.gateway.authorityKey()));
        return new SluiceServer(
                "gateway",
                directory,
                PoolUpstream.of(
                        new UpstreamConfig(new PoolConfig(address, "interop.gateway"), IdentityMode.GATEWAY),
                        new PoolUpstream.Common(VARDIFF, FailoverConfig.DEFAULT, "interop", CLOCK)));
    }

    String host() {
        return gateway.address().getAddress().getHostAddress();
    }

    int port() {
        return gateway.address().getPort();
    }

    String authorityKey() {
        return gateway.authorityKey().toString();
    }

    FarmSnapshot snapshot() {
        return gateway.snapshot();
    }

    FarmSnapshot settledSnapshot() throws InterruptedException {
        return gateway.settledSnapshot();
    }

    long accepted(MinerProtocol protocol) {
        return gateway.snapshot().downstream().get(protocol).accepted();
    }

    /** Whom accepted shares were for. */
    Set<String> workers() {
        return Set.copyOf(workers);
    }

    @Override
    public void close() {
        gateway.close();
    }

    private void note(GatewayEvent event) {
        if (event instanceof GatewayEvent.ShareSubmitted share
                && share.verdict().isAccepted()) {
            workers.add(share.userIdentity());
        }
    }
}
