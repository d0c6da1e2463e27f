package sluice.protocol.sv2.noise;

import java.util.Optional;

/**
 * The secp256k1 operations of the SV2 handshake (BIP324 ElligatorSwift, BIP340 signatures), by whichever engine this
 * machine can run. Engines are stateless towards the caller, safe for any thread, and agree bit for bit.
 *
 * <p>All keys, coordinates and hashes are big-endian byte arrays of the fixed lengths below; other lengths are an
 * IllegalArgumentException, and so is a secret key outside 1..n-1.
 */
public sealed interface Secp256k1 permits BouncyCastleSecp256k1, NativeSecp256k1 {
    int SECRET_KEY_LENGTH = 32;
    int AUX_RANDOMNESS_LENGTH = 32;
    int X_ONLY_LENGTH = 32;
    int ELLSWIFT_LENGTH = 64;
    int SHARED_SECRET_LENGTH = 32;
    int MESSAGE_HASH_LENGTH = 32;
    int SIGNATURE_LENGTH = 64;

    /** The engine this process should use: native where the library loads, else pure Java. Chosen once, on first use. */
    static Secp256k1 best() {
        return Secp256k1Choice.MADE.engine;
    }

    /** Why {@link #best()} is not the native engine; empty where it is. */
    static Optional<String> whyNotNative() {
        return Secp256k1Choice.MADE.whyNotNative;
    }

    /** Whether the bytes are 32, and a number in 1..n-1, as all but 2^-128 of random strings are. */
    static boolean isSecretKey(byte[] candidate) {
        return KeyArguments.isSecretKey(candidate);
    }

    /** Which engine this is, in words for a log line. */
    String name();

    /**
     * An ElligatorSwift encoding (64 bytes) of the public key of {@code secretKey}. One key has about 2^256 encodings; which
     * one comes out is a function of the two arguments, the same on every engine.
     */
    byte[] ellswiftCreate(byte[] secretKey, byte[] auxRandomness);

    /** The x coordinate (32 bytes) that {@code ellswift} encodes; every 64-byte string encodes one. */
    byte[] ellswiftDecode(byte[] ellswift);

    /**
     * The BIP324 shared secret (32 bytes): a tagged hash over both encodings, the initiator's first, and the x-only
     * Diffie-Hellman result.
     *
     * @param initiating true when {@code secretKey} belongs to {@code initiatorEllswift}, false when it belongs to the responder's
     */
    byte[] ellswiftXdh(byte[] initiatorEllswift, byte[] responderEllswift, byte[] secretKey, boolean initiating);

    /** The x coordinate (32 bytes) of the public key of {@code secretKey}. */
    byte[] xOnlyPublicKey(byte[] secretKey);

    /** A BIP340 signature (64 bytes) of a 32-byte hash. */
    byte[] schnorrSign(byte[] messageHash, byte[] secretKey, byte[] auxRandomness);

    /** Whether {@code signature} is a BIP340 signature of {@code message} (any length) by {@code xOnlyPublicKey}. */
    boolean schnorrVerify(byte[] signature, byte[] message, byte[] xOnlyPublicKey);
}
