package sluice.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.api.RehearsedFarm.NOW;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CoinbaseEndpointsTest {
    private static final String PATH = "/api/v1/coinbase-provider";
    private static final String PREV_HASH = "0000000000000000abababababababababababababababababababababababab";
    private static final String SCRIPT = "0014" + "00".repeat(20);
    private static final String OCEAN = "{\"name\":\"ocean\",\"tag\":\"/ocean/\",\"min_difficulty\":1024}";

    private final RehearsedFarm farm = new RehearsedFarm();
    private final ApiTally tally = new ApiTally();
    private final ApiGate gate = new ApiGate(
            FarmApi.catalogue(farm, tally, List.of()),
            new ApiTokens(List.of(
                    new ApiTokenConfig("module", ApiScope.OPERATE, ApiTokens.sha256("operate")),
                    new ApiTokenConfig("dashboard", ApiScope.READ, ApiTokens.sha256("read")))),
            tally);
    private String token = "operate";
    private long calls;

    private ApiAnswer call(String method, String target, String body) {
        RequestHead head = new RequestHead(
                method,
                target,
                Optional.of("localhost"),
                Optional.of("Bearer " + token),
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

    private JsonNode json(String method, String target, String body) {
        ApiAnswer answer = call(method, target, body);
        assertThat(answer).isInstanceOf(ApiAnswer.Json.class);
        return JsonMapper.shared().readTree(ApiJson.write(((ApiAnswer.Json) answer).body()));
    }

    private ApiProblem problem(String method, String target, String body) {
        ApiAnswer answer = call(method, target, body);
        assertThat(answer).isInstanceOf(ApiAnswer.Problem.class);
        return ((ApiAnswer.Problem) answer).problem();
    }

    private void templateWorth(long value) {
        farm.templates(
                new TemplateEvent.NewTip(new Template(
                        1,
                        900_000,
                        0x2000_0000L,
                        new ChainTip(Hash256.fromDisplay(PREV_HASH), 0x17034219L, NOW.getEpochSecond()),
                        Target.ofCompact(0x17034219L),
                        NOW.getEpochSecond(),
                        new TemplateCoinbase(2, 0, 0, Bytes.fromHex("0320bc0d"), value, List.of(), Bytes.EMPTY),
                        MerklePath.EMPTY,
                        Optional.of(TemplateTransactions.NONE),
                        Optional.empty())),
                NOW);
    }

    private static String outputs(long requestId, long value, String outputs) {
        return "{\"request_id\":%d,\"prev_hash\":\"%s\",\"value\":%d,\"outputs\":[%s]}"
                .formatted(requestId, PREV_HASH, value, outputs);
    }

    private static String output(long value) {
        return "{\"script\":\"" + SCRIPT + "\",\"value\":" + value + "}";
    }

    @Test
    void aModuleRegistersIsAskedAndAnswers() {
        assertThat(json("GET", PATH, "").get("state").asString()).isEqualTo("none");
        JsonNode registered = json("PUT", PATH, OCEAN);
        assertThat(registered.get("state").asString()).isEqualTo("no-template");
        assertThat(registered.get("provider").toString())
                .isEqualTo("{\"name\":\"ocean\",\"tag\":\"/ocean/\",\"min_difficulty\":1024.0,\"deadline_ms\":2000,"
                        + "\"max_output_bytes\":1000,\"max_sigops\":320}");

        templateWorth(312_500_000);
        JsonNode asked = json("GET", PATH, "");
        assertThat(asked.get("state").asString()).isEqualTo("waiting");
        assertThat(asked.get("wanted").toString())
                .isEqualTo("{\"request_id\":1,\"prev_hash\":\"" + PREV_HASH + "\",\"height\":900000,"
                        + "\"value\":312500000,\"until\":\"" + NOW.plus(Duration.ofSeconds(2)) + "\"}");

        JsonNode paying = json("POST", PATH + "/outputs", outputs(1, 312_500_000, output(312_500_000)));
        assertThat(paying.get("state").asString()).isEqualTo("paying");
        assertThat(paying.get("paying").toString())
                .isEqualTo("{\"outputs\":[{\"script\":\"" + SCRIPT + "\",\"value\":312500000}]}");
        assertThat(paying.has("wanted")).isFalse();
        assertThat(paying.get("asked").asLong()).isEqualTo(1);
        assertThat(paying.get("taken").asLong()).isEqualTo(1);

        assertThat(json("DELETE", PATH, "").get("state").asString()).isEqualTo("none");
        assertThat(problem("DELETE", PATH, "").status()).isEqualTo(409);
    }

    @Test
    void whatCannotBePaidIsRefusedWithTheReasonAndStatusNamesIt() {
        json("PUT", PATH, OCEAN);
        templateWorth(5_000);
        ApiProblem tooMuch = problem("POST", PATH + "/outputs", outputs(1, 5_000, output(5_001)));
        assertThat(tooMuch.status()).isEqualTo(422);
        assertThat(tooMuch.code()).isEqualTo("coinbase-refused");
        assertThat(tooMuch.more()).containsEntry("reason", "sum-above-reward");
        assertThat(problem("POST", PATH + "/outputs", outputs(7, 5_000, output(1)))
                        .status())
                .isEqualTo(404);
        assertThat(problem("POST", PATH + "/outputs", outputs(1, 4_999, output(1)))
                        .more())
                .containsEntry("reason", "wrong-value");

        JsonNode status = json("GET", "/api/v1/status", "");
        assertThat(status.get("state").asString()).isEqualTo("degraded");
        assertThat(status.get("reasons")
                        .valueStream()
                        .map(reason -> reason.get("subject").asString() + ": "
                                + reason.get("text").asString()))
                .containsExactly("coinbase provider ocean: its outputs are refused: request 1 is about 5000 satoshis:"
                        + " jobs pay the configured payout");
        assertThat(json("GET", PATH, "").get("refused").toString())
                .isEqualTo("{\"sum-above-reward\":1,\"unknown-request\":1,\"wrong-value\":1}");
    }

    @Test
    void anotherModuleIsToldWhoseThePlaceIs() {
        json("PUT", PATH, OCEAN);
        ApiProblem taken = problem("PUT", PATH, "{\"name\":\"other\"}");
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.detail()).contains("ocean");
        assertThat(taken.more()).containsEntry("reason", "another-provider");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"\"}",
                "{\"name\":\"a b\"}",
                "{\"name\":\"a\",\"tag\":\"\\u0007\"}",
                "{\"name\":\"a\",\"min_difficulty\":0}",
                "{\"name\":\"a\",\"min_difficulty\":1e300}",
                "{\"name\":\"a\",\"deadline_ms\":99}",
                "{\"name\":\"a\",\"max_output_bytes\":-1}",
                "{\"name\":\"a\",\"max_output_bytes\":16001}",
                "{\"name\":\"a\",\"max_sigops\":2147483647}",
            })
    void termsThatCannotBeAreUnprocessable(String body) {
        assertThat(problem("PUT", PATH, body).status()).isEqualTo(422);
        assertThat(json("GET", PATH, "").get("state").asString()).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"request_id\":1}|400",
                "{\"request_id\":1,\"prev_hash\":\"abc\",\"value\":1,\"outputs\":[]}|422",
                "{\"request_id\":1,\"prev_hash\":\"" + PREV_HASH + "\",\"value\":1,\"outputs\":[null]}|422",
                "{\"request_id\":1,\"prev_hash\":\"" + PREV_HASH + "\",\"value\":1,\"outputs\":[{\"value\":1}]}|400",
            })
    void answersThatAreNoneAreRefusedBeforeAnybodyLooks(String body, int status) {
        json("PUT", PATH, OCEAN);
        assertThat(problem("POST", PATH + "/outputs", body).status()).isEqualTo(status);
        assertThat(json("GET", PATH, "").get("refused")).isEmpty();
    }

    @Test
    void onlyOperatorsSayWhomCoinbasesPay() {
        token = "read";
        assertThat(json("GET", PATH, "").get("state").asString()).isEqualTo("none");
        assertThat(problem("PUT", PATH, OCEAN).status()).isEqualTo(403);
        assertThat(problem("POST", PATH + "/outputs", outputs(1, 1, output(1))).status())
                .isEqualTo(403);
        assertThat(problem("DELETE", PATH, "").status()).isEqualTo(403);
    }
}
