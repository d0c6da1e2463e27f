package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.failover.Backoff;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.session.Sv1PoolSettings;

/** One connection to a pool of any kind, on a loop of its own, that dials once and then pauses for as long as a test takes. */
final class DiallingFixture implements AutoCloseable {
    static final String HOST = "pool.example";
    static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(11);
    static final int PATIENCE_SECONDS = 20;

    private static final Backoff NOT_AGAIN =
            new Backoff(Duration.ofHours(1), Duration.ofHours(1), new SplittableRandom(1));

    final EventLoopGroup loops = Transport.best().newEventLoops(2, "dialling-test");
    final ExecutorService workers = HandshakeWorkers.start(2);
    private final BlockingQueue<UpstreamEvent> events = new LinkedBlockingQueue<>();
    private final EventLoop loop = loops.next();
    HostResolver resolver = host -> CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress()));
    StepTimeouts timeouts = StepTimeouts.DEFAULT;
    InstantSource clock = InstantSource.system();
    /** Hears each event on the loop before the test does. */
    volatile Consumer<UpstreamEvent> onLoop = event -> {};

    private Upstream connection;

    /** What is dialled. */
    enum Kind {
        SV2,
        SV1,
        SV1_OVER_TLS
    }

    ScriptedPool openSv2Pool() {
        return new ScriptedPool(loops, workers, AUTHORITY);
    }

    void connect(Kind kind, int port) {
        create(kind, port);
        start();
    }

    void create(Kind kind, int port) {
        Dialling dialling = new Dialling(resolver, timeouts, NOT_AGAIN);
        connection = switch (kind) {
            case SV2 ->
                new PoolConnection(
                        new Sv2PoolAddress(HOST, port, Optional.of(HandshakeFixture.publicKey(AUTHORITY))),
                        new PoolSettings("scripted", "farm.one", Target.MAX, false, "test", PoolPatience.DEFAULT),
                        loop,
                        workers,
                        clock,
                        new SecureRandom(),
                        dialling);
            case SV1, SV1_OVER_TLS ->
                new Sv1PoolConnection(
                        HOST,
                        port,
                        kind == Kind.SV1
                                ? Optional.empty()
                                : Optional.of(Sv1PoolConnection.tls(SslContextBuilder.forClient())),
                        new Sv1PoolSettings("scripted", "farm", "x", false, false, 8, "test", PoolPatience.DEFAULT),
                        loop,
                        clock,
                        dialling);
        };
    }

    void start() {
        loop.execute(() -> connection.start(event -> {
            onLoop.accept(event);
            events.add(event);
        }));
    }

    /** On the loop, as from inside an event. */
    void sendFromLoop(UpstreamCommand command) {
        connection.send(command);
    }

    void send(UpstreamCommand command) {
        loop.execute(() -> connection.send(command));
    }

    void submit(long sequence, long jobId, int extranonceSize) {
        send(new UpstreamCommand.SubmitShare(
                sequence, jobId, 2, 1_745_597_000L, 0x20000000L, Bytes.zeros(extranonceSize), "farm.rig7"));
    }

    /** Until the loop has done what it was given, and what follows from it at once. */
    void letLoopWork() throws Exception {
        for (int turn = 0; turn < 3; turn++) {
            loop.submit(() -> {}).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    UpstreamEvent next() throws InterruptedException {
        UpstreamEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("an event").isNotNull();
        return event;
    }

    <T extends UpstreamEvent> T next(Class<T> type) throws InterruptedException {
        UpstreamEvent event = next();
        assertThat(event).isInstanceOf(type);
        return type.cast(event);
    }

    UpstreamEvent.Lost nextLost() throws InterruptedException {
        return next(UpstreamEvent.Lost.class);
    }

    void assertSilent() throws Exception {
        letLoopWork();
        assertThat(events).isEmpty();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }
}
