package sluice.protocol.sv2.noise;

import java.security.SecureRandom;
import java.util.Optional;

/** Chooses the secp256k1 engine of this process, once, on first use. */
final class Secp256k1Choice {
    static final Secp256k1Choice MADE = choose(NativeSecp256k1::load);

    final Secp256k1 engine;
    final Optional<String> whyNotNative;

    private Secp256k1Choice(Secp256k1 engine, Optional<String> whyNotNative) {
        this.engine = engine;
        this.whyNotNative = whyNotNative;
    }

    /** Loads a native engine with a blinding seed. */
    @FunctionalInterface
    interface Loader {
        Secp256k1 load(byte[] blindingSeed) throws Exception;
    }

    static Secp256k1Choice choose(Loader loader) {
        // The seed only randomises how a secret is processed, never a result, so the engines stay pure functions.
        byte[] seed = new byte[32];
        new SecureRandom().nextBytes(seed);
        try {
            return new Secp256k1Choice(loader.load(seed), Optional.empty());
        } catch (Exception | LinkageError e) {
            // Another system, another libc, a temporary directory without execute permission: all of them still mine.
            return new Secp256k1Choice(new BouncyCastleSecp256k1(seed), Optional.of(e.toString()));
        }
    }
}
