package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv2.wire.ProtocolViolation;

/**
 * A pool's end of an SV1 connection: fires {@link LinesReady} once, then each line as an
 * {@link sluice.protocol.sv1.Sv1ServerMessage}, and writes {@link Sv1ClientMessage}s. On a violation it fires a
 * {@link ProtocolViolation} and drops what is left; its owner closes. Confined to the connection's loop.
 */
final class Sv1PoolCodec extends ChannelDuplexHandler {
    /** The pool does not speak TLS, or does not prove to be the one that was dialled. */
    static final String TLS_FAILED = "tls-failed";

    private final boolean encrypted;
    private final Sv1Lines lines = new Sv1Lines(new Sv1LineCodec(Sv1Limits.SERVER));
    private final Sv1ServerDecoder decoder = new Sv1ServerDecoder();
    private boolean ready;
    private boolean broken;

    /** @param encrypted whether lines have to wait for a TLS handler in front of this one */
    Sv1PoolCodec(boolean encrypted) {
        this.encrypted = encrypted;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        if (!encrypted) {
            ctx.fireUserEventTriggered(new LinesReady());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            ctx.fireUserEventTriggered(event);
        } else if (handshake.isSuccess()) {
            // TLS 1.2 lets a server shake hands again; the conversation goes on.
            if (!ready) {
                ready = true;
                ctx.fireUserEventTriggered(new LinesReady());
            }
        } else {
            ctx.fireExceptionCaught(new ProtocolViolation(TLS_FAILED, reasonOf(handshake.cause())));
        }
    }

    private static String reasonOf(Throwable cause) {
        return switch (cause) {
            case NotSslRecordException plain -> "the pool does not speak TLS on this port";
            case ClosedChannelException closed -> "the pool closed the connection during the TLS handshake";
            default -> "TLS: " + cause.getMessage();
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        if (broken) {
            received.release();
            return;
        }
        try {
            lines.feed(received, (source, from, size) -> ctx.fireChannelRead(decoder.decode(source, from, size)));
        } catch (ProtocolViolation violation) {
            broken = true;
            ctx.fireExceptionCaught(violation);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(
                message instanceof Sv1ClientMessage line ? Unpooled.wrappedBuffer(Sv1Encoder.encode(line)) : message,
                promise);
    }

    // A record that TLS cannot decrypt is a broken connection, not a mistake of ours.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.fireExceptionCaught(
                cause instanceof DecoderException && cause.getCause() instanceof SSLException tls ? tls : cause);
    }
}
