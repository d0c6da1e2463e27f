package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.api.ApiTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program of the farm that asks a Sluice that runs. */
class ApiEndToEndTest extends ScriptedPoolScenario {
    private static final String READER = "sluice_reader-of-this-test";
    private static final String ADMIN = "sluice_admin-of-this-test";

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private InetSocketAddress port;
    private InetSocketAddress apiPort;
    private Path file;
    private ScriptedSv2Pool pool;
    private SluiceProcess sluice;

    @BeforeEach
    void start() throws IOException {
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        port = ports.getFirst();
        apiPort = ports.getLast();
        file = directory.resolve("sluice.toml");
        pool = pool("A");
        configure(token("dashboard", "read", READER) + token("operator", "admin", ADMIN));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitLogged("the API answers on");
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(
                port,
                AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                        .publicKey(Secp256k1.best()),
                "bob"));
        miners.forEach(WatchedMiner::awaitJob);
    }

    @AfterEach
    void end() {
        http.close();
        miners.forEach(WatchedMiner::close);
        sluice.close();
    }

    private static String token(String name, String scope, String token) {
        return "[[api_token]]\nname = \"%s\"\nscopes = [\"%s\"]\nsha256 = \"%s\"\n"
                .formatted(name, scope, ApiTokens.sha256(token));
    }

    private void configure(String tokens) throws IOException {
        Path fresh = directory.resolve("sluice.toml.new");
        Files.writeString(
                fresh,
                """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                [api]
                listen_addr = "127.0.0.1:%d"
                [[upstream]]
                name = "A"
                url = "%s"
                """.formatted(port.getPort(), apiPort.getPort(), pool.address().url()) + tokens);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private HttpResponse<String> ask(String method, String path, String token, String body) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + apiPort.getPort() + "/api/v1" + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode get(String path) {
        return JsonMapper.shared().readTree(ask("GET", path, READER, "").body());
    }

    /** Asks less often than the API begins to refuse it. */
    private static ConditionFactory awaitGently(String what) {
        return await(what).pollInterval(Duration.ofMillis(50));
    }

    @Test
    void seesTheFarmAsItIsAndWhyItStopsMining() {
        WatchedMiner.mineAll(miners, 10);

        awaitGently("shares in the API")
                .until(() -> get("/upstreams/A").at("/shares/accepted").asLong() >= 20);
        // The connection that found out whether anybody listens may end last.
        awaitGently("no other connection")
                .until(() -> get("/status").get("connections").asInt() == 2);
        assertThat(get("/status").get("state").asString()).isEqualTo("mining");
        assertThat(get("/miners").findValuesAsString("user_identity")).containsExactlyInAnyOrder("alice", "bob");
        assertThat(get("/workers?online=true").get("total").asInt()).isEqualTo(2);
        assertThat(get("/shares").get("shares").size()).isGreaterThanOrEqualTo(20);
        assertThat(get("/goals/default").at("/lanes/0/upstream").asString()).isEqualTo("A");
        assertThat(get("/job").at("/job/job_id").asLong()).isPositive();

        pool.close();
        awaitGently("a reason")
                .until(() -> get("/status").get("state").asString().equals("down"));
        assertThat(get("/status").at("/reasons/1/subject").asString()).isEqualTo("upstream A");
    }

    @Test
    void tellsWhatHappenedToWhoeverComesLater() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort.getPort()
                        + "/api/v1/events?last_event_id=oldest&type=MiningPoolConnected,ChannelOpened&worker=alice"))
                .header("Authorization", "Bearer " + READER)
                .build();
        try (InputStream body = http.send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            assertThat(lines.lines().filter(line -> line.startsWith("data: ")).findFirst())
                    .get()
                    .asString()
                    .contains("\"type\":\"ChannelOpened\"", "\"miner_id\":\"alice\"", "\"protocol\":\"sv1\"");
        }
        assertThat(get("/webhooks").get("webhooks")).isEmpty();
    }

    @Test
    void changesAreWrittenDownAndATokenThatIsTakenOutIsWorthNothing() throws IOException {
        assertThat(ask("PUT", "/log-level", READER, "{\"level\":\"debug\"}").statusCode())
                .isEqualTo(403);
        assertThat(ask("PUT", "/log-level", ADMIN, "{\"level\":\"debug\"}").statusCode())
                .isEqualTo(200);
        sluice.awaitLogged("who=dashboard from=127.0.0.1 what=\"PUT /api/v1/log-level\" status=403");
        sluice.awaitLogged("who=operator from=127.0.0.1 what=\"PUT /api/v1/log-level\" status=200 result=ok");
        assertThat(get("/log-level").get("level").asString()).isEqualTo("debug");

        configure(token("dashboard", "read", READER));
        await("the token's end").until(() -> ask("GET", "/status", ADMIN, "").statusCode() == 401);
        assertThat(ask("GET", "/status", READER, "").statusCode()).isEqualTo(200);
        assertThat(sluice.log()).doesNotContain(READER, ADMIN, ApiTokens.sha256(ADMIN));
    }
}
