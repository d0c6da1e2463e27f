package sluice.protocol.sv2.noise;

import java.util.Arrays;
import java.util.HexFormat;

/** What every engine demands of its arguments, so that they refuse the same ones in the same words. */
final class KeyArguments {
    private static final byte[] ZERO = new byte[Secp256k1.SECRET_KEY_LENGTH];
    private static final byte[] ORDER =
            HexFormat.of().parseHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private KeyArguments() {}

    static boolean isSecretKey(byte[] candidate) {
        return candidate.length == Secp256k1.SECRET_KEY_LENGTH
                && !Arrays.equals(candidate, ZERO)
                && Arrays.compareUnsigned(candidate, ORDER) < 0;
    }

    static void checkSecretKey(byte[] secretKey) {
        if (!isSecretKey(secretKey)) {
            throw new IllegalArgumentException("a secp256k1 secret key is 32 bytes, a number in 1..n-1");
        }
    }

    static void checkLength(String what, byte[] value, int length) {
        if (value.length != length) {
            throw new IllegalArgumentException(what + " has " + length + " bytes, not " + value.length);
        }
    }
}
