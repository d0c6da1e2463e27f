package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.LimitsConfig;
import sluice.config.PoolConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv1PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmSnapshot;

/** Miners of every kind behind a gateway whose pool speaks SV1 and re-hashes all that comes. */
class Sv1PoolEndToEndTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // Some ten thousand hashes.
    private static final double EASY = 3e-6;
    private static final VardiffConfig VARDIFF = new VardiffConfig(true, 120, VardiffConfig.DIFFICULTY.least(), EASY);
    private static final Map<String, MinerProtocol> MINERS = Map.of(
            "farm.one", MinerProtocol.SV1,
            "farm.two", MinerProtocol.SV2_STANDARD,
            "farm.three", MinerProtocol.SV2_EXTENDED);

    @TempDir
    private Path directory;

    private RehashingSv1Pool pool;
    private Gateway gateway;
    private final List<CpuMiner> miners = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        pool = new RehashingSv1Pool(EASY);
        byte[] secret = new byte[Secp256k1.SECRET_KEY_LENGTH];
        new SecureRandom().nextBytes(secret);
        PoolConfig config = new PoolConfig(
                new Sv1PoolAddress(InetAddress.getLoopbackAddress().getHostAddress(), pool.port(), false),
                "farm",
                RehashingSv1Pool.PASSWORD);
        gateway = Gateway.start(
                new GatewaySettings(
                        "gateway",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AuthoritySecretKey.of(secret),
                        VARDIFF,
                        LimitsConfig.DEFAULT,
                        Sv1Config.DEFAULT,
                        directory,
                        1),
                PoolUpstream.of(
                        new UpstreamConfig(config, IdentityMode.PER_SHARE),
                        new PoolUpstream.Common(VARDIFF, FailoverConfig.DEFAULT, "test", InstantSource.system())),
                InstantSource.system(),
                List.of());
        MINERS.forEach(this::mine);
    }

    private void mine(String user, MinerProtocol protocol) {
        String host = gateway.address().getAddress().getHostAddress();
        int port = gateway.address().getPort();
        CpuMinerConfig config = protocol == MinerProtocol.SV1
                ? CpuMinerConfig.sv1(host, port, user, 1)
                : CpuMinerConfig.sv2(protocol, host, port, new ServerTrust.SignedBy(gateway.authorityKey()), user, 1);
        miners.add(CpuMiner.start(config.withLoad(0.2)));
    }

    @AfterEach
    void stop() throws IOException {
        miners.forEach(CpuMiner::close);
        gateway.close();
        pool.close();
    }

    private void awaitSharesOfEveryMiner(String jobId) {
        await("good shares of job " + jobId + " from every miner")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pool.accepted(jobId))
                        .as("refused: %s, the gateway: %s", pool.refused(), gateway.snapshot())
                        .containsOnlyKeys(MINERS.keySet())
                        .allSatisfy((name, count) -> assertThat(count).isGreaterThan(2)));
    }

    @Test
    void everyMinersWorkIsGoodAtTheSv1PoolThroughJobsTipsDifficultiesAndItsDeath() throws Exception {
        awaitSharesOfEveryMiner("1");
        awaitSharesOfEveryMiner(pool.newJob(2 * EASY));
        awaitSharesOfEveryMiner(pool.newTip());
        awaitSharesOfEveryMiner(pool.newJob(EASY / 2));

        pool.die();
        await("the loss noticed")
                .atMost(PATIENCE)
                .until(() -> !gateway.snapshot().upstream().connected());
        awaitSharesOfEveryMiner(pool.comeBack());
        assertThat(pool.resumedSessions()).isEqualTo(1);

        for (CpuMiner miner : miners) {
            MinerReport report = miner.stopMining().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(report.connections()).as("connections of %s", report).isEqualTo(1);
            assertThat(report.rejectedByReason()).isEmpty();
            assertThat(report.accepted()).isPositive();
        }
        await("the pool's verdicts").atMost(PATIENCE).until(() -> owed() == 0);
        FarmSnapshot seen = gateway.settledSnapshot();
        assertThat(pool.refused()).isEmpty();
        assertThat(seen.upstream().rejected()).isZero();
        assertThat(seen.upstream().accepted() + seen.upstream().unanswered())
                .as("what the pool accepted, of which it could not tell us all")
                .isGreaterThanOrEqualTo(pool.acceptedInAll());
        assertThat(seen.disconnects()).isEmpty();
    }

    private long owed() throws InterruptedException {
        FarmSnapshot.Upstream upstream = gateway.settledSnapshot().upstream();
        return upstream.verdictLag() - upstream.unanswered();
    }
}
