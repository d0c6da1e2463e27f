package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

/** A pool can stop answering at every step, and the loss names the step. */
class PoolStepsTest {
    private static final Duration SHORT = Duration.ofMillis(100);

    private final DiallingFixture dialling = new DiallingFixture();
    private final AtomicLong seconds = new AtomicLong(Instant.now().getEpochSecond());
    private volatile int secondsPerLook;

    /** From now on all deadlines are over as soon as they are set. */
    private void letTimeRush() {
        secondsPerLook = 1_000;
    }

    private void holdTheClock() {
        dialling.clock = () -> Instant.ofEpochSecond(seconds.addAndGet(secondsPerLook));
    }

    @AfterEach
    void stop() {
        dialling.close();
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void aNameServerThatNeverAnswers(DiallingFixture.Kind kind) throws Exception {
        dialling.timeouts = new StepTimeouts(SHORT, SHORT, SHORT);
        dialling.resolver = host -> new CompletableFuture<>();
        dialling.connect(kind, 3333);

        assertLost(Step.RESOLVE, "no answer from the name server for pool.example within 100 ms");
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void aNameThatDoesNotExist(DiallingFixture.Kind kind) throws Exception {
        dialling.resolver = host -> CompletableFuture.failedFuture(new UnknownHostException("no such name"));
        dialling.connect(kind, 3333);

        assertLost(Step.RESOLVE, "cannot resolve pool.example: no such name");
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void anAddressThatNeverAnswers(DiallingFixture.Kind kind) throws Exception {
        dialling.timeouts = new StepTimeouts(SHORT, SHORT, SHORT);
        try (DeafPort deaf = new DeafPort()) {
            dialling.connect(kind, deaf.port());

            assertLost(
                    Step.CONNECT,
                    "no answer from " + InetAddress.getLoopbackAddress().getHostAddress() + ":" + deaf.port()
                            + " within 100 ms");
        }
    }

    @Test
    void aNoiseHandshakeThatIsNotAnswered() throws Exception {
        dialling.timeouts = new StepTimeouts(SHORT, SHORT, SHORT);
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dialling.connect(DiallingFixture.Kind.SV2, silent.getLocalPort());

            assertLost(
                    Step.HANDSHAKE,
                    "handshake failed: the server did not finish the handshake within 100 ms (0 bytes arrived)");
        }
    }

    @Test
    void aTlsHandshakeThatIsNotAnswered() throws Exception {
        dialling.timeouts = new StepTimeouts(SHORT, SHORT, SHORT);
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dialling.connect(DiallingFixture.Kind.SV1_OVER_TLS, silent.getLocalPort());

            assertLost(Step.HANDSHAKE, "handshake failed: TLS: handshake timed out after 100ms");
        }
    }

    @Test
    void aChannelThatAnSv2PoolDoesNotOpen() throws Exception {
        holdTheClock();
        try (ScriptedPool pool = dialling.openSv2Pool()) {
            dialling.connect(DiallingFixture.Kind.SV2, pool.port());
            ScriptedPool.Peer peer = pool.accept();
            peer.next(SetupConnection.class);
            letTimeRush();
            peer.send(new SetupConnectionSuccess(2, 0));

            assertLost(Step.OPEN_CHANNEL, "no answer to OpenExtendedMiningChannel from the pool within 15 s");
        }
    }

    @Test
    void aFirstJobThatAnSv2PoolDoesNotSend() throws Exception {
        holdTheClock();
        try (ScriptedPool pool = dialling.openSv2Pool()) {
            open(pool, true);

            dialling.next(UpstreamEvent.ChannelOpened.class);
            assertLost(Step.FIRST_JOB, "no job with its tip from the pool within 60 s");
        }
    }

    @Test
    void jobsThatAnSv2PoolSendsNoMore() throws Exception {
        holdTheClock();
        try (ScriptedPool pool = dialling.openSv2Pool()) {
            ScriptedPool.Peer peer = open(pool, false);
            peer.send(ScriptedPool.job(1, OptionalLong.empty()));
            dialling.next(UpstreamEvent.ChannelOpened.class);
            dialling.next(UpstreamEvent.JobAnnounced.class);
            letTimeRush();
            peer.send(new SetNewPrevHash(ScriptedPool.CHANNEL, 1, Hash256.ZERO, 1_700_000_000L, 0x1b00d7c0L));

            dialling.next(UpstreamEvent.TipChanged.class);
            assertLost(Step.MINING, "no job from the pool for 10 min");
        }
    }

    private ScriptedPool.Peer open(ScriptedPool pool, boolean inARush) throws InterruptedException {
        dialling.connect(DiallingFixture.Kind.SV2, pool.port());
        ScriptedPool.Peer peer = pool.accept();
        peer.next(SetupConnection.class);
        peer.send(new SetupConnectionSuccess(2, 0));
        OpenExtendedMiningChannel open = peer.next(OpenExtendedMiningChannel.class);
        if (inARush) {
            letTimeRush();
        }
        return peer.send(new OpenExtendedMiningChannelSuccess(
                open.requestId(), ScriptedPool.CHANNEL, Target.DIFFICULTY_1, 16, Bytes.fromHex("a1a2"), 1));
    }

    @Test
    void aConfigureThatAnSv1PoolHangsUpOn() throws Exception {
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.connect(DiallingFixture.Kind.SV1, pool.port());
            ScriptedSv1Pool.Peer peer = pool.accept();
            assertThat(peer.nextLine()).contains("mining.configure");
            peer.hangUp();

            assertLost(Step.SETUP, "the pool closed the connection");
        }
    }

    @Test
    void aFirstJobThatAnSv1PoolDoesNotSend() throws Exception {
        holdTheClock();
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.connect(DiallingFixture.Kind.SV1, pool.port());
            ScriptedSv1Pool.Peer peer = pool.accept();
            peer.letIn(this::letTimeRush);

            assertLost(Step.FIRST_JOB, "no mining.notify from the pool within 60 s");
        }
    }

    @Test
    void jobsThatAnSv1PoolSendsNoMore() throws Exception {
        holdTheClock();
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.connect(DiallingFixture.Kind.SV1, pool.port());
            ScriptedSv1Pool.Peer peer = pool.accept();
            peer.letIn();
            letTimeRush();
            peer.send("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}")
                    .send(ScriptedSv1Pool.job("j1", true));

            dialling.next(UpstreamEvent.ChannelOpened.class);
            dialling.next(UpstreamEvent.JobAnnounced.class);
            dialling.next(UpstreamEvent.TipChanged.class);
            assertLost(Step.MINING, "no job from the pool for 10 min");
        }
    }

    private void assertLost(Step step, String reason) throws InterruptedException {
        assertThat(dialling.next()).isEqualTo(new UpstreamEvent.Lost(step, reason));
    }
}
