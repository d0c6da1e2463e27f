package sluice.proxy.provider.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.provider.TemplateClientAction;
import sluice.proxy.provider.TemplateClientDeadline;
import sluice.proxy.provider.TemplateClientInput;
import sluice.proxy.provider.TemplateClientSession;
import sluice.upstream.netty.HandshakeCompleted;
import sluice.upstream.template.CoinbaseReserve;

/** One template client's socket: feeds its session and carries out what the session wants. Confined to the clients' loop. */
final class TemplateClientConnection extends ChannelInboundHandlerAdapter {
    /** Bytes that may wait for a client that does not read: the transactions of four full blocks. */
    static final int MAX_BACKLOG = 1 << 24;

    private static final Logger LOG = LoggerFactory.getLogger(TemplateClientConnection.class);
    // For what was written before an end; a client that does not read must not keep the socket.
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final TemplateClients clients;
    private final String name;
    private final TemplateClientSession session;
    private final Map<TemplateClientDeadline, ScheduledFuture<?>> deadlines =
            new EnumMap<>(TemplateClientDeadline.class);
    private ChannelHandlerContext context;
    private CoinbaseReserve reserve = CoinbaseReserve.NONE;
    private boolean closing;
    private String end = "closed by the client";

    TemplateClientConnection(TemplateClients clients, String name, TemplateClientSession session) {
        this.clients = clients;
        this.name = name;
        this.session = session;
    }

    CoinbaseReserve reserve() {
        return reserve;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeCompleted) {
            clients.joined(this);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        feed(new TemplateClientInput.FrameReceived((Frame) message));
    }

    /** Much that waits for a client is no reason to read more of what it asks. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!closing) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
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
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        deadlines.values().forEach(deadline -> deadline.cancel(false));
        clients.left(this);
        LOG.info("{} is gone: {}", name, end);
    }

    void feed(TemplateClientInput input) {
        if (closing) {
            return;
        }
        try {
            run(session.on(input, clients.clock().instant()));
        } catch (RuntimeException bug) {
            exceptionCaught(context, bug);
        }
    }

    private void run(List<TemplateClientAction> actions) {
        boolean written = false;
        for (TemplateClientAction action : actions) {
            switch (action) {
                case TemplateClientAction.Send send -> written |= write(send);
                case TemplateClientAction.SubmitBlock submit -> clients.submit(submit.solution());
                case TemplateClientAction.Reserve wanted -> {
                    reserve = wanted.reserve();
                    clients.reserve();
                }
                case TemplateClientAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
                case TemplateClientAction.Note note -> LOG.warn("{}: {}", name, note.text());
                case TemplateClientAction.Disconnect disconnect -> disconnect(disconnect.reason(), disconnect.detail());
            }
        }
        if (written && !closing) {
            context.flush();
        }
    }

    private boolean write(TemplateClientAction.Send send) {
        if (!closing && !context.channel().isWritable()) {
            // Much at once does not make a slow reader; what the socket does not take does.
            context.flush();
            if (!context.channel().isWritable()) {
                disconnect("slow-reader", "more than " + MAX_BACKLOG + " bytes wait for it");
            }
        }
        if (closing) {
            return false;
        }
        context.write(send.message(), context.voidPromise());
        return true;
    }

    private void setDeadline(TemplateClientDeadline deadline, Instant at) {
        long nanos = Math.max(0, Duration.between(clients.clock().instant(), at).toNanos());
        ScheduledFuture<?> earlier = deadlines.put(
                deadline,
                context.executor()
                        .schedule(
                                () -> feed(new TemplateClientInput.DeadlineReached(deadline)),
                                nanos,
                                TimeUnit.NANOSECONDS));
        if (earlier != null) {
            earlier.cancel(false);
        }
    }

    /** Closes the connection once, behind what was written. */
    void disconnect(String reason, String detail) {
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
