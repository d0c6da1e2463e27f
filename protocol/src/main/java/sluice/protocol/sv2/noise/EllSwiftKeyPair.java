package sluice.protocol.sv2.noise;

import java.util.Arrays;
import sluice.protocol.Bytes;

/**
 * A Noise key pair, ephemeral or static: the secret key and the exact 64 ElligatorSwift bytes that stand for its public key
 * on the wire. One public key has many encodings and the handshake hashes the one that was sent, so it is kept, never
 * computed again.
 */
public final class EllSwiftKeyPair {
    private final byte[] secretKey;
    private final byte[] encoding;
    // Decoded when first asked for: a server's static key is asked for on every connection, an ephemeral one never.
    private Bytes xOnly;

    private EllSwiftKeyPair(byte[] secretKey, byte[] encoding) {
        this.secretKey = secretKey;
        this.encoding = encoding;
    }

    /**
     * A key pair from 32 + 32 bytes of the caller's randomness. Throws IllegalArgumentException where {@code secretKey} is not
     * a number in 1..n-1, which one in 2^128 random strings is not.
     */
    public static EllSwiftKeyPair create(Secp256k1 engine, byte[] secretKey, byte[] auxRandomness) {
        return new EllSwiftKeyPair(secretKey.clone(), engine.ellswiftCreate(secretKey, auxRandomness));
    }

    /** A stored key pair. Throws IllegalArgumentException where {@code encoding} does not encode this secret key's public key. */
    public static EllSwiftKeyPair of(Secp256k1 engine, byte[] secretKey, byte[] encoding) {
        byte[] encoded = engine.ellswiftDecode(encoding);
        if (!Arrays.equals(encoded, engine.xOnlyPublicKey(secretKey))) {
            throw new IllegalArgumentException("the ElligatorSwift bytes encode another key");
        }
        return new EllSwiftKeyPair(secretKey.clone(), encoding.clone());
    }

    /** The 64 bytes that go over the wire. */
    public Bytes encoding() {
        return Bytes.of(encoding);
    }

    /** The x-only public key (32 bytes, big-endian), which is what a certificate signs. */
    public Bytes xOnly(Secp256k1 engine) {
        Bytes known = xOnly;
        if (known == null) {
            known = Bytes.wrap(engine.ellswiftDecode(encoding));
            xOnly = known;
        }
        return known;
    }

    byte[] encodingArray() {
        return encoding;
    }

    byte[] secretKeyArray() {
        return secretKey;
    }

    @Override
    public String toString() {
        return "EllSwiftKeyPair[secret redacted, encoding " + Bytes.of(encoding) + "]";
    }
}
