package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.failover.Backoff;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;

class PoolConnectionTest {
    private static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(11);
    private static final AuthorityKey KEY = HandshakeFixture.publicKey(AUTHORITY);
    private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();

    private final EventLoopGroup loops = Transport.best().newEventLoops(2, "pool-test");
    private final ExecutorService workers = HandshakeWorkers.start(2);
    private final BlockingQueue<UpstreamEvent> events = new LinkedBlockingQueue<>();
    private final EventLoop loop = loops.next();
    private HostResolver resolver = HostResolver.ofSystem();
    private InstantSource clock = InstantSource.system();
    private ScriptedPool pool;
    private PoolConnection connection;

    @BeforeEach
    void openPool() {
        pool = new ScriptedPool(loops, workers, AUTHORITY);
    }

    @AfterEach
    void stop() {
        pool.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    void minesWithAPoolFromTheFirstMessageToTheVerdicts() throws Exception {
        connect();
        ScriptedPool.Peer peer = pool.accept().letMine();

        assertThat(next(UpstreamEvent.ChannelOpened.class).channel().extranonceSize())
                .isEqualTo(16);
        assertThat(next(UpstreamEvent.JobAnnounced.class).job().isFuture()).isTrue();
        assertThat(next(UpstreamEvent.TipChanged.class).jobId()).isEqualTo(1);

        send(new UpstreamCommand.UpdateDemand(5e13, Target.DIFFICULTY_1));
        assertThat(peer.next(UpdateChannel.class).nominalHashRate()).isEqualTo(5e13f);
        peer.send(ScriptedPool.job(2, OptionalLong.of(1_700_000_030L)));
        assertThat(next(UpstreamEvent.JobAnnounced.class).job().isFuture()).isFalse();

        send(share(1));
        send(share(2));
        assertThat(peer.next(SubmitSharesExtended.class).sequenceNumber()).isEqualTo(1);
        assertThat(peer.next(SubmitSharesExtended.class).sequenceNumber()).isEqualTo(2);
        peer.send(new SubmitSharesError(ScriptedPool.CHANNEL, 1, "duplicate-share"))
                .send(new SubmitSharesSuccess(ScriptedPool.CHANNEL, 2, 1, 1));

        assertThat(next(UpstreamEvent.ShareRejected.class))
                .isEqualTo(new UpstreamEvent.ShareRejected(1, "duplicate-share"));
        assertThat(next(UpstreamEvent.SharesAccepted.class)).isEqualTo(new UpstreamEvent.SharesAccepted(2, 1, 1));
    }

    @Test
    void comesBackAfterThePoolHungUp() throws Exception {
        connect();
        pool.accept().letMine().hangUp();
        awaitLost(Step.MINING, "the pool closed the connection");

        pool.accept().letMine();

        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        next(UpstreamEvent.TipChanged.class);
    }

    @Test
    void keepsTryingWhileThePoolIsDownAndMinesWhenItReturns() throws Exception {
        connect();
        pool.accept().letMine();
        int port = pool.port();
        pool.close();
        awaitLost(Step.MINING, "the pool closed the connection");
        for (int attempt = 0; attempt < 3; attempt++) {
            awaitLost(Step.CONNECT, "connection refused by " + HOST + ":" + port);
        }

        pool.listen(port);
        pool.accept().letMine();

        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        while (event instanceof UpstreamEvent.Lost lost && lost.step() == Step.CONNECT) {
            event = events.poll(20, TimeUnit.SECONDS);
        }
        assertThat(event).isInstanceOf(UpstreamEvent.ChannelOpened.class);
    }

    @Test
    void repeatsTheLastDemandAfterAReconnection() throws Exception {
        connect();
        ScriptedPool.Peer peer = pool.accept().letMine();
        next(UpstreamEvent.ChannelOpened.class);
        send(new UpstreamCommand.UpdateDemand(7e12, Target.DIFFICULTY_1));
        peer.next(UpdateChannel.class);
        peer.hangUp();

        ScriptedPool.Peer again = pool.accept();
        again.next(SetupConnection.class);
        again.send(new SetupConnectionSuccess(2, 0));

        assertThat(again.next(OpenExtendedMiningChannel.class).nominalHashRate())
                .isEqualTo(7e12f);
    }

    @Test
    void namesBothKeysWhereThePoolBelongsToAnotherAuthority() throws Exception {
        AuthorityKey another = HandshakeFixture.publicKey(HandshakeFixture.authority(12));
        connect(Optional.of(another), pool.port());

        UpstreamEvent.Lost lost = next(UpstreamEvent.Lost.class);

        assertThat(lost.step()).isEqualTo(Step.HANDSHAKE);
        assertThat(lost.reason())
                .startsWith("handshake failed: the configured authority key " + another.text())
                .containsPattern("static key is [0-9a-f]{64}");
    }

    @Test
    void minesWithoutProofOfTheAuthorityWhereTheOperatorSaysSo() throws Exception {
        connect(Optional.empty(), pool.port());

        pool.accept().letMine();

        next(UpstreamEvent.ChannelOpened.class);
    }

    @Test
    void saysSoWhereThePoolSpeaksJson() throws Exception {
        try (ServerSocket jsonPool = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> answerJson(jsonPool));
            connect(Optional.of(KEY), jsonPool.getLocalPort());

            awaitLost(Step.HANDSHAKE, "handshake failed: the server speaks JSON (Stratum V1), not Stratum V2");
        }
    }

