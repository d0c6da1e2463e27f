package sluice.upstream.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.wire.ProtocolViolation;

class Sv1PoolCodecTest {
    private final List<Object> told = new ArrayList<>();
    private final ChannelInboundHandlerAdapter owner = new ChannelInboundHandlerAdapter() {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            told.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            told.add(cause);
        }
    };

    private EmbeddedChannel channel(boolean encrypted) {
        return new EmbeddedChannel(new Sv1PoolCodec(encrypted), owner);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    @Test
    void isReadyAtOnceInTheClear() {
        channel(false);

        assertThat(told).containsExactly(new LinesReady());
    }

    @Test
    void isReadyOnceHandsAreShakenAndOnlyOnce() {
        EmbeddedChannel channel = channel(true);
        assertThat(told).isEmpty();

        channel.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
        channel.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);

        assertThat(told).containsExactly(new LinesReady());
    }

    @Test
    void dropsWhatComesBehindAViolation() {
        EmbeddedChannel channel = channel(false);
        ByteBuf segment =
                bytes("{\"id\":1,\"method\":\"mining.ping\"}\nnonsense\n{\"id\":2,\"method\":\"mining.ping\"}\n");
        ByteBuf next = bytes("{\"id\":3,\"method\":\"mining.ping\"}\n");

        channel.writeInbound(segment, next);

        assertThat(channel.<Sv1ServerMessage>readInbound()).isEqualTo(new Sv1ServerMessage.Ping(Sv1Id.of(1)));
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(told)
                .last()
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation -> assertThat(violation.reason()).isEqualTo("bad-json"));
        assertThat(segment.refCnt()).isZero();
        assertThat(next.refCnt()).isZero();
    }

    @Test
    void readsFromMemoryOutsideTheHeap() {
        EmbeddedChannel channel = channel(false);

        channel.writeInbound(Unpooled.directBuffer().writeBytes(bytes("{\"id\":1,\"method\":\"mining.ping\"}\n")));

        assertThat(channel.<Sv1ServerMessage>readInbound()).isEqualTo(new Sv1ServerMessage.Ping(Sv1Id.of(1)));
    }

    @Test
    void writesMessagesAsLinesAndTheMarkOfAnEndAsItIs() {
        EmbeddedChannel channel = channel(false);

        channel.writeOutbound(new Sv1ClientMessage.Ping(Sv1Id.of(9)), Unpooled.EMPTY_BUFFER);

        assertThat(channel.<ByteBuf>readOutbound().toString(UTF_8))
                .isEqualTo("{\"id\":9,\"method\":\"mining.ping\",\"params\":[]}\n");
        assertThat(channel.<Object>readOutbound()).isSameAs(Unpooled.EMPTY_BUFFER);
    }
}
