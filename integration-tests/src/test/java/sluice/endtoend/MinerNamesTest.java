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
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.LimitsConfig;
import sluice.config.MinerMatch;
import sluice.config.PoolConfig;
import sluice.config.ProfileConfig;
import sluice.config.ProfileSettings;
import sluice.config.Sv1Config;
import sluice.config.Sv1PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.UserPattern;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmHashrates;

/** By which names, profiles and hashrates miners are known, over real sockets. */
class MinerNamesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // Some ten thousand hashes.
    private static final double EASY = 3e-6;
    private static final VardiffConfig VARDIFF = new VardiffConfig(true, 120, VardiffConfig.DIFFICULTY.least(), EASY);

    @TempDir
    private Path directory;

    private RehashingSv1Pool pool;
    private Gateway gateway;
    private final List<CpuMiner> miners = new ArrayList<>();
    private final Queue<GatewayEvent.MinerProfiled> profiled = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws IOException {
        pool = new RehashingSv1Pool(EASY);
        byte[] secret = new byte[Secp256k1.SECRET_KEY_LENGTH];
        new SecureRandom().nextBytes(secret);
        PoolConfig config = new PoolConfig(
                new Sv1PoolAddress(InetAddress.getLoopbackAddress().getHostAddress(), pool.port(), false),
                "farm.{worker}.{listener}",
                RehashingSv1Pool.PASSWORD);
        GatewayEvents.Listener recorder = event -> {
            if (event instanceof GatewayEvent.MinerProfiled profile) {
                profiled.add(profile);
            }
        };
        gateway = Gateway.start(
                new GatewaySettings(
                                "gateway",
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                AuthoritySecretKey.of(secret),
                                VARDIFF,
                                LimitsConfig.DEFAULT,
                                Sv1Config.DEFAULT,
                                directory,
                                1)
                        .withProfiles(List.of(forOne(60))),
                PoolUpstream.of(
                        new UpstreamConfig(config, IdentityMode.PER_SHARE),
                        new PoolUpstream.Common(VARDIFF, FailoverConfig.DEFAULT, "test", InstantSource.system())),
                InstantSource.system(),
                List.of(recorder));
        String host = gateway.address().getAddress().getHostAddress();
        int port = gateway.address().getPort();
        miners.add(CpuMiner.start(CpuMinerConfig.sv1(host, port, "own/one", 1).withLoad(0.2)));
        miners.add(CpuMiner.start(CpuMinerConfig.sv2(
                        MinerProtocol.SV2_EXTENDED,
                        host,
                        port,
                        new ServerTrust.SignedBy(gateway.authorityKey()),
                        "own.two",
                        1)
                .withLoad(0.2)));
    }

    private static ProfileConfig forOne(double sharesPerMinute) {
        return new ProfileConfig(
                "one",
                new MinerMatch(List.of(UserPattern.parse("*/one")), List.of(), List.of(), List.of()),
                new ProfileSettings(
                        Optional.of(sharesPerMinute),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @AfterEach
    void stop() throws IOException {
        miners.forEach(CpuMiner::close);
        gateway.close();
        pool.close();
    }

    @Test
    void thePoolSeesNamesByTheTemplateAndOperatorsSeeProfilesAndHashrates() {
        await("shares under the names of the template")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pool.accepted("1"))
                        .as("refused: %s", pool.refused())
                        .containsOnlyKeys("farm.one.default", "farm.two.default"));
        await("the profile of the one miner that has its own").atMost(PATIENCE).until(() -> !profiled.isEmpty());
        assertThat(profiled).singleElement().satisfies(profile -> {
            assertThat(profile.userIdentity()).isEqualTo("own/one");
            assertThat(profile.profile().vardiff().sharesPerMinute()).isEqualTo(60);
        });

        assertThat(gateway.hashrates()).succeedsWithin(PATIENCE).satisfies(MinerNamesTest::requireHashrates);

        gateway.profiles(new ProfileBook(VARDIFF, List.of(forOne(30))));
        await("the miner that is connected told of its changed profile")
                .atMost(PATIENCE)
                .until(() -> profiled.size() == 2);
        assertThat(gateway.snapshot().disconnects()).isEmpty();
    }

    private static void requireHashrates(FarmHashrates rates) {
        assertThat(rates.gateway().oneMinute()).isPositive();
        assertThat(rates.listeners().get("default")).isEqualTo(rates.gateway());
        assertThat(rates.workers()).containsOnlyKeys("own/one", "own.two");
        assertThat(rates.miners())
                .hasSize(2)
                .allSatisfy(miner -> assertThat(miner.hashrates().oneDay()).isPositive());
        assertThat(rates.upstreams()).hasSize(1);
    }
}
