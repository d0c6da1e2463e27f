package sluice.protocol.sv2.noise;

import java.math.BigInteger;
import sluice.protocol.Bytes;

/**
 * The public key a pool publishes and signs its servers' certificates with (spec 4.7): 32 bytes x-only, big-endian, on the
 * curve. Its text form is base58check of {@code 01 00} and the key: 51 characters or so that start with a 9.
 */
public record AuthorityKey(Bytes xOnly) {
    private static final int PREFIX_LENGTH = 2;
    // A little-endian U16.
    private static final int VERSION = 1;
    private static final BigInteger P = BigInteger.TWO.pow(256).subtract(BigInteger.valueOf(0x1_0000_03d1L));
    private static final BigInteger SEVEN = BigInteger.valueOf(7);

    /** Throws IllegalArgumentException unless {@code xOnly} has 32 bytes and is the x coordinate of a curve point. */
    public AuthorityKey {
        if (xOnly.length() != Secp256k1.X_ONLY_LENGTH) {
            throw new IllegalArgumentException(
                    "an authority key has " + Secp256k1.X_ONLY_LENGTH + " bytes, not " + xOnly.length());
        }
        if (!isOnCurve(new BigInteger(1, xOnly.toArray()))) {
            throw new IllegalArgumentException("not an authority key: no point of the curve has this x coordinate");
        }
    }

    /** Parses the text form. Throws IllegalArgumentException whose message says what is wrong with it. */
    public static AuthorityKey parse(String text) {
        byte[] body;
        try {
            body = Base58Check.decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an authority key: " + e.getMessage());
        }
        if (body.length == AuthoritySecretKey.LENGTH) {
            throw new IllegalArgumentException(
                    "not an authority key: it has the length of a secret key; publish the public"
                            + " key that belongs to it, and treat this one as known to others");
        }
        if (body.length != PREFIX_LENGTH + Secp256k1.X_ONLY_LENGTH) {
            throw new IllegalArgumentException("not an authority key: it holds " + body.length
                    + " bytes where a key has " + (PREFIX_LENGTH + Secp256k1.X_ONLY_LENGTH));
        }
        int version = (body[0] & 0xff) | (body[1] & 0xff) << 8;
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "not an authority key this release knows: its version is " + version + ", not " + VERSION);
        }
        return new AuthorityKey(Bytes.of(body, PREFIX_LENGTH, Secp256k1.X_ONLY_LENGTH));
    }

    /** The text form, as it stands in {@code stratum2+tcp://host:port/KEY}. */
    public String text() {
        byte[] body = new byte[PREFIX_LENGTH + Secp256k1.X_ONLY_LENGTH];
        body[0] = VERSION;
        xOnly.copyTo(body, PREFIX_LENGTH);
        return Base58Check.encode(body);
    }

    // y^2 = x^3 + 7 has a solution where Euler's criterion says so. Not by a curve library: reading a configuration
    // file
    // should not load one.
    private static boolean isOnCurve(BigInteger x) {
        BigInteger square = x.pow(3).add(SEVEN).mod(P);
        return x.compareTo(P) < 0
                && square.modPow(P.subtract(BigInteger.ONE).shiftRight(1), P).equals(BigInteger.ONE);
    }

    @Override
    public String toString() {
        return text();
    }
}
