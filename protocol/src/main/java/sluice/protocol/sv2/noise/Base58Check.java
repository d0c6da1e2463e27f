package sluice.protocol.sv2.noise;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;

/** Base58 with a 4-byte double-SHA256 checksum, the text form of authority keys (spec 4.7). */
final class Base58Check {
    /** Decoding takes time that grows with the square of the length, and no key is anywhere near this long. */
    static final int MAX_TEXT_LENGTH = 128;

    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(ALPHABET.length());
    private static final int CHECKSUM_LENGTH = 4;

    private Base58Check() {}

    static String encode(byte[] body) {
        byte[] checked = Arrays.copyOf(body, body.length + CHECKSUM_LENGTH);
        System.arraycopy(checksum(body), 0, checked, body.length, CHECKSUM_LENGTH);
        StringBuilder reversed = new StringBuilder();
        BigInteger rest = new BigInteger(1, checked);
        while (rest.signum() > 0) {
            BigInteger[] division = rest.divideAndRemainder(BASE);
            reversed.append(ALPHABET.charAt(division[1].intValue()));
            rest = division[0];
        }
        for (int i = 0; i < checked.length && checked[i] == 0; i++) {
            reversed.append(ALPHABET.charAt(0));
        }
        return reversed.reverse().toString();
    }

    /**
     * The bytes before the checksum. Throws IllegalArgumentException that says which character is not base58, or that the
     * text is too long or too short, or that the checksum does not fit.
     */
    static byte[] decode(String text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException(
                    "it is " + text.length() + " characters long, more than any key (" + MAX_TEXT_LENGTH + ")");
        }
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < text.length(); i++) {
            int digit = ALPHABET.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException(
                        "character " + (i + 1) + " ('" + text.charAt(i) + "') is not a base58 digit");
            }
            value = value.multiply(BASE).add(BigInteger.valueOf(digit));
        }
        int zeros = 0;
        while (zeros < text.length() && text.charAt(zeros) == ALPHABET.charAt(0)) {
            zeros++;
        }
        int significant = (value.bitLength() + 7) / 8;
        byte[] magnitude = value.toByteArray();
        byte[] checked = new byte[zeros + significant];
        System.arraycopy(magnitude, magnitude.length - significant, checked, zeros, significant);
        if (checked.length < CHECKSUM_LENGTH) {
            throw new IllegalArgumentException("it is too short to hold a checksum");
        }
        byte[] body = Arrays.copyOf(checked, checked.length - CHECKSUM_LENGTH);
        if (!Arrays.equals(checksum(body), 0, CHECKSUM_LENGTH, checked, body.length, checked.length)) {
            throw new IllegalArgumentException("its checksum does not fit: a character is wrong or missing");
        }
        return body;
    }

    private static byte[] checksum(byte[] body) {
        MessageDigest digest = TaggedHash.sha256();
        return Arrays.copyOf(digest.digest(digest.digest(body)), CHECKSUM_LENGTH);
    }
}
