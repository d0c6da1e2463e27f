package sluice.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;

class ApiGateTest {
    private static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");
    private static final byte[] NONE = {};

    record Done(String by) {}

    record Wish(String wish) {}

    private final List<ApiRequest> handled = new ArrayList<>();
    private final ApiTally tally = new ApiTally();
    private RuntimeException failure;
    private final ApiGate gate = new ApiGate(
            new ApiCatalogue(List.of(
                    Endpoint.open(ApiMethod.GET, "/open").answers(Done.class, this::handle),
                    Endpoint.of(ApiMethod.GET, "/miners/{id}", ApiScope.READ)
                            .query(QueryParameter.number("limit", 1, 500, "how many"))
                            .answers(Done.class, this::handle),
                    Endpoint.of(ApiMethod.PUT, "/wish", ApiScope.OPERATE)
                            .takes(Wish.class)
                            .answers(Done.class, this::handle),
                    Endpoint.of(ApiMethod.PUT, "/level", ApiScope.ADMIN)
                            .takes(Wish.class)
                            .answers(Done.class, this::handle))),
            new ApiTokens(List.of(token("reader", ApiScope.READ), token("operator", ApiScope.OPERATE))),
            tally);

    private static ApiTokenConfig token(String name, ApiScope scope) {
        return new ApiTokenConfig(name, scope, ApiTokens.sha256(secret(name)));
    }

    private static String secret(String name) {
        return "secret-of-" + name;
    }

    private CompletionStage<ApiAnswer> handle(ApiRequest request) {
        handled.add(request);
        if (failure != null) {
            throw failure;
        }
        return CompletableFuture.completedFuture(
                ApiAnswer.ok(new Done(request.caller().name())));
    }

