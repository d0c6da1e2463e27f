package sluice.protocol.bitcoin;

import java.math.BigInteger;
import sluice.protocol.Bytes;

/** Base58 with a checksum of four bytes, the text form of legacy addresses and of SV2 authority keys (SV2 4.7). */
public final class Base58 {
    /** Longest text that is decoded; the cost grows with its square. */
    public static final int MAX_TEXT_LENGTH = 128;

    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(58);
    private static final int CHECKSUM_LENGTH = 4;

    private Base58() {}

    /** {@code payload} and its checksum as text. */
    public static String encodeChecked(Bytes payload) {
        return encode(Bytes.concat(payload, checksum(payload)));
    }

    /** The payload of {@code text}. Throws IllegalArgumentException where a character or the checksum is wrong. */
    public static Bytes decodeChecked(String text) {
        Bytes decoded = decode(text);
        int payloadLength = decoded.length() - CHECKSUM_LENGTH;
        if (payloadLength < 0
                || !checksum(decoded.slice(0, Math.max(payloadLength, 0)))
                        .equals(decoded.slice(payloadLength, decoded.length()))) {
            throw new IllegalArgumentException(
                    "the base58 checksum does not match: a character is mistyped or missing");
        }
        return decoded.slice(0, payloadLength);
    }

    private static Bytes checksum(Bytes payload) {
        return Bytes.of(Sha256d.of(payload).toArray(), 0, CHECKSUM_LENGTH);
    }

    private static String encode(Bytes bytes) {
        StringBuilder reversed = new StringBuilder();
        BigInteger value = new BigInteger(1, bytes.toArray());
        while (value.signum() > 0) {
            BigInteger[] division = value.divideAndRemainder(BASE);
            reversed.append(ALPHABET.charAt(division[1].intValue()));
            value = division[0];
        }
        for (int i = 0; i < bytes.length() && bytes.at(i) == 0; i++) {
            reversed.append(ALPHABET.charAt(0));
        }
        return reversed.reverse().toString();
    }

    private static Bytes decode(String text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException(
                    "base58 text has at most " + MAX_TEXT_LENGTH + " characters, not " + text.length());
        }
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < text.length(); i++) {
            int digit = ALPHABET.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException("'" + text.charAt(i) + "' at position " + (i + 1)
                        + " is not a base58 character (0, O, I and l are left out)");
            }
            value = value.multiply(BASE).add(BigInteger.valueOf(digit));
        }
        int zeros = 0;
        while (zeros < text.length() && text.charAt(zeros) == ALPHABET.charAt(0)) {
            zeros++;
        }
        byte[] magnitude = value.toByteArray();
        int skip = magnitude[0] == 0 ? 1 : 0;
        byte[] bytes = new byte[zeros + magnitude.length - skip];
        System.arraycopy(magnitude, skip, bytes, zeros, magnitude.length - skip);
        return Bytes.wrap(bytes);
    }
}
