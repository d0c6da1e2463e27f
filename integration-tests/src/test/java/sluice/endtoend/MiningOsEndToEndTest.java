package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.noise.Secp256k1;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** MiningOS looks at a Sluice that runs, and there is no other API. */
class MiningOsEndToEndTest extends ScriptedPoolScenario {
    private static final String PASSWORD = "a password of this test";
    private static final Set<String> GUARDED = Set.of("stratum_client_list", "configuration");

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private SluiceProcess sluice;
    private DigestVisitor visitor;
    private DigestVisitor stranger;

    @BeforeEach
    void start() throws IOException {
        ScriptedSv2Pool pool = pool("A");
        // Behind the pool: a port that is free is the next best for whoever asks for any.
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        InetSocketAddress port = ports.getFirst();
        Path file = Files.writeString(directory.resolve("sluice.toml"), """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                [miningos]
                listen_addr = "127.0.0.1:%d"
                password = "%s"
                [[upstream]]
                name = "A"
                url = "%s"
                """.formatted(
                        port.getPort(),
                        ports.getLast().getPort(),
                        PASSWORD,
                        pool.address().url()));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitLogged("MiningOS is answered on");
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(
                port,
                AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                        .publicKey(Secp256k1.best()),
                "bob"));
        miners.forEach(WatchedMiner::awaitJob);
        visitor = new DigestVisitor(ports.getLast(), "admin", PASSWORD);
        stranger = new DigestVisitor(ports.getLast(), "admin", "another password");
    }

    @AfterEach
    void end() {
        visitor.close();
        stranger.close();
        miners.forEach(WatchedMiner::close);
        sluice.close();
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = visitor.get("/v1/" + path);
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void findsInEachAnswerWhatItsWorkerReads() throws Exception {
        WatchedMiner.mineAll(miners, 10);
        await("what the pool made of the shares")
                .until(() ->
                        get("decentralized_client_stats").get("acceptedShares").asLong() >= 20);

        assertThat(visitor.get("/v1/ping").body()).isEqualTo("PONG");
        WorkerFields fields = WorkerFields.load();
        assertThat(fields.paths()).hasSize(7);
        for (String path : fields.paths()) {
            fields.assertAllIn(path, get(path));
        }
        assertThat(get("stratum_server_info").get("totalConnections").asInt()).isEqualTo(2);
        assertThat(get("stratum_client_list").findValuesAsString("auth_username"))
                .containsExactlyInAnyOrder("alice", "bob");
        assertThat(get("current_stratum_job").get("block_height").asLong()).isPositive();
    }

    @Test
    void showsMinersAndConfigurationToWhoKnowsThePasswordAndToNobodyTwice() throws Exception {
        for (String path : GUARDED) {
            HttpResponse<String> refusal = visitor.ask("/v1/" + path, Optional.empty());
            assertThat(refusal.statusCode()).isEqualTo(401);
            assertThat(stranger.get("/v1/" + path).statusCode()).isEqualTo(401);

            String digest = visitor.digest("/v1/" + path, DigestVisitor.challengeOf(refusal));
            assertThat(visitor.ask("/v1/" + path, Optional.of(digest)).statusCode())
                    .isEqualTo(200);
            assertThat(visitor.ask("/v1/" + path, Optional.of(digest)).statusCode())
                    .as("replayed")
                    .isEqualTo(401);
            assertThat(get(path).toString()).doesNotContain(PASSWORD);
        }
        assertThat(visitor.get("/api/v1/status").statusCode()).isEqualTo(404);
        assertThat(sluice.log()).doesNotContain(PASSWORD);
    }
}
