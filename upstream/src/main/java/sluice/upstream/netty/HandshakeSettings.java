package sluice.upstream.netty;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.Secp256k1;

/**
 * What the handshakes of a port or of a connection share.
 *
 * @param ephemeralKeys a fresh key pair for each call; called on {@code workers}
 * @param workers runs the curve arithmetic; bounded, may reject
 * @param deadline from the handler's start to the end of the handshake
 * @param payloadCeiling the longest payload that the frames behind the handshake may announce at first, one of {@link
 *     sluice.protocol.sv2.wire.Limits}
 */
public record HandshakeSettings(
        Secp256k1 engine,
        Supplier<EllSwiftKeyPair> ephemeralKeys,
        Executor workers,
        Duration deadline,
        int payloadCeiling) {}
