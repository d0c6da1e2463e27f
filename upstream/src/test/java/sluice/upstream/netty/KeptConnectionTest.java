package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.netty.Patience.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.upstream.node.NodeAnswer;
import sluice.upstream.node.NodeCall;
import sluice.upstream.node.NodeCredentials;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.node.NodeTimeouts;

/** A node sees few connections: some let only ten a minute in, others close each after its answer. */
@Timeout(60)
class KeptConnectionTest {
    private static final Duration PATIENT = Duration.ofMinutes(5);

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "kept-test");
    private final EventLoop loop = loops.next();
    private final Queue<Integer> ports = new ConcurrentLinkedQueue<>();
    private final Queue<HttpExchange> waiting = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<NodeAnswer> answers = new LinkedBlockingQueue<>();
    private boolean closes;
    private HttpServer server;
    private NodeConnection connection;
    private long calls;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        connection = new NodeConnection(
                new NodeSettings(
                        "kept",
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                        new NodeCredentials.None(),
                        Optional.empty(),
                        Optional.empty()),
                loop,
                new NodeTimeouts(PATIENT, PATIENT, PATIENT, PATIENT));
    }

    @AfterEach
    void close() {
        loop.submit(connection::release).syncUninterruptibly();
        server.stop(0);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void answer(HttpExchange exchange) throws IOException {
        ports.add(exchange.getRemoteAddress().getPort());
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (request.contains("longpollid")) {
            waiting.add(exchange);
            return;
        }
        byte[] body = "{\"result\":\"00\",\"error\":null}".getBytes(StandardCharsets.UTF_8);
        if (closes) {
            exchange.getResponseHeaders().add("Connection", "close");
        }
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void call(NodeCall call) {
        loop.submit(() -> connection.call(++calls, call, answers::add)).syncUninterruptibly();
    }

    private void ask() throws InterruptedException {
        call(new NodeCall.GetBestBlockHash());
        assertThat(answers.poll(30, TimeUnit.SECONDS)).isEqualTo(new NodeAnswer.Said(Optional.of("00")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneConnectionServesAllCallsUnlessTheNodeClosesIt(boolean nodeCloses) throws Exception {
        closes = nodeCloses;
        for (int i = 0; i < 10; i++) {
            ask();
        }
        assertThat(ports.stream().distinct()).hasSize(nodeCloses ? 10 : 1);
    }

    @Test
    void theLongPollHasAConnectionOfItsOwn() throws Exception {
        call(new NodeCall.GetBlockTemplate(1, List.of("segwit"), Optional.of("00")));
        await().until(() -> !waiting.isEmpty());
        for (int i = 0; i < 10; i++) {
            ask();
        }
        assertThat(ports.stream().distinct()).hasSize(2);
    }

    @Test
    void theAnswerToACancelledCallDoesNotCome() throws Exception {
        call(new NodeCall.GetBlockTemplate(1, List.of("segwit"), Optional.of("00")));
        await().until(() -> !waiting.isEmpty());
        loop.submit(() -> connection.cancel(1)).syncUninterruptibly();
        ask();
        assertThat(answers).isEmpty();
    }
}
