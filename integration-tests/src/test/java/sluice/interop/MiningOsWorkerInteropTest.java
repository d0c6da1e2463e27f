package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import sluice.endtoend.SluiceProcess;
import sluice.endtoend.WorkerFields;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.upstream.netty.Transport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** MiningOS's worker for DATUM gateways, as its authors wrote it, asks a Sluice that runs. */
@Tag("interop")
@Timeout(120)
class MiningOsWorkerInteropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSWORD = "a password of this test";
    private static final Pattern PLACE = Pattern.compile("MiningOS is answered on \\S*:(\\d+)");
    private static final double LOAD = 0.05;
    private static final int ENOUGH_SHARES = 5;

    @RegisterExtension
    final ReferenceProcesses processes = new ReferenceProcesses();

    @TempDir
    Path home;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "interop-miner");
    private Path worker;
    private SluiceServer pool;
    private SluiceProcess gateway;
    private CpuMiner miner;

    @BeforeEach
    void mine() throws IOException {
        ReferenceProgram.NODE_JS.require();
        worker = ReferenceProgram.MININGOS_WORKER
                .require()
                .getParent()
                .getParent()
                .getParent();
        pool = SluiceServer.pool(home.resolve("pool"));
        int port = FreePort.choose();
        Path file = Files.writeString(home.resolve("sluice.toml"), """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                pool_url = "stratum2+tcp://%s:%d/%s"
                [vardiff]
                shares_per_minute = 60
                min_difficulty = 1e-9
                start_difficulty = 1e-4
                [miningos]
                listen_addr = "127.0.0.1:0"
                password = "%s"
                """.formatted(
                        port, pool.host(), pool.port(), pool.authorityKey(), PASSWORD));
        gateway = SluiceProcess.start(home, "run", "--config", file.toString());
        await("a gateway")
                .atMost(PATIENCE)
                .until(() -> PLACE.matcher(gateway.log()).find());
        miner = CpuMiner.start(
                new CpuMinerConfig(
                        MinerProtocol.SV1,
                        "127.0.0.1",
                        port,
                        new ServerTrust.Unverified(),
                        "interop.rig1",
                        "x",
                        1,
                        LOAD,
                        OptionalDouble.empty(),
                        OptionalDouble.of(1e6)),
                loops);
    }

    @AfterEach
    void stop() {
        if (miner != null) {
            miner.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        if (pool != null) {
            pool.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private int place() {
        Matcher place = PLACE.matcher(gateway.log());
        assertThat(place.find()).isTrue();
        return Integer.parseInt(place.group(1));
    }

    /** Has the worker read all that it knows. */
    private JsonNode read() throws IOException {
        ReferenceProcess asking = processes.start(
                ReferenceProgram.NODE_JS,
                home,
                List.of(
                        Path.of("src/test/resources/datum-worker/ask-gateway.js")
                                .toAbsolutePath()
                                .toString(),
                        worker.toString(),
                        "http://127.0.0.1:" + place(),
                        "admin",
                        PASSWORD));
        await("the worker's answers").atMost(PATIENCE).until(() -> !asking.isAlive());

        String read = asking.log().strip();
        assertThat(read).startsWith("{");
        System.out.println("read by " + worker.getFileName() + ": " + read);
        return JsonMapper.shared().readTree(read);
    }

    @Test
    void readsAllThatItKnowsToReadAndIsRefusedWithAWrongPassword() throws Exception {
        await("shares that the gateway took")
                .atMost(PATIENCE)
                .until(() -> miner.report().accepted() >= ENOUGH_SHARES);

        // The pool's own verdict comes up to a second behind the gateway's.
        JsonNode answers = await("what the pool took, in the worker's answers")
                .atMost(PATIENCE)
                .until(
                        this::read,
                        read -> read.at("/decentralized_client_stats/acceptedShares")
                                        .asLong()
                                > 0);
        WorkerFields fields = WorkerFields.load();
        for (String path : fields.paths()) {
            fields.assertAllIn(path, answers.path(path));
        }
        assertThat(answers.get("with_wrong_password").asString()).isEqualTo("HTTP 401: Unauthorized");
        assertThat(answers.get("stratum_client_list").findValuesAsString("auth_username"))
                .containsExactly("interop.rig1");
    }
}
