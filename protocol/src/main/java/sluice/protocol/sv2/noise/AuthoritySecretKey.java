package sluice.protocol.sv2.noise;

import sluice.protocol.Bytes;

/**
 * The secret key behind an {@link AuthorityKey}. Its text form is base58check of the 32 raw bytes, without a version, as
 * the reference implementation's configuration files hold it. It does not show itself in logs.
 */
public final class AuthoritySecretKey {
    public static final int LENGTH = Secp256k1.SECRET_KEY_LENGTH;

    private final byte[] secretKey;

    private AuthoritySecretKey(byte[] secretKey) {
        this.secretKey = secretKey;
    }

    /** Copies 32 bytes, big-endian. Throws IllegalArgumentException unless they are a number in 1..n-1. */
    public static AuthoritySecretKey of(byte[] secretKey) {
        KeyArguments.checkSecretKey(secretKey);
        return new AuthoritySecretKey(secretKey.clone());
    }

    /** Parses the text form. Throws IllegalArgumentException whose message says what is wrong, without quoting the key. */
    public static AuthoritySecretKey parse(String text) {
        byte[] body;
        try {
            body = Base58Check.decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an authority secret key: " + e.getMessage());
        }
        if (body.length != LENGTH) {
            throw new IllegalArgumentException(
                    "not an authority secret key: it holds " + body.length + " bytes where a secret key has " + LENGTH
                            + (body.length == LENGTH + 2 ? "; this looks like a public authority key" : ""));
        }
        return of(body);
    }

    /** The text form: a secret. */
    public String text() {
        return Base58Check.encode(secretKey);
    }

    public AuthorityKey publicKey(Secp256k1 engine) {
        return new AuthorityKey(Bytes.wrap(engine.xOnlyPublicKey(secretKey)));
    }

    byte[] sign(Secp256k1 engine, byte[] messageHash, byte[] auxRandomness) {
        return engine.schnorrSign(messageHash, secretKey, auxRandomness);
    }

    @Override
    public String toString() {
        return "AuthoritySecretKey[redacted]";
    }
}