    private static void answerJson(ServerSocket jsonPool) {
        try (Socket client = jsonPool.accept()) {
            client.getInputStream().readNBytes(64);
            client.getOutputStream()
                    .write("{\"id\":null,\"result\":null,\"error\":[-32700,\"Parse error\",null]}\n"
                            .getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void reportsAPoolWhoseNameDoesNotResolve() throws Exception {
        resolver = host -> CompletableFuture.failedFuture(new UnknownHostException("pool.invalid: no such name"));
        connect(new Sv2PoolAddress("pool.invalid", 3333, Optional.of(KEY)));

        awaitLost(Step.RESOLVE, "cannot resolve pool.invalid: pool.invalid: no such name");
        awaitLost(Step.RESOLVE, "cannot resolve pool.invalid: pool.invalid: no such name");
    }

    @Test
    void triesAllAddressesOfAPoolInOneAttempt() throws Exception {
        InetAddress nobodyThere = InetAddress.getByName("127.77.77.77");
        InetAddress poolsOwn = InetAddress.getLoopbackAddress();
        resolver = host -> CompletableFuture.completedFuture(List.of(nobodyThere, nobodyThere, poolsOwn));
        connect(new Sv2PoolAddress("pool.example", pool.port(), Optional.of(KEY)));

        ScriptedPool.Peer peer = pool.accept();

        SetupConnection setup = peer.next(SetupConnection.class);
        assertThat(setup.endpointHost()).isEqualTo("pool.example");
        assertThat(events).isEmpty();
    }

    @Test
    void triesAsManyAddressesAsItsLimitAndNoMore() throws Exception {
        InetAddress nobodyThere = InetAddress.getByName("127.77.77.77");
        List<InetAddress> last = new ArrayList<>(Collections.nCopies(PeerAttempt.MAX_ADDRESSES - 1, nobodyThere));
        last.add(InetAddress.getLoopbackAddress());
        List<InetAddress> onePast = new ArrayList<>(last);
        onePast.addFirst(nobodyThere);
        AtomicInteger lookups = new AtomicInteger();
        resolver = host -> CompletableFuture.completedFuture(lookups.getAndIncrement() == 0 ? onePast : last);
        connect(new Sv2PoolAddress("pool.example", pool.port(), Optional.of(KEY)));

        awaitLost(Step.CONNECT, "connection refused by 127.77.77.77:" + pool.port());
        pool.accept().next(SetupConnection.class);
    }

    @Test
    void reportsTheCodeOfARefusedSetupAndTriesAgain() throws Exception {
        connect();
        ScriptedPool.Peer peer = pool.accept();
        peer.next(SetupConnection.class);
        peer.send(new SetupConnectionError(0, "protocol-version-mismatch"));

        awaitLost(Step.SETUP, "the pool refused the setup: protocol-version-mismatch");
        assertThat(peer.isHungUpOn()).isTrue();
        pool.accept().letMine();
        next(UpstreamEvent.ChannelOpened.class);
    }

    @Test
    void goesWhereThePoolSendsItAndComesHomeWhenNobodyIsThere() throws Exception {
        connect();
        try (ScriptedPool other = new ScriptedPool(loops, workers, AUTHORITY)) {
            pool.accept().letMine().send(new Reconnect("", other.port()));
            ScriptedPool.Peer there = other.accept();
            assertThat(there.next(SetupConnection.class).endpointPort()).isEqualTo(other.port());
            there.hangUp();
        }

        pool.accept().letMine();
    }

    @Test
    void doesNotFollowThePoolToAnotherAuthority() throws Exception {
        connect();
        try (ScriptedPool foreign = new ScriptedPool(loops, workers, HandshakeFixture.authority(13))) {
            pool.accept().letMine().send(new Reconnect(HOST, foreign.port()));

            UpstreamEvent.Lost lost;
            do {
                lost = nextLost();
            } while (lost.step() != Step.HANDSHAKE);
            assertThat(lost.reason()).contains("authority key");
        }

        pool.accept().letMine();
    }

    @Test
    void appliesTheSessionsDeadlines() throws Exception {
        AtomicLong seconds = new AtomicLong(Instant.now().getEpochSecond());
        clock = () -> Instant.ofEpochSecond(seconds.addAndGet(10));
        connect();

        pool.accept().next(SetupConnection.class);

        awaitLost(Step.SETUP, "no answer to SetupConnection from the pool within 10 s");
    }

    @Test
    void givesUpAPoolThatDoesNotRead() throws Exception {
        connect();
        ScriptedPool.Peer peer = pool.accept().letMine();
        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        next(UpstreamEvent.TipChanged.class);
        peer.stopReading();

        loop.submit(() -> {
                    for (long sequence = 1; events.isEmpty(); sequence++) {
                        connection.send(share(sequence));
                    }
                })
                .get(60, TimeUnit.SECONDS);

        awaitLost(Step.MINING, "the pool does not read: more than 1048576 bytes wait for it");
    }

    @Test
    void closesItsChannelAndStaysAway() throws Exception {
        connect();
        ScriptedPool.Peer peer = pool.accept().letMine();
        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        // The last that the pool sends: what comes on a closed connection resets it, and may take our own last word
        // with it.
        next(UpstreamEvent.TipChanged.class);

        send(new UpstreamCommand.Close("switching pools"));

        assertThat(peer.next(CloseChannel.class).reasonCode()).isEqualTo("switching pools");
        assertThat(peer.isHungUpOn()).isTrue();
        awaitLost(Step.MINING, "closed by us: switching pools");
        assertThat(pool.isDialledWithin(300)).isFalse();
    }

    @Test
    void canBeClosedBeforeItIsConnected() throws Exception {
        CompletableFuture<List<InetAddress>> never = new CompletableFuture<>();
        resolver = host -> never;
        connect();

        send(new UpstreamCommand.Close("changed my mind"));

        awaitLost(Step.RESOLVE, "closed by us: changed my mind");
        never.complete(List.of(InetAddress.getLoopbackAddress()));
        assertThat(pool.isDialledWithin(300)).isFalse();
    }

    @Test
    void takesCommandsFromInsideAnEvent() throws Exception {
        connection = newConnection(new Sv2PoolAddress(HOST, pool.port(), Optional.of(KEY)));
        loop.execute(() -> connection.start(event -> {
            if (event instanceof UpstreamEvent.TipChanged) {
                connection.send(share(1));
                connection.send(new UpstreamCommand.Close("done"));
            }
            events.add(event);
        }));
        ScriptedPool.Peer peer = pool.accept().letMine();

        peer.next(SubmitSharesExtended.class);
        peer.next(CloseChannel.class);
        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        next(UpstreamEvent.TipChanged.class);
        awaitLost(Step.MINING, "closed by us: done");
    }

    @Test
    void closesTheConnectionAndStartsAgainAfterAMistakeOfOurOwn() throws Exception {
        connection = newConnection(new Sv2PoolAddress(HOST, pool.port(), Optional.of(KEY)));
        AtomicLong jobs = new AtomicLong();
        loop.execute(() -> connection.start(event -> {
            if (event instanceof UpstreamEvent.JobAnnounced && jobs.incrementAndGet() == 1) {
                throw new IllegalStateException("a mistake of the route");
            }
            events.add(event);
        }));
        ScriptedPool.Peer peer = pool.accept().letMine();

        UpstreamEvent.Lost lost = nextLost();
        assertThat(lost.reason()).contains("internal error").contains("a mistake of the route");
        assertThat(peer.isHungUpOn()).isTrue();
        pool.accept().letMine();
        next(UpstreamEvent.ChannelOpened.class);
    }

    private void connect() {
        connect(Optional.of(KEY), pool.port());
    }

    private void connect(Optional<AuthorityKey> key, int port) {
        connect(new Sv2PoolAddress(HOST, port, key));
    }

    private void connect(Sv2PoolAddress address) {
        connection = newConnection(address);
        loop.execute(() -> connection.start(events::add));
    }

    private PoolConnection newConnection(Sv2PoolAddress address) {
        return new PoolConnection(
                address,
                new PoolSettings("scripted", "farm.one", Target.MAX, false, "test", PoolPatience.DEFAULT),
                loop,
                workers,
                clock,
                new SecureRandom(),
                new Dialling(
                        resolver,
                        StepTimeouts.DEFAULT,
                        new Backoff(Duration.ofMillis(5), Duration.ofMillis(20), new SplittableRandom(1))));
    }

    private void send(UpstreamCommand command) {
        loop.execute(() -> connection.send(command));
    }

    private static UpstreamCommand.SubmitShare share(long sequence) {
        return new UpstreamCommand.SubmitShare(
                sequence, 1, 2, 1_700_000_001L, 0x20000000L, Bytes.zeros(16), "farm.one.rig7");
    }

    private <T extends UpstreamEvent> T next(Class<T> type) throws InterruptedException {
        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).isInstanceOf(type);
        return type.cast(event);
    }

    /** The next loss, skipping what came before it. */
    private UpstreamEvent.Lost nextLost() throws InterruptedException {
        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        while (event != null && !(event instanceof UpstreamEvent.Lost)) {
            event = events.poll(20, TimeUnit.SECONDS);
        }
        assertThat(event).as("a loss").isNotNull();
        return (UpstreamEvent.Lost) event;
    }

    private void awaitLost(Step step, String reason) throws InterruptedException {
        assertThat(nextLost()).isEqualTo(new UpstreamEvent.Lost(step, reason));
    }
}
