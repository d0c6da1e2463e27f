package sluice.proxy.client.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.upstream.netty.HandshakeCompleted;

/**
 * One client's socket: feeds its session and carries out what the session wants. Confined to the clients' loop.
 *
 * @param <I> what can happen to the session
 * @param <A> what the session wants done
 * @param <D> what the session waits for
 */
public abstract class ClientConnection<I, A, D extends Enum<D>> extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    // For what was written before an end; a client that does not read must not keep the socket.
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final String name;
    private final InstantSource clock;
    private final Map<D, ScheduledFuture<?>> deadlines;
    private ChannelHandlerContext context;
    private boolean written;
    private boolean closing;
    private String end = "closed by the client";

    /** @param name for the log */
    protected ClientConnection(String name, Class<D> deadlines, InstantSource clock) {
        this.name = name;
        this.clock = clock;
        this.deadlines = new EnumMap<>(deadlines);
    }

    /** The handshake is over. */
    protected abstract void joined();

    /** The socket is closed. */
    protected abstract void left(Instant now);

    protected abstract I received(Frame frame);

    protected abstract I reached(D deadline);

    /** Gives the session an input. */
    protected abstract List<A> take(I input, Instant now);

    protected abstract void carryOut(A action);

    @Override
    public final void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeCompleted) {
            joined();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        feed(received((Frame) message));
    }

    /** Much that waits for a client is no reason to read more of what it asks. */
    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!closing) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ProtocolViolation violation -> disconnect(violation.reason(), violation.detail());
            case IOException broken -> disconnect("connection-broken", broken.getMessage());
            default -> {
                LOG.error("bug in the connection of {}: closing it", name, cause);
                disconnect("internal-error", String.valueOf(cause));
            }
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        deadlines.values().forEach(deadline -> deadline.cancel(false));
        left(clock.instant());
        LOG.info("{} is gone: {}", name, end);
    }

    public final void feed(I input) {
        if (closing) {
            return;
        }
        try {
            take(input, clock.instant()).forEach(this::carryOut);
            if (written && !closing) {
                context.flush();
            }
            written = false;
        } catch (RuntimeException bug) {
            exceptionCaught(context, bug);
        }
    }

    protected final void send(Sv2Message message) {
        if (!closing && !context.channel().isWritable()) {
            // Much at once does not make a slow reader; what the socket does not take does.
            context.flush();
            if (!context.channel().isWritable()) {
                disconnect("slow-reader", "it does not read what waits for it");
            }
        }
        if (!closing) {
            context.write(message, context.voidPromise());
            written = true;
        }
    }

    protected final void note(String text) {
        LOG.warn("{}: {}", name, text);
    }

    protected final void setDeadline(D deadline, Instant at) {
        long nanos = Math.max(0, Duration.between(clock.instant(), at).toNanos());
        ScheduledFuture<?> earlier = deadlines.put(
                deadline, context.executor().schedule(() -> feed(reached(deadline)), nanos, TimeUnit.NANOSECONDS));
        if (earlier != null) {
            earlier.cancel(false);
        }
    }

    /** Closes the connection once, behind what was written. */
    public final void disconnect(String reason, String detail) {
        if (closing) {
            return;
        }
        closing = true;
        end = detail == null || detail.isEmpty() ? reason : reason + " (" + detail + ")";
        context.channel().config().setAutoRead(false);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        context.executor().schedule(() -> context.close(), LINGER.toNanos(), TimeUnit.NANOSECONDS);
    }
}
