package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Supplier;
import sluice.protocol.sv2.noise.HandshakeResult;
import sluice.protocol.sv2.noise.NoiseHandshake;

/** The accepting end of the handshake: answers 64 bytes, which are never invalid, with 234 (SV2 4.5). */
public final class NoiseResponderHandler extends NoiseHandler {
    private final Supplier<ServerIdentity> identity;
    private boolean act1Taken;

    /** @param identity who we are now; called on a worker, once per handshake */
    public NoiseResponderHandler(HandshakeSettings settings, Supplier<ServerIdentity> identity) {
        super(settings);
        this.identity = identity;
    }

    private record Act2(byte[] bytes, HandshakeResult result) {}

    @Override
    void start(ChannelHandlerContext ctx) {
        // The initiator speaks first.
    }

    @Override
    void receive(ChannelHandlerContext ctx, ByteBuf received) {
        if (act1Taken || received.readableBytes() < NoiseHandshake.ACT1_LENGTH) {
            return;
        }
        act1Taken = true;
        byte[] act1 = new byte[NoiseHandshake.ACT1_LENGTH];
        received.readBytes(act1);
        compute(
                ctx,
                () -> {
                    ServerIdentity self = identity.get();
                    NoiseHandshake.Responder handshake = NoiseHandshake.responder(
                            settings().engine(),
                            self.staticKey(),
                            self.certificate(),
                            settings().ephemeralKeys().get());
                    byte[] act2 = handshake.respond(act1);
                    return new Act2(act2, handshake.result());
                },
                act2 -> {
                    ctx.writeAndFlush(Unpooled.wrappedBuffer(act2.bytes()));
                    succeed(ctx, act2.result());
                });
    }

    @Override
    String peer() {
        return "client";
    }
}
