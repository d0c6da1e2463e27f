package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.noise.Secp256k1;
import tools.jackson.databind.JsonNode;

/** Other systems that point a Sluice to other pools while it runs: what they are told is what is, also after a restart. */
class PoolsApiTest extends ScriptedPoolScenario {
    private static final int ENOUGH = 10;
    private static final String POOLS = "/api/v1/pools";
    private static final int CALLERS = 10;

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private final List<ApiCaller> callers = new ArrayList<>();
    private InetSocketAddress port;
    private InetSocketAddress api;
    private Path file;
    private SluiceProcess sluice;

    /** Behind all pools: a port that is free is the next best for whoever asks for any. */
    private void choosePlaces() throws IOException {
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        port = ports.getFirst();
        api = ports.getLast();
        file = directory.resolve("sluice.toml");
        IntStream.range(0, CALLERS).forEach(i -> callers.add(new ApiCaller(api, "caller" + i)));
    }

    @AfterEach
    void end() {
        miners.forEach(WatchedMiner::close);
        callers.forEach(ApiCaller::close);
        sluice.close();
    }

    private ApiCaller caller() {
        return callers.getFirst();
    }

    private void configure(ScriptedSv2Pool... pools) throws IOException {
        if (file == null) {
            choosePlaces();
        }
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
                """.formatted(port.getPort(), api.getPort())
                        + IntStream.range(0, CALLERS)
                                .mapToObj(i -> ApiCaller.table("caller" + i, "operate"))
                                .collect(Collectors.joining())
                        + Stream.of(pools)
                                .map(pool -> """
                        [[upstream]]
                        name = "%s"
                        url = "%s"
                        user = "farm"
                        """.formatted(
                                                pool.name(), pool.address().url()))
                                .collect(Collectors.joining()));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void run() throws IOException {
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitListening(api);
    }

    private void miners() throws IOException {
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(
                port,
                AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                        .publicKey(Secp256k1.best()),
                "bob"));
        miners.forEach(WatchedMiner::awaitJob);
    }

    private void mineAt(ScriptedSv2Pool pool) {
        await("jobs of " + pool).until(() -> miners.stream().allMatch(miner -> miner.isOnTip(pool.tipHash())));
        WatchedMiner.mineAll(miners, ENOUGH);
        pool.awaitGoodShares(miners.size() * ENOUGH);
    }

    private static String list(ScriptedSv2Pool... pools) {
        return list(List.of(pools));
    }

    private static String list(List<ScriptedSv2Pool> pools) {
        return pools.stream()
                .map(pool -> "{\"name\":\"%s\",\"url\":\"%s\",\"user\":\"farm\"}"
                        .formatted(pool.name(), pool.address().url()))
                .collect(Collectors.joining(",", "{\"upstreams\":[", "]}"));
    }

    private List<String> names() throws Exception {
        return names(caller().get(POOLS).body());
    }

    private static List<String> names(JsonNode pools) {
        return pools.get("upstreams")
                .valueStream()
                .map(upstream -> upstream.get("name").asString())
                .toList();
    }

    @Test
    void aModuleMovesTheFarmWhileItMinesAndARestartFindsIt() throws Exception {
        ScriptedSv2Pool first = pool("first");
        ScriptedSv2Pool second = pool("second");
        configure(first);
        run();
        miners();
        mineAt(first);

        ApiCaller.Reply reply = caller().post(
                        "/module/v1/call/update_pool_config",
                        "{\"action\":\"update_pool_config\",\"pool_url\":\""
                                + second.address().url() + "\",\"pool_user\":\"farm\",\"pool_password\":null}");
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        assertThat(reply.text("result")).isEqualTo("applied");
        mineAt(second);
        miners.forEach(WatchedMiner::assertUndisturbed);
        assertThat(caller().post("/module/v1/call/get_connected_miners", "{}")
                        .body()
                        .get("miners"))
                .hasSize(2);
        miners.forEach(WatchedMiner::close);
        miners.clear();
        assertThat(sluice.terminate()).isZero();

        run();
        miners();
        mineAt(second);
        assertThat(names()).containsExactly(second.address().url());
        assertThat(sluice.log()).contains("pools that came by the API, and they are used in place of");
    }

    @Test
    void whoEditsThePoolsOfTheFileTakesThemBack() throws Exception {
        ScriptedSv2Pool first = pool("first");
        ScriptedSv2Pool second = pool("second");
        ScriptedSv2Pool third = pool("third");
        configure(first);
        run();
        miners();
        assertThat(caller().put(POOLS, list(second)).text("result")).isEqualTo("applied");
        mineAt(second);

        configure(third);
        mineAt(third);
        await("the file's pools").until(() -> caller().get(POOLS).text("origin").equals("file"));
        assertThat(directory.resolve("data/api/pools.toml")).doesNotExist();
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void ofTwoWritersWhoSawTheSameOneWinsAndTheOtherIsTold() throws Exception {
        List<ScriptedSv2Pool> pools = List.of(pool("first"), pool("second"), pool("third"));
        configure(pools.getFirst());
        run();
        for (int round = 0; round < 20; round++) {
            Optional<String> seen = caller().get(POOLS).tag();
            List<String> inForce = names();
            List<ScriptedSv2Pool> wanted = pools.stream()
                    .filter(pool -> !inForce.contains(pool.name()))
                    .toList();
            List<CompletableFuture<ApiCaller.Reply>> racing = IntStream.range(0, 2)
                    .mapToObj(i -> callers.get(i).call("PUT", POOLS, list(wanted.get(i)), seen))
                    .toList();
            ApiCaller.Reply one = ApiCaller.now(racing.getFirst());
            ApiCaller.Reply other = ApiCaller.now(racing.getLast());

            assertThat(List.of(one.status(), other.status()))
                    .as("%s %s", one.body(), other.body())
                    .containsExactlyInAnyOrder(200, 412);
            assertThat(names())
                    .containsExactly(wanted.get(one.status() == 200 ? 0 : 1).name());
        }
    }

    @Test
    void afterAThousandWritesOfAllKindsTheLastAcceptedOneHoldsAlsoWhenTheProcessIsKilled() throws Exception {
        List<ScriptedSv2Pool> alive = new ArrayList<>(List.of(pool("first"), pool("second"), pool("third")));
        ScriptedSv2Pool dead = pool("dead");
        dead.die();
        configure(alive.getFirst());
        run();
        miners();
        Random random = new Random(4711);
        List<String> pools = List.of("first");
        int weight = 100;
        int accepted = 0;
        for (int i = 0; i < 1_000; i++) {
            ApiCaller caller = callers.get(i % CALLERS);
            int kind = random.nextInt(10);
            ApiCaller.Reply reply;
            if (kind == 0) {
                Collections.shuffle(alive, random);
                List<ScriptedSv2Pool> wanted = alive.subList(0, 1 + random.nextInt(alive.size()));
                reply = caller.put(POOLS, list(wanted));
                assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
                pools = wanted.stream().map(ScriptedSv2Pool::name).toList();
                weight = 100;
                accepted++;
            } else if (kind < 5) {
                weight = 1 + random.nextInt(1_000);
                reply = caller.put("/api/v1/goals/default/weight", "{\"weight\":" + weight + "}");
                assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
                accepted++;
            } else {
                reply = switch (kind) {
                    case 5 -> caller.put(POOLS, list(dead));
                    case 6 -> caller.put(POOLS, "{\"upstreams\":[{\"url\":\"stratum+tcp://\"}]}");
                    case 7 -> caller.put("/api/v1/goals/default/weight", "{\"weight\":0}");
                    case 8 -> ApiCaller.now(caller.call("PUT", POOLS, list(alive), Optional.of("\"yesterday\"")));
                    default -> caller.put(POOLS, "{\"upstreams\":");
                };
                assertThat(reply.status()).as("%s", reply.body()).isIn(400, 409, 412, 422);
            }
            if (i % 20 == 0) {
                assertInForce(pools, weight);
            }
        }
        assertThat(accepted).isBetween(400, 600);
        assertInForce(pools, weight);
        miners.forEach(WatchedMiner::assertUndisturbed);

        sluice.close();
        sluice.awaitEnd();
        run();
        assertInForce(pools, weight);
    }

    private void assertInForce(List<String> pools, int weight) throws Exception {
        JsonNode body = caller().get(POOLS).body();
        assertThat(names(body)).isEqualTo(pools);
        assertThat(body.at("/goals/0/weight").asInt()).isEqualTo(weight);
    }
}
