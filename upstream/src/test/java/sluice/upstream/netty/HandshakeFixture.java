package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.Limits;
import sluice.protocol.sv2.wire.ProtocolViolation;

/** Two ends of a handshake with keys of their own, joined by hand. */
final class HandshakeFixture {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final Secp256k1 ENGINE = Secp256k1.best();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final EphemeralKeys KEYS = new EphemeralKeys(ENGINE, RANDOM);

    private HandshakeFixture() {}

    /** What stands at the end of a pipeline: hears everything, and may answer when the handshake is done. */
    static final class Owner extends ChannelInboundHandlerAdapter {
        final List<Frame> frames = new ArrayList<>();
        final List<Throwable> failures = new ArrayList<>();
        final List<Object> greeting = new ArrayList<>();
        HandshakeCompleted completed;

        /** Writes {@code message} as soon as the handshake is done. */
        Owner greetingWith(Object message) {
            greeting.add(message);
            return this;
        }

        ProtocolViolation violation() {
            return (ProtocolViolation) failures.getLast();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            frames.add((Frame) message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            completed = (HandshakeCompleted) event;
            greeting.forEach(ctx::writeAndFlush);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
        }
    }

    static AuthoritySecretKey authority(int seed) {
        byte[] secret = new byte[AuthoritySecretKey.LENGTH];
        Arrays.fill(secret, (byte) seed);
        return AuthoritySecretKey.of(secret);
    }

    static AuthorityKey publicKey(AuthoritySecretKey authority) {
        return authority.publicKey(ENGINE);
    }

    static HandshakeSettings settings(Executor workers) {
        return settings(workers, Limits.MINING_FROM_SERVER);
    }

    static HandshakeSettings settings(Executor workers, int largestPayload) {
        return new HandshakeSettings(ENGINE, KEYS, workers, DEADLINE, largestPayload);
    }

    static CertificateIssuer issuer(AuthoritySecretKey authority, InstantSource clock) {
        return new CertificateIssuer(ENGINE, authority, KEYS.get(), Duration.ofHours(1), clock, RANDOM);
    }

    static NoiseInitiatorHandler initiator(AuthoritySecretKey trusted, Executor workers) {
        return new NoiseInitiatorHandler(
                settings(workers), new ServerTrust.SignedBy(publicKey(trusted)), InstantSource.fixed(NOW));
    }

    static NoiseResponderHandler responder(AuthoritySecretKey authority, Executor workers) {
        return new NoiseResponderHandler(settings(workers), issuer(authority, InstantSource.fixed(NOW)));
    }

    static EmbeddedChannel channel(ChannelHandler... handlers) {
        return new EmbeddedChannel(handlers);
    }

    /** Everything that {@code channel} has written, in one array. */
    static byte[] written(EmbeddedChannel channel) {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    static void deliver(byte[] bytes, EmbeddedChannel to) {
        to.writeInbound(Unpooled.wrappedBuffer(bytes));
    }

    static void deliverOneByOne(byte[] bytes, EmbeddedChannel to) {
        for (byte one : bytes) {
            deliver(new byte[] {one}, to);
        }
    }

    /** Carries what both sides write to the other until both are silent. */
    static void exchange(EmbeddedChannel one, EmbeddedChannel other) {
        byte[] fromOne = written(one);
        byte[] fromOther = written(other);
        while (fromOne.length + fromOther.length > 0) {
            deliver(fromOne, other);
            deliver(fromOther, one);
            fromOne = written(one);
            fromOther = written(other);
        }
    }
}
