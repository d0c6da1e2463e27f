package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1Limits;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.failover.Backoff;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.Sv1PoolSettings;

class Sv1PoolConnectionTest {
    private static final Sv1PoolSettings SETTINGS =
            new Sv1PoolSettings("scripted", "farm", "x", true, false, 8, "test", PoolPatience.DEFAULT);
    private static final String NAME = "pool.localhost";

    @TempDir
    private static Path directory;

    private static SelfMadeCertificate certificate;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "sv1-pool-test");
    private final EventLoop loop = loops.next();
    private final BlockingQueue<UpstreamEvent> events = new LinkedBlockingQueue<>();
    private final HostResolver resolver =
            host -> CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress()));
    private InstantSource clock = InstantSource.system();
    private ScriptedSv1Pool pool;
    private Upstream connection;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = SelfMadeCertificate.forName("dns:" + NAME, directory);
    }

    @AfterEach
    void stop() throws IOException {
        pool.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void minesWithAPoolFromTheFirstLineToTheVerdicts() throws Exception {
        ScriptedSv1Pool.Peer peer = connectInTheClear();
        assertThat(peer.letIn()).contains("mining.subscribe").contains("Sluice/test");

        mine(peer);
    }

    @Test
    void minesOverTls() throws Exception {
        openPool(certificate.server());
        connect(NAME, certificate.client());

        mine(peerLetIn());
    }

    private ScriptedSv1Pool.Peer peerLetIn() throws IOException {
        ScriptedSv1Pool.Peer peer = pool.accept();
        peer.letIn();
        return peer;
    }

    private void mine(ScriptedSv1Pool.Peer peer) throws Exception {
        peer.send("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}")
                .send(ScriptedSv1Pool.job("j1", true));
        assertThat(next(UpstreamEvent.ChannelOpened.class).channel().extranonceSize())
                .isEqualTo(8);
        long jobId = next(UpstreamEvent.JobAnnounced.class).job().jobId();
        assertThat(next(UpstreamEvent.TipChanged.class).jobId()).isEqualTo(jobId);

        send(share(1, jobId));
        send(share(2, jobId));
        assertThat(peer.nextLine())
                .isEqualTo(
                        "{\"id\":5,\"method\":\"mining.submit\",\"params\":[\"farm.rig7\",\"j1\",\"0000000000000000\",\"680be962\",\"00000002\",\"00000000\"]}");
        assertThat(peer.nextLine()).startsWith("{\"id\":6,");
        peer.send("{\"id\":5,\"result\":null,\"error\":[22,\"Duplicate share\",null]}")
                .send("{\"id\":6,\"result\":true,\"error\":null}");

        assertThat(next(UpstreamEvent.ShareRejected.class))
                .isEqualTo(new UpstreamEvent.ShareRejected(1, "duplicate-share"));
        assertThat(next(UpstreamEvent.SharesAccepted.class)).isEqualTo(new UpstreamEvent.SharesAccepted(2, 1, 1024));
    }

    @Test
    void readsLinesHoweverTheyAreCut() throws Exception {
        ScriptedSv1Pool.Peer peer = connectInTheClear();
        peer.letIn();

        String lines = "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}\r\n"
                + ScriptedSv1Pool.job("j1", true) + "\n\n" + ScriptedSv1Pool.job("j2", false) + "\n";
        peer.sendRaw(lines.substring(0, 30)).sendRaw(lines.substring(30, 200)).sendRaw(lines.substring(200));

        next(UpstreamEvent.ChannelOpened.class);
        assertThat(next(UpstreamEvent.JobAnnounced.class).job().isFuture()).isTrue();
        next(UpstreamEvent.TipChanged.class);
        assertThat(next(UpstreamEvent.JobAnnounced.class).job().isFuture()).isFalse();
    }

    @Test
    void asksForItsSessionWhenItComesBack() throws Exception {
        ScriptedSv1Pool.Peer first = connectInTheClear();
        assertThat(first.letIn()).doesNotContain("5e551017");
        first.hangUp();
        awaitLost(Step.FIRST_JOB, "the pool closed the connection");

        ScriptedSv1Pool.Peer second = pool.accept();

        assertThat(second.letIn()).contains("5e551017");
        mine(second);
    }

    @Test
    void keepsTryingWhileThePoolIsDownAndMinesWhenItReturns() throws Exception {
        connectInTheClear().letMine();
        int port = pool.port();
        pool.close();
        awaitLost(Step.MINING, "the pool closed the connection");
        awaitLost(
                Step.CONNECT,
                "connection refused by " + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port);

        pool.listen(port);
        pool.accept().letMine();

        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        while (event instanceof UpstreamEvent.Lost lost && lost.step() == Step.CONNECT) {
            event = events.poll(20, TimeUnit.SECONDS);
        }
        assertThat(event).isInstanceOf(UpstreamEvent.ChannelOpened.class);
    }

    @Test
    void goesWhereThePoolSendsItAndComesHomeWhenNobodyIsThere() throws Exception {
        ScriptedSv1Pool.Peer peer = connectInTheClear().letMine();
        try (ScriptedSv1Pool other = new ScriptedSv1Pool(Optional.empty())) {
            peer.send("{\"id\":null,\"method\":\"client.reconnect\",\"params\":[\"other." + NAME + "\"," + other.port()
                    + ",0]}");
            other.accept().hangUp();
        }

        pool.accept().letMine();
    }

    @Test
    void hangsUpAndStaysAwayWhenItIsClosed() throws Exception {
        ScriptedSv1Pool.Peer peer = connectInTheClear().letMine();
        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        next(UpstreamEvent.TipChanged.class);

        send(new UpstreamCommand.Close("switching pools"));

        awaitLost(Step.MINING, "closed by us: switching pools");
        assertThat(peer.isHungUpOn()).isTrue();
        assertThat(pool.isDialledWithin(300)).isFalse();
    }

    @Test
    void hangsUpOverTlsWhenItIsClosed() throws Exception {
        openPool(certificate.server());
        connect(NAME, certificate.client());
        ScriptedSv1Pool.Peer peer = peerLetIn();

        send(new UpstreamCommand.Close("switching pools"));

        assertThat(peer.isHungUpOn()).isTrue();
    }

    @Test
    void refusesACertificateThatNobodyVouchesFor() throws Exception {
        openPool(certificate.server());
        connection =
                new Sv1PoolConnection("localhost", pool.port(), true, SETTINGS, loop, clock, new SplittableRandom(1));
        loop.execute(() -> connection.start(events::add));

        assertThat(handshakeOf(pool)).isFalse();

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);
        assertThat(lost.step()).isEqualTo(Step.HANDSHAKE);
        assertThat(lost.reason())
                .startsWith("handshake failed: TLS: ")
                .contains("unable to find valid certification path");
    }

    @Test
    void refusesACertificateForAnotherName() throws Exception {
        openPool(certificate.server());
        connect("other.localhost", certificate.client());

        assertThat(handshakeOf(pool)).isFalse();

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);
        assertThat(lost.step()).isEqualTo(Step.HANDSHAKE);
        assertThat(lost.reason()).startsWith("handshake failed: TLS: ").contains("other.localhost");
    }

    /** Whether the client took the certificate. */
    private static boolean handshakeOf(ScriptedSv1Pool pool) throws IOException {
        try {
            // With TLS 1.3 the server hears of the client's verdict only when it reads.
            return pool.accept().nextLine() != null;
        } catch (SSLException | SocketException refused) {
            // By an alert, or by a closed socket that the server still writes to.
            return false;
        }
    }

    @Test
    void saysSoWhereThePoolDoesNotSpeakTls() throws Exception {
        openPool(null);
        connect(NAME, certificate.client());
        try (Socket plain = pool.acceptSocket()) {
            plain.getOutputStream().write("{\"id\":null,\"method\":\"mining.ping\",\"params\":[]}\n".getBytes());

            awaitLost(Step.HANDSHAKE, "handshake failed: the pool does not speak TLS on this port");
        }
    }

    @Test
    void saysSoWhereThePoolClosesInTheMiddleOfTheHandshake() throws Exception {
        openPool(null);
        connect(NAME, certificate.client());

        pool.acceptSocket().close();

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);
        assertThat(lost.step()).isEqualTo(Step.HANDSHAKE);
        assertThat(lost.reason())
                .isEqualTo("handshake failed: the pool closed the connection during the TLS handshake");
    }

    @Test
    void breaksAnEncryptedConnectionThatCannotBeDecrypted() throws Exception {
        openPool(certificate.server());
        connect(NAME, certificate.client());
        ScriptedSv1Pool.Peer peer = peerLetIn();

        peer.sendUnencrypted("this is no TLS record");

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);
        assertThat(lost.step()).isEqualTo(Step.FIRST_JOB);
        assertThat(lost.reason()).startsWith("connection broken: ");
    }

    @Test
    void hangsUpOnAPoolThatDoesNotSpeakJson() throws Exception {
        ScriptedSv1Pool.Peer peer = connectInTheClear();
        peer.nextLine();

        peer.send("HTTP/1.1 400 Bad Request").send(ScriptedSv1Pool.job("j1", true));

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);
        assertThat(lost.step()).isEqualTo(Step.SETUP);
        assertThat(lost.reason()).startsWith("protocol violation: bad-json");
        assertThat(peer.isHungUpOn()).isTrue();
    }

    @Test
    void readsLinesUpToTheirLimit() throws Exception {
        ScriptedSv1Pool.Peer peer = connectInTheClear();
        peer.letIn();
        String shell = "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}";
        String longest = shell.substring(0, shell.length() - 1)
                + " ".repeat(Sv1Limits.SERVER.lineLength() - shell.length()) + "}";
        peer.send(longest).send(ScriptedSv1Pool.job("j1", true));
        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        next(UpstreamEvent.TipChanged.class);

        peer.send(" " + longest);

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);
        assertThat(lost.reason()).startsWith("protocol violation: line-too-long");
    }

    @Test
    void appliesTheSessionsDeadlines() throws Exception {
        AtomicLong seconds = new AtomicLong(Instant.now().getEpochSecond());
        clock = () -> Instant.ofEpochSecond(seconds.addAndGet(10));
        ScriptedSv1Pool.Peer peer = connectInTheClear();

        assertThat(peer.nextLine()).contains("mining.configure");
        assertThat(peer.nextLine()).contains("mining.subscribe");
        awaitLost(Step.OPEN_CHANNEL, "no answer to mining.subscribe from the pool within 10 s");
    }

    private void openPool(SSLContext tls) throws IOException {
        pool = new ScriptedSv1Pool(Optional.ofNullable(tls));
    }

    private ScriptedSv1Pool.Peer connectInTheClear() throws IOException {
        openPool(null);
        connect(NAME, null);
        return pool.accept();
    }

    private void connect(String host, SslContext tls) {
        connection = new Sv1PoolConnection(
                host,
                pool.port(),
                Optional.ofNullable(tls),
                SETTINGS,
                loop,
                clock,
                new Dialling(
                        resolver,
                        StepTimeouts.DEFAULT,
                        new Backoff(Duration.ofMillis(5), Duration.ofMillis(20), new SplittableRandom(1))));
        loop.execute(() -> connection.start(events::add));
    }

    private void send(UpstreamCommand command) {
        loop.execute(() -> connection.send(command));
    }

    private static UpstreamCommand.SubmitShare share(long sequence, long jobId) {
        return new UpstreamCommand.SubmitShare(
                sequence, jobId, 2, 0x680be962L, 0x20000000L, Bytes.zeros(8), "farm.rig7");
    }

    private <T extends UpstreamEvent> T next(Class<T> type) throws InterruptedException {
        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).isInstanceOf(type);
        return type.cast(event);
    }

    /** The next loss, skipping what came before it. */
    private void awaitLost(Step step, String reason) throws InterruptedException {
        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        while (event != null && !(event instanceof UpstreamEvent.Lost)) {
            event = events.poll(20, TimeUnit.SECONDS);
        }
        assertThat(event).isEqualTo(new UpstreamEvent.Lost(step, reason));
    }
}
