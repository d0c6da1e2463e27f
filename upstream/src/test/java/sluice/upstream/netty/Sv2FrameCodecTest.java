package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.netty.HandshakeFixture.authority;
import static sluice.upstream.netty.HandshakeFixture.channel;
import static sluice.upstream.netty.HandshakeFixture.deliver;
import static sluice.upstream.netty.HandshakeFixture.deliverOneByOne;
import static sluice.upstream.netty.HandshakeFixture.exchange;
import static sluice.upstream.netty.HandshakeFixture.initiator;
import static sluice.upstream.netty.HandshakeFixture.responder;
import static sluice.upstream.netty.HandshakeFixture.written;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.noise.TransportFrames;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.Limits;
import sluice.protocol.sv2.wire.ProtocolViolation;

class Sv2FrameCodecTest {
    private static final Sv2Message HELLO = new SetupConnectionSuccess(2, 0);
    private static final int THREE_CHUNKS = 2 * TransportFrames.MAX_CHUNK_LENGTH + 1;

    private final HandshakeFixture.Owner client = new HandshakeFixture.Owner();
    private final HandshakeFixture.Owner server = new HandshakeFixture.Owner();
    private EmbeddedChannel dialling;
    private EmbeddedChannel accepting;

    @BeforeEach
    void shakeHands() {
        dialling = channel(initiator(authority(7), Runnable::run), client);
        accepting = channel(responder(authority(7), Runnable::run), server);
        exchange(dialling, accepting);
        assertThat(client.completed).isNotNull();
    }

    static Stream<Object> formsOfOneFrame() {
        return Stream.of(HELLO, HELLO.toFrameBytes(), Frame.parse(HELLO.toFrame()));
    }

