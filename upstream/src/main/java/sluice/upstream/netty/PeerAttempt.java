package sluice.upstream.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.session.PoolPatience;

/**
 * One attempt to talk with a peer that we dial, from the name to the end of the connection: resolve, connect, handshake, then
 * frames or lines. Confined to the loop of its {@link ReconnectingPeer}.
 */
// Sharable for Netty, because each address of the peer that is tried makes a channel; there is one at a time.
@ChannelHandler.Sharable
final class PeerAttempt extends ChannelInboundHandlerAdapter {
    /** Bytes that may wait for a peer of most kinds that does not read; beyond it the connection is given up. */
    static final int MAX_UNSENT_BYTES = 1 << 20;
    /** Addresses of one name that are tried in one attempt. */
    static final int MAX_ADDRESSES = 8;
    /** Oddities of one connection that are logged for the operator; more only at debug level. */
    static final int MAX_NOTES = 50;

    private static final Logger LOG = LoggerFactory.getLogger(PeerAttempt.class);
    // For what was written before an end; a peer that does not read must not keep the socket.
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final Owner owner;
    private final String peer;
    private final EventLoop loop;
    private final Endpoint endpoint;
    private final StepTimeouts timeouts;
    private final int maxUnsentBytes;
    private Step step = Step.RESOLVE;
    private ScheduledFuture<?> resolveTimeout;
    private Channel channel;
    private boolean conversing;
    private boolean endpointKept;
    private boolean redirected;
    private boolean unflushed;
    private boolean ended;
    private int notes;

    /** Who hears of an attempt, on its loop. */
    interface Owner {
        /**
         * Puts handlers into a fresh connection that fire {@link HandshakeCompleted} or {@link LinesReady} when the
         * conversation can begin, and then what the peer says.
         */
        void install(ChannelPipeline pipeline, Endpoint dialled);

        /** The conversation can begin. */
        void connected(Endpoint dialled);

        /** What the handlers that were installed made of the peer's bytes. */
        void received(Object message);

        /** The attempt is over, once; {@code conversing} where {@link #connected} came before. */
        void over(PeerAttempt attempt, boolean conversing, Step step, String reason);
    }

    /**
     * @param peer what the other side is, for reasons: "pool"
     * @param maxUnsentBytes that may wait for a peer that does not read
     */
    PeerAttempt(
            Owner owner, String peer, EventLoop loop, Endpoint endpoint, StepTimeouts timeouts, int maxUnsentBytes) {
        this.owner = owner;
        this.peer = peer;
        this.loop = loop;
        this.endpoint = endpoint;
        this.timeouts = timeouts;
        this.maxUnsentBytes = maxUnsentBytes;
    }

    void start(CompletableFuture<List<InetAddress>> addresses) {
        resolveTimeout = loop.schedule(
                () -> end("no answer from the name server for " + endpoint.host() + " within "
                        + PoolPatience.inWords(timeouts.resolve())),
                timeouts.resolve().toNanos(),
                TimeUnit.NANOSECONDS);
        addresses.whenComplete((found, failure) -> {
            try {
                loop.execute(() -> onResolved(found, failure));
            } catch (RejectedExecutionException loopIsGone) {
                LOG.debug("{} was resolved after the end", endpoint.host());
            }
        });
    }

    private void onResolved(List<InetAddress> addresses, Throwable failure) {
        if (ended) {
            return;
        }
        resolveTimeout.cancel(false);
        if (failure == null) {
            step = Step.CONNECT;
            connect(addresses, 0);
        } else {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            end("cannot resolve " + endpoint.host() + ": " + cause.getMessage());
        }
    }

    private void connect(List<InetAddress> addresses, int index) {
        InetSocketAddress address = new InetSocketAddress(addresses.get(index), endpoint.port());
        Transport transport = Transport.of(loop);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.socketChannel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        timeouts.connect().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(maxUnsentBytes / 2, maxUnsentBytes))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        owner.install(fresh.pipeline(), endpoint);
                        fresh.pipeline().addLast(PeerAttempt.this);
                    }
                });
        transport.detectSilentDeath(bootstrap);
        ChannelFuture connecting = bootstrap.connect(address);
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (ended || done.isSuccess()) {
                return;
            }
            if (index + 1 < Math.min(addresses.size(), MAX_ADDRESSES)) {
                connect(addresses, index + 1);
            } else {
                end(connectFailure(done.cause(), address));
            }
        });
    }

    private String connectFailure(Throwable cause, InetSocketAddress address) {
        String dialled = address.getAddress().getHostAddress() + ":" + address.getPort();
        return switch (cause) {
            case ConnectTimeoutException timeout ->
                "no answer from " + dialled + " within " + PoolPatience.inWords(timeouts.connect());
            case ConnectException refused
            when String.valueOf(refused.getMessage()).contains("refused") -> "connection refused by " + dialled;
            default -> "cannot connect to " + dialled + ": " + cause.getMessage();
        };
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (ended) {
            ctx.close();
        } else {
            step = Step.HANDSHAKE;
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if ((event instanceof HandshakeCompleted || event instanceof LinesReady) && !ended) {
            conversing = true;
            owner.connected(endpoint);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!ended) {
            owner.received(message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (ended) {
            return;
        }
        switch (cause) {
            case ProtocolViolation violation ->
                end(
                        conversing
                                ? "protocol violation: " + violation.getMessage()
                                : "handshake failed: " + violation.detail());
            case IOException broken -> end("connection broken: " + broken.getMessage());
            default -> {
                LOG.error("bug in the connection to {}: closing it", endpoint, cause);
                end("internal error: " + cause);
            }
        }
    }

    // A handshake that is cut short reports itself before this.
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end("the " + peer + " closed the connection");
    }

    void write(Object message) {
        // A channel that is closed is not writable either, and says so itself in a moment.
        if (ended || !channel.isActive()) {
            return;
        }
        if (!channel.isWritable()) {
            end("the " + peer + " does not read: more than " + maxUnsentBytes + " bytes wait for it");
            return;
        }
        channel.write(message, channel.voidPromise());
        unflushed = true;
    }

    void flush() {
        if (unflushed && !ended) {
            unflushed = false;
            channel.flush();
        }
    }

    void note(String name, String text) {
        if (++notes <= MAX_NOTES) {
            LOG.info("{}: {}", name, text);
        } else {
            LOG.debug("{}: {}", name, text);
        }
    }

    /** The peer serves us here. */
    void keepEndpoint() {
        endpointKept = true;
    }

    /** The peer has named the next address. */
    void redirect() {
        redirected = true;
        endpointKept = true;
    }

    /** Whether it ends because the peer named another address. */
    boolean isRedirected() {
        return redirected;
    }

    /** Whether the next attempt goes where the peer said; if not, the configured address is next. */
    boolean endpointKept() {
        return endpointKept;
    }

    boolean isOver() {
        return ended;
    }

    /** Ends the attempt once: says so, and closes behind what was written. */
    void end(String reason) {
        if (ended) {
            return;
        }
        ended = true;
        resolveTimeout.cancel(false);
        if (channel != null) {
            closeBehindWrites();
        }
        owner.over(this, conversing, step, reason);
    }

    private void closeBehindWrites() {
        if (!channel.isActive()) {
            channel.close();
            return;
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        loop.schedule(() -> channel.close(), LINGER.toNanos(), TimeUnit.NANOSECONDS);
    }
}
