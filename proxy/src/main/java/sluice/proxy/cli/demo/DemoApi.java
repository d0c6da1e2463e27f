package sluice.proxy.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import sluice.config.ApiConfig;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.GatewayConfig;
import sluice.config.KeptPools;
import sluice.config.ListenAddress;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.Farm;
import sluice.proxy.api.FarmApi;
import sluice.proxy.api.netty.ApiServer;
import sluice.proxy.api.netty.GatewayFarm;
import sluice.proxy.api.pool.Later;
import sluice.proxy.api.pool.PoolEndpoints;
import sluice.proxy.netty.Gateway;
import sluice.proxy.pool.LivePools;
import sluice.proxy.pool.PoolSwitch;
import sluice.proxy.view.FarmBooks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API of a farm's gateway, and a module that calls it as any other would: over HTTP, with a token. */
final class DemoApi implements AutoCloseable {
    private static final String RUN = "demo";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ExecutorService turns = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("changes").factory());
    private final ApiServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String token;
    private final URI base;

    /**
     * What came back.
     *
     * @param body JSON; empty where there is none
     * @param time from the call until it was there
     */
    record Reply(int http, JsonNode body, String tag, Duration time) {
        /** What became of a change: a member of the answer, or of the problem. */
        String result() {
            return body.path("result").asString("");
        }

        String step() {
            return body.path("step").asString("");
        }
    }

    /**
     * @param change of the gateway's pools
     * @param books a listener of the gateway
     * @param token may look and change pools
     */
    DemoApi(Gateway gateway, PoolSwitch change, GatewayConfig started, FarmBooks books, Stage stage, String token)
            throws IOException {
        this.token = token;
        this.server = new ApiServer(stage.clock());
        LivePools pools =
                new LivePools(change, KeptPools.in(started.dataDirectory()), started, RUN, turns, server.executor());
        PoolEndpoints endpoints = new PoolEndpoints(pools, RUN, Later.on(server.executor()), stage.clock());
        Farm farm = new GatewayFarm(
                gateway,
                books,
                server.executor(),
                new GatewayFarm.Settings(
                        stage.clock().instant(),
                        stage.softwareVersion(),
                        change::inForce,
                        started::logLevel,
                        unchanged -> {}));
        List<Endpoint> more = new ArrayList<>(endpoints.all());
        more.addAll(endpoints.forModules(farm).all());
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        server.open(
                new ApiConfig(
                        Optional.of(new ListenAddress(host, 0)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(new ApiTokenConfig(RUN, ApiScope.OPERATE, ApiTokens.sha256(token)))),
                FarmApi.catalogue(farm, server.tally(), more));
        InetSocketAddress address = server.address().orElseThrow();
        this.base = URI.create("http://" + host + ":" + address.getPort());
    }

    URI base() {
        return base;
    }

    /** Asks and waits. */
    Reply get(String path) throws IOException, InterruptedException {
        return await(send(request(path).GET().build()));
    }

    /** Changes something and waits. */
    Reply call(String method, String path, Object body) throws IOException, InterruptedException {
        return await(callLater(method, path, body, ""));
    }

    /** @param tag of what is to be changed; empty: whatever it is */
    CompletableFuture<Reply> callLater(String method, String path, Object body, String tag) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        HttpRequest.BodyPublishers.ofByteArray(
                                JsonMapper.shared().writeValueAsBytes(body)));
        if (!tag.isEmpty()) {
            request.header("If-Match", tag);
        }
        return send(request.build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE);
    }

    private CompletableFuture<Reply> send(HttpRequest request) {
        long asked = System.nanoTime();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(response -> new Reply(
                        response.statusCode(),
                        JsonMapper.shared().readTree(response.body()),
                        response.headers().firstValue("ETag").orElse(""),
                        Duration.ofNanos(System.nanoTime() - asked)));
    }

    private static Reply await(CompletableFuture<Reply> reply) throws IOException, InterruptedException {
        try {
            return reply.get();
        } catch (ExecutionException e) {
            throw new IOException("the API gave no answer: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        server.close();
        turns.shutdownNow();
    }
}
