package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.upstream.netty.Sv1Lines;

/** Cuts what an SV1 miner sends into lines and fires each as {@link Bytes}. Confined to the connection's loop. */
final class Sv1LineHandler extends ChannelInboundHandlerAdapter {
    private final Sv1Lines lines = new Sv1Lines(new Sv1LineCodec(Sv1Limits.CLIENT));

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lines.feed((ByteBuf) message, (source, from, size) -> ctx.fireChannelRead(Bytes.of(source, from, size)));
    }
}
