package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiGate;
import sluice.proxy.api.ApiJson;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiTally;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.RequestHead;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API without sockets, asked by somebody who may read and operate. */
public final class AskedApi {
    private static final String SECRET = "secret-of-operator";

    private final ApiGate gate;
    private Optional<String> lastEventId = Optional.empty();

    public AskedApi(List<Endpoint> endpoints) {
        this.gate = new ApiGate(
                new ApiCatalogue(endpoints),
                new ApiTokens(List.of(new ApiTokenConfig("module", ApiScope.OPERATE, ApiTokens.sha256(SECRET)))),
                new ApiTally());
    }

    /** The next requests carry this header. */
    public AskedApi withLastEventId(String id) {
        lastEventId = Optional.of(id);
        return this;
    }

    public ApiAnswer get(String target) {
        return ask("GET", target, Optional.empty());
    }

    public ApiAnswer post(String target) {
        return ask("POST", target, Optional.empty());
    }

    public ApiAnswer post(String target, String body) {
        return ask("POST", target, Optional.of(body));
    }

    public ApiAnswer put(String target) {
        return ask("PUT", target, Optional.empty());
    }

    public ApiAnswer delete(String target) {
        return ask("DELETE", target, Optional.empty());
    }

    /** As {@link #get} where the answer may take its time. */
    public CompletableFuture<ApiAnswer> getLater(String target) {
        return askLater("GET", target, Optional.empty());
    }

    public static JsonNode json(ApiAnswer answer) {
        assertThat(answer).isInstanceOf(ApiAnswer.Json.class);
        return JsonMapper.shared().readTree(ApiJson.write(((ApiAnswer.Json) answer).body()));
    }

    public static ApiProblem problem(ApiAnswer answer) {
        assertThat(answer).isInstanceOf(ApiAnswer.Problem.class);
        return ((ApiAnswer.Problem) answer).problem();
    }

    private ApiAnswer ask(String method, String target, Optional<String> body) {
        return askLater(method, target, body).join();
    }

    private CompletableFuture<ApiAnswer> askLater(String method, String target, Optional<String> body) {
        RequestHead head = new RequestHead(
                method,
                target,
                Optional.of("127.0.0.1"),
                Optional.of("Bearer " + SECRET),
                body.map(json -> "application/json"),
                Optional.empty(),
                lastEventId,
                body.isPresent(),
                false,
                "127.0.0.1:50000");
        return switch (gate.admit(head, Instant.ofEpochSecond(1_700_000_000L))) {
            case ApiGate.Decision.Refused(var refusal) -> CompletableFuture.completedFuture(refusal);
            case ApiGate.Decision.Admitted(var call) ->
                call.answer(body.orElse("").getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
        };
    }
}
