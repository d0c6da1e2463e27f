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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
import tools.jackson.databind.JsonNode;

/** A farm behind an SV1 pool that leaves so little extranonce that few miners can share a connection. */
@Timeout(180)
class NarrowSv1PoolTest {
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
    private final List<RawSv1Miner> idlers = new ArrayList<>();

    private void start(int granted, int configured) throws IOException {
        pool = new RehashingSv1Pool(EASY, granted);
        byte[] secret = new byte[Secp256k1.SECRET_KEY_LENGTH];
        new SecureRandom().nextBytes(secret);
        Sv1Config sv1 = new Sv1Config(Sv1Config.DEFAULT.versionMask(), Sv1Config.DEFAULT.keepalive(), configured);
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
                        sv1,
                        directory,
                        2),
                PoolUpstream.of(
                        new UpstreamConfig(config, IdentityMode.PER_SHARE),
                        new PoolUpstream.Common(VARDIFF, FailoverConfig.DEFAULT, sv1, "test", InstantSource.system())),
                InstantSource.system(),
                List.of());
    }

    @AfterEach
    void stop() throws IOException {
        miners.forEach(CpuMiner::close);
        for (RawSv1Miner idler : idlers) {
            idler.close();
        }
        gateway.close();
        pool.close();
    }

    private void mine(String user, MinerProtocol protocol) {
        String host = gateway.address().getAddress().getHostAddress();
        int port = gateway.address().getPort();
        CpuMinerConfig config = protocol == MinerProtocol.SV1
                ? CpuMinerConfig.sv1(host, port, user, 1)
                : CpuMinerConfig.sv2(protocol, host, port, new ServerTrust.SignedBy(gateway.authorityKey()), user, 1);
        miners.add(CpuMiner.start(config.withLoad(0.2)));
    }

    private void awaitSharesOfEveryMiner(String jobId) {
        await("good shares of job " + jobId + " from every miner")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pool.accepted(jobId))
                        .as("refused: %s, the gateway: %s", pool.refused(), gateway.snapshot())
                        .containsOnlyKeys(MINERS.keySet())
                        .allSatisfy((name, count) -> assertThat(count).isGreaterThan(2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7})
    void minersOfEveryKindShareWhatLittleItLeaves(int size) throws Exception {
        start(size, size);
        MINERS.forEach(this::mine);
        awaitSharesOfEveryMiner("1");
        awaitSharesOfEveryMiner(pool.newTip());
        for (CpuMiner miner : miners) {
            MinerReport report = miner.stopMining().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(report.connections()).as("connections of %s", report).isEqualTo(1);
            assertThat(report.rejectedByReason()).isEmpty();
        }
        assertThat(pool.refused()).isEmpty();
        assertThat(pool.sessions()).as("connections").isEqualTo(1);
    }

    @Test
    void moreConnectionsAreMadeWhenTheSpaceOfOneRunsOut() throws Exception {
        start(4, 4);
        Set<String> spaces = new HashSet<>();
        for (int i = 0; i < 600; i++) {
            RawSv1Miner idler = new RawSv1Miner(gateway.address());
            idlers.add(idler);
            String extranonce1 = idler.login("farm.idler" + i);
            assertThat(extranonce1).hasSize(2).isNotEqualTo("00");
            JsonNode job = idler.push("mining.notify").path("params");
            String coinbase1 = job.path(2).asString();
            assertThat(spaces.add(coinbase1 + extranonce1))
                    .as("nobody else searches below %s", extranonce1)
                    .isTrue();
        }
        assertThat(pool.sessions())
                .as("connections for 600 miners, 255 on each")
                .isBetween(3, 4);
    }

    @Test
    void aPoolThatLeavesLessThanTheOperatorSaidIsGivenUpWithTheKeyToChange() throws Exception {
        start(4, 8);
        await().atMost(PATIENCE).until(() -> pool.sessions() > 0);
        RawSv1Miner idler = new RawSv1Miner(gateway.address());
        idlers.add(idler);
        assertThat(idler.login("farm.idler")).as("served all the same").hasSize(8);
        assertThat(gateway.snapshot().upstream().connected()).isFalse();
    }
}
