package sluice.proxy.miner.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.upstream.netty.Sv1Lines;

/** Fires each line of an SV1 server as a {@link sluice.protocol.sv1.Sv1ServerMessage}. Confined to the connection's loop. */
final class ServerLineHandler extends ChannelInboundHandlerAdapter {
    private final Sv1Lines lines = new Sv1Lines(new Sv1LineCodec(Sv1Limits.SERVER));
    private final Sv1ServerDecoder decoder = new Sv1ServerDecoder();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lines.feed((ByteBuf) message, (source, from, size) -> ctx.fireChannelRead(decoder.decode(source, from, size)));
    }
}
