package sluice.upstream.netty;

import io.netty.channel.ChannelPipeline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.sv2.noise.ServerTrust;

/**
 * What makes each connection to one SV2 server an encrypted one.
 *
 * @param clock for the certificate's validity
 */
record NoiseDialler(HandshakeSettings handshake, ServerTrust trust, InstantSource clock) {

    /**
     * @param server its authority key says whom to trust
     * @param handshakes runs the curve arithmetic; bounded
     * @param deadline for each handshake
     * @param payloadCeiling of its sub-protocol, one of {@link sluice.protocol.sv2.wire.Limits}
     */
    static NoiseDialler to(
            Sv2PoolAddress server,
            Executor handshakes,
            SecureRandom random,
            Duration deadline,
            int payloadCeiling,
            InstantSource clock) {
        return to(server, HandshakeSettings.of(handshakes, random, deadline, payloadCeiling), clock);
    }

    static NoiseDialler to(Sv2PoolAddress server, HandshakeSettings handshake, InstantSource clock) {
        return new NoiseDialler(handshake, ServerTrust.of(server.authorityKey()), clock);
    }

    void install(ChannelPipeline pipeline) {
        pipeline.addLast(new NoiseInitiatorHandler(handshake, trust, clock));
    }
}
