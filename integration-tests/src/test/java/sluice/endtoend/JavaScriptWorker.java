package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A worker of MiningOS in a JavaScript engine of its own, on a stand-in of the worker base. What it waits for comes at once:
 * an answer from the network before the next statement, and a pause ends when there is nothing else to do.
 */
final class JavaScriptWorker implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<Value> later = new ArrayDeque<>();
    private final Context context;
    private final Value worker;

    /**
     * @param folder of the workers and, in {@code node_modules}, of all that they need
     * @param file of the worker, in that folder
     * @param type of which it is started
     * @param files of its folder config, by their names
     */
    JavaScriptWorker(Path folder, String file, String type, Map<String, Object> files) {
        context = Context.newBuilder("js")
                .allowIO(IOAccess.ALL)
                .allowExperimentalOptions(true)
                .option("engine.WarnInterpreterOnly", "false")
                .option("js.commonjs-require", "true")
                .option("js.commonjs-require-cwd", folder.toString())
                .build();
        context.getBindings("js")
                .putMember(
                        "host",
                        ProxyObject.fromMap(
                                Map.of("later", (ProxyExecutable) this::postpone, "request", (ProxyExecutable)
                                        this::request)));
        String ctx = JSON.writeValueAsString(Map.of("wtype", type, "rack", "rack-1", "files", files));
        worker = settled(context.eval("js", "require('./start')").execute("./" + file, ctx));
    }

    /** The workers as an operator installs them, except that what they need is the stand-in. */
    static void install(Path target) throws IOException {
        copy(target, repository().resolve("docs/integrations/miningos"));
        copy(target, repository().resolve("integration-tests/src/test/resources/miningos"));
    }

    private static void copy(Path target, Path source) throws IOException {
        try (Stream<Path> all = Files.walk(source)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("integration-tests"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** What another process of MiningOS is answered; an error is a text that begins with {@code [HRPC_ERR]=}. */
    JsonNode ask(String method, Object request) {
        Value answer = settled(worker.invokeMember("request", method, JSON.writeValueAsString(request)));
        // What JavaScript does not define is nothing in JSON.
        return answer.isNull() ? JSON.missingNode() : JSON.readTree(answer.asString());
    }

    private Value settled(Value promise) {
        CompletableFuture<Value> end = new CompletableFuture<>();
        promise.invokeMember("then", (ProxyExecutable) arguments -> end.complete(arguments[0]), (ProxyExecutable)
                arguments -> end.completeExceptionally(new AssertionError(arguments[0].toString())));
        while (!end.isDone()) {
            Value next = later.poll();
            assertThat(next).as("something that it waits for").isNotNull();
            next.executeVoid();
        }
        return end.join();
    }

    private Object postpone(Value... arguments) {
        later.add(arguments[0]);
        return later.size();
    }

    private Object request(Value... arguments) {
        String body = arguments[3].asString();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(arguments[1].asString()))
                .timeout(Duration.ofMillis(arguments[4].asLong()))
                .method(
                        arguments[0].asString(),
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        JSON.readTree(arguments[2].asString())
                .properties()
                .forEach(header ->
                        request.header(header.getKey(), header.getValue().asString()));
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return ProxyObject.fromMap(Map.of("status", response.statusCode(), "text", response.body()));
        } catch (IOException e) {
            return ProxyObject.fromMap(Map.of("trouble", e.getClass().getSimpleName()));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
        http.shutdownNow();
    }
}
