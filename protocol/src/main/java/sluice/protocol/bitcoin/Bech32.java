package sluice.protocol.bitcoin;

import java.util.Locale;
import sluice.protocol.Bytes;

/** Bech32 text and its amended form, Bech32m (BIP173, BIP350). */
final class Bech32 {
    static final String CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static final int MAX_LENGTH = 90;

    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final int CHECKSUM_LENGTH = 6;
    private static final int FIRST_PRINTABLE = 33;
    private static final int LAST_PRINTABLE = 126;

    private Bech32() {}

    /** Which of the two checksums closes the text. */
    enum Variant {
        BECH32(1),
        BECH32M(0x2bc830a3);

        private final int constant;

        Variant(int constant) {
            this.constant = constant;
        }
    }

    /**
     * Decoded text.
     *
     * @param prefix the human-readable part, lower case
     * @param data groups of five bits, without checksum
     */
    record Decoded(Variant variant, String prefix, Bytes data) {}

    /** Throws IllegalArgumentException saying what is wrong. */
    static Decoded decode(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!text.equals(lower) && !text.equals(text.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException("bech32 text mixes upper and lower case");
        }
        int separator = lower.lastIndexOf('1');
        if (text.length() > MAX_LENGTH || separator < 1 || separator + CHECKSUM_LENGTH >= text.length()) {
            throw new IllegalArgumentException("not bech32: a prefix, '1', data and 6 checksum characters, 90 in all");
        }
        String prefix = lower.substring(0, separator);
        for (int i = 0; i < separator; i++) {
            if (prefix.charAt(i) < FIRST_PRINTABLE || prefix.charAt(i) > LAST_PRINTABLE) {
                throw new IllegalArgumentException("the bech32 prefix has a character that is not printable");
            }
        }
        byte[] data = new byte[lower.length() - separator - 1];
        for (int i = 0; i < data.length; i++) {
            int value = CHARSET.indexOf(lower.charAt(separator + 1 + i));
            if (value < 0) {
                throw new IllegalArgumentException("'" + text.charAt(separator + 1 + i) + "' at position "
                        + (separator + 2 + i) + " is not a bech32 character (1, b, i and o are left out)");
            }
            data[i] = (byte) value;
        }
        int sum = polymod(prefix, data);
        for (Variant variant : Variant.values()) {
            if (sum == variant.constant) {
                return new Decoded(variant, prefix, Bytes.of(data, 0, data.length - CHECKSUM_LENGTH));
            }
        }
        throw new IllegalArgumentException("the bech32 checksum does not match: a character is mistyped or missing");
    }

    static String encode(Variant variant, String prefix, Bytes data) {
        byte[] withRoom = new byte[data.length() + CHECKSUM_LENGTH];
        data.copyTo(withRoom, 0);
        int sum = polymod(prefix, withRoom) ^ variant.constant;
        for (int i = 0; i < CHECKSUM_LENGTH; i++) {
            withRoom[data.length() + i] = (byte) (sum >>> (5 * (CHECKSUM_LENGTH - 1 - i)) & 31);
        }
        StringBuilder text = new StringBuilder(prefix).append('1');
        for (byte value : withRoom) {
            text.append(CHARSET.charAt(value));
        }
        return text.toString();
    }

    /** Regroups bytes into groups of five bits, padded with zeros. */
    static Bytes toFives(Bytes bytes) {
        byte[] fives = new byte[(bytes.length() * 8 + 4) / 5];
        for (int bit = 0; bit < bytes.length() * 8; bit++) {
            int value = bytes.at(bit / 8) >> (7 - bit % 8) & 1;
            fives[bit / 5] |= (byte) (value << (4 - bit % 5));
        }
        return Bytes.wrap(fives);
    }

    /** Regroups five bits into bytes. Throws IllegalArgumentException for padding of five bits or other than zeros. */
    static Bytes toEights(Bytes fives) {
        int bits = fives.length() * 5;
        byte[] bytes = new byte[bits / 8];
        for (int bit = 0; bit < bits; bit++) {
            int value = fives.at(bit / 5) >> (4 - bit % 5) & 1;
            if (bit < bytes.length * 8) {
                bytes[bit / 8] |= (byte) (value << (7 - bit % 8));
            } else if (value != 0) {
                throw new IllegalArgumentException("bech32 padding is not zero");
            }
        }
        if (bits % 8 >= 5) {
            throw new IllegalArgumentException("bech32 padding is too long");
        }
        return Bytes.wrap(bytes);
    }

    private static int polymod(String prefix, byte[] data) {
        int sum = 1;
        for (int i = 0; i < prefix.length(); i++) {
            sum = step(sum, prefix.charAt(i) >> 5);
        }
        sum = step(sum, 0);
        for (int i = 0; i < prefix.length(); i++) {
            sum = step(sum, prefix.charAt(i) & 31);
        }
        for (byte value : data) {
            sum = step(sum, value);
        }
        return sum;
    }

    private static int step(int sum, int value) {
        int top = sum >>> 25;
        int next = (sum & 0x1ffffff) << 5 ^ value;
        for (int i = 0; i < GENERATOR.length; i++) {
            if ((top >> i & 1) != 0) {
                next ^= GENERATOR[i];
            }
        }
        return next;
    }
}
