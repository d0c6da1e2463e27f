package sluice.endtoend;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.temporaryRedirect;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The workers for MiningOS before a Sluice that is slow, in trouble, or none: only what is applied is a success. */
class MiningOsPatienceTest {
    private static final String UPDATE = "/module/v1/call/update_pool_config";
    private static final String CHANGE = "/api/v1/changes/7";
    private static final String PENDING = "{\"result\":\"pending\",\"change\":\"7\"}";

    @TempDir
    private Path directory;

    private final WireMockServer sluice =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
    private JavaScriptWorker rack;

    @BeforeEach
    void start() throws IOException {
        sluice.start();
        JavaScriptWorker.install(directory);
        rack = new JavaScriptWorker(
                directory,
                "workers/sluice.rack.miner.wrk.js",
                "wrk-miner-rack-sluice",
                Map.of(
                        "sluice",
                        sluiceJson(),
                        "base.thing",
                        Map.of(
                                "miner",
                                Map.of(
                                        "pools",
                                        List.of(Map.of("url", "stratum+tcp://pool:3333", "worker_name", "farm"))))));
        rack.ask("registerThing", Map.of("id", "gateway1", "opts", Map.of("address", "127.0.0.1")));
    }

    @AfterEach
    void end() {
        rack.close();
        sluice.stop();
    }

    private Map<String, String> sluiceJson() {
        return Map.of("apiUrl", sluice.baseUrl(), "token", "secret");
    }

    private JsonNode setupPools(Object... params) {
        return rack.ask("queryThing", Map.of("id", "gateway1", "method", "setupPools", "params", List.of(params)));
    }

    private String failure() {
        JsonNode result = setupPools();
        assertThat(result.get("success").asBoolean()).as("%s", result).isFalse();
        return result.get("error_msg").asString();
    }

    private void answers(ResponseDefinitionBuilder answer) {
        sluice.stubFor(post(UPDATE).willReturn(answer));
    }

    private void isPendingThen(String end) {
        answers(jsonResponse(PENDING, 202));
        sluice.stubFor(get(CHANGE)
                .inScenario("change")
                .whenScenarioStateIs(STARTED)
                .willReturn(jsonResponse(PENDING, 200))
                .willSetStateTo("settled"));
        sluice.stubFor(
                get(CHANGE).inScenario("change").whenScenarioStateIs("settled").willReturn(jsonResponse(end, 200)));
    }

    private static Map<String, String> pool(String url, String password) {
        return Map.of("url", url, "workerName", "farm", "workerPassword", password);
    }

    @Test
    void poolsAreSentAsTheyStandWithoutTheIdOfTheThing() {
        answers(jsonResponse("{\"result\":\"applied\",\"change\":\"7\"}", 200));

        JsonNode result = setupPools(Map.of(
                "config",
                Map.of(
                        "id",
                        "pools-7",
                        "poolUrls",
                        List.of(pool("stratum+tcp://a:1", ""), pool("", ""), pool("stratum+tcp://b:2", "x")))));

        assertThat(result.get("success").asBoolean()).as("%s", result).isTrue();
        sluice.verify(postRequestedFor(urlEqualTo(UPDATE))
                .withHeader("Authorization", equalTo("Bearer secret"))
                .withRequestBody(equalToJson("""
                                {"config": {"poolUrls": [
                                  {"url": "stratum+tcp://a:1", "workerName": "farm"},
                                  {"url": "stratum+tcp://b:2", "workerName": "farm", "workerPassword": "x"}]}}""")));
    }

    @Test
    void aThingMayNameTheGoalAndASluiceOfItsOwn() {
        answers(jsonResponse("{\"result\":\"applied\",\"change\":\"7\"}", 200));
        Map<String, Object> opts = Map.of("goal", "hosted", "apiUrl", sluice.baseUrl() + "/", "token", "another");
        rack.ask("registerThing", Map.of("id", "gateway1", "opts", opts));

        assertThat(setupPools().get("success").asBoolean()).isTrue();
        sluice.verify(postRequestedFor(urlEqualTo(UPDATE))
                .withHeader("Authorization", equalTo("Bearer another"))
                .withRequestBody(matchingJsonPath("$.goal", equalTo("hosted"))));
    }

    @Test
    void whatTakesLongerIsASuccessWhenItIsApplied() {
        isPendingThen("{\"result\":\"applied\",\"change\":\"7\"}");

        assertThat(setupPools().get("success").asBoolean()).isTrue();
        sluice.verify(2, getRequestedFor(urlEqualTo(CHANGE)));
    }

    @Test
    void whatTakesLongerAndIsRejectedFailsWithTheReason() {
        isPendingThen("""
                {"result":"rejected","change":"7","step":"first_job","upstream":"main","reason":"it gave no job"}""");

        assertThat(failure()).isEqualTo("ERR_SLUICE_REJECTED: change 7: step first_job: upstream main: it gave no job");
    }

    @Test
    void whatIsNeverDecidedFailsAndNamesTheChange() {
        answers(jsonResponse(PENDING, 202));
        sluice.stubFor(get(CHANGE).willReturn(jsonResponse(PENDING, 200)));

        assertThat(failure()).startsWith("ERR_SLUICE_PENDING: change 7: ");
        sluice.verify(60, getRequestedFor(urlEqualTo(CHANGE)));
    }

    @Test
    void anAnswerThatIsNoneOfSluicesFails() {
        answers(aResponse().withStatus(502).withBody("<html>"));

        assertThat(failure()).startsWith("ERR_SLUICE_HTTP_502: ").endsWith("answers no JSON");
    }

    @Test
    void aRedirectIsNotFollowed() {
        answers(temporaryRedirect(sluice.baseUrl() + "/elsewhere"));

        assertThat(failure()).startsWith("ERR_SLUICE_UNREACHABLE: ");
        sluice.verify(0, getRequestedFor(urlEqualTo("/elsewhere")));
    }

    @Test
    void aSluiceThatIsGoneFails() {
        sluice.stop();

        assertThat(failure()).startsWith("ERR_SLUICE_UNREACHABLE: ");
    }

    @Test
    void theGatewayIsNoneOfTheMachinesOfWhichTheFarmsSumsAreMade() {
        assertThat(rack.ask("collectSnaps", Map.of()).get("summed")).isEmpty();
    }

    @Test
    void theDataWorkerMakesNothingUp() {
        try (JavaScriptWorker worker = new JavaScriptWorker(
                directory,
                "workers/sluice.rack.minerpool.wrk.js",
                "wrk-minerpool-rack-sluice",
                Map.of("sluice", sluiceJson()))) {
            for (String key : List.of("transactions", "blocks", "stats-history", "workers-count")) {
                assertThat(answer(worker, Map.of("query", Map.of("key", key))))
                        .as(key)
                        .isEmpty();
            }
            for (String key : List.of("toString", "balance")) {
                assertThat(answer(worker, Map.of("query", Map.of("key", key))).isMissingNode())
                        .as(key)
                        .isTrue();
            }
            assertThat(answer(worker, Map.of("query", Map.of())).asString()).isEqualTo("[HRPC_ERR]=ERR_KEY_INVALID");
            assertThat(answer(worker, Map.of()).asString()).isEqualTo("[HRPC_ERR]=ERR_QUERY_INVALID");
        }
    }

    private static JsonNode answer(JavaScriptWorker worker, Map<String, ?> request) {
        return worker.ask("getWrkExtData", request);
    }
}
