package sluice.proxy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import sluice.proxy.admission.Refusal;

/**
 * First in the pipeline of a connection from a load balancer: takes from its front who is behind it (PROXY protocol, version
 * 1 or 2), then makes room. Confined to the connection's loop.
 */
final class ProxyHeaderHandler extends ByteToMessageDecoder {
    /** Bytes of additional fields of version 2, which nobody here reads. */
    static final int MAX_TLV_BYTES = 1_024;

    /** What becomes of a connection. */
    interface Outcome {
        /** @param miner whose connection it is; empty: the load balancer's own */
        void onHeader(Optional<InetAddress> miner);

        /** The connection is to be closed. */
        void onRefused(Refusal reason);
    }

    private final Outcome outcome;
    private boolean refused;

    ProxyHeaderHandler(Outcome outcome) {
        this.outcome = outcome;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        ProtocolDetectionState state = HAProxyMessageDecoder.detectProtocol(in).state();
        switch (state) {
            case NEEDS_MORE_DATA -> {}
            case INVALID -> {
                refused = true;
                in.skipBytes(in.readableBytes());
                outcome.onRefused(Refusal.PROXY_HEADER_MISSING);
            }
            case DETECTED -> {
                HAProxyMessageDecoder decoder = new HAProxyMessageDecoder(MAX_TLV_BYTES);
                ctx.pipeline().addAfter(ctx.name(), null, decoder);
                ctx.pipeline().addAfter(ctx.pipeline().context(decoder).name(), null, new HeaderReader());
                ctx.pipeline().remove(this);
            }
        }
    }

    private final class HeaderReader extends ChannelInboundHandlerAdapter {
        private boolean read;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (message instanceof HAProxyMessage header) {
                read = true;
                Optional<InetAddress> miner;
                try {
                    miner = miner(header);
                } finally {
                    header.release();
                }
                outcome.onHeader(miner);
                ctx.pipeline().remove(this);
            } else {
                ctx.fireChannelRead(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (read) {
                ctx.fireExceptionCaught(cause);
            } else {
                read = true;
                outcome.onRefused(Refusal.PROXY_HEADER_INVALID);
            }
        }

        private static Optional<InetAddress> miner(HAProxyMessage header) throws UnknownHostException {
            if (header.command() == HAProxyCommand.LOCAL || header.sourceAddress() == null) {
                return Optional.empty();
            }
            byte[] address = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
            return address == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(address));
        }
    }
}