    @ParameterizedTest
    @MethodSource("formsOfOneFrame")
    void writesMessagesFramesAndEncodedFramesAsOneBufferEach(Object form) {
        accepting.writeOutbound(form);

        ByteBuf sealed = accepting.readOutbound();
        assertThat(sealed.readableBytes()).isEqualTo(TransportFrames.sealedFrameLength(6));
        assertThat(accepting.<ByteBuf>readOutbound()).isNull();
        dialling.writeInbound(sealed);
        assertThat(Sv2Codec.decode(client.frames.getFirst())).contains(HELLO);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                TransportFrames.MAX_CHUNK_LENGTH - 1,
                TransportFrames.MAX_CHUNK_LENGTH,
                TransportFrames.MAX_CHUNK_LENGTH + 1,
                THREE_CHUNKS,
                Limits.MINING_FROM_SERVER
            })
    void carriesPayloadsOfAnyLengthUpToTheCeiling(int length) {
        Frame frame = frameOf(length);

        accepting.writeOutbound(frame);
        byte[] sealed = written(accepting);
        assertThat(sealed).hasSize(TransportFrames.sealedFrameLength(length));
        deliver(sealed, dialling);

        assertThat(client.frames).containsExactly(frame);
    }

    @Test
    void opensAThreeChunkFrameThatArrivesByteByByte() {
        Frame frame = frameOf(THREE_CHUNKS);
        accepting.writeOutbound(frame, HELLO);

        deliverOneByOne(written(accepting), dialling);

        assertThat(client.frames).containsExactly(frame, Frame.parse(HELLO.toFrame()));
    }

    @Test
    void opensManyFramesOfOneSegmentInOrder() {
        List<Frame> frames = List.of(frameOf(1), frameOf(0), frameOf(70_000), frameOf(300));
        accepting.writeOutbound(frames.toArray());

        deliver(written(accepting), dialling);

        assertThat(client.frames).containsExactlyElementsOf(frames);
    }

    @Test
    void closesOnAHeaderAboveTheCeilingBeforeAnyPayloadArrives() {
        accepting.writeOutbound(frameOf(Limits.MINING_FROM_SERVER + 1));

        deliver(Arrays.copyOf(written(accepting), TransportFrames.SEALED_HEADER_LENGTH), dialling);

        assertThat(client.violation().reason()).isEqualTo(ProtocolViolation.FRAME_TOO_LARGE);
        assertThat(dialling.isOpen()).isFalse();
        assertThat(client.frames).isEmpty();
    }

    @Test
    void appliesANewCeilingFromTheNextFrameOn() {
        client.completed.frames().payloadCeiling(Limits.SETUP);
        accepting.writeOutbound(frameOf(Limits.SETUP));
        deliver(written(accepting), dialling);
        assertThat(client.frames).hasSize(1);

        accepting.writeOutbound(frameOf(Limits.SETUP + 1));
        deliver(written(accepting), dialling);

        assertThat(client.frames).hasSize(1);
        assertThat(client.violation().reason()).isEqualTo(ProtocolViolation.FRAME_TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, TransportFrames.SEALED_HEADER_LENGTH})
    void closesOnceAndDropsTheRestWhenAByteWasChanged(int at) {
        accepting.writeOutbound(HELLO, HELLO);
        byte[] sealed = written(accepting);
        sealed[at] ^= 1;

        deliver(sealed, dialling);

        assertThat(client.violation().reason()).isEqualTo("noise-frame-not-authentic");
        assertThat(client.failures).hasSize(1);
        assertThat(client.frames).isEmpty();
        assertThat(dialling.isOpen()).isFalse();
    }

    @Test
    void releasesHalfAFrameWhenTheConnectionCloses() {
        accepting.writeOutbound(HELLO);
        byte[] sealed = written(accepting);
        ByteBuf half = Unpooled.directBuffer().writeBytes(sealed, 0, sealed.length - 1);

        dialling.writeInbound(half);
        assertThat(half.refCnt()).isEqualTo(1);
        dialling.close();

        assertThat(half.refCnt()).isZero();
        assertThat(client.frames).isEmpty();
        assertThat(client.failures).isEmpty();
    }

    @Test
    void tellsTheOwnerOfAMessageThatCannotBeEncodedAndStaysInStep() {
        Sv2Message unwritable = new Reconnect("pool.example", 70_000);

        ChannelFuture written = accepting.writeOneOutbound(unwritable);
        accepting.writeOutbound(HELLO);
        deliver(written(accepting), dialling);

        assertThat(written.cause()).isInstanceOf(IllegalArgumentException.class);
        assertThat(server.failures).containsExactly(written.cause());
        assertThat(client.frames).hasSize(1);
    }

    @Test
    void letsAnEmptyBufferPassSoThatAWriterCanCloseBehindWhatItWrote() {
        ChannelFuture mark = accepting.writeOneOutbound(Unpooled.EMPTY_BUFFER);
        accepting.flush();

        assertThat(mark.isSuccess()).isTrue();
        assertThat(written(accepting)).isEmpty();
        assertThat(server.failures).isEmpty();
    }

    @Test
    void refusesToSendWhatIsNoFrame() {
        ByteBuf raw = Unpooled.buffer().writeByte(1);

        ChannelFuture written = accepting.writeOneOutbound(raw);

        assertThat(written.cause()).isInstanceOf(IllegalArgumentException.class);
        assertThat(raw.refCnt()).isZero();
        assertThat(written(accepting)).isEmpty();
    }

    @Test
    void refusesBytesThatAreNotExactlyOneFrame() {
        Bytes twice = Bytes.concat(HELLO.toFrameBytes(), HELLO.toFrameBytes());

        assertThat(accepting.writeOneOutbound(twice).cause()).isInstanceOf(IllegalArgumentException.class);
        assertThat(accepting.writeOneOutbound(Bytes.EMPTY).cause()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void carriesAMessageLargerThanTheKeptArraysAndASmallOneBehindIt() {
        Bytes half = Bytes.zeros(65_535);
        NewExtendedMiningJob large =
                new NewExtendedMiningJob(1, 2, OptionalLong.empty(), 3, true, List.of(), half, half);
        assertThat(large.toFrame().length).isGreaterThan(FrameScratch.MAX_KEPT_LENGTH);

        accepting.writeOutbound(large, HELLO);
        deliver(written(accepting), dialling);

        assertThat(Sv2Codec.decode(client.frames.get(0))).contains(large);
        assertThat(Sv2Codec.decode(client.frames.get(1))).contains(HELLO);
    }

    private static Frame frameOf(int payloadLength) {
        byte[] payload = new byte[payloadLength];
        for (int i = 0; i < payloadLength; i++) {
            payload[i] = (byte) (i * 31);
        }
        return new Frame(0x4000, false, 0x74, Bytes.wrap(payload));
    }
}
