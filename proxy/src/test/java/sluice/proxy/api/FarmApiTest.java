package sluice.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.api.RehearsedFarm.NOW;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.LogLevel;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.AnnouncedJobs;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.PlacementReason;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.mining.share.ShareVerdict;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FarmApiTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Hash256 HASH = Hash256.fromDisplay("00".repeat(8) + "ab".repeat(24));

    private final RehearsedFarm farm = new RehearsedFarm();
    private final ApiTally tally = new ApiTally();
    private final ApiCatalogue catalogue = FarmApi.catalogue(farm, tally, List.of());
    private final ApiGate gate = new ApiGate(
            catalogue,
            new ApiTokens(List.of(new ApiTokenConfig("admin", ApiScope.ADMIN, ApiTokens.sha256("t")))),
            tally);
    private long calls;

    @BeforeEach
    void twoMinersMine() {
        for (long id = 1; id <= 2; id++) {
            String user = "farm.rig" + id;
            farm.happened(
                    new GatewayEvent.MinerConnected(NOW.minusSeconds(600), id, "10.0.0." + id + ":4000", "default"),
                    new GatewayEvent.ChannelOpened(NOW.minusSeconds(600), id, 1, MinerProtocol.SV1, user),
                    new GatewayEvent.MinerPlaced(NOW, id, "default", 1, "", PlacementReason.WEIGHT),
                    new GatewayEvent.MinerTargetChanged(NOW, id, 1, Difficulty.targetOf(1_000 * id)),
                    share(id, user, ShareVerdict.ACCEPTED, 500),
                    share(id, user, ShareVerdict.ACCEPTED, 100),
                    share(id, user, ShareVerdict.LOW_DIFFICULTY, 50));
        }
        farm.happened(
                new GatewayEvent.MiningPoolConnected(NOW.minusSeconds(600), "main"),
                new GatewayEvent.MiningJobCreated(
                        NOW, 77, HASH, false, OptionalLong.of(900_000), AnnouncedJobs.of("main")),
                new GatewayEvent.ChainTipUpdated(NOW, HASH, 0x17034219L),
                new GatewayEvent.BlockFound(NOW, HASH, "farm.rig1", "main"),
                new GatewayEvent.BlockAnswered(NOW, HASH, "node", Optional.empty()),
                new GatewayEvent.BlockAnswered(NOW, HASH, "main", Optional.of("stale")),
                new GatewayEvent.AddressBanned(NOW, "192.0.2.7", NOW.plusSeconds(600), "malformed"));
    }

    private static GatewayEvent share(long connectionId, String user, ShareVerdict verdict, int secondsAgo) {
        return new GatewayEvent.ShareSubmitted(
                NOW.minusSeconds(secondsAgo),
                connectionId,
                1,
                MinerProtocol.SV1,
                user,
                77,
                verdict,
                verdict.isAccepted() ? 1_000 * connectionId : 0,
                Optional.empty());
    }

    private ApiAnswer call(String method, String target, String body) {
        RequestHead head = new RequestHead(
                method,
                target,
                Optional.of("localhost"),
                Optional.of("Bearer t"),
                Optional.of("application/json"),
                Optional.empty(),
                Optional.empty(),
                !body.isEmpty(),
                false,
                "127.0.0.1");
        // A second apart, so that the budget lasts.
        return switch (gate.admit(head, NOW.plusSeconds(calls++))) {
            case ApiGate.Decision.Refused(var answer) -> answer;
            case ApiGate.Decision.Admitted(var call) ->
                call.answer(body.getBytes(UTF_8)).toCompletableFuture().join();
        };
    }

    private JsonNode get(String path) {
        ApiAnswer answer = call("GET", "/api/v1" + path, "");
        assertThat(answer).as(path).isInstanceOf(ApiAnswer.Json.class);
        return JSON.readTree(ApiJson.write(((ApiAnswer.Json) answer).body()));
    }

    private static String textOf(ApiAnswer answer) {
        return switch (answer) {
            case ApiAnswer.Json json -> new String(ApiJson.write(json.body()), UTF_8);
            case ApiAnswer.Problem problem -> new String(ApiJson.write(problem.problem()), UTF_8);
            case ApiAnswer.Document document -> new String(document.bytes(), UTF_8);
            case ApiAnswer.Nothing nothing -> "";
            case ApiAnswer.Stream stream -> "";
        };
    }

    /** A path of every endpoint that reads, with something that exists in place of its variables. */
    private List<Map.Entry<Endpoint, String>> reads() {
        List<Map.Entry<Endpoint, String>> reads = new ArrayList<>();
        for (Endpoint endpoint : catalogue.endpoints()) {
            if (endpoint.method() == ApiMethod.GET) {
                reads.add(Map.entry(
                        endpoint,
                        endpoint.path()
                                .toString()
                                .replace("{id}", "1")
                                .replace("{name}", "main")
                                .replace("{goal}", "default")));
            }
        }
        return reads;
    }

    @Test
    void everythingThatIsReadIsAnswered() {
        assertThat(reads()).hasSizeGreaterThan(12);
        for (Map.Entry<Endpoint, String> read : reads()) {
            assertThat(call("GET", read.getValue(), "").status())
                    .as(read.getValue())
                    .isEqualTo(200);
        }
    }

    @Test
    void noAnswerHasASecret() {
        farm.routed(RehearsedFarm.holding(
                RehearsedFarm.lost("main", "CONNECT: refused"), RehearsedFarm.lost("solo", "no template")));
        for (Map.Entry<Endpoint, String> read : reads()) {
            assertThat(textOf(call("GET", read.getValue(), "")))
                    .as(read.getValue())
                    .doesNotContain("hunter2", RehearsedFarm.TOKEN_HASH, ApiTokens.sha256("t"));
        }
        assertThat(textOf(call("PUT", "/api/v1/log-level", "{\"level\":\"hunter2\"}")))
                .doesNotContain("hunter2");
    }

    @Test
    void everyAnswerIsWhatTheDocumentSays() {
        JsonNode document = JSON.readTree(textOf(call("GET", "/api/v1/openapi.json", "")));
        for (Map.Entry<Endpoint, String> read : reads()) {
            if (read.getKey().answer() instanceof Endpoint.Content.Json) {
                JsonNode schema =
                        document.at("/paths/" + read.getKey().path().toString().replace("/", "~1")
                                + "/get/responses/200/content/application~1json/schema");
                JsonNode answer = JSON.readTree(textOf(call("GET", read.getValue(), "")));
                assertThat(SchemaCheck.faults(document, schema, answer, "$"))
                        .as(read.getValue())
                        .isEmpty();
            }
        }
        JsonNode problem = JSON.readTree(textOf(call("GET", "/api/v1/miners/99", "")));
        assertThat(SchemaCheck.faults(document, document.at("/components/schemas/ApiProblem"), problem, "$"))
                .isEmpty();
    }

    @Test
    void aFarmThatMinesAsItShouldHasNoReasonsToGive() {
        JsonNode status = get("/status");

        assertThat(status.get("state").asString()).isEqualTo("mining");
        assertThat(status.get("reasons").isEmpty()).isTrue();
        assertThat(status.get("connections").asInt()).isEqualTo(2);
        assertThat(status.get("shares").get("accepted").asLong()).isEqualTo(4);
        assertThat(status.get("uptime_seconds").asDouble()).isEqualTo(3_600);
        assertThat(status.get("hashrate").get("5m").asDouble()).isPositive();
    }

    @Test
    void aFarmOnItsSecondPoolSaysWhyTheFirstIsNotUsed() {
        farm.routed(RehearsedFarm.feeding(
                "backup",
                RehearsedFarm.lost("main", "CONNECT: connection refused"),
                RehearsedFarm.ready("backup"),
                RehearsedFarm.lost("solo", "nobody cares")));
        JsonNode status = get("/status");

        assertThat(status.get("state").asString()).isEqualTo("degraded");
        assertThat(status.get("reasons").toString())
                .isEqualTo("[{\"subject\":\"upstream main\",\"since\":\"2026-11-28T04:59:00Z\","
                        + "\"text\":\"CONNECT: connection refused\"}]");
    }

    @Test
    void aFarmWithoutWorkSaysWhyDownToItsNode() {
        farm.routed(RehearsedFarm.holding(
                RehearsedFarm.lost("main", "CONNECT: connection refused"),
                RehearsedFarm.lost("backup", "SETUP: wrong key"),
                RehearsedFarm.lost("solo", "no template")));
        JsonNode status = get("/status");

        assertThat(status.get("state").asString()).isEqualTo("down");
        assertThat(status.get("reasons")
                        .valueStream()
                        .map(reason -> reason.get("subject").asString() + " < "
                                + reason.path("because").asString("-")))
                .containsExactly(
                        "goal default < -",
                        "upstream main < goal default",
                        "upstream backup < goal default",
                        "upstream solo < goal default",
                        "template source node < upstream solo");
        assertThat(status.get("reasons").get(4).get("text").asString()).isEqualTo("connection refused");
    }

    @Test
    void upstreamsAndGoalsSayHowTheyStand() {
        JsonNode main = get("/upstreams/main");
        assertThat(main.get("state").asString()).isEqualTo("ready");
        assertThat(main.get("url").asString()).isEqualTo("stratum+tcp://main.example.com:3333");
        assertThat(main.get("feeds").toString()).isEqualTo("[\"default\"]");
        assertThat(get("/upstreams").get("revision").asLong()).isEqualTo(3);
        assertThat(get("/goals/default").get("lanes").get(0).get("upstream").asString())
                .isEqualTo("main");
        assertThat(call("GET", "/api/v1/goals/other", "").status()).isEqualTo(404);
        assertThat(call("GET", "/api/v1/upstreams/other", "").status()).isEqualTo(404);
    }

    @Test
    void aGoalWithVeryManyLanesIsShownInPartAndCountedWhole() {
        List<RoutingStanding.LaneStanding> lanes = IntStream.rangeClosed(1, RoutingEndpoints.MAX_LANES_LISTED + 1)
                .mapToObj(number -> new RoutingStanding.LaneStanding(
                        number, Optional.of("rig" + number), Optional.of("main"), Optional.empty(), 1, List.of()))
                .toList();
        farm.routed(new RoutingStanding(
                3,
                List.of(new RoutingStanding.GoalStanding(
                        "default", 100, Optional.empty(), Optional.empty(), false, lanes))));
        JsonNode goal = get("/goals/default");
        assertThat(goal.get("lanes").size()).isEqualTo(RoutingEndpoints.MAX_LANES_LISTED);
        assertThat(goal.get("lane_count").asInt()).isEqualTo(RoutingEndpoints.MAX_LANES_LISTED + 1);
    }

    @Test
    void aMinerIsShownWithItsChannelsAndGoneWhenItIsGone() {
        JsonNode miner = get("/miners/2");
        assertThat(miner.get("remote_address").asString()).isEqualTo("10.0.0.2:4000");
        assertThat(miner.get("goal").asString()).isEqualTo("default");
        JsonNode channel = miner.get("channels").get(0);
        assertThat(channel.get("protocol").asString()).isEqualTo("sv1");
        assertThat(channel.get("difficulty").asDouble()).isBetween(1_999.0, 2_001.0);
        assertThat(channel.get("shares").get("rejected").asLong()).isEqualTo(1);

        farm.happened(new GatewayEvent.MinerDisconnected(NOW, 2, "closed", ""));
        assertThat(call("GET", "/api/v1/miners/2", "").status()).isEqualTo(404);
        assertThat(call("GET", "/api/v1/miners/two", "").status()).isEqualTo(404);
    }

    private String ids(String query) {
        Matcher ids = Pattern.compile("\\{\"id\":(\\d+),\"remote")
                .matcher(get("/miners" + query).toString());
        return String.join(" ", ids.results().map(found -> found.group(1)).toList());
    }

    @Test
    void minersAreFilteredAndSorted() {
        assertThat(ids("")).isEqualTo("1 2");
        assertThat(ids("?sort=-hashrate")).isEqualTo("2 1");
        assertThat(ids("?sort=hashrate&limit=1")).isEqualTo("1");
        assertThat(ids("?user=farm.rig2")).isEqualTo("2");
        assertThat(ids("?address=10.0.0.1:")).isEqualTo("1");
        assertThat(ids("?protocol=sv2-standard")).isEmpty();
        assertThat(ids("?listener=default&goal=default")).isEqualTo("1 2");
        assertThat(call("GET", "/api/v1/miners?sort=password", "").status()).isEqualTo(400);
    }

    @Test
    void pagesLeaveNobodyOutWhoeverComesAndGoes() {
        for (long id = 3; id <= 9; id++) {
            farm.happened(new GatewayEvent.MinerConnected(NOW, id, "10.0.0." + id + ":4000", "default"));
        }
        List<Long> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get("/miners?limit=3" + cursor);
            page.get("miners").forEach(miner -> seen.add(miner.get("id").asLong()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asString()
                    : "";
            // The last of the page goes, and so does one of a page before.
            farm.happened(
                    new GatewayEvent.MinerDisconnected(NOW, seen.getLast(), "closed", ""),
                    new GatewayEvent.MinerDisconnected(NOW, 1, "closed", ""));
        } while (!cursor.isEmpty());

        assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(call("GET", "/api/v1/miners?cursor=guess", "").status()).isEqualTo(400);
        assertThat(call("GET", "/api/v1/miners?limit=" + (Paging.MAX_ENTRIES + 1), "")
                        .status())
                .isEqualTo(400);
        assertThat(call("GET", "/api/v1/miners?cursor=" + "a".repeat(Paging.MAX_CURSOR_LENGTH + 1), "")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void workersAreThereAlsoWithoutAConnection() {
        farm.happened(new GatewayEvent.MinerDisconnected(NOW, 1, "closed", ""));

        JsonNode workers = get("/workers?user=farm.&sort=-hashrate").get("workers");
        assertThat(workers.get(0).get("user").asString()).isEqualTo("farm.rig2");
        assertThat(workers.get(1).get("connections").asInt()).isZero();
        assertThat(workers.get(1).get("shares").get("accepted").asLong()).isEqualTo(2);
        assertThat(get("/workers?online=true").get("total").asInt()).isEqualTo(1);
        assertThat(get("/workers?online=false")
                        .get("workers")
                        .get(0)
                        .get("user")
                        .asString())
                .isEqualTo("farm.rig1");
    }

    @Test
    void workSharesBlocksAndBansAreShown() {
        assertThat(get("/job").toString())
                .contains("\"job_id\":77", "\"height\":900000", "\"nbits\":\"17034219\"", HASH.toString());
        assertThat(get("/template").get("unavailable").asString()).isEqualTo("connection refused");
        JsonNode refused = get("/shares?result=refused&user=farm.rig1");
        assertThat(refused.get("shares").size()).isEqualTo(1);
        assertThat(refused.get("shares").get(0).get("verdict").asString()).isEqualTo("low-difficulty");
        assertThat(refused.get("refused_by_reason").get("low-difficulty").asLong())
                .isEqualTo(2);
        JsonNode blocks = get("/blocks");
        assertThat(blocks.get("blocks").get(0).get("answers").toString())
                .isEqualTo("{\"main\":\"stale\",\"node\":\"accepted\"}");
        assertThat(get("/limits").get("bans").get(0).get("address").asString()).isEqualTo("192.0.2.7");
        calls += Duration.ofMinutes(11).toSeconds();
        assertThat(get("/limits").get("bans").isEmpty()).isTrue();
    }

    @Test
    void theLogLevelIsSetByWhoMay() {
        assertThat(call("PUT", "/api/v1/log-level", "{\"level\":\"debug\"}").status())
                .isEqualTo(200);
        assertThat(farm.logLevel()).isEqualTo(LogLevel.DEBUG);
        assertThat(get("/log-level").get("level").asString()).isEqualTo("debug");
        assertThat(call("PUT", "/api/v1/log-level", "{\"level\":\"loud\"}").status())
                .isEqualTo(422);
        assertThat(catalogue.endpoints())
                .filteredOn(endpoint -> endpoint.method().writes())
                .allMatch(endpoint ->
                        endpoint.scope().isPresent() && endpoint.scope().get() != ApiScope.READ);
    }
}
