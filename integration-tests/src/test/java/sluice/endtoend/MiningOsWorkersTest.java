package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.noise.Secp256k1;
import tools.jackson.databind.JsonNode;

/** MiningOS has a Sluice among its things: its actions move the farm, and it sees what the farm does. */
class MiningOsWorkersTest extends ScriptedPoolScenario {
    private static final int ENOUGH = 10;
    private static final String GATEWAY = "gateway1";

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private final List<JavaScriptWorker> workers = new ArrayList<>();
    private ScriptedSv2Pool first;
    private ScriptedSv2Pool second;
    private InetSocketAddress port;
    private InetSocketAddress api;
    private ApiCaller operator;
    private SluiceProcess sluice;

    @BeforeEach
    void mine() throws IOException {
        first = pool("first");
        second = pool("second");
        // Behind the pools: a port that is free is the next best for whoever asks for any.
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        port = ports.getFirst();
        api = ports.getLast();
        operator = new ApiCaller(api, "miningos");
        Path file = directory.resolve("sluice.toml");
        Files.writeString(
                file,
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
                name = "first"
                url = "%s"
                user = "farm"
                """.formatted(port.getPort(), api.getPort(), first.address().url())
                        + ApiCaller.table("miningos", "operate")
                        + ApiCaller.table("dashboard", "read"));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitListening(api);
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(
                port,
                AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                        .publicKey(Secp256k1.best()),
                "bob"));
        miners.forEach(WatchedMiner::awaitJob);
        JavaScriptWorker.install(directory.resolve("worker"));
    }

    @AfterEach
    void end() {
        workers.forEach(JavaScriptWorker::close);
        miners.forEach(WatchedMiner::close);
        operator.close();
        sluice.close();
    }

    private Map<String, Object> sluiceJson(String token) {
        return Map.of("apiUrl", "http://127.0.0.1:" + api.getPort() + "/", "token", ApiCaller.secretOf(token));
    }

    private JavaScriptWorker start(String file, String type, Map<String, Object> files) {
        JavaScriptWorker worker = new JavaScriptWorker(directory.resolve("worker"), file, type, files);
        workers.add(worker);
        return worker;
    }

    /** @param pools that the rack is configured to have */
    private JavaScriptWorker rack(String token, Map<?, ?>... pools) {
        JavaScriptWorker rack = start(
                "workers/sluice.rack.miner.wrk.js",
                "wrk-miner-rack-sluice",
                Map.of("sluice", sluiceJson(token), "base.thing", Map.of("miner", Map.of("pools", List.of(pools)))));
        register(rack, Map.of("address", "127.0.0.1"));
        return rack;
    }

    private static void register(JavaScriptWorker rack, Map<String, Object> opts) {
        assertThat(rack.ask("registerThing", Map.of("id", GATEWAY, "opts", opts))
                        .asString())
                .isEqualTo("miner-sluice");
    }

    private JavaScriptWorker dataWorker() {
        return start(
                "workers/sluice.rack.minerpool.wrk.js",
                "wrk-minerpool-rack-sluice",
                Map.of("sluice", sluiceJson("dashboard")));
    }

    private static JsonNode setupPools(JavaScriptWorker rack, Object... params) {
        return rack.ask("queryThing", Map.of("id", GATEWAY, "method", "setupPools", "params", List.of(params)));
    }

    /** As the configuration of a rack has it. */
    private static Map<String, String> slot(String url) {
        return Map.of("url", url, "worker_name", url.isEmpty() ? "" : "farm", "worker_password", "");
    }

    /** As an action brings it along. */
    private static Map<String, Object> config(String... urls) {
        return Map.of(
                "config",
                Map.of(
                        "id",
                        "pools-7",
                        "poolUrls",
                        Arrays.stream(urls)
                                .map(url -> Map.of("url", url, "workerName", "farm", "workerPassword", ""))
                                .toList()));
    }

    private void mineAt(ScriptedSv2Pool pool) {
        await("jobs of " + pool).until(() -> miners.stream().allMatch(miner -> miner.isOnTip(pool.tipHash())));
        WatchedMiner.mineAll(miners, ENOUGH);
        pool.awaitGoodShares(miners.size() * ENOUGH);
    }

    private static JsonNode snap(JavaScriptWorker rack) {
        return rack.ask("collectSnaps", Map.of()).at("/snaps/0");
    }

    private static JsonNode data(JavaScriptWorker worker, Map<String, Object> query) {
        return worker.ask("getWrkExtData", Map.of("query", query));
    }

    @Test
    void anActionWithoutParametersMovesTheFarmToThePoolsOfTheRack() {
        JavaScriptWorker rack = rack("miningos", slot(second.address().url()), slot(""), slot(""));
        mineAt(first);

        JsonNode result = setupPools(rack);

        assertThat(result.get("success").asBoolean()).as("%s", result).isTrue();
        mineAt(second);
        miners.forEach(WatchedMiner::assertUndisturbed);
        assertThat(snap(rack).at("/config/pool_config/0/username").asString()).isEqualTo("farm");
    }

    @Test
    void anActionThatBringsPoolsMovesTheFarmToThem() {
        JavaScriptWorker rack = rack("miningos", slot(first.address().url()));
        mineAt(first);

        JsonNode result =
                setupPools(rack, config(second.address().url(), first.address().url(), ""));

        assertThat(result.get("success").asBoolean()).as("%s", result).isTrue();
        mineAt(second);
        miners.forEach(WatchedMiner::assertUndisturbed);
        assertThat(snap(rack).at("/config/pool_config").findValuesAsString("url"))
                .containsExactly(second.address().url(), first.address().url());
    }

    @Test
    void anActionThatCannotBeDoneFailsAndChangesNothing() throws Exception {
        JavaScriptWorker rack = rack("miningos");
        ScriptedSv2Pool dead = pool("dead");
        dead.die();
        long revision = revision();
        Map<String, Object[]> wrong = Map.of(
                "step connect", new Object[] {config(dead.address().url())},
                "step validate", new Object[] {config("stratum+tcp://")},
                "ERR_SLUICE_POOLS_EMPTY", new Object[] {config("", "")});

        wrong.forEach((why, params) -> {
            JsonNode result = setupPools(rack, params);
            assertThat(result.get("success").asBoolean()).as("%s", result).isFalse();
            assertThat(result.get("error_msg").asString()).contains(why);
        });
        assertThat(setupPools(rack).get("error_msg").asString()).contains("ERR_SLUICE_POOLS_EMPTY");

        assertThat(revision()).isEqualTo(revision);
        mineAt(first);
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    private long revision() throws Exception {
        return operator.get("/api/v1/pools").body().get("revision").asLong();
    }

    @Test
    void whoMayOnlyLookMovesNothing() {
        JavaScriptWorker rack = rack("dashboard", slot(second.address().url()));

        JsonNode result = setupPools(rack);

        assertThat(result.get("success").asBoolean()).isFalse();
        assertThat(result.get("error_msg").asString())
                .startsWith("ERR_SLUICE_HTTP_403: ")
                .doesNotContain(ApiCaller.secretOf("dashboard"));
        assertThat(snap(rack).at("/stats/status").asString()).isEqualTo("mining");
        mineAt(first);
    }

    @Test
    void aSnapshotShowsTheFarmAndWhyItStands() {
        JavaScriptWorker rack = rack("dashboard");
        mineAt(first);
        int shares = miners.size() * ENOUGH;
        await("the pool's verdicts")
                .until(() -> operator.get("/api/v1/upstreams/first")
                                .body()
                                .at("/shares/accepted")
                                .asInt()
                        == shares);

        JsonNode snap = snap(rack);

        assertThat(snap.get("success").asBoolean()).as("%s", snap).isTrue();
        assertThat(snap.at("/stats/status").asString()).isEqualTo("mining");
        assertThat(snap.at("/stats/hashrate_mhs/t_5m").isNumber()).isTrue();
        assertThat(snap.at("/stats/uptime_ms").asLong()).isPositive();
        assertThat(snap.at("/stats/all_pools_shares/accepted").asInt()).isEqualTo(shares);
        assertThat(snap.at("/stats/pool_status/0/pool").asString())
                .isEqualTo(first.address().url());
        assertThat(snap.at("/stats/pool_status/0/accepted").asInt()).isEqualTo(shares);
        assertThat(snap.at("/config/network_config/ip_address").asString()).isEqualTo("127.0.0.1");
        assertThat(snap(rack).at("/stats/all_pools_shares/accepted").asInt())
                .as("new ones")
                .isZero();

        first.die();
        await("a farm that stands")
                .until(() -> snap(rack).at("/stats/status").asString().equals("error"));
        assertThat(snap(rack).at("/raw_errors/0/name").asString()).isEqualTo("all_pools_dead");
        assertThat(snap(rack).at("/raw_errors").findValuesAsString("message"))
                .anyMatch(message -> message.startsWith("upstream first: "));
    }

    @Test
    void aGatewayThatIsGoneIsNotTakenForOneThatMines() throws InterruptedException {
        JavaScriptWorker rack = rack("dashboard");
        assertThat(sluice.terminate()).isZero();

        JsonNode snap = snap(rack);

        assertThat(snap.get("success").asBoolean()).isFalse();
        assertThat(snap.at("/stats/status").asString()).isEqualTo("offline");
        assertThat(data(dataWorker(), Map.of("key", "stats")).asString())
                .startsWith("[HRPC_ERR]=ERR_SLUICE_UNREACHABLE");
    }

    @Test
    void theDataWorkerShowsHashratesAndWorkers() {
        mineAt(first);
        miners.forEach(WatchedMiner::awaitVerdicts);
        await("both workers")
                .until(() -> operator.get("/api/v1/workers").body().get("total").asInt() == 2);
        JavaScriptWorker worker = dataWorker();

        JsonNode stats = data(worker, Map.of("key", "stats"));
        assertThat(stats.at("/stats/0/poolType").asString()).isEqualTo("sluice");
        assertThat(stats.at("/stats/0/username").asString()).isEqualTo("farm");
        assertThat(stats.at("/stats/0/hashrate_1h").asDouble()).isPositive();
        assertThat(stats.at("/stats/0/worker_count").asInt()).isEqualTo(2);
        assertThat(stats.at("/stats/0/active_workers_count").asInt()).isEqualTo(2);
        long ts = stats.get("ts").asLong();

        JsonNode all = data(worker, Map.of("key", "workers"));
        assertThat(all.at("/workers").findValuesAsString("name")).containsExactlyInAnyOrder("alice", "bob");
        assertThat(all.at("/workers/0/online").asInt()).isEqualTo(1);
        assertThat(all.at("/workers/0/last_updated").asLong()).isPositive();
        assertThat(all.at("/workers/0/hashrate_24h").asDouble()).isPositive();
        assertThat(data(worker, Map.of("key", "workers", "offset", 1, "limit", 500))
                        .get("workers"))
                .hasSize(1);
        assertThat(data(worker, Map.of("key", "workers", "name", "bob", "start", ts - 1, "end", ts))
                        .at("/0/workers/0/id")
                        .asString())
                .isEqualTo("bob");
        assertThat(data(worker, Map.of("key", "workers", "start", 1, "end", 2))).isEmpty();
        assertThat(data(worker, Map.of("key", "stats", "fields", Map.of("ts", 1)))
                        .propertyNames())
                .containsExactly("ts");
    }
}
