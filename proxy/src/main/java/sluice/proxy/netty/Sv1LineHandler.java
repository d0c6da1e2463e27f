package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;

/** Cuts what an SV1 miner sends into lines and fires each as {@link Bytes}. Confined to the connection's loop. */
final class Sv1LineHandler extends ChannelInboundHandlerAdapter {
    private final Sv1LineCodec lines = new Sv1LineCodec(Sv1Limits.CLIENT);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf received)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            int length = received.readableBytes();
            byte[] bytes;
            int offset;
            if (received.hasArray()) {
                bytes = received.array();
                offset = received.arrayOffset() + received.readerIndex();
            } else {
                bytes = new byte[length];
                received.readBytes(bytes);
                offset = 0;
            }
            lines.feed(
                    bytes, offset, length, (source, from, size) -> ctx.fireChannelRead(Bytes.of(source, from, size)));
        } finally {
            received.release();
        }
    }
}
