package sluice.proxy.api.pool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.ApiScope;
import sluice.config.ConfigLoader;
import sluice.config.ConfigResult.Loaded;
import sluice.config.GatewayConfig;
import sluice.config.KeptPools;
import sluice.config.PoolConfig;
import sluice.config.UpstreamConfig;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiJson;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Caller;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.RehearsedFarm;
import sluice.proxy.pool.LivePools;
import sluice.proxy.pool.SteeredGateway;

class PoolEndpointsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");
    private static final String FILE = """
            [[upstream]]
            name = "main"
            url = "stratum+ssl://main.example.com:443"
            user = "farm"
            password = "geheim"
            standby = "warm"

            [[upstream]]
            name = "backup"
            url = "stratum+ssl://backup.example.com:443"
            user = "farm"
            """;

    @TempDir
    private Path home;

    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();
    private boolean stuck;
    private SteeredGateway gateway;
    private ApiCatalogue catalogue;

    @BeforeEach
    void start() throws IOException {
        start(FILE);
    }

    private void start(String text) throws IOException {
        Path file = Files.writeString(home.resolve("sluice.toml"), text);
        GatewayConfig operators = ((Loaded) ConfigLoader.load(file, Map.of())).config();
        gateway = new SteeredGateway(operators);
        LivePools pools = new LivePools(
                gateway,
                KeptPools.in(home),
                operators,
                "run",
                turn -> {
                    if (stuck) {
                        turns.add(turn);
                    } else {
                        turn.run();
                    }
                },
                Runnable::run);
        PoolEndpoints endpoints = new PoolEndpoints(pools, "run", (time, task) -> timers.add(task), () -> NOW);
        List<Endpoint> all = new ArrayList<>(endpoints.all());
        all.addAll(endpoints.forModules(new RehearsedFarm()).all());
        catalogue = new ApiCatalogue(all);
    }

    @Test
    void whatIsInForceIsToldWithoutPasswords() {
        ApiAnswer.Json answer = json(get("/api/v1/pools"));

        assertThat(answer.headers()).containsExactly(Map.entry("ETag", "\"run-1\""));
        assertThat(text(answer))
                .isEqualTo("{\"revision\":1,\"origin\":\"file\",\"solo\":false,\"upstreams\":["
                        + "{\"name\":\"main\",\"url\":\"stratum+ssl://main.example.com:443\",\"user\":\"farm\","
                        + "\"identity\":\"gateway\",\"aggregation\":0,\"standby\":\"warm\"},"
                        + "{\"name\":\"backup\",\"url\":\"stratum+ssl://backup.example.com:443\",\"user\":\"farm\","
                        + "\"identity\":\"gateway\",\"aggregation\":0,\"standby\":\"cold\"}],"
                        + "\"goals\":[{\"name\":\"default\",\"weight\":100,\"upstreams\":[\"main\",\"backup\"]}],"
                        + "\"pins\":[]}");
    }

    @Test
    void whatWasToldMayBeSentBackAndMeansTheSameWithThePassword() {
        String told = text(json(get("/api/v1/pools")));
        String lists = "{" + told.substring(told.indexOf("\"upstreams\""));
        ApiAnswer.Json answer = json(put("/api/v1/pools", lists));

        assertThat(text(answer)).contains("\"result\":\"applied\"", "\"kept\":true");
        assertThat(gateway.asked()).as("nothing differs").isEmpty();
    }

    @Test
    void aListOfUrlsIsEnough() {
        assertThat(
                        text(
                                json(
                                        put(
                                                "/api/v1/pools",
                                                "{\"upstreams\":[{\"url\":\"stratum+ssl://x.example.com\",\"user\":\"me\",\"password\":\"p\"}]}"))))
                .isEqualTo("{\"result\":\"applied\",\"change\":\"run-1\",\"revision\":2,\"kept\":true}");
        assertThat(urls()).containsExactly("stratum+ssl://x.example.com:3333");
    }

    @Test
    void aPasswordStaysAtThePoolItIsFor() {
        put(
                "/api/v1/pools",
                "{\"upstreams\":[{\"name\":\"main\",\"url\":\"stratum+ssl://thief.example.com:443\",\"user\":\"farm\"}]}");

        assertThat(pools().getFirst().password()).isEqualTo("x");
    }

    @Test
    void aMistakeNamesItsStepItsPlaceAndItsCure() {
        ApiAnswer.Problem answer =
                problem(put("/api/v1/pools", "{\"upstreams\":[{\"name\":\"a\",\"url\":\"http://a\"}]}"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem().detail())
                .isEqualTo("upstream.a.url has the unknown scheme 'http';"
                        + " write stratum2+tcp://host:port/AUTHORITY_KEY");
        assertThat(answer.problem().more())
                .isEqualTo(Map.of("result", "rejected", "step", "validate", "change", "run-1"));
    }

    @Test
    void aPoolThatIsNotToBeHadIsNamedWithItsStep() {
        ApiAnswer.Problem answer = problem(
                put("/api/v1/pools", "{\"upstreams\":[{\"name\":\"a\",\"url\":\"stratum+ssl://dead.example.com\"}]}"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.problem().detail()).isEqualTo("nobody answers");
        assertThat(answer.problem().more())
                .isEqualTo(Map.of("result", "rejected", "step", "connect", "upstream", "a", "change", "run-1"));
        assertThat(text(json(get("/api/v1/changes/run-1"))))
                .isEqualTo("{\"change\":\"run-1\",\"result\":\"rejected\",\"what\":\"PUT /api/v1/pools\","
                        + "\"by\":\"tester\",\"asked\":\"2026-11-28T05:00:00Z\",\"settled\":\"2026-11-28T05:00:00Z\","
                        + "\"step\":\"connect\",\"upstream\":\"a\",\"reason\":\"nobody answers\"}");
    }

    @Test
    void aDryRunChangesNothing() {
        String body = "{\"upstreams\":[{\"name\":\"a\",\"url\":\"stratum+ssl://a.example.com\"}]}";
        ApiAnswer.Json answer = json(call("PUT", "/api/v1/pools", Map.of("dry_run", "true"), Optional.empty(), body));

        assertThat(text(answer))
                .isEqualTo(
                        "{\"result\":\"valid\",\"change\":\"run-1\",\"revision\":1,\"warnings\":[\"upstream.a.user is"
                                + " missing, so the pool credits the user \\\"sluice\\\"; write the user name that the pool gave"
                                + " you\"]}");
        assertThat(gateway.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"run-0\"", "W/\"run-1\"", "\"run-1\", \"run-2\"", "", "\""})
    void whoeverChangesWhatIsNotInForceIsToldTheTagThatIs(String tag) {
        ApiAnswer.Problem answer =
                problem(call("PUT", "/api/v1/goals/default/weight", Map.of(), Optional.of(tag), "{\"weight\":5}"));

        assertThat(answer.status()).isEqualTo(412);
        assertThat(answer.headers()).containsExactly(Map.entry("ETag", "\"run-1\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"run-1\"", "*"})
    void whoeverChangesWhatIsInForceMay(String tag) {
        assertThat(call("PUT", "/api/v1/goals/default/weight", Map.of(), Optional.of(tag), "{\"weight\":5}")
                        .status())
                .isEqualTo(200);
        assertThat(gateway.inForce().routing().goals().getFirst().weight()).isEqualTo(5);
    }

    @Test
    void aWeightOutOfRangeAndAGoalThatDoesNotExistAreMistakes() {
        assertThat(problem(put("/api/v1/goals/default/weight", "{\"weight\":0}"))
                        .problem()
                        .detail())
                .isEqualTo("weight is 0, out of range; write a value from 1 to 1000000");
        assertThat(problem(put("/api/v1/goals/other/weight", "{\"weight\":1}"))
                        .problem()
                        .detail())
                .isEqualTo("goal does not exist; known are default");
    }

    @Test
    void pinsAreReplacedBesideThePoolsThatThereAre() {
        String pins = "{\"pins\":[{\"goal\":\"default\",\"users\":[\"a*\"],\"addresses\":[\"10.0.0.0/8\"]}]}";
        assertThat(put("/api/v1/pins", pins).status()).isEqualTo(200);

        assertThat(text(json(get("/api/v1/pools"))))
                .contains("\"pins\":[{\"goal\":\"default\",\"users\":[\"a*\"],\"addresses\":[\"10.0.0.0/8\"]}]");
        assertThat(pools().getFirst().password()).isEqualTo("geheim");
        assertThat(problem(put("/api/v1/pins", "{\"pins\":[{\"goal\":\"defualt\",\"users\":[\"a\"]}]}"))
                        .problem()
                        .detail())
                .isEqualTo("pin[1].goal names the goal \"defualt\", which does not exist; did you mean default?");
    }

    @Test
    void anUpstreamIsActivatedAndTheGoalReturnsToItsOrder() {
        post("/api/v1/goals/default/activate", "{\"upstream\":\"backup\"}");
        post("/api/v1/goals/default/activate", "{}");

        assertThat(gateway.asked()).containsExactly("activate default backup", "activate default -");
    }

    @Test
    void whatTakesLongIsPendingAndCanBeAskedFor() {
        stuck = true;
        CompletableFuture<ApiAnswer> answer = later(
                "PUT",
                "/api/v1/pools",
                Map.of(),
                Optional.empty(),
                "{\"upstreams\":[{\"url\":\"stratum+ssl://a.b\"}]}");
        assertThat(answer).isNotDone();
        timers.removeFirst().run();

        ApiAnswer.Json pending = json(answer.join());
        assertThat(pending.status()).isEqualTo(202);
        assertThat(pending.headers()).containsEntry("Location", "/api/v1/changes/run-1");
        assertThat(text(pending)).isEqualTo("{\"result\":\"pending\",\"change\":\"run-1\"}");
        assertThat(text(json(get("/api/v1/changes/run-1")))).contains("\"result\":\"pending\"");
        turns.remove().run();
        assertThat(text(json(get("/api/v1/changes/run-1")))).contains("\"result\":\"applied\"", "\"revision\":2");
        assertThat(text(json(get("/api/v1/changes")))).startsWith("{\"changes\":[{\"change\":\"run-1\"");
    }

    @Test
    void onlySoManyChangesAreRemembered() {
        for (int i = 0; i <= ChangeLog.MAX_CHANGES; i++) {
            post("/api/v1/goals/default/activate", "{}");
        }

        assertThat(problem(get("/api/v1/changes/run-1")).status()).isEqualTo(404);
        assertThat(get("/api/v1/changes/run-2").status()).isEqualTo(200);
    }

    @Test
    void blvmMiningosPutsAnotherPoolInPlaceOfAllThatTheGoalHad() {
        ApiAnswer answer = module(
                "update_pool_config",
                "{\"action\":\"update_pool_config\",\"pool_url\":\"stratum+ssl://new.example.com:3333\","
                        + "\"pool_user\":\"me\",\"pool_password\":null}");

        assertThat(text(json(answer)))
                .isEqualTo("{\"result\":\"applied\",\"change\":\"run-1\",\"revision\":2,\"kept\":true}");
        assertThat(urls()).containsExactly("stratum+ssl://new.example.com:3333");
        assertThat(pools().getFirst().user()).isEqualTo("me");
        assertThat(pools().getFirst().password()).isEqualTo("x");
        assertThat(gateway.inForce().routing().upstreams().getFirst().warm())
                .as("how the goal's pools are used stays")
                .isTrue();
    }

    @Test
    void whatIsNotGivenStaysAndAPoolThatIsKnownKeepsItsName() {
        module("update_pool_config", "{\"pool_url\":\"stratum+ssl://main.example.com:443\"}");

        assertThat(gateway.inForce().routing().upstreams())
                .extracting(UpstreamConfig::name)
                .containsExactly("main");
        assertThat(pools().getFirst().user()).isEqualTo("farm");
        assertThat(pools().getFirst().password()).isEqualTo("geheim");
    }

    @Test
    void miningOsSendsAListWithEmptyPlaces() {
        ApiAnswer answer = module("update_pool_config", """
                {"config":{"id":"7","name":"ocean","poolUrls":[
                  {"url":"stratum+ssl://one.example.com:3333","workerName":"w1","workerPassword":"."},
                  {"url":"","workerName":"","workerPassword":""},
                  {"url":"stratum2+tcp://two.example.com/9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh",
                   "workerName":"w2","workerPassword":"."}]}}""");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(json(module("get_pool_config", "{}"))))
                .isEqualTo("{\"pool_url\":\"stratum+ssl://one.example.com:3333\",\"pool_user\":\"w1\","
                        + "\"goal\":\"default\",\"revision\":2,\"config\":{\"poolUrls\":["
                        + "{\"url\":\"stratum+ssl://one.example.com:3333\",\"workerName\":\"w1\"},"
                        + "{\"url\":\"stratum2+tcp://two.example.com:3333/"
                        + "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh\",\"workerName\":\"w2\"}]}}");
    }

    @Test
    void whereThereAreSeveralGoalsTheCallerSaysWhichAndTheOthersStay() throws IOException {
        start(FILE + """
                [[goal]]
                name = "a"
                weight = 70
                upstreams = ["main"]

                [[goal]]
                name = "b"
                weight = 30
                upstreams = ["backup"]

                [[pin]]
                goal = "b"
                users = ["b.*"]
                """);
        String url = "\"pool_url\":\"stratum+ssl://new.example.com:443\"";
        assertThat(problem(module("update_pool_config", "{" + url + "}"))
                        .problem()
                        .detail())
                .isEqualTo("goal is missing, and there are 2; say which one is to have the pool; known are a, b");
        assertThat(module("update_pool_config", "{" + url + ",\"goal\":\"b\"}").status())
                .isEqualTo(200);

        assertThat(gateway.inForce().routing().goals())
                .extracting(goal -> goal.name() + goal.weight() + goal.upstreams())
                .containsExactly("a70[main]", "b30[stratum+ssl://new.example.com:443]");
        assertThat(gateway.inForce().routing().pins()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"config\":{\"poolUrls\":[]}}", "{\"pool_url\":\"\"}", "{\"pool_url\":\"x\"}"})
    void aCallWithoutAPoolIsRejectedAndChangesNothing(String body) {
        ApiAnswer.Problem answer = problem(module("update_pool_config", body));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem().more()).containsEntry("result", "rejected").containsEntry("step", "validate");
        assertThat(gateway.asked()).isEmpty();
    }

    @Test
    void statisticsHaveTheNamesThatModulesKnow() {
        assertThat(text(json(module("get_pool_stats", ""))))
                .isEqualTo("{\"miner_count\":0,\"total_shares\":0,\"accepted_shares\":0,\"rejected_shares\":0}");
    }

    @Test
    void minersAndTemplateHaveTheNamesThatModulesKnow() {
        assertThat(text(json(module("get_connected_miners", "{}")))).isEqualTo("{\"miners\":[]}");
        assertThat(text(json(module("get_template", "")))).isEqualTo("{\"template\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "register_merge_mining_channel",
                "get_merge_mining_template",
                "submit_merge_mining_share",
                "get_block_merge_mining_rewards"
            })
    void mergeMiningIsRefusedAndNeverSeemsToWork(String method) {
        ApiAnswer.Problem answer = problem(module(method, "{\"chain_id\":\"rsk\"}"));

        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.problem().more()).containsEntry("error", "not_supported");
    }

    private List<PoolConfig> pools() {
        return gateway.inForce().routing().upstreams().stream()
                .map(UpstreamConfig::pool)
                .toList();
    }

    @Test
    void theManifestNamesEveryMethodThatDoesSomethingAndNoOther() {
        ModuleManifest manifest =
                (ModuleManifest) json(get("/module/v1/manifest")).body();

        assertThat(manifest.name()).isEqualTo("blvm-stratum-v2");
        assertThat(manifest.version()).isEqualTo(new RehearsedFarm().version());
        assertThat(manifest.capabilities()).isEmpty();
        assertThat(manifest.methods())
                .extracting(method -> method.name() + " " + method.scope())
                .containsExactly(
                        "update_pool_config operate",
                        "get_pool_config read",
                        "get_pool_stats read",
                        "get_connected_miners read",
                        "get_template read");
        for (ModuleManifest.Method method : manifest.methods()) {
            assertThat(module(method.name(), "{}").status()).as(method.name()).isNotIn(404, 501);
        }
        assertThat(manifest.events().published())
                .contains("MiningJobCreated", "ShareSubmitted", "MiningPoolConnected", "MiningPoolDisconnected");
        assertThat(manifest.events().taken())
                .containsExactlyInAnyOrder(
                        "BlockMined", "BlockTemplateUpdated", "ChainTipUpdated", "MiningDifficultyChanged");
    }

    private List<String> urls() {
        return pools().stream().map(pool -> pool.address().url()).toList();
    }

    private ApiAnswer get(String path) {
        return call("GET", path, Map.of(), Optional.empty(), "");
    }

    private ApiAnswer put(String path, String body) {
        return call("PUT", path, Map.of(), Optional.empty(), body);
    }

    private ApiAnswer post(String path, String body) {
        return call("POST", path, Map.of(), Optional.empty(), body);
    }

    private ApiAnswer module(String method, String body) {
        return post("/module/v1/call/" + method, body);
    }

    private ApiAnswer call(
            String method, String path, Map<String, String> query, Optional<String> ifMatch, String body) {
        CompletableFuture<ApiAnswer> answer = later(method, path, query, ifMatch, body);
        assertThat(answer).isDone();
        return answer.join();
    }

    private CompletableFuture<ApiAnswer> later(
            String method, String path, Map<String, String> query, Optional<String> ifMatch, String body) {
        for (Endpoint endpoint : catalogue.endpoints()) {
            Optional<Map<String, String>> variables = variables(endpoint.path().toString(), path);
            if (endpoint.method().name().equals(method) && variables.isPresent()) {
                try {
                    return endpoint.handler()
                            .handle(new ApiRequest(
                                    endpoint.method(),
                                    endpoint.path().toString(),
                                    variables.get(),
                                    query,
                                    ifMatch,
                                    Optional.empty(),
                                    body.getBytes(UTF_8),
                                    new Caller("tester", Optional.of(ApiScope.OPERATE)),
                                    "127.0.0.1",
                                    NOW))
                            .toCompletableFuture();
                } catch (ApiFault fault) {
                    return CompletableFuture.completedFuture(ApiAnswer.problem(fault.problem()));
                } catch (CompletionException bug) {
                    throw new AssertionError(bug);
                }
            }
        }
        throw new AssertionError("there is no " + method + " " + path);
    }

    private static Optional<Map<String, String>> variables(String template, String path) {
        String[] names = template.split("/");
        String[] parts = path.split("/");
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            if (names.length != parts.length || !names[i].startsWith("{") && !names[i].equals(parts[i])) {
                return Optional.empty();
            }
            if (names[i].startsWith("{")) {
                variables.put(names[i].substring(1, names[i].length() - 1), parts[i]);
            }
        }
        return Optional.of(variables);
    }

    private static ApiAnswer.Json json(ApiAnswer answer) {
        assertThat(answer).isInstanceOf(ApiAnswer.Json.class);
        return (ApiAnswer.Json) answer;
    }

    private static ApiAnswer.Problem problem(ApiAnswer answer) {
        assertThat(answer).isInstanceOf(ApiAnswer.Problem.class);
        return (ApiAnswer.Problem) answer;
    }

    private static String text(ApiAnswer.Json answer) {
        return new String(ApiJson.write(answer.body()), UTF_8);
    }
}
