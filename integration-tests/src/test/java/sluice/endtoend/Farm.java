package sluice.endtoend;

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
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.LimitsConfig;
import sluice.config.PoolConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.netty.SimulatedUpstream;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.SimulatedChain;

/** A pool, which is a Sluice that mines solo on a simulated chain, and a gateway in front of it, both on loopback. */
final class Farm implements AutoCloseable {
    private static final int GATEWAY_LOOPS = 2;
    private static final Bytes PAYOUT = Bytes.fromHex("6a0474657374");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final InstantSource CLOCK = InstantSource.system();

    private final Path directory;
    private final Plan plan;
    private final AuthoritySecretKey poolKey = freshKey();
    private final EventRecorder events = new EventRecorder();
    private final Gateway gateway;
    private final int poolPort;
    private Gateway pool;

    /**
     * What may differ between farms.
     *
     * @param poolVardiff towards the gateway
     * @param vardiff of the gateway towards its miners
     * @param limits of the gateway
     */
    record Plan(SimulatedChain.Settings chain, VardiffConfig poolVardiff, VardiffConfig vardiff, LimitsConfig limits) {
        /** A share every few thousand hashes, whoever asks for it. */
        static final VardiffConfig ONE_DIFFICULTY = new VardiffConfig(false, 60, 1e-9, 1e-6);

        /** One tip for longer than any test takes, and one difficulty, so that every good share also goes to the pool. */
        static Plan steady() {
            return new Plan(
                    SimulatedChain.Settings.regtest(Duration.ofHours(1)).withStartTarget(Difficulty.targetOf(1_000)),
                    ONE_DIFFICULTY,
                    ONE_DIFFICULTY,
                    LimitsConfig.DEFAULT);
        }

        Plan with(LimitsConfig other) {
            return new Plan(chain, poolVardiff, vardiff, other);
        }
    }

    /** Starts both. Trusts the pool's real key. */
    Farm(Path directory, Plan plan) throws IOException {
        this(directory, plan, Optional.empty());
    }

    /** @param trusted the key that the gateway takes for the pool's, where it is not the right one */
    Farm(Path directory, Plan plan, Optional<AuthorityKey> trusted) throws IOException {
        BufferLeaks.watch();
        this.directory = directory;
        this.plan = plan;
        pool = startPool(0);
        poolPort = pool.address().getPort();
        gateway = Gateway.start(
                settings("gateway", 0, freshKey(), plan.vardiff(), plan.limits(), GATEWAY_LOOPS),
                PoolUpstream.of(
                        new UpstreamConfig(
                                new PoolConfig(
                                        new Sv2PoolAddress(
                                                loopback(),
                                                poolPort,
                                                Optional.of(trusted.orElseGet(pool::authorityKey))),
                                        "test.gateway"),
                                IdentityMode.GATEWAY),
                        new PoolUpstream.Common(plan.vardiff(), FailoverConfig.DEFAULT, "test", CLOCK)),
                CLOCK,
                List.of(events));
    }

    Gateway pool() {
        return pool;
    }

    Gateway gateway() {
        return gateway;
    }

    /** What happened at the gateway before the call. */
    EventRecorder events() {
        EventRecorder.settle(gateway);
        return events;
    }

    /** The gateway's counts. */
    FarmSnapshot seen() throws InterruptedException {
        return gateway.settledSnapshot();
    }

    /** How many connections the gateway has closed for this reason. */
    long disconnects(String reason) throws InterruptedException {
        return seen().disconnects().getOrDefault(reason, 0L);
    }

    /** Where the gateway keeps the blocks that it found. */
    Path gatewayBlocks() {
        return directory.resolve("gateway");
    }

    /** Where the pool keeps them, whole. */
    Path poolBlocks() {
        return directory.resolve("pool");
    }

    void stopPool() {
        pool.close();
    }

    /** Starts a new pool, with a chain of its own, where the old one was; it has the same key. */
    void restartPool() throws IOException {
        pool = startPool(poolPort);
    }

    @Override
    public void close() {
        gateway.close();
        pool.close();
    }

    static AuthoritySecretKey freshKey() {
        byte[] key = new byte[AuthoritySecretKey.LENGTH];
        RANDOM.nextBytes(key);
        return AuthoritySecretKey.of(key);
    }

    private Gateway startPool(int port) throws IOException {
        return Gateway.start(
                settings("pool", port, poolKey, plan.poolVardiff(), LimitsConfig.DEFAULT, 1),
                new SimulatedUpstream(
                        plan.chain(),
                        RANDOM.nextLong(),
                        PAYOUT,
                        Bytes.of("/test/".getBytes(StandardCharsets.US_ASCII)),
                        CLOCK),
                CLOCK,
                List.of());
    }

    private GatewaySettings settings(
            String name, int port, AuthoritySecretKey key, VardiffConfig vardiff, LimitsConfig limits, int loops) {
        return new GatewaySettings(
                name,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                key,
                vardiff,
                limits,
                Sv1Config.DEFAULT,
                directory.resolve(name),
                loops);
    }

    private static String loopback() {
        return InetAddress.getLoopbackAddress().getHostAddress();
    }
}
