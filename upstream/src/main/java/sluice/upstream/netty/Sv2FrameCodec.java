package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.noise.CipherState;
import sluice.protocol.sv2.noise.FrameOpener;
import sluice.protocol.sv2.noise.NoiseFailure;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;
import sluice.protocol.sv2.wire.ProtocolViolation;

/**
 * The encrypted connection behind a handshake (SV2 4.6): fires each {@link Frame} that arrives, and takes {@link Sv2Message}s,
 * {@link Frame}s and single plaintext frames as {@link Bytes} to write (an empty buffer passes, as the mark to close behind). Encryption happens in the moment of writing, because
 * nonces must go out in order. On a violation it fires a {@link ProtocolViolation}, drops what is left and closes. Confined to
 * the connection's loop.
 */
public final class Sv2FrameCodec extends ByteToMessageDecoder implements ChannelOutboundHandler {
    private final CipherState send;
    private final FrameOpener receive;
    private int payloadCeiling;
    private FrameHeader header;
    private byte[] payload;
    private int filled;
    private boolean failed;

    /** @param payloadCeiling the longest payload that the peer may announce, one of {@link sluice.protocol.sv2.wire.Limits} */
    public Sv2FrameCodec(CipherState send, CipherState receive, int payloadCeiling) {
        this.send = send;
        this.receive = new FrameOpener(receive);
        this.payloadCeiling = payloadCeiling;
    }

    /** Sets the ceiling for the frames whose header arrives from now on. */
    public void payloadCeiling(int bytes) {
        payloadCeiling = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int length = receive.expectedLength();
        if (in.readableBytes() < length) {
            return;
        }
        byte[] cipher = FrameScratch.ofThisThread().cipher(length);
        in.readBytes(cipher, 0, length);
        try {
            Frame frame = receive.atHeader() ? openHeader(cipher) : openChunk(cipher);
            if (frame != null) {
                out.add(frame);
            }
        } catch (ProtocolViolation violation) {
            fail(ctx, in, violation);
        } catch (NoiseFailure failure) {
            fail(ctx, in, new ProtocolViolation(NoiseHandler.reasonOf(failure), failure.getMessage()));
        }
    }

    private Frame openHeader(byte[] cipher) {
        receive.openHeader(cipher, 0, cipher, 0);
        FrameHeader opened = FrameHeader.parse(cipher, 0);
        opened.requirePayloadAtMost(payloadCeiling);
        if (opened.payloadLength() == 0) {
            return Frame.of(opened, Bytes.EMPTY);
        }
        header = opened;
        return null;
    }

    private Frame openChunk(byte[] cipher) {
        if (payload == null) {
            // Not with the header: a peer must have sent a chunk before it can make us hold a payload.
            payload = new byte[header.payloadLength()];
            filled = 0;
        }
        filled += receive.openChunk(cipher, 0, payload, filled);
        if (!receive.atHeader()) {
            return null;
        }
        Frame frame = Frame.of(header, Bytes.wrap(payload));
        header = null;
        payload = null;
        return frame;
    }

    private void fail(ChannelHandlerContext ctx, ByteBuf in, ProtocolViolation violation) {
        failed = true;
        payload = null;
        in.skipBytes(in.readableBytes());
        ctx.fireExceptionCaught(violation);
        ctx.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        payload = null;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf buffer && !buffer.isReadable()) {
            // Nothing to encrypt: a writer marks the end of what it wrote, to close behind it.
            ctx.write(buffer, promise);
            return;
        }
        ByteBuf sealed;
        try {
            FrameScratch scratch = FrameScratch.ofThisThread();
            sealed = switch (message) {
                case Sv2Message typed -> scratch.seal(send, typed, ctx.alloc());
                case Bytes plaintext -> scratch.seal(send, plaintext, ctx.alloc());
                case Frame frame -> scratch.seal(send, frame.toBytes(), ctx.alloc());
                default -> throw new IllegalArgumentException("no SV2 frame: " + message.getClass());
            };
        } catch (RuntimeException bug) {
            // Most writers do not look at their promise, so the owner hears of it here as well.
            ReferenceCountUtil.release(message);
            if (!promise.isVoid()) {
                promise.tryFailure(bug);
            }
            ctx.fireExceptionCaught(bug);
            return;
        }
        ctx.write(sealed, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.close(promise);
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.disconnect(promise);
    }

    @Override
    public void deregister(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.deregister(promise);
    }

    @Override
    public void bind(ChannelHandlerContext ctx, SocketAddress local, ChannelPromise promise) {
        ctx.bind(local, promise);
    }

    @Override
    public void connect(ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        ctx.connect(remote, local, promise);
    }
}
