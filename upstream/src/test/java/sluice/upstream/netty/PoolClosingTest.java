package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

/** An upstream may be closed at any time: it says so once where something was under way, and then nothing ever again. */
class PoolClosingTest {
    private static final UpstreamCommand.Close CLOSE = new UpstreamCommand.Close("another pool");
    private static final String CLOSED = "closed by us: another pool";

    private final DiallingFixture dialling = new DiallingFixture();

    @AfterEach
    void stop() {
        dialling.close();
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void whileItsNameIsResolved(DiallingFixture.Kind kind) throws Exception {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        dialling.resolver = host -> answer;
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.connect(kind, pool.port());

            dialling.send(CLOSE);
            assertClosed(Step.RESOLVE);

            answer.complete(List.of(InetAddress.getLoopbackAddress()));
            assertThat(pool.isDialledWithin(200)).isFalse();
            dialling.assertSilent();
        }
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void whileItConnects(DiallingFixture.Kind kind) throws Exception {
        try (DeafPort deaf = new DeafPort()) {
            dialling.connect(kind, deaf.port());
            dialling.letLoopWork();

            dialling.send(CLOSE);

            assertClosed(Step.CONNECT);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DiallingFixture.Kind.class,
            names = {"SV2", "SV1_OVER_TLS"})
    void whileItShakesHands(DiallingFixture.Kind kind) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dialling.connect(kind, silent.getLocalPort());
            try (Socket client = silent.accept()) {
                assertThat(client.getInputStream().read()).as("its first byte").isNotNegative();

                dialling.send(CLOSE);
                assertClosed(Step.HANDSHAKE);

                assertThat(client.getInputStream().readAllBytes())
                        .as("until it hangs up")
                        .isNotNull();
                dialling.assertSilent();
            }
        }
    }

    @Test
    void whileAnSv2PoolOwesTheAnswerToTheSetup() throws Exception {
        try (ScriptedPool pool = dialling.openSv2Pool()) {
            dialling.connect(DiallingFixture.Kind.SV2, pool.port());
            ScriptedPool.Peer peer = pool.accept();
            peer.next(SetupConnection.class);

            dialling.send(CLOSE);

            assertClosed(Step.SETUP);
            assertThat(peer.isHungUpOn()).isTrue();
        }
    }

    @Test
    void whileAnSv2PoolOwesTheChannel() throws Exception {
        try (ScriptedPool pool = dialling.openSv2Pool()) {
            dialling.connect(DiallingFixture.Kind.SV2, pool.port());
            ScriptedPool.Peer peer = pool.accept();
            peer.next(SetupConnection.class);
            peer.send(new SetupConnectionSuccess(2, 0)).next(OpenExtendedMiningChannel.class);

            dialling.send(CLOSE);

            assertClosed(Step.OPEN_CHANNEL);
        }
    }

    @Test
    void whileAnSv1PoolOwesTheAnswerToConfigure() throws Exception {
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.connect(DiallingFixture.Kind.SV1, pool.port());
            ScriptedSv1Pool.Peer peer = pool.accept();
            peer.nextLine();

            dialling.send(CLOSE);

            assertClosed(Step.SETUP);
            assertThat(peer.isHungUpOn()).isTrue();
        }
    }

    @Test
    void whileItMinesWithAnSv2PoolAndAfterTheVerdictsThatWereThere() throws Exception {
        try (ScriptedPool pool = dialling.openSv2Pool()) {
            dialling.connect(DiallingFixture.Kind.SV2, pool.port());
            ScriptedPool.Peer peer = pool.accept().letMine();
            expectWork();
            for (long sequence = 1; sequence <= 3; sequence++) {
                dialling.submit(sequence, 1, 16);
                peer.next(SubmitSharesExtended.class);
            }
            // Closed from inside the last verdict, so that nothing is left to chance.
            dialling.onLoop = event -> {
                if (event instanceof UpstreamEvent.SharesAccepted) {
                    dialling.sendFromLoop(CLOSE);
                }
            };
            peer.send(new SubmitSharesError(ScriptedPool.CHANNEL, 1, "stale-share"))
                    .send(new SubmitSharesSuccess(ScriptedPool.CHANNEL, 2, 1, 1));

            assertThat(dialling.next()).isEqualTo(new UpstreamEvent.ShareRejected(1, "stale-share"));
            assertThat(dialling.next()).isEqualTo(new UpstreamEvent.SharesAccepted(2, 1, 1));
            assertClosed(Step.MINING);
        }
    }

    @Test
    void whileItMinesWithAnSv1PoolAndAfterTheVerdictsThatWereThere() throws Exception {
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.connect(DiallingFixture.Kind.SV1, pool.port());
            ScriptedSv1Pool.Peer peer = pool.accept().letMine();
            long jobId = expectWork();
            for (long sequence = 1; sequence <= 3; sequence++) {
                dialling.submit(sequence, jobId, 8);
                assertThat(peer.nextLine()).contains("mining.submit");
            }
            // The second share's, which waits for the first one's; the answer to the question shows that it arrived.
            peer.send("{\"id\":6,\"result\":true,\"error\":null}")
                    .send("{\"id\":1,\"method\":\"client.get_version\",\"params\":[]}");
            assertThat(peer.nextLine()).contains("Sluice/test");

            dialling.send(CLOSE);

            assertThat(dialling.next()).isEqualTo(new UpstreamEvent.ShareRejected(1, "no-verdict"));
            assertThat(dialling.next()).isEqualTo(new UpstreamEvent.SharesAccepted(2, 1, 1024));
            assertClosed(Step.MINING);
        }
    }

    private long expectWork() throws InterruptedException {
        dialling.next(UpstreamEvent.ChannelOpened.class);
        long jobId = dialling.next(UpstreamEvent.JobAnnounced.class).job().jobId();
        dialling.next(UpstreamEvent.TipChanged.class);
        return jobId;
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void withoutAWordWhileItWaitsForTheNextAttempt(DiallingFixture.Kind kind) throws Exception {
        dialling.connect(kind, portOfNobody());
        assertThat(dialling.nextLost().step()).isEqualTo(Step.CONNECT);
        dialling.letLoopWork();

        dialling.send(CLOSE);

        assertSilentForEver();
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void withoutAnotherWordFromInsideTheLoss(DiallingFixture.Kind kind) throws Exception {
        dialling.onLoop = event -> {
            if (event instanceof UpstreamEvent.Lost) {
                dialling.sendFromLoop(CLOSE);
            }
        };
        dialling.connect(kind, portOfNobody());

        assertThat(dialling.nextLost().reason()).startsWith("connection refused");
        assertSilentForEver();
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void withoutAWordBeforeItIsStarted(DiallingFixture.Kind kind) throws Exception {
        try (ScriptedSv1Pool pool = new ScriptedSv1Pool(Optional.empty())) {
            dialling.create(kind, pool.port());
            dialling.send(CLOSE);

            dialling.start();

            assertSilentForEver();
            assertThat(pool.isDialledWithin(200)).isFalse();
        }
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket closedAgain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closedAgain.getLocalPort();
        }
    }

    private void assertClosed(Step step) throws Exception {
        assertThat(dialling.next()).isEqualTo(new UpstreamEvent.Lost(step, CLOSED));
        assertSilentForEver();
    }

    /** Whatever it is told. */
    private void assertSilentForEver() throws Exception {
        dialling.submit(99, 1, 16);
        dialling.send(new UpstreamCommand.UpdateDemand(1, Target.MAX));
        dialling.send(new UpstreamCommand.Close("again"));
        dialling.assertSilent();
    }
}
