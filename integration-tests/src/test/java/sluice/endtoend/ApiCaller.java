package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sluice.proxy.api.ApiTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Another system that calls the API of a Sluice: over HTTP, with a token of its own. */
final class ApiCaller implements AutoCloseable {
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final String token;

    /** What came back. */
    record Reply(int status, JsonNode body, Optional<String> tag) {
        String text(String member) {
            return body.path(member).asString("");
        }
    }

    ApiCaller(InetSocketAddress api, String name) {
        this.base = "http://" + api.getAddress().getHostAddress() + ":" + api.getPort();
        this.token = secretOf(name);
    }

    static String secretOf(String name) {
        return "secret-of-" + name;
    }

    /** The table that lets a caller of this name in. */
    static String table(String name, String scope) {
        return """
                [[api_token]]
                name = "%s"
                scopes = ["%s"]
                sha256 = "%s"
                """.formatted(name, scope, ApiTokens.sha256(secretOf(name)));
    }

    Reply get(String path) throws Exception {
        return now(send(request(path).GET()));
    }

    Reply put(String path, String body) throws Exception {
        return now(call("PUT", path, body, Optional.empty()));
    }

    Reply post(String path, String body) throws Exception {
        return now(call("POST", path, body, Optional.empty()));
    }

    /** @param tag of what is to be changed, as it was told */
    CompletableFuture<Reply> call(String method, String path, String body, Optional<String> tag) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        tag.ifPresent(seen -> request.header("If-Match", seen));
        return send(request);
    }

    /** What happens, from the oldest that is kept on, and only events of these types. */
    HeardEvents events(String types) throws Exception {
        return hear("last_event_id=oldest&type=" + types);
    }

    /** What happens from now on, and only events of these types. */
    HeardEvents eventsFromNow(String types) throws Exception {
        return hear("type=" + types);
    }

    private HeardEvents hear(String query) throws Exception {
        HttpResponse<InputStream> answer =
                http.send(request("/api/v1/events?" + query).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new HeardEvents(answer.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + token);
    }

    private CompletableFuture<Reply> send(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                .thenCompose(response -> response.statusCode() == TOO_MANY_REQUESTS
                        ? later(request, response.headers().firstValueAsLong("Retry-After"))
                        : CompletableFuture.completedFuture(new Reply(
                                response.statusCode(),
                                JsonMapper.shared().readTree(response.body()),
                                response.headers().firstValue("ETag"))));
    }

    /** As it is told: whoever waits for something asks more often than the API answers, and on a slow machine waits long. */
    private CompletableFuture<Reply> later(HttpRequest.Builder request, OptionalLong seconds) {
        return CompletableFuture.supplyAsync(
                        () -> send(request), CompletableFuture.delayedExecutor(seconds.orElseThrow(), TimeUnit.SECONDS))
                .thenCompose(again -> again);
    }

    static Reply now(CompletableFuture<Reply> reply) throws Exception {
        Reply came = reply.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(came.status()).as("%s", came.body()).isNotIn(401, 403, 404, 500);
        return came;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