    private static RequestHead head(String method, String target, String tokenOf) {
        return new RequestHead(
                method,
                target,
                Optional.of("127.0.0.1:7150"),
                tokenOf.isEmpty() ? Optional.empty() : Optional.of("Bearer " + secret(tokenOf)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                "127.0.0.1");
    }

    private static RequestHead withBody(RequestHead head, String contentType) {
        return new RequestHead(
                head.method(),
                head.target(),
                head.host(),
                head.authorization(),
                Optional.of(contentType),
                head.ifMatch(),
                head.lastEventId(),
                true,
                false,
                head.remote());
    }

    private static RequestHead to(String host, boolean trusted) {
        RequestHead head = head("GET", "/open", "");
        return new RequestHead(
                head.method(),
                head.target(),
                Optional.ofNullable(host),
                head.authorization(),
                head.contentType(),
                head.ifMatch(),
                head.lastEventId(),
                false,
                trusted,
                head.remote());
    }

    private ApiAnswer answer(RequestHead head) {
        return answer(head, NONE, NOW);
    }

    private ApiAnswer answer(RequestHead head, byte[] body, Instant now) {
        return switch (gate.admit(head, now)) {
            case ApiGate.Decision.Refused(var answer) -> answer;
            case ApiGate.Decision.Admitted(var call) ->
                call.answer(body).toCompletableFuture().join();
        };
    }

    private static Map<String, String> headersOf(ApiAnswer answer) {
        return switch (answer) {
            case ApiAnswer.Problem problem -> problem.headers();
            case ApiAnswer.Nothing nothing -> nothing.headers();
            default -> Map.of();
        };
    }

    @Test
    void handsTheEndpointWhatWasAsked() {
        assertThat(answer(head("GET", "/miners/a%20b?limit=7", "reader"))).isEqualTo(ApiAnswer.ok(new Done("reader")));

        ApiRequest request = handled.getFirst();
        assertThat(request.variable("id")).isEqualTo("a b");
        assertThat(request.number("limit", 100)).isEqualTo(7);
        assertThat(request.number("other", 100)).isEqualTo(100);
        assertThat(request.at()).isEqualTo(NOW);
        assertThat(request.caller().may(ApiScope.OPERATE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /miners/1, '', 401",
        "GET, /miners/1, stranger, 401",
        "PUT, /wish, '', 401",
        "PUT, /wish, reader, 403",
        "PUT, /wish, operator, 200",
        "PUT, /level, operator, 403",
        "GET, /miners/1, operator, 200",
        "GET, /open, '', 200",
        "GET, /open, stranger, 200",
        "GET, /nothing, operator, 404",
        "POST, /wish, operator, 405",
        "BREW, /wish, operator, 405",
        "HEAD, /miners/1, reader, 200",
        "OPTIONS, /wish, '', 204",
        "GET, /miners/1?limit=0, reader, 400",
        "GET, /miners/1?limit=501, reader, 400",
        "GET, /miners/1?limit=-1, reader, 400",
        "GET, /miners/1?limit=99999999999, reader, 400",
        "GET, /miners/1?limits=5, reader, 400",
        "GET, /miners/../wish, reader, 400",
    })
    void answersEachCallerAsItsScopeSays(String method, String target, String tokenOf, int status) {
        assertThat(answer(head(method, target, tokenOf)).status()).isEqualTo(status);
        assertThat(handled).hasSize(status == 200 ? 1 : 0);
    }

    @Test
    void namesWhatIsMissing() {
        assertThat(headersOf(answer(head("GET", "/miners/1", ""))))
                .containsEntry("WWW-Authenticate", "Bearer realm=\"sluice\"");
        assertThat(headersOf(answer(head("PUT", "/wish", "reader"))).get("WWW-Authenticate"))
                .contains("insufficient_scope");
        assertThat(headersOf(answer(head("DELETE", "/miners/1", "reader"))))
                .containsEntry("Allow", "GET, HEAD, OPTIONS");
        assertThat(tally.refusals())
                .containsOnly(Map.entry("no-token", 1L), Map.entry("wrong-scope", 1L), Map.entry("no-such-method", 1L));
    }

    @Test
    void saysNothingOfOtherOriginsWhereABrowserAsks() {
        ApiAnswer answer = answer(head("OPTIONS", "/wish", ""));
        assertThat(headersOf(answer)).containsOnly(Map.entry("Allow", "PUT, OPTIONS"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:7150",
                "[::1]:7150",
                "[::1]",
                "localhost",
                "LocalHost:7150",
                "192.168.1.2:80"
            })
    void takesRequestsForAnAddressOrLocalhost(String host) {
        assertThat(answer(to(host, false)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:7150",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "127.0.0.1:7150:7150",
                "127.0.0.1@evil.example",
                "127.1.evil",
                "2130706433x",
                "::1",
                "[evil.example]",
                "localhost:x",
                "",
                " "
            })
    void refusesRequestsForANameUnlessTlsHasProvedIt(String host) {
        assertThat(answer(to(host, false)).status()).isEqualTo(421);
        assertThat(answer(to(host, true)).status()).isEqualTo(200);
    }

    @Test
    void refusesARequestForNobody() {
        assertThat(answer(to(null, false)).status()).isEqualTo(421);
    }

    @Test
    void takesJsonAndNothingElse() {
        RequestHead wish = head("PUT", "/wish", "operator");
        byte[] body = "{\"wish\":\"rain\"}".getBytes(UTF_8);

        assertThat(answer(withBody(wish, "application/json; charset=utf-8"), body, NOW)
                        .status())
                .isEqualTo(200);
        assertThat(handled.getFirst().body(Wish.class)).isEqualTo(new Wish("rain"));
        assertThat(answer(withBody(wish, "text/plain"), body, NOW).status()).isEqualTo(415);
        assertThat(answer(withBody(wish, "application/x-www-form-urlencoded"), body, NOW)
                        .status())
                .isEqualTo(415);
        assertThat(answer(withBody(head("GET", "/open", ""), "application/json"), body, NOW)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void answersEachCallerSoOftenASecond() {
        for (int i = 0; i < RequestBudget.MAX_BURST; i++) {
            assertThat(answer(head("GET", "/miners/1", "reader")).status()).isEqualTo(200);
        }
        ApiAnswer refused = answer(head("GET", "/miners/1", "reader"));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(headersOf(refused)).containsEntry("Retry-After", "1");
        assertThat(answer(head("GET", "/miners/1", "operator")).status()).isEqualTo(200);
        assertThat(answer(head("GET", "/open", "")).status()).isEqualTo(200);

        Instant later = NOW.plusSeconds(1);
        for (int i = 0; i < RequestBudget.MAX_PER_SECOND; i++) {
            assertThat(answer(head("GET", "/miners/1", "reader"), NONE, later).status())
                    .isEqualTo(200);
        }
        assertThat(answer(head("GET", "/miners/1", "reader"), NONE, later).status())
                .isEqualTo(429);
        assertThat(tally.refusals()).containsEntry("too-many-requests", 2L);
    }

    @Test
    void aFaultIsItsProblemAndABugSaysNothingOfItself() {
        failure = new ApiFault(ApiProblem.notFound("no such miner"));
        assertThat(answer(head("GET", "/miners/1", "reader")))
                .isEqualTo(ApiAnswer.problem(ApiProblem.notFound("no such miner")));

        failure = new IllegalStateException("password=hunter2");
        ApiAnswer answer = answer(head("GET", "/miners/1", "reader"));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.toString()).doesNotContain("hunter2");
    }

    @Test
    void tokensAreKnownByTheirHashesOnly() {
        String token = ApiTokens.of(new byte[ApiTokens.TOKEN_BYTES]);
        assertThat(token).isEqualTo("sluice_" + "A".repeat(43));
        ApiTokens tokens = new ApiTokens(List.of(new ApiTokenConfig("a", ApiScope.READ, ApiTokens.sha256(token))));
        assertThat(tokens.callerOf(token)).contains(new Caller("a", Optional.of(ApiScope.READ)));
        assertThat(tokens.callerOf(ApiTokens.sha256(token))).isEmpty();
        assertThat(tokens.callerOf("")).isEmpty();
        assertThat(head("GET", "/open", "reader").toString()).doesNotContain("secret");
    }

    @Test
    void manyReasonsAreCountedApartAndTheRestTogether() {
        for (int i = 0; i < ApiTally.MAX_REASONS + 2; i++) {
            tally.refused("reason-" + i);
        }
        assertThat(tally.refusals()).hasSize(ApiTally.MAX_REASONS + 1).containsEntry("other", 2L);
    }

    @Test
    void noHeaderOfAnAnswerCanBeginAnother() {
        assertThatThrownBy(() -> new ApiAnswer.Json(200, Map.of("ETag", "\"1\"\r\nSet-Cookie: a=b"), new Done("")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
