package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.netty.HandshakeFixture.DEADLINE;
import static sluice.upstream.netty.HandshakeFixture.authority;
import static sluice.upstream.netty.HandshakeFixture.channel;
import static sluice.upstream.netty.HandshakeFixture.deliver;
import static sluice.upstream.netty.HandshakeFixture.deliverOneByOne;
import static sluice.upstream.netty.HandshakeFixture.exchange;
import static sluice.upstream.netty.HandshakeFixture.initiator;
import static sluice.upstream.netty.HandshakeFixture.publicKey;
import static sluice.upstream.netty.HandshakeFixture.responder;
import static sluice.upstream.netty.HandshakeFixture.written;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.NoiseHandshake;

class NoiseHandlersTest {
    private static final AuthoritySecretKey AUTHORITY = authority(7);
    private static final SetupConnectionSuccess HELLO = new SetupConnectionSuccess(2, 0);
    private static final String SV1_ERROR =
            "{\"id\":null,\"result\":null,\"error\":[20,\"Not a valid JSON request\",null]}\n";

    private final HandshakeFixture.Owner client = new HandshakeFixture.Owner();
    private final HandshakeFixture.Owner server = new HandshakeFixture.Owner();

    @Test
    void bothEndsAgreeAndCarryFrames() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client.greetingWith(HELLO));
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server.greetingWith(HELLO));

        exchange(dialling, accepting);

        assertThat(client.completed.handshakeHash()).isEqualTo(server.completed.handshakeHash());
        assertThat(client.completed.staticKey()).isEqualTo(server.completed.staticKey());
        assertThat(client.frames).containsExactlyElementsOf(server.frames).hasSize(1);
        assertThat(Sv2Codec.decode(client.frames.getFirst())).contains(HELLO);
        assertThat(dialling.pipeline().get(NoiseInitiatorHandler.class)).isNull();
        assertThat(accepting.pipeline().get(NoiseResponderHandler.class)).isNull();
        assertThat(dialling.config().isAutoRead()).isTrue();
        assertThat(accepting.config().isAutoRead()).isTrue();
    }

    @Test
    void survivesOneByteAtATime() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server.greetingWith(HELLO));

        byte[] act1 = written(dialling);
        assertThat(act1).hasSize(NoiseHandshake.ACT1_LENGTH);
        deliverOneByOne(act1, accepting);
        deliverOneByOne(written(accepting), dialling);

        assertThat(client.frames).hasSize(1);
        assertThat(client.failures).isEmpty();
    }

    @Test
    void takesTheFirstFrameOutOfTheSegmentOfAct2() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server.greetingWith(HELLO));

        deliver(written(dialling), accepting);
        byte[] act2AndFrame = written(accepting);
        assertThat(act2AndFrame).hasSizeGreaterThan(NoiseHandshake.ACT2_LENGTH);
        deliver(act2AndFrame, dialling);

        assertThat(client.completed).isNotNull();
        assertThat(client.frames).hasSize(1);
    }

    @Test
    void namesBothKeysWhenTheAuthorityIsAnother() {
        AuthoritySecretKey another = authority(8);
        EmbeddedChannel dialling = channel(initiator(another, Runnable::run), client);
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server);

        exchange(dialling, accepting);

        assertThat(client.violation().reason()).isEqualTo("noise-wrong-authority");
        assertThat(client.violation().detail())
                .contains(publicKey(another).text())
                .contains(server.completed.staticKey().hex());
        assertThat(client.completed).isNull();
        assertThat(dialling.isOpen()).isFalse();
    }

    @Test
    void closesWhenAct2WasChangedOnTheWay() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server);

        deliver(written(dialling), accepting);
        byte[] act2 = written(accepting);
        act2[NoiseHandshake.ACT2_LENGTH - 1] ^= 1;
        deliver(act2, dialling);

        assertThat(client.violation().reason()).isEqualTo("noise-certificate-not-authentic");
        assertThat(dialling.isOpen()).isFalse();
    }

    @Test
    void endsAtTheDeadlineWhenTheServerIsSilent() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);
        dialling.freezeTime();
        written(dialling);

        dialling.advanceTimeBy(DEADLINE.toMillis() / 2, TimeUnit.MILLISECONDS);
        dialling.runPendingTasks();
        assertThat(dialling.isOpen()).isTrue();
        dialling.advanceTimeBy(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        dialling.runPendingTasks();

        assertThat(client.violation().reason()).isEqualTo(NoiseHandler.TIMEOUT);
        assertThat(dialling.isOpen()).isFalse();
    }

    @Test
    void endsAtTheDeadlineWhenAClientStopsInsideAct1() {
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server);
        accepting.freezeTime();
        deliver(new byte[NoiseHandshake.ACT1_LENGTH - 1], accepting);

        accepting.advanceTimeBy(DEADLINE.toMillis() + 1, TimeUnit.MILLISECONDS);
        accepting.runPendingTasks();

        assertThat(server.violation().reason()).isEqualTo(NoiseHandler.TIMEOUT);
        assertThat(server.violation().detail()).contains("63 bytes arrived");
        assertThat(accepting.isOpen()).isFalse();
    }

    @Test
    void forgetsTheDeadlineAfterTheHandshake() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server);
        dialling.freezeTime();
        exchange(dialling, accepting);

        dialling.advanceTimeBy(DEADLINE.toMillis() * 2, TimeUnit.MILLISECONDS);
        dialling.runPendingTasks();

        assertThat(client.failures).isEmpty();
        assertThat(dialling.isOpen()).isTrue();
    }

    @Test
    void recognisesAServerThatSpeaksJson() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);

        deliver(SV1_ERROR.getBytes(StandardCharsets.US_ASCII), dialling);

        assertThat(client.violation().reason()).isEqualTo(NoiseHandler.FOREIGN_PROTOCOL);
        assertThat(client.violation().detail()).contains("JSON");
        assertThat(dialling.isOpen()).isFalse();
    }

    @Test
    void recognisesHttpFromALineThatIsTooShortToBeSureUntilItCloses() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);

        deliver("HTTP/1.1 400\r\n".getBytes(StandardCharsets.US_ASCII), dialling);
        assertThat(dialling.isOpen()).isTrue();
        dialling.close();

        assertThat(client.violation().reason()).isEqualTo(NoiseHandler.CLOSED);
        assertThat(client.violation().detail()).contains("HTTP");
    }

    @Test
    void recognisesTheAlertOfATlsServer() {
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);

        deliver(new byte[] {0x15, 0x03, 0x03, 0, 2, 2, 10}, dialling);
        dialling.close();

        assertThat(client.violation().detail()).contains("TLS");
    }

    @Test
    void saysSoWhenThePeerClosesDuringTheHandshake() {
        EmbeddedChannel accepting = channel(responder(AUTHORITY, Runnable::run), server);

        accepting.close();

        assertThat(server.failures).hasSize(1);
        assertThat(server.violation().reason()).isEqualTo(NoiseHandler.CLOSED);
    }

    @Test
    void closesWhenTooManyHandshakesWait() {
        EmbeddedChannel accepting = channel(
                responder(AUTHORITY, task -> {
                    throw new RejectedExecutionException();
                }),
                server);

        deliver(new byte[NoiseHandshake.ACT1_LENGTH], accepting);

        assertThat(server.violation().reason()).isEqualTo(NoiseHandler.OVERLOADED);
        assertThat(accepting.isOpen()).isFalse();
    }

    @Test
    void readsNothingWhileAWorkerComputesAndKeepsWhatCameEarly() {
        Queue<Runnable> work = new ArrayDeque<>();
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);
        EmbeddedChannel accepting = channel(responder(AUTHORITY, work::add), server.greetingWith(HELLO));
        byte[] act1 = written(dialling);

        deliver(act1, accepting);
        assertThat(accepting.config().isAutoRead()).isFalse();
        assertThat(written(accepting)).isEmpty();
        deliver(new byte[] {1, 2, 3}, accepting);
        work.remove().run();
        byte[] act2AndFrame = written(accepting);

        assertThat(accepting.config().isAutoRead()).isTrue();
        deliver(act2AndFrame, dialling);
        assertThat(client.frames).hasSize(1);
        deliver(new byte[19], accepting);
        assertThat(server.violation().reason())
                .as("3 early bytes and 19 later ones are the 22 of a header")
                .isEqualTo("noise-frame-not-authentic");
    }

    @Test
    void dropsTheResultForAConnectionThatIsGone() {
        Queue<Runnable> work = new ArrayDeque<>();
        EmbeddedChannel accepting = channel(responder(AUTHORITY, work::add), server);
        deliver(new byte[NoiseHandshake.ACT1_LENGTH], accepting);

        accepting.close();
        work.remove().run();

        assertThat(written(accepting)).isEmpty();
        assertThat(server.completed).isNull();
        assertThat(server.failures).hasSize(1);
    }

    @Test
    void reportsAMistakeInTheArithmeticAsItIs() {
        IllegalStateException mistake = new IllegalStateException("no key");
        EmbeddedChannel accepting = channel(
                new NoiseResponderHandler(HandshakeFixture.settings(Runnable::run), () -> {
                    throw mistake;
                }),
                server);

        deliver(new byte[NoiseHandshake.ACT1_LENGTH], accepting);

        assertThat(server.failures).containsExactly(mistake);
        assertThat(accepting.isOpen()).isFalse();
    }

    @Test
    void takesRandomLookingBytesForNoForeignProtocol() {
        byte[] almostText = SV1_ERROR.getBytes(StandardCharsets.US_ASCII);
        almostText[ForeignProtocol.SURE_LENGTH - 1] = (byte) 0x80;
        EmbeddedChannel dialling = channel(initiator(AUTHORITY, Runnable::run), client);

        deliver(Arrays.copyOf(almostText, ForeignProtocol.SURE_LENGTH), dialling);

        assertThat(client.failures).isEmpty();
        assertThat(dialling.isOpen()).isTrue();
    }
}
