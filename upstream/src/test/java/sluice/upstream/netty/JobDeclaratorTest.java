package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.config.DeclarationMode;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.wire.Limits;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.declaration.DeclaratorCommand;
import sluice.upstream.declaration.DeclaratorEvent;
import sluice.upstream.declaration.DeclaratorSettings;
import sluice.upstream.failover.Backoff;

class JobDeclaratorTest {
    private static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(31);
    private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
    private static final Bytes TOKEN = Bytes.fromHex("0102030405060708");
    private static final Bytes OUTPUTS = TxOut.serialiseList(List.of(new TxOut(0, Script.p2wpkh(Bytes.zeros(20)))));
    private static final Bytes LARGE = Bytes.zeros(15 << 20);

    private final EventLoopGroup loops = Transport.best().newEventLoops(2, "declarator-test");
    private final ExecutorService workers = HandshakeWorkers.start(2);
    private final BlockingQueue<DeclaratorEvent> events = new LinkedBlockingQueue<>();
    private final EventLoop loop = loops.next();
    private final ScriptedPool server = new ScriptedPool(loops, workers, AUTHORITY, Limits.JOB_DECLARATION_FROM_CLIENT);
    private JobDeclarator declarator;

    @BeforeEach
    void start() {
        declarator = new JobDeclarator(
                new DeclaratorSettings(
                        "pool",
                        new Sv2PoolAddress(HOST, server.port(), Optional.of(HandshakeFixture.publicKey(AUTHORITY))),
                        "farm.one",
                        DeclarationMode.FULL_TEMPLATE,
                        "test"),
                loop,
                workers,
                InstantSource.system(),
                new SecureRandom(),
                new Dialling(
                        HostResolver.ofSystem(),
                        StepTimeouts.DEFAULT,
                        new Backoff(Duration.ofMillis(10), Duration.ofMillis(20), new SplittableRandom(1))));
        loop.execute(() -> declarator.start(events::add));
    }

    @AfterEach
    void stop() {
        server.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    void declaresAJobFromTheTokenToTheBlock() throws Exception {
        ScriptedPool.Peer peer = serve();
        send(new DeclaratorCommand.AllocateToken());
        peer.send(new AllocateMiningJobTokenSuccess(
                peer.next(AllocateMiningJobToken.class).requestId(), TOKEN, OUTPUTS));
        assertThat(next(DeclaratorEvent.TokenAllocated.class).token().token()).isEqualTo(TOKEN);

        send(declare(7, Bytes.fromHex("aa")));
        long requestId = peer.next(DeclareMiningJob.class).requestId();
        peer.send(new ProvideMissingTransactions(requestId, List.of(0)));
        assertThat(peer.next(ProvideMissingTransactionsSuccess.class).transactionList())
                .containsExactly(Bytes.fromHex("aa"));
        peer.send(new DeclareMiningJobSuccess(requestId, Bytes.fromHex("ff")));
        assertThat(next(DeclaratorEvent.JobDeclared.class))
                .isEqualTo(new DeclaratorEvent.JobDeclared(7, Bytes.fromHex("ff")));

        PushSolution solution = new PushSolution(Bytes.zeros(20), Hash256.ZERO, 1, 2, 3, 4);
        send(new DeclaratorCommand.Push(solution));
        assertThat(peer.next(PushSolution.class)).isEqualTo(solution);
    }

    @Test
    @Tag("JDC-2")
    void beginsAnewAfterTheServerHungUp() throws Exception {
        serve().hangUp();
        assertThat(next(DeclaratorEvent.Lost.class))
                .isEqualTo(new DeclaratorEvent.Lost(Step.MINING, "the job declaration server closed the connection"));

        serve();
    }

    @Test
    void saysWhyEachAttemptFailedWhileNobodyIsThere() throws Exception {
        ScriptedPool.Peer peer = serve();
        int port = server.port();
        server.close();
        peer.hangUp();
        next(DeclaratorEvent.Lost.class);

        DeclaratorEvent.Lost refused =
                new DeclaratorEvent.Lost(Step.CONNECT, "connection refused by " + HOST + ":" + port);
        assertThat(next(DeclaratorEvent.Lost.class)).isEqualTo(refused);
        assertThat(next(DeclaratorEvent.Lost.class)).isEqualTo(refused);
    }

    @Test
    void goesWhereTheServerSendsItUnderTheSameAuthority() throws Exception {
        ScriptedPool other = new ScriptedPool(loops, workers, AUTHORITY);
        serve().send(new Reconnect("", other.port()));

        ScriptedPool.Peer there = other.accept();

        assertThat(there.next(SetupConnection.class).endpointPort()).isEqualTo(other.port());
        other.close();
    }

    @Test
    void asksForATokenRightBehindMegabytesOfTransactions() throws Exception {
        ScriptedPool.Peer peer = serve();
        send(declare(7, LARGE));
        long requestId = peer.next(DeclareMiningJob.class).requestId();

        peer.send(new ProvideMissingTransactions(requestId, List.of(0)))
                .send(new ProvideMissingTransactions(requestId, List.of(0)));
        send(new DeclaratorCommand.AllocateToken());

        boolean tokenSeen = false;
        for (int message = 0; message < 3; message++) {
            tokenSeen |= peer.next() instanceof AllocateMiningJobToken;
        }
        assertThat(tokenSeen).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void givesUpAServerThatDoesNotReadWhatItAskedFor() throws Exception {
        ScriptedPool.Peer peer = serve();
        send(declare(7, LARGE));
        long requestId = peer.next(DeclareMiningJob.class).requestId();
        peer.stopReading();

        for (int round = 0; round < 4; round++) {
            peer.send(new ProvideMissingTransactions(requestId, List.of(0)));
        }

        assertThat(next(DeclaratorEvent.Lost.class))
                .isEqualTo(new DeclaratorEvent.Lost(
                        Step.MINING, "the job declaration server does not read: more than 33554432 bytes wait for it"));
    }

    @Test
    void isSilentAndStaysAwayOnceItIsClosed() throws Exception {
        ScriptedPool.Peer peer = serve();

        send(new DeclaratorCommand.Close("switched"));
        send(new DeclaratorCommand.AllocateToken());

        assertThat(peer.isHungUpOn()).isTrue();
        assertThat(server.isDialledWithin(300)).isFalse();
        assertThat(events).isEmpty();
    }

    @Test
    void canBeClosedBeforeItIsConnected() throws Exception {
        send(new DeclaratorCommand.Close("switched"));

        loop.submit(() -> {}).get(20, TimeUnit.SECONDS);
        assertThat(events).isEmpty();
    }

    private ScriptedPool.Peer serve() throws InterruptedException {
        ScriptedPool.Peer peer = server.accept();
        peer.next(SetupConnection.class);
        peer.send(new SetupConnectionSuccess(2, 0));
        next(DeclaratorEvent.Ready.class);
        return peer;
    }

    private static DeclaratorCommand.Declare declare(long number, Bytes transaction) {
        return new DeclaratorCommand.Declare(
                number,
                TOKEN,
                0x20000000L,
                Bytes.fromHex("0200000000010151"),
                Bytes.fromHex("ffffffff00000000"),
                List.of(transaction),
                List.of(Hash256.ZERO),
                Bytes.EMPTY);
    }

    private void send(DeclaratorCommand command) {
        loop.execute(() -> declarator.send(command));
    }

    private <T extends DeclaratorEvent> T next(Class<T> type) throws InterruptedException {
        DeclaratorEvent event = events.poll(20, TimeUnit.SECONDS);
        if (!type.isInstance(event)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + event);
        }
        return type.cast(event);
    }
}
