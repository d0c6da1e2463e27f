package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.upstream.netty.Transport;

/**
 * SV1 miners (ours) behind the reference implementation's translator, which has our SV2 port for its pool: extended
 * channels, with and without aggregation and extension 0x0002.
 */
@Tag("interop")
@Timeout(180)
class TranslatorInteropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int ENOUGH_SHARES = 10;
    private static final int ENOUGH_TIPS = 3;

    @RegisterExtension
    final ReferenceProcesses processes = new ReferenceProcesses();

    @TempDir
    Path home;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "interop-miners");
    private final List<CpuMiner> miners = new ArrayList<>();
    private SluiceFarm farm;

    @AfterEach
    void stop() {
        miners.forEach(CpuMiner::close);
        if (farm != null) {
            farm.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @ParameterizedTest(name = "at our {0}, aggregated: {1}, workers named by extension 0x0002: {2}")
    @CsvSource({
        "POOL, true, false",
        "POOL, true, true",
        "POOL, false, false",
        "POOL, false, true",
        "GATEWAY, true, true",
        "GATEWAY, false, true"
    })
    void sharesOfItsMinersAreAcceptedFromEndToEnd(SluiceFarm.At at, boolean aggregated, boolean workersNamed)
            throws Exception {
        ReferenceProgram.TRANSLATOR.require();
        farm = new SluiceFarm(at, home);
        SluiceServer ours = farm.port();
        int port = FreePort.choose();
        Path config = Files.writeString(home.resolve("translator.toml"), config(ours, port, aggregated, workersNamed));
        ReferenceProcess translator =
                processes.start(ReferenceProgram.TRANSLATOR, home, List.of("-c", config.toString()));
        mine(port, "farm.rig1");
        mine(port, "farm.rig2");
        await("shares of both miners, across tips")
                .atMost(PATIENCE)
                .until(() -> !translator.isAlive()
                        || (miners.stream().allMatch(miner -> miner.report().accepted() >= ENOUGH_SHARES)
                                && ours.accepted(MinerProtocol.SV2_EXTENDED) >= 2 * ENOUGH_SHARES
                                && ours.snapshot().chainTips() >= ENOUGH_TIPS));
        assertThat(translator.isAlive()).isTrue();
        farm.assertWorkWasTaken(MinerProtocol.SV2_EXTENDED);
        assertThat(ours.snapshot().connections()).isEqualTo(1);
        assertThat(ours.snapshot().channels()).isEqualTo(aggregated ? 1 : 2);
        if (workersNamed) {
            assertThat(ours.workers()).containsExactlyInAnyOrder("rig1", "rig2");
        } else {
            assertThat(ours.workers()).hasSize(aggregated ? 1 : 2);
        }
    }

    // It listens only once the pool has taken it; the miners dial until then.
    private void mine(int port, String user) {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        miners.add(CpuMiner.start(CpuMinerConfig.sv1(host, port, user, 1), loops));
    }

    private static String config(SluiceServer ours, int port, boolean aggregated, boolean workersNamed)
            throws IOException {
        return """
                downstream_address = "127.0.0.1"
                downstream_port = %d
                min_supported_version = 2
                max_supported_version = 2
                downstream_extranonce2_size = 4
                verify_payout = false
                aggregate_channels = %b
                supported_extensions = [0x0002]
                required_extensions = [%s]

                [downstream_difficulty_config]
                min_individual_miner_hashrate = 200000.0
                shares_per_minute = %s
                enable_vardiff = true
                job_keepalive_interval_secs = 60

                [[upstreams]]
                address = "%s"
                port = %d
                authority_pubkey = "%s"
                user_identity = "interop"
                """.formatted(
                        port,
                        aggregated,
                        workersNamed ? "0x0002" : "",
                        SluiceServer.SHARES_PER_MINUTE,
                        ours.host(),
                        ours.port(),
                        ours.authorityKey());
    }
}
