package sluice.proxy.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.session.MinerInput;
import sluice.upstream.netty.HandshakeCompleted;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.NoiseResponderHandler;
import sluice.upstream.netty.ServerIdentity;
import sluice.upstream.netty.Transport;

/** The one port for SV1 and SV2 miners: accepts, tells them apart, and builds each one's pipeline. */
final class MinerPort implements AutoCloseable {
    /** Connections the kernel may hold for us: a farm comes back from a power cut all at once. */
    static final int BACKLOG = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(MinerPort.class);
    // A port that another process took meanwhile may be free again soon.
    private static final Duration REOPEN_PAUSE = Duration.ofSeconds(1);

    private final PortSettings settings;
    private final Map<EventLoop, MinerLoop> loops;
    private final HandshakeSettings handshakes;
    private final Supplier<ServerIdentity> identity;
    private final SessionFactory sessions;
    private final AtomicInteger open;
    private final AtomicLong lastConnectionId;
    private ServerBootstrap bootstrap;
    private InetSocketAddress address;
    private EventLoop owner;
    // What follows is confined to the owner.
    private Channel channel;
    private ChannelFuture closing;
    private boolean binding;
    private boolean suspended;
    private boolean closed;

    /**
     * @param loops the miner loop of each event loop that may carry a connection
     * @param open counts the open sockets of all ports
     * @param lastConnectionId the counter that makes connection ids unique in the gateway
     */
    MinerPort(
            PortSettings settings,
            Map<EventLoop, MinerLoop> loops,
            HandshakeSettings handshakes,
            Supplier<ServerIdentity> identity,
            SessionFactory sessions,
            AtomicInteger open,
            AtomicLong lastConnectionId) {
        this.settings = settings;
        this.loops = Map.copyOf(loops);
        this.handshakes = handshakes;
        this.identity = identity;
        this.sessions = sessions;
        this.open = open;
        this.lastConnectionId = lastConnectionId;
    }

    /** Begins to listen. Throws IOException that names the address if that cannot be had. */
    void open(Transport transport, EventLoopGroup group) throws IOException {
        bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverSocketChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(MinerConnection.MAX_BACKLOG / 2, MinerConnection.MAX_BACKLOG))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        accept(accepted);
                    }
                });
        owner = group.next();
        var bound = bootstrap.bind(settings.listen()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + settings.listen().getHostString() + ":"
                            + settings.listen().getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        address = (InetSocketAddress) bound.channel().localAddress();
        owner.execute(() -> channel = bound.channel());
    }

    /** The address it is bound to, or was while it is {@link #suspend suspended}. */
    InetSocketAddress address() {
        return address;
    }

    /** Stops listening until {@link #resume}. Returns at once; may be called on any thread. */
    void suspend() {
        owner.execute(() -> {
            suspended = true;
            unbind();
        });
    }

    /** Listens again at the same address, and tries until it can. Returns at once; may be called on any thread. */
    void resume() {
        owner.execute(() -> {
            suspended = false;
            bind();
        });
    }

    private void unbind() {
        if (channel != null) {
            closing = channel.close();
            channel = null;
        }
    }

    private void bind() {
        if (closed || suspended || binding || channel != null) {
            return;
        }
        if (closing != null && !closing.isDone()) {
            closing.addListener(done -> owner.execute(this::bind));
            return;
        }
        binding = true;
        bootstrap.bind(address).addListener((ChannelFuture bound) -> owner.execute(() -> onBound(bound)));
    }

    private void onBound(ChannelFuture bound) {
        binding = false;
        if (!bound.isSuccess()) {
            LOG.warn("cannot listen on {} again: {}", address, bound.cause().getMessage());
            owner.schedule(this::bind, REOPEN_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } else if (closed || suspended) {
            closing = bound.channel().close();
        } else {
            channel = bound.channel();
        }
    }

    /** Stops listening for good, and returns when that is done. */
    @Override
    public void close() {
        if (owner == null) {
            return;
        }
        owner.submit(() -> {
                    closed = true;
                    unbind();
                })
                .awaitUninterruptibly();
        ChannelFuture last = closing;
        if (last != null) {
            last.awaitUninterruptibly();
        }
    }

    private void accept(SocketChannel accepted) {
        MinerLoop home = loops.get(accepted.eventLoop());
        long connectionId = lastConnectionId.incrementAndGet();
        home.events()
                .publish(new GatewayEvent.MinerConnected(
                        home.clock().instant(), connectionId, String.valueOf(accepted.remoteAddress())));
        accepted.closeFuture().addListener(closed -> open.decrementAndGet());
        if (open.incrementAndGet() > settings.maxConnections()) {
            reportEnd(
                    home,
                    connectionId,
                    new ConnectionEnd("too-many-connections", "more than " + settings.maxConnections()));
            accepted.close();
            return;
        }
        accepted.pipeline().addLast(new ProtocolDetector(settings.handshakeTimeout(), new ProtocolDetector.Outcome() {
            @Override
            public void onSv1(ChannelHandlerContext ctx) {
                MinerConnection miner = new MinerConnection(
                        home, connectionId, settings.name(), sessions.sv1(home.context(), connectionId), false);
                ctx.pipeline().addLast(new Sv1LineHandler(), miner);
                miner.feed(new MinerInput.Started());
            }

            @Override
            public void onSv2(ChannelHandlerContext ctx) {
                ctx.pipeline()
                        .addLast(
                                new NoiseResponderHandler(handshakes, identity),
                                new AwaitHandshake(home, connectionId));
            }

            @Override
            public void onNeither(String reason) {
                reportEnd(home, connectionId, new ConnectionEnd(reason, ""));
            }

            @Override
            public void onFailure(Throwable cause) {
                reportEnd(home, connectionId, ConnectionEnd.of(cause, connectionId));
            }
        }));
    }

    private static void reportEnd(MinerLoop home, long connectionId, ConnectionEnd end) {
        home.events()
                .publish(new GatewayEvent.MinerDisconnected(
                        home.clock().instant(), connectionId, end.reason(), end.detail()));
    }

    /** Stands where the miner's connection will stand as soon as the handshake is over. */
    private final class AwaitHandshake extends ChannelInboundHandlerAdapter {
        private final MinerLoop home;
        private final long connectionId;
        // What was first is the cause; the rest follows from it.
        private ConnectionEnd end;

        AwaitHandshake(MinerLoop home, long connectionId) {
            this.home = home;
            this.connectionId = connectionId;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof HandshakeCompleted) {
                MinerConnection miner = new MinerConnection(
                        home, connectionId, settings.name(), sessions.sv2(home.context(), connectionId), true);
                ctx.pipeline().replace(this, null, miner);
                miner.feed(new MinerInput.Started());
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (end == null) {
                end = ConnectionEnd.of(cause, connectionId);
            }
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            reportEnd(home, connectionId, end == null ? new ConnectionEnd(NoiseResponderHandler.CLOSED, "") : end);
        }
    }
}
