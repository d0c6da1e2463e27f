package sluice.protocol.sv2.noise;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Chooses the secp256k1 engine of this process, once, on first use. */
final class Secp256k1Choice {
    static final byte[] ORDER =
            HexFormat.of().parseHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    static final Secp256k1 BEST = new BouncyCastleSecp256k1(blindingSeed());

    private Secp256k1Choice() {}

    // The seed only randomises how a secret is processed, never a result, so the engines stay pure functions.
    private static byte[] blindingSeed() {
        byte[] seed = new byte[32];
        new SecureRandom().nextBytes(seed);
        return seed;
    }
}
