package sluice.upstream.netty;

import java.security.SecureRandom;
import java.util.function.Supplier;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.Secp256k1;

/** Fresh key pairs from a secure random source, for one handshake each or for a new static key. Safe for any thread. */
public final class EphemeralKeys implements Supplier<EllSwiftKeyPair> {
    private final Secp256k1 engine;
    private final SecureRandom random;

    public EphemeralKeys(Secp256k1 engine, SecureRandom random) {
        this.engine = engine;
        this.random = random;
    }

    @Override
    public EllSwiftKeyPair get() {
        byte[] secretKey = new byte[Secp256k1.SECRET_KEY_LENGTH];
        do {
            random.nextBytes(secretKey);
        } while (!Secp256k1.isSecretKey(secretKey));
        byte[] auxRandomness = new byte[Secp256k1.AUX_RANDOMNESS_LENGTH];
        random.nextBytes(auxRandomness);
        return EllSwiftKeyPair.create(engine, secretKey, auxRandomness);
    }
}
