package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.protocol.sv2.noise.HandshakeResult;
import sluice.protocol.sv2.noise.NoiseFailure;
import sluice.protocol.sv2.wire.ProtocolViolation;

/**
 * What both ends of a handshake share (SV2 4.5): a deadline, arithmetic on the workers while reading stands still, and the
 * hand-over to {@link Sv2FrameCodec}. On success it fires {@link HandshakeCompleted} and removes itself; on failure it fires
 * a {@link ProtocolViolation} and closes the channel. Confined to the connection's loop.
 */
abstract sealed class NoiseHandler extends ByteToMessageDecoder permits NoiseInitiatorHandler, NoiseResponderHandler {
    /** The peer was too slow. */
    public static final String TIMEOUT = "handshake-timeout";
    /** The peer closed the connection before the handshake was over. */
    public static final String CLOSED = "handshake-closed";
    /** The peer speaks something that is not Noise. */
    public static final String FOREIGN_PROTOCOL = "foreign-protocol";
    /** Not the peer's fault: more handshakes wait than we do at a time. */
    public static final String OVERLOADED = "handshakes-overloaded";

    private static final String NOISE_REASON_PREFIX = "noise-";

    private final HandshakeSettings settings;
    private ScheduledFuture<?> deadline;
    private boolean ended;

    NoiseHandler(HandshakeSettings settings) {
        this.settings = settings;
    }

    /** Called once, when the channel is active. */
    abstract void start(ChannelHandlerContext ctx);

    /** Takes from {@code received} exactly what the next act needs, or nothing. */
    abstract void receive(ChannelHandlerContext ctx, ByteBuf received);

    /** What the other side is called in messages. */
    abstract String peer();

    final HandshakeSettings settings() {
        return settings;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    private void begin(ChannelHandlerContext ctx) {
        if (deadline != null) {
            return;
        }
        deadline = ctx.executor()
                .schedule(
                        () -> fail(
                                ctx,
                                TIMEOUT,
                                "the " + peer() + " did not finish the handshake within "
                                        + settings.deadline().toMillis() + " ms" + receivedSoFar()),
                        settings.deadline().toNanos(),
                        TimeUnit.NANOSECONDS);
        start(ctx);
    }

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf received, List<Object> out) {
        if (ended) {
            received.skipBytes(received.readableBytes());
        } else {
            receive(ctx, received);
        }
    }

    /**
     * Runs {@code arithmetic} on a worker and {@code then} on the loop. Nothing more is read meanwhile, so that what a peer
     * sends early cannot pile up.
     */
    final <T> void compute(ChannelHandlerContext ctx, Callable<T> arithmetic, Consumer<T> then) {
        ctx.channel().config().setAutoRead(false);
        try {
            settings.workers().execute(() -> {
                T result;
                try {
                    result = arithmetic.call();
                } catch (NoiseFailure failure) {
                    onLoop(ctx, () -> fail(ctx, reasonOf(failure), failure.getMessage()));
                    return;
                } catch (Exception bug) {
                    onLoop(ctx, () -> end(ctx, bug));
                    return;
                }
                onLoop(ctx, () -> {
                    if (!ended && !ctx.isRemoved()) {
                        then.accept(result);
                        ctx.channel().config().setAutoRead(true);
                    }
                });
            });
        } catch (RejectedExecutionException full) {
            fail(ctx, OVERLOADED, "too many handshakes at a time");
        }
    }

    /** The code by which a {@link NoiseFailure} is counted. */
    static String reasonOf(NoiseFailure failure) {
        return NOISE_REASON_PREFIX
                + failure.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    final void fail(ChannelHandlerContext ctx, String reason, String detail) {
        end(ctx, new ProtocolViolation(reason, detail));
    }

    /** Puts the codec behind this handler, tells the owner, and leaves; bytes behind the last act go to the codec. */
    final void succeed(ChannelHandlerContext ctx, HandshakeResult result) {
        ended = true;
        Sv2FrameCodec frames = new Sv2FrameCodec(result.send(), result.receive(), settings.payloadCeiling());
        ctx.pipeline().addAfter(ctx.name(), null, frames);
        ctx.fireUserEventTriggered(
                new HandshakeCompleted(frames, result.handshakeHash(), result.certificate(), result.staticKey()));
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (!ended) {
            fail(ctx, CLOSED, "the " + peer() + " closed the connection during the handshake" + receivedSoFar());
        }
        super.channelInactive(ctx);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        ended = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void end(ChannelHandlerContext ctx, Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }

    private String receivedSoFar() {
        ByteBuf received = internalBuffer();
        return ForeignProtocol.probably(received)
                .map(protocol -> "; what it sent looks like " + protocol)
                .orElse(" (" + received.readableBytes() + " bytes arrived)");
    }

    private static void onLoop(ChannelHandlerContext ctx, Runnable task) {
        try {
            ctx.executor().execute(task);
        } catch (RejectedExecutionException loopIsGone) {
            // The channel went with its loop: nobody waits for this handshake.
        }
    }
}
