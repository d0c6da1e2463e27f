package sluice.upstream.netty;

import java.security.SecureRandom;
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
        int payloadCeiling) {

    /** With fresh keys from {@code random}, by the best arithmetic there is. */
    static HandshakeSettings of(Executor workers, SecureRandom random, Duration deadline, int payloadCeiling) {
        Secp256k1 engine = Secp256k1.best();
        return new HandshakeSettings(engine, new EphemeralKeys(engine, random), workers, deadline, payloadCeiling);
    }
}
