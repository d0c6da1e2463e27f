package sluice.protocol.sv1;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;

/** Compact JSON into a growing byte array. */
final class JsonWriter {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    // Whole doubles below this are written exactly by their long value.
    private static final double MAX_WHOLE = 1e18;

    private byte[] buffer;
    private int size;

    JsonWriter(int capacity) {
        buffer = new byte[capacity];
    }

    /** The bytes as characters, for verbatim JSON that is valid UTF-8. */
    static String text(Bytes json) {
        return new String(json.toArray(), StandardCharsets.UTF_8);
    }

    byte[] toLine() {
        ascii('\n');
        return Arrays.copyOf(buffer, size);
    }

    int size() {
        return size;
    }

    JsonWriter ascii(char c) {
        reserve(1);
        buffer[size++] = (byte) c;
        return this;
    }

    /** Text of ASCII characters, as it stands. */
    JsonWriter raw(String ascii) {
        int length = ascii.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** JSON of any characters, as it stands. */
    JsonWriter json(String json) {
        return json(json.getBytes(StandardCharsets.UTF_8));
    }

    JsonWriter json(Bytes json) {
        reserve(json.length());
        size = json.copyTo(buffer, size);
        return this;
    }

    private JsonWriter json(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, buffer, size, json.length);
        size += json.length;
        return this;
    }

    JsonWriter number(long value) {
        return raw(Long.toString(value));
    }

    /** A decimal without exponent, which some firmware cannot read; whole values without a fraction. */
    JsonWriter number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < MAX_WHOLE) {
            return number((long) value);
        }
        return raw(BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
    }

    /** A string of 8 hex digits, most significant first. */
    JsonWriter u32(long value) {
        if (value < 0 || value > 0xffffffffL) {
            throw new IllegalArgumentException("a U32 lies in 0..2^32-1, not " + value);
        }
        reserve(10);
        buffer[size++] = '"';
        for (int shift = 28; shift >= 0; shift -= 4) {
            buffer[size++] = DIGITS[(int) (value >>> shift) & 0xf];
        }
        buffer[size++] = '"';
        return this;
    }

    /** A string of hex digits. */
    JsonWriter hex(Bytes value) {
        int length = value.length();
        reserve(2 * length + 2);
        buffer[size++] = '"';
        for (int i = 0; i < length; i++) {
            hexByte(value.at(i));
        }
        buffer[size++] = '"';
        return this;
    }

    /** A string of 64 hex digits, internal order. */
    JsonWriter hex(Hash256 hash) {
        byte[] raw = hash.toArray();
        reserve(2 * raw.length + 2);
        buffer[size++] = '"';
        for (byte b : raw) {
            hexByte(b);
        }
        buffer[size++] = '"';
        return this;
    }

    private void hexByte(byte b) {
        buffer[size++] = DIGITS[b >>> 4 & 0xf];
        buffer[size++] = DIGITS[b & 0xf];
    }

    JsonWriter string(String value) {
        ascii('"');
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                ascii(c);
            } else if (c == '"' || c == '\\') {
                ascii('\\').ascii(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < length
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                json(value.substring(i, i + 2));
                i++;
            } else if (c <= 0x7f || Character.isSurrogate(c)) {
                escape(c);
            } else {
                json(String.valueOf(c));
            }
        }
        return ascii('"');
    }

    private void escape(char c) {
        raw("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            ascii((char) DIGITS[c >>> shift & 0xf]);
        }
    }

    private void reserve(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
        }
    }
}
