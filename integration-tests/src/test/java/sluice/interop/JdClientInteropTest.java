package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv2PoolAddress;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.netty.ClientPorts;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.ProviderTemplates;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;

/**
 * The reference implementation's job declaration client between a miner of ours and a pool of ours, both of which have our
 * template port for their provider.
 */
@Tag("interop")
@Timeout(240)
class JdClientInteropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int ENOUGH_JOBS = 3;
    private static final int ENOUGH_SHARES = 5;
    private static final InstantSource CLOCK = InstantSource.system();
    /** The pair that the client's own example configuration has. */
    private static final String CLIENT_KEY = "9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72";

    private static final String CLIENT_SECRET = "mkDLTBBRxdBv998612qipDYoTK3YUrqLe8uWw7gu3iXbSrn2n";
    /** Pays nobody. */
    private static final Bytes PAYOUT = Bytes.fromHex("6a04706f6f6c");

    @RegisterExtension
    final ReferenceProcesses processes = new ReferenceProcesses();

    @TempDir
    Path home;

    private TemplateServer node;
    private Gateway pool;
    private CpuMiner miner;

    @BeforeEach
    void openThePool() throws IOException {
        Target target = Target.ofCompact(0x1f00ffffL);
        node = TemplateServer.start(
                new TemplateServerSettings(loopback(), freshKey(), 4),
                (loop, handshakes) -> new LocalTemplateSource(
                        loop,
                        new SimulatedChain(
                                SimulatedChain.Settings.constant(target, Duration.ofSeconds(1)),
                                new SplittableRandom(5),
                                CLOCK.instant()),
                        CLOCK),
                CLOCK);
        pool = Gateway.start(
                new GatewaySettings(
                                "pool",
                                loopback(),
                                freshKey(),
                                new VardiffConfig(true, 60, VardiffConfig.DIFFICULTY.least(), 1e-6),
                                LimitsConfig.DEFAULT,
                                Sv1Config.DEFAULT,
                                home.resolve("pool"),
                                1)
                        .withSv1Shape(ExtranonceShape.ROLL_8)
                        .withClientPorts(new ClientPorts(
                                Optional.empty(), Optional.of(new ClientPorts.Declarations(loopback(), PAYOUT)))),
                RoutingPlan.single(new SoloUpstream("solo", PAYOUT, Bytes.EMPTY, CLOCK)),
                FailoverConfig.DEFAULT,
                List.of(new ProviderTemplates(
                        new TemplateProviderSettings(
                                "node",
                                new Sv2PoolAddress(
                                        node.address().getAddress().getHostAddress(),
                                        node.address().getPort(),
                                        Optional.of(node.authorityKey())),
                                CoinbaseReserve.of(List.of(new TxOut(0, PAYOUT))),
                                "test"),
                        CLOCK)),
                CLOCK,
                List.of());
    }

    @AfterEach
    void stop() {
        if (miner != null) {
            miner.close();
        }
        pool.close();
        node.close();
    }

    /**
     * With whole templates only: in its other mode version 0.6.0 spends a token on each tip that comes before its first miner,
     * asks for none in their place, and stands there without any.
     */
    @Test
    void itsJobsAreTakenAndItsSharesAndBlocksAreGoodOnes() throws Exception {
        ReferenceProgram.JD_CLIENT.require();
        int port = FreePort.choose();
        Path config = Files.writeString(home.resolve("client.toml"), config(port));
        ReferenceProcess client = processes.start(ReferenceProgram.JD_CLIENT, home, List.of("-c", config.toString()));
        miner = CpuMiner.start(new CpuMinerConfig(
                MinerProtocol.SV2_EXTENDED,
                InetAddress.getLoopbackAddress().getHostAddress(),
                port,
                new ServerTrust.SignedBy(AuthorityKey.parse(CLIENT_KEY)),
                "farm.rig1",
                "x",
                1,
                0.3,
                OptionalDouble.empty(),
                OptionalDouble.of(50_000)));

        await("jobs that we take, and shares and blocks on them")
                .atMost(PATIENCE)
                .until(() -> !client.isAlive()
                        || (pool.snapshot().customJobs() >= ENOUGH_JOBS
                                && pool.snapshot().allDownstream().accepted() >= ENOUGH_SHARES
                                && pool.snapshot().blocksFound() > 0
                                && miner.report().chainTips() > 1));

        assertThat(client.isAlive()).isTrue();
        // A tip may change while a share is on its way.
        assertThat(pool.snapshot().rejections().keySet()).isSubsetOf("stale");
        await("a block that our chain takes from the pool, too")
                .atMost(PATIENCE)
                .until(() -> pool.snapshot().blocksAccepted() > 0);
    }

    private String config(int port) {
        return """
                listening_address = "127.0.0.1:%d"
                max_supported_version = 2
                min_supported_version = 2
                authority_public_key = "%s"
                authority_secret_key = "%s"
                cert_validity_sec = 3600
                shares_per_minute = 60.0
                share_batch_size = 1
                mode = "FULLTEMPLATE"
                jdc_signature = "interop"
                coinbase_reward_script = "addr(tb1qpusf5256yxv50qt0pm0tue8k952fsu5lzsphft)"
                supported_extensions = [0x0002]

                [[upstreams]]
                authority_pubkey = "%s"
                pool_address = "127.0.0.1"
                pool_port = %d
                jds_address = "127.0.0.1"
                jds_port = %d
                user_identity = "farm"

                [template_provider_type.Sv2Tp]
                address = "127.0.0.1:%d"
                public_key = "%s"
                """.formatted(
                        port,
                        CLIENT_KEY,
                        CLIENT_SECRET,
                        pool.authorityKey().text(),
                        pool.address().getPort(),
                        pool.declarationAddress().orElseThrow().getPort(),
                        node.address().getPort(),
                        node.authorityKey().text());
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static AuthoritySecretKey freshKey() {
        byte[] secret = new byte[AuthoritySecretKey.LENGTH];
        new SecureRandom().nextBytes(secret);
        return AuthoritySecretKey.of(secret);
    }
}
