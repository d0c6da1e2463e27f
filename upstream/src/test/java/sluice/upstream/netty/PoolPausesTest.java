package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

/** What cuts the pause between two attempts short, which is endless in this test, and what does not. */
class PoolPausesTest {
    private static final UpstreamCommand.ConnectNow CONNECT_NOW = new UpstreamCommand.ConnectNow();

    private final DiallingFixture dialling = new DiallingFixture();
    private final AtomicInteger attempts = new AtomicInteger();

    @BeforeEach
    void countAttempts() {
        dialling.resolver = host -> {
            attempts.incrementAndGet();
            return CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress()));
        };
    }

    @AfterEach
    void stop() {
        dialling.close();
    }

    private static int portOfNobody() throws Exception {
        try (ServerSocket closedAgain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closedAgain.getLocalPort();
        }
    }

    @ParameterizedTest
    @EnumSource(DiallingFixture.Kind.class)
    void whoIsWaitedForIsDialledNow(DiallingFixture.Kind kind) throws Exception {
        dialling.connect(kind, portOfNobody());
        assertThat(dialling.nextLost().step()).isEqualTo(Step.CONNECT);
        dialling.letLoopWork();

        dialling.send(CONNECT_NOW);

        assertThat(dialling.nextLost().step()).isEqualTo(Step.CONNECT);
        dialling.assertSilent();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void alsoWhereThatIsSaidFromInsideTheLoss() throws Exception {
        dialling.onLoop = event -> {
            if (event instanceof UpstreamEvent.Lost && attempts.get() == 1) {
                dialling.sendFromLoop(CONNECT_NOW);
            }
        };
        dialling.connect(DiallingFixture.Kind.SV2, portOfNobody());

        dialling.nextLost();
        dialling.nextLost();
        dialling.assertSilent();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void anAttemptUnderWayIsLeftAlone() throws Exception {
        try (DeafPort deaf = new DeafPort()) {
            dialling.connect(DiallingFixture.Kind.SV2, deaf.port());
            dialling.letLoopWork();

            dialling.send(CONNECT_NOW);

            dialling.assertSilent();
            assertThat(attempts).hasValue(1);
        }
    }

    @Test
    void whoWasClosedIsNotDialledAgain() throws Exception {
        dialling.connect(DiallingFixture.Kind.SV2, portOfNobody());
        dialling.nextLost();
        dialling.send(new UpstreamCommand.Close("enough"));

        dialling.send(CONNECT_NOW);

        dialling.assertSilent();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void whereAPoolSendsUsWeGoAtOnceAndWhereThatOneSendsUsAfterThePause() throws Exception {
        try (ScriptedPool first = dialling.openSv2Pool();
                ScriptedPool second = dialling.openSv2Pool()) {
            dialling.connect(DiallingFixture.Kind.SV2, first.port());
            first.accept().letMine().send(new Reconnect("", second.port()));
            awaitLost();

            second.accept().letMine().send(new Reconnect("", first.port()));
            awaitLost();

            dialling.assertSilent();
            assertThat(attempts).hasValue(2);
            dialling.send(CONNECT_NOW);
            first.accept().letMine();
            dialling.next(UpstreamEvent.ChannelOpened.class);
        }
    }

    private void awaitLost() throws InterruptedException {
        dialling.next(UpstreamEvent.ChannelOpened.class);
        dialling.next(UpstreamEvent.JobAnnounced.class);
        dialling.next(UpstreamEvent.TipChanged.class);
        assertThat(dialling.nextLost().reason()).startsWith("the pool asked us to reconnect");
    }
}
