package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.proxy.session.FirstBytes;

/**
 * First in the pipeline of a fresh connection: waits for enough bytes, or too long, to tell what the client speaks, then
 * makes room for that protocol's handlers. Confined to the connection's loop.
 */
final class ProtocolDetector extends ByteToMessageDecoder {
    /** What becomes of a connection once its protocol is known. */
    interface Outcome {
        void onSv1(ChannelHandlerContext ctx);

        void onSv2(ChannelHandlerContext ctx);

        /** The connection is to be closed; {@code reason} is short kebab-case. */
        void onNeither(ChannelHandlerContext ctx, String reason);
    }

    private final Duration patience;
    private final Outcome outcome;
    private final byte[] first = new byte[FirstBytes.ENOUGH];
    private ScheduledFuture<?> deadline;
    private boolean decided;

    ProtocolDetector(Duration patience, Outcome outcome) {
        this.patience = patience;
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> end(ctx, "silent-client"), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (decided) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int length = Math.min(in.readableBytes(), FirstBytes.ENOUGH);
        in.getBytes(in.readerIndex(), first, 0, length);
        switch (FirstBytes.judge(first, length)) {
            case UNDECIDED -> {}
            case SV1 -> become(ctx, () -> outcome.onSv1(ctx));
            case SV2 -> become(ctx, () -> outcome.onSv2(ctx));
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
        if (decided) {
            ctx.fireExceptionCaught(cause);
        } else {
            end(ctx, "connection-broken");
        }
    }

    // The bytes read so far go on to the handlers that were put in behind us, when we take ourselves out.
    private void become(ChannelHandlerContext ctx, Runnable install) {
        decided = true;
        deadline.cancel(false);
        install.run();
        ctx.pipeline().remove(this);
    }

    private void end(ChannelHandlerContext ctx, String reason) {
        if (!decided) {
            decided = true;
            deadline.cancel(false);
            outcome.onNeither(ctx, reason);
            ctx.close();
        }
    }
}
