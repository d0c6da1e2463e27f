package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.upstream.node.NodeAnswer;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.node.NodeAnswerReader;
import sluice.upstream.node.NodeCall;
import sluice.upstream.node.NodeCallWriter;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.node.NodeTimeouts;

/**
 * Asks a node over HTTP. Connections are kept alive, and a call that waits, as the long poll does, has one of its own. JSON is
 * written and read on one thread of ours, because a template is megabytes of it. Called and answering on its loop.
 */
final class NodeConnection {
    /** Until the node's port answers. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Requests to be written and answers to be read; a session has no more than twenty calls under way. */
    static final int MAX_WAITING = 64;

    private static final Duration THREAD_KEEP_ALIVE = Duration.ofSeconds(10);

    private final NodeSettings settings;
    private final EventLoop loop;
    private final NodeTimeouts timeouts;
    private final NodeAuthorization authorization;
    private final ThreadPoolExecutor worker;
    private final Map<Long, Exchange> exchanges = new HashMap<>();
    private HttpClient client;

    NodeConnection(NodeSettings settings, EventLoop loop, NodeTimeouts timeouts) {
        this.settings = settings;
        this.loop = loop;
        this.timeouts = timeouts;
        this.authorization = new NodeAuthorization(settings.credentials());
        this.worker = new ThreadPoolExecutor(
                1,
                1,
                THREAD_KEEP_ALIVE.toSeconds(),
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("node-" + settings.name(), true));
        worker.allowCoreThreadTimeOut(true);
    }

    /** One call that has no answer yet. */
    private static final class Exchange {
        private final long number;
        private final NodeCall call;
        private final Consumer<NodeAnswer> to;
        private final HttpClient client;
        private ScheduledFuture<?> timeout;
        // Set by the worker and by the loop, in either order.
        private volatile CompletableFuture<?> response;
        private volatile boolean over;

        private Exchange(long number, NodeCall call, Consumer<NodeAnswer> to, HttpClient client) {
            this.number = number;
            this.call = call;
            this.to = to;
            this.client = client;
        }

        /** HTTP/1.1 has no other way to stop an answer than to close its connection. */
        private void stop() {
            over = true;
            timeout.cancel(false);
            CompletableFuture<?> started = response;
            if (started != null) {
                started.cancel(true);
            }
        }
    }

    /** Asks; the answer comes once, and later, unless the call is cancelled before. */
    void call(long number, NodeCall call, Consumer<NodeAnswer> to) {
        if (client == null) {
            client = newClient();
        }
        Exchange exchange = new Exchange(number, call, to, client);
        exchanges.put(number, exchange);
        Duration patience = timeouts.of(call);
        exchange.timeout = loop.schedule(
                () -> end(
                        exchange,
                        new NodeAnswer.Failed(
                                Cause.TIMED_OUT,
                                "no answer to " + call.method() + " within " + patience.toSeconds() + " s")),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            worker.execute(() -> request(exchange));
        } catch (RejectedExecutionException full) {
            endOnLoop(exchange, new NodeAnswer.Failed(Cause.BUSY, "too many answers of the node wait to be read"));
        }
    }

    /** Its answer will not come. */
    void cancel(long number) {
        Exchange exchange = exchanges.remove(number);
        if (exchange != null) {
            exchange.stop();
        }
    }

    /** Lets connections and threads go; another call makes new ones. */
    void release() {
        if (client != null) {
            // Waits for nobody: what is under way ends by itself.
            client.shutdown();
            client = null;
        }
    }

    private HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                // The node is near, and its password is for nobody else.
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    private void request(Exchange exchange) {
        if (exchange.over) {
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(NodeCallWriter.write(exchange.call, exchange.number)));
        try {
            authorization.header().ifPresent(value -> request.header("Authorization", value));
        } catch (IOException unreadable) {
            endOnLoop(exchange, new NodeAnswer.Failed(Cause.UNAUTHORIZED, unreadable.getMessage()));
            return;
        }
        CompletableFuture<HttpResponse<byte[]>> response = exchange.client.sendAsync(
                request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), NodeAnswerReader.MAX_ANSWER_BYTES));
        exchange.response = response;
        response.whenCompleteAsync((answered, failure) -> read(exchange, answered, failure), worker);
        if (exchange.over) {
            response.cancel(true);
        }
    }

    private void read(Exchange exchange, HttpResponse<byte[]> response, Throwable failure) {
        if (!exchange.over) {
            endOnLoop(
                    exchange,
                    failure == null
                            ? NodeAnswerReader.read(exchange.call, response.statusCode(), response.body())
                            : new NodeAnswer.Failed(Cause.UNREACHABLE, reason(failure)));
        }
    }

    private void endOnLoop(Exchange exchange, NodeAnswer answer) {
        loop.execute(() -> end(exchange, answer));
    }

    private void end(Exchange exchange, NodeAnswer answer) {
        if (exchanges.remove(exchange.number, exchange)) {
            exchange.stop();
            exchange.to.accept(answer);
        }
    }

    private String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        int port = settings.url().getPort();
        String where = settings.url().getHost() + (port < 0 ? "" : ":" + port);
        return switch (cause) {
            case HttpConnectTimeoutException slow ->
                "no connection to " + where + " within " + CONNECT_TIMEOUT.toSeconds() + " s";
            case ConnectException unknown
            when unknown.getCause() instanceof UnresolvedAddressException ->
                "the name " + settings.url().getHost() + " is not known";
            case ConnectException refused -> "no connection to " + where + ": does the node run, with server=1?";
            default -> "the connection to " + where + " broke: " + cause.getMessage();
        };
    }
}
