package sluice.protocol.sv1;

import java.util.HexFormat;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import tools.jackson.core.JsonToken;

/** The elements of one JSON array, read with the tolerance that deployed firmware needs. */
final class Sv1Params {
    private static final HexFormat HEX = HexFormat.of();
    private static final int MAX_U32_DIGITS = 8;
    private static final long MAX_U32 = 0xffffffffL;
    private static final double MAX_INT = Integer.MAX_VALUE;

    /** A param that makes no sense; never leaves the decoder. */
    static final class BadParam extends Exception {
        BadParam(String reason) {
            super(reason, null, false, false);
        }
    }

    private final JsonTokens tokens;
    // Index of the first token inside the array; what is absent reads as an empty array.
    private int first;
    private int count;

    Sv1Params(JsonTokens tokens) {
        this.tokens = tokens;
    }

    /** Makes this the array at {@code array}, or an empty one where {@code array} is negative or a JSON null. */
    void select(int array) throws BadParam {
        if (array < 0 || tokens.kind(array) == JsonToken.VALUE_NULL) {
            count = 0;
            return;
        }
        if (tokens.kind(array) != JsonToken.START_ARRAY) {
            throw new BadParam("params is not an array");
        }
        first = array + 1;
        count = tokens.elements(array);
    }

    int count() {
        return count;
    }

    /** The token index of element {@code index}, or -1 where there is none. */
    int at(int index) {
        if (index >= count) {
            return -1;
        }
        int at = first;
        for (int i = 0; i < index; i++) {
            at = tokens.end(at);
        }
        return at;
    }

    boolean isNullOrAbsent(int index) {
        int at = at(index);
        return at < 0 || tokens.kind(at) == JsonToken.VALUE_NULL;
    }

    /** A string, or a number as it was written; empty where null or absent. */
    String textOrEmpty(int index, String name) throws BadParam {
        return isNullOrAbsent(index) ? "" : text(index, name);
    }

    /** A string, or a number as it was written. */
    String text(int index, String name) throws BadParam {
        int at = at(index);
        String text = at < 0 ? null : tokens.text(at);
        if (text == null) {
            throw new BadParam(name + (at < 0 ? " is missing" : " is not a string"));
        }
        return text;
    }

    /** A U32: up to 8 hex digits of either case, with or without {@code 0x}, or a JSON integer. */
    long u32(int index, String name) throws BadParam {
        return u32At(at(index), name);
    }

    long u32At(int at, String name) throws BadParam {
        if (at < 0) {
            throw new BadParam(name + " is missing");
        }
        return switch (tokens.kind(at)) {
            case VALUE_STRING -> u32OfHex(tokens.text(at), name);
            case VALUE_NUMBER_INT -> u32OfNumber(tokens.text(at), name);
            default -> throw new BadParam(name + " is neither hex nor an integer");
        };
    }

    private static long u32OfHex(String text, String name) throws BadParam {
        int from = prefixLength(text);
        int digits = text.length() - from;
        if (digits < 1 || digits > MAX_U32_DIGITS) {
            throw new BadParam(name + " has " + digits + " hex digits, not 1 to " + MAX_U32_DIGITS);
        }
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (!HexFormat.isHexDigit(digit)) {
                throw new BadParam(name + " is not hex");
            }
            value = value << 4 | HexFormat.fromHexDigit(digit);
        }
        return value;
    }

    private static long u32OfNumber(String text, String name) throws BadParam {
        // Eleven characters hold every U32 and never overflow a long.
        long value = text.length() > 11 ? -1 : Long.parseLong(text);
        if (value < 0 || value > MAX_U32) {
            throw new BadParam(name + " is outside 0..2^32-1");
        }
        return value;
    }

    /** Bytes in hex of either case, with or without {@code 0x}. */
    Bytes hex(int index, String name) throws BadParam {
        return hexAt(at(index), name);
    }

    Bytes hexAt(int at, String name) throws BadParam {
        String text = stringAt(at, name);
        int from = prefixLength(text);
        if ((text.length() - from) % 2 != 0) {
            throw new BadParam(name + " has an odd number of hex digits");
        }
        try {
            return Bytes.wrap(HEX.parseHex(text, from, text.length()));
        } catch (IllegalArgumentException e) {
            throw new BadParam(name + " is not hex");
        }
    }

    /** 32 bytes in hex, internal order. */
    Hash256 hashAt(int at, String name) throws BadParam {
        Bytes raw = hexAt(at, name);
        if (raw.length() != Hash256.LENGTH) {
            throw new BadParam(name + " has " + raw.length() + " bytes, not " + Hash256.LENGTH);
        }
        return Hash256.of(raw.toArray(), 0);
    }

    /** A target in hex, most significant digit first; leading zeros may be missing. */
    Target target(int index, String name) throws BadParam {
        String text = stringAt(at(index), name);
        int from = prefixLength(text);
        int digits = text.length() - from;
        if (digits < 1 || digits > 2 * Target.LENGTH || !isHex(text, from)) {
            throw new BadParam(name + " is not 1 to " + 2 * Target.LENGTH + " hex digits");
        }
        return Target.fromHex("0".repeat(2 * Target.LENGTH - digits) + text.substring(from));
    }

    /** A finite number, also written as a string. */
    double decimal(int index, String name) throws BadParam {
        return decimalAt(at(index), name);
    }

    double decimalAt(int at, String name) throws BadParam {
        String text = at < 0 ? null : tokens.text(at);
        if (text == null) {
            throw new BadParam(name + (at < 0 ? " is missing" : " is not a number"));
        }
        return decimalOf(text, name);
    }

    static double decimalOf(String text, String name) throws BadParam {
        double value;
        try {
            value = isPlainNumber(text) ? Double.parseDouble(text) : Double.NaN;
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new BadParam(name + " is not a finite number");
        }
        return value;
    }

    /** An integer in 0..2^31-1, also written as a string or with a fraction of 0. */
    int integer(int index, String name) throws BadParam {
        return integerAt(at(index), name);
    }

    int integerAt(int at, String name) throws BadParam {
        double value = decimalAt(at, name);
        if (value < 0 || value > MAX_INT || value != Math.rint(value)) {
            throw new BadParam(name + " is not an integer in 0.." + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    /** A JSON boolean, or a number that stands for one. */
    boolean bool(int index, String name) throws BadParam {
        int at = at(index);
        return switch (at < 0 ? JsonToken.NOT_AVAILABLE : tokens.kind(at)) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL, NOT_AVAILABLE -> false;
            case VALUE_NUMBER_INT -> !tokens.text(at).equals("0");
            default -> throw new BadParam(name + " is not a boolean");
        };
    }

    private String stringAt(int at, String name) throws BadParam {
        if (at < 0) {
            throw new BadParam(name + " is missing");
        }
        if (tokens.kind(at) != JsonToken.VALUE_STRING) {
            throw new BadParam(name + " is not a string");
        }
        return tokens.text(at);
    }

    private static int prefixLength(String text) {
        return text.length() >= 2 && text.charAt(0) == '0' && (text.charAt(1) | 0x20) == 'x' ? 2 : 0;
    }

    private static boolean isHex(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    // Double.parseDouble also takes "NaN", "0x1p3", "1f" and surrounding spaces.
    private static boolean isPlainNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
            if (!plain) {
                return false;
            }
        }
        return true;
    }
}
