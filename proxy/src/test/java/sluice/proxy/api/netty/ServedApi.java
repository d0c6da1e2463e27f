package sluice.proxy.api.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import sluice.config.ApiConfig;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.ListenAddress;
import sluice.config.TlsFiles;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.ApiStream;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.Endpoint;

/** An API of a few endpoints on loopback that does what a test wants. */
final class ServedApi implements AutoCloseable {
    static final String READER = "sluice_reader";
    static final String OPERATOR = "sluice_operator";
    static final ApiDeadlines IN_NO_HURRY = ApiDeadlines.DEFAULT;
    private static final Duration SHORT = Duration.ofMillis(150);

    /** In which callers are soon closed that send nothing, or not all. */
    static final ApiDeadlines IN_A_HURRY_TO_HEAR = new ApiDeadlines(
            SHORT, SHORT, ApiDeadlines.ANSWER_TIMEOUT, ApiDeadlines.WRITE_TIMEOUT, ApiDeadlines.LINGER_TIMEOUT);
    /** In which handlers have to answer soon, and the connection ends soon afterwards. */
    static final ApiDeadlines IN_A_HURRY_TO_ANSWER = new ApiDeadlines(
            ApiDeadlines.REQUEST_TIMEOUT, SHORT, SHORT, ApiDeadlines.WRITE_TIMEOUT, ApiDeadlines.LINGER_TIMEOUT);
    /** In which answers have to be read soon. */
    static final ApiDeadlines IN_A_HURRY_TO_BE_READ = new ApiDeadlines(
            ApiDeadlines.REQUEST_TIMEOUT,
            ApiDeadlines.IDLE_TIMEOUT,
            ApiDeadlines.ANSWER_TIMEOUT,
            SHORT,
            ApiDeadlines.LINGER_TIMEOUT);

    record Echo(String said) {}

    record Body(String text) {}

    final ConcurrentLinkedQueue<String> handled = new ConcurrentLinkedQueue<>();
    final AtomicReference<ApiStream> stream = new AtomicReference<>();
    private final ApiServer server;

    private ServedApi(ApiConfig config, ApiDeadlines deadlines) throws IOException {
        server = new ApiServer(InstantSource.system(), deadlines);
        try {
            server.open(config, new ApiCatalogue(endpoints()));
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    static ServedApi onPort(ApiDeadlines deadlines) throws IOException {
        return new ServedApi(config(Optional.empty(), Optional.empty()), deadlines);
    }

    static ServedApi overTls(TlsFiles files) throws IOException {
        return new ServedApi(config(Optional.empty(), Optional.of(files)), IN_NO_HURRY);
    }

    static ServedApi onSocket(Path socket) throws IOException {
        return new ServedApi(
                new ApiConfig(Optional.empty(), Optional.of(socket), Optional.empty(), tokens()), IN_NO_HURRY);
    }

    private static ApiConfig config(Optional<Path> socket, Optional<TlsFiles> tls) {
        return new ApiConfig(Optional.of(new ListenAddress("127.0.0.1", 0)), socket, tls, tokens());
    }

    private static List<ApiTokenConfig> tokens() {
        return List.of(
                new ApiTokenConfig("reader", ApiScope.READ, ApiTokens.sha256(READER)),
                new ApiTokenConfig("operator", ApiScope.OPERATE, ApiTokens.sha256(OPERATOR)));
    }

    private List<Endpoint> endpoints() {
        return List.of(
                Endpoint.open(ApiMethod.GET, "/open").answers(Echo.class, this::echo),
                Endpoint.of(ApiMethod.GET, "/things/{name}", ApiScope.READ).answers(Echo.class, this::echo),
                Endpoint.of(ApiMethod.PUT, "/things/{name}", ApiScope.OPERATE)
                        .takes(Body.class)
                        .answers(Echo.class, request -> {
                            handled.add(request.path());
                            return CompletableFuture.completedFuture(ApiAnswer.ok(
                                    new Echo(request.body(Body.class).text())));
                        }),
                Endpoint.open(ApiMethod.GET, "/never").answers(Echo.class, request -> new CompletableFuture<>()),
                Endpoint.open(ApiMethod.GET, "/large")
                        .answers(
                                new Endpoint.Content.Other("text/plain"),
                                request -> CompletableFuture.completedFuture(
                                        new ApiAnswer.Document(200, "text/plain", new byte[64 << 20]))),
                Endpoint.open(ApiMethod.GET, "/elsewhere")
                        .answers(
                                Echo.class,
                                request -> CompletableFuture.supplyAsync(() -> ApiAnswer.ok(new Echo("elsewhere")))),
                Endpoint.open(ApiMethod.GET, "/stream")
                        .answers(
                                new Endpoint.Content.Other("text/event-stream"),
                                request -> CompletableFuture.completedFuture(new ApiAnswer.Stream(stream.get()))));
    }

    private CompletionStage<ApiAnswer> echo(ApiRequest request) {
        handled.add(request.path());
        return CompletableFuture.completedFuture(
                ApiAnswer.ok(new Echo(request.variables().getOrDefault("name", ""))));
    }

    ApiServer server() {
        return server;
    }

    InetSocketAddress address() {
        return server.address().orElseThrow();
    }

    RawCaller caller() throws IOException {
        return new RawCaller(address());
    }

    /** How often something was refused for this reason. */
    long refused(String reason) {
        return CompletableFuture.supplyAsync(
                        () -> server.tally().refusals().getOrDefault(reason, 0L), server.executor())
                .join();
    }

    @Override
    public void close() {
        server.close();
    }
}
