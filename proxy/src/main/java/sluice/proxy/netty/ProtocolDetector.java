package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.proxy.session.FirstBytes;
import sluice.upstream.netty.NoiseResponderHandler;

/**
 * First in the pipeline of a fresh connection: waits for enough bytes, or too long, to tell what the client speaks. Then it
 * holds what it has read until it is taken out, and passes it on to the handlers that are behind it by then. Confined to the
 * connection's loop.
 */
final class ProtocolDetector extends ByteToMessageDecoder {
    /** What becomes of a connection once its protocol is known. */
    interface Outcome {
        void onSv1();

        void onSv2();

        /** The connection is being closed; {@code reason} is short kebab-case. */
        void onNeither(String reason);

        /** The connection is being closed because of this. */
        void onFailure(Throwable cause);
    }

    private final Duration patience;
    private final Outcome outcome;
    private final byte[] first = new byte[FirstBytes.ENOUGH];
    private ScheduledFuture<?> deadline;
    private boolean decided;
    private boolean holding;

    ProtocolDetector(Duration patience, Outcome outcome) {
        this.patience = patience;
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> end(ctx, actualReadableBytes() > 0 ? NoiseResponderHandler.TIMEOUT : "silent-client"),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** The connection is being closed for another reason. */
    void abandon() {
        decided = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            end(ctx, () -> outcome.onFailure(handshake.cause()));
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (holding) {
            return;
        }
        if (decided) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int length = Math.min(in.readableBytes(), FirstBytes.ENOUGH);
        in.getBytes(in.readerIndex(), first, 0, length);
        switch (FirstBytes.judge(first, length)) {
            case UNDECIDED -> {}
            case SV1 -> hold(outcome::onSv1);
            case SV2 -> hold(outcome::onSv2);
            case FOREIGN -> {
                in.skipBytes(in.readableBytes());
                end(ctx, "foreign-protocol");
            }
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!decided) {
            // A socket that closes without having said anything is a health check, not a fault.
            end(ctx, in.isReadable() ? "closed-undecided" : "closed-silent");
        }
        super.decodeLast(ctx, in, out);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (holding) {
            outcome.onFailure(cause);
            ctx.close();
        } else if (decided) {
            ctx.fireExceptionCaught(cause);
        } else {
            end(ctx, () -> outcome.onFailure(cause));
        }
    }

    private void hold(Runnable tell) {
        decided = true;
        holding = true;
        deadline.cancel(false);
        tell.run();
    }

    private void end(ChannelHandlerContext ctx, String reason) {
        end(ctx, () -> outcome.onNeither(reason));
    }

    private void end(ChannelHandlerContext ctx, Runnable report) {
        if (!decided) {
            decided = true;
            deadline.cancel(false);
            report.run();
            ctx.close();
        }
    }
}
