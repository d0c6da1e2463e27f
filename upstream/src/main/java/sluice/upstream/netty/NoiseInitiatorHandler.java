package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.time.InstantSource;
import java.util.Optional;
import sluice.protocol.sv2.noise.NoiseHandshake;
import sluice.protocol.sv2.noise.ServerTrust;

/** The dialling end of the handshake: sends act 1 when the channel is active and proves the server by act 2 (SV2 4.5). */
public final class NoiseInitiatorHandler extends NoiseHandler {
    private final ServerTrust trust;
    private final InstantSource clock;
    private NoiseHandshake.Initiator handshake;
    private boolean act2Taken;

    /** @param clock for the certificate's period of validity */
    public NoiseInitiatorHandler(HandshakeSettings settings, ServerTrust trust, InstantSource clock) {
        super(settings);
        this.trust = trust;
        this.clock = clock;
    }

    private record Act1(NoiseHandshake.Initiator handshake, byte[] bytes) {}

    @Override
    void start(ChannelHandlerContext ctx) {
        compute(
                ctx,
                () -> {
                    NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(
                            settings().engine(), settings().ephemeralKeys().get());
                    return new Act1(initiator, initiator.act1());
                },
                act1 -> {
                    handshake = act1.handshake();
                    ctx.writeAndFlush(Unpooled.wrappedBuffer(act1.bytes()));
                });
    }

    @Override
    void receive(ChannelHandlerContext ctx, ByteBuf received) {
        if (act2Taken) {
            return;
        }
        Optional<String> foreign = ForeignProtocol.surely(received);
        if (foreign.isPresent()) {
            fail(ctx, FOREIGN_PROTOCOL, "the server speaks " + foreign.get() + ", not Stratum V2");
            return;
        }
        if (handshake == null || received.readableBytes() < NoiseHandshake.ACT2_LENGTH) {
            return;
        }
        act2Taken = true;
        byte[] act2 = new byte[NoiseHandshake.ACT2_LENGTH];
        received.readBytes(act2);
        compute(ctx, () -> handshake.readAct2(act2, trust, clock.instant()), result -> succeed(ctx, result));
    }

    @Override
    String peer() {
        return "server";
    }
}
