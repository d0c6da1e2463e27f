package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.wire.Frame;

class LoopbackHandshakeTest {
    private static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(9);
    private static final int ECHOES = 100;

    private final ExecutorService workers = HandshakeWorkers.start(2);
    private final BlockingQueue<Frame> echoed = new LinkedBlockingQueue<>();
    private EventLoopGroup loops;

    @AfterEach
    void stop() {
        workers.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void framesOfAllSizesComeBackOverRealSockets(Transport transport) throws Exception {
        Assumptions.assumeTrue(transport == Transport.NIO || Transport.best() == Transport.EPOLL);
        loops = transport.newEventLoops(2, "loopback-test");
        assertThat(Transport.of(loops.next())).isEqualTo(transport);
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverSocketChannel())
                .childHandler(pipeline(HandshakeSide.ACCEPTING))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        new Bootstrap()
                .group(loops)
                .channel(transport.socketChannel())
                .handler(pipeline(HandshakeSide.DIALLING))
                .connect(listening.localAddress())
                .sync();

        for (int i = 0; i < ECHOES; i++) {
            Frame frame = echoed.poll(20, TimeUnit.SECONDS);
            assertThat(frame).isEqualTo(frame(i));
        }
    }

    private enum HandshakeSide {
        DIALLING,
        ACCEPTING
    }

    private ChannelInitializer<Channel> pipeline(HandshakeSide side) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (side == HandshakeSide.ACCEPTING) {
                    channel.pipeline().addLast(HandshakeFixture.responder(AUTHORITY, workers), new Echo());
                } else {
                    channel.pipeline().addLast(HandshakeFixture.initiator(AUTHORITY, workers), new Caller());
                }
            }
        };
    }

    private static Frame frame(int number) {
        byte[] payload = new byte[number * 1_500];
        Arrays.fill(payload, (byte) number);
        return new Frame(0, false, number, Bytes.wrap(payload));
    }

    private static final class Echo extends SimpleChannelInboundHandler<Frame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
            ctx.writeAndFlush(frame);
        }
    }

    private final class Caller extends SimpleChannelInboundHandler<Frame> {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            for (int i = 0; i < ECHOES; i++) {
                ctx.write(frame(i));
            }
            ctx.flush();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
            echoed.add(frame);
        }
    }
}
