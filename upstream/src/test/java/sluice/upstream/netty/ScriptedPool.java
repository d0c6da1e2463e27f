package sluice.upstream.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.Limits;

/** A pool on loopback whose every answer the test writes itself. */
final class ScriptedPool implements AutoCloseable {
    static final long CHANNEL = 4;

    private static final int PATIENCE_SECONDS = 20;

    private final EventLoopGroup loops;
    private final Executor workers;
    private final AuthoritySecretKey authority;
    private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
    private final int largestPayload;
    private Channel listening;
    private Channel lastConnection;

    ScriptedPool(EventLoopGroup loops, Executor workers, AuthoritySecretKey authority) {
        this(loops, workers, authority, Limits.MINING_FROM_SERVER);
    }

    /** One that takes payloads of up to so many bytes. */
    ScriptedPool(EventLoopGroup loops, Executor workers, AuthoritySecretKey authority, int largestPayload) {
        this.largestPayload = largestPayload;
        this.loops = loops;
        this.workers = workers;
        this.authority = authority;
        listen(0);
    }

    void listen(int port) {
        listening = new ServerBootstrap()
                .group(loops)
                .channel(Transport.of(loops.next()).serverSocketChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        lastConnection = channel;
                        NoiseResponderHandler handshake = new NoiseResponderHandler(
                                HandshakeFixture.settings(workers, largestPayload),
                                HandshakeFixture.issuer(authority, InstantSource.system()));
                        channel.pipeline().addLast(handshake, new Peer(channel));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** The next client whose handshake is done. */
    Peer accept() throws InterruptedException {
        Peer peer = peers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (peer == null) {
            throw new AssertionError("nobody connected");
        }
        return peer;
    }

    /** Whether somebody connects within a moment. */
    boolean isDialledWithin(long millis) throws InterruptedException {
        return peers.poll(millis, TimeUnit.MILLISECONDS) != null;
    }

    @Override
    public void close() {
        listening.close().syncUninterruptibly();
        if (lastConnection != null) {
            lastConnection.close().syncUninterruptibly();
        }
    }

    /** One client's connection, seen from the pool. */
    final class Peer extends SimpleChannelInboundHandler<Frame> {
        private final Channel channel;
        private final BlockingQueue<Sv2Message> received = new LinkedBlockingQueue<>();

        private Peer(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            peers.add(this);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
            received.add(Sv2Codec.decode(frame).orElseThrow());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        Sv2Message next() throws InterruptedException {
            return received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        <T extends Sv2Message> T next(Class<T> type) throws InterruptedException {
            Sv2Message message = next();
            if (!type.isInstance(message)) {
                throw new AssertionError("expected " + type.getSimpleName() + ", got " + message);
            }
            return type.cast(message);
        }

        Peer send(Sv2Message message) {
            channel.writeAndFlush(message);
            return this;
        }

        void stopReading() {
            channel.config().setAutoRead(false);
        }

        void hangUp() {
            channel.close().syncUninterruptibly();
        }

        boolean isHungUpOn() throws InterruptedException {
            return channel.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        /** Answers setup and open, and gives the first job with its tip. */
        Peer letMine() throws InterruptedException {
            next(SetupConnection.class);
            send(new SetupConnectionSuccess(2, 0));
            OpenExtendedMiningChannel open = next(OpenExtendedMiningChannel.class);
            send(new OpenExtendedMiningChannelSuccess(
                    open.requestId(),
                    CHANNEL,
                    Target.DIFFICULTY_1,
                    open.minExtranonceSize(),
                    Bytes.fromHex("a1a2"),
                    1));
            send(job(1, OptionalLong.empty()));
            return send(new SetNewPrevHash(CHANNEL, 1, Hash256.ZERO, 1_700_000_000L, 0x1b00d7c0L));
        }
    }

    static NewExtendedMiningJob job(long jobId, OptionalLong minNtime) {
        return new NewExtendedMiningJob(
                CHANNEL,
                jobId,
                minNtime,
                0x20000000L,
                true,
                List.of(Hash256.ZERO),
                Bytes.fromHex("02000000" + "01" + "00".repeat(32) + "ffffffff" + "16"),
                Bytes.fromHex("ffffffff" + "00" + "00000000"));
    }
}
