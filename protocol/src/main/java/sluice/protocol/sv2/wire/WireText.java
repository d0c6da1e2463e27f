package sluice.protocol.sv2.wire;

import java.nio.charset.StandardCharsets;

/**
 * STR0_255 as Java strings without loss. SV2 3.1 does not promise valid UTF-8, and an identity has to be echoed
 * byte for byte: a byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte (U+DC80..U+DCFF,
 * as in PEP 383) and turns into that byte again.
 */
public final class WireText {
    private static final int ESCAPE = 0xdc00;
    private static final char UNPRINTABLE = '\ufffd';

    private WireText() {}

    /** Decodes {@code length} bytes of {@code source} at {@code offset}. */
    public static String decode(byte[] source, int offset, int length) {
        int end = offset + length;
        for (int at = offset; at < end; at++) {
            if (source[at] < 0) {
                return decodeBeyondAscii(source, offset, end);
            }
        }
        return new String(source, offset, length, StandardCharsets.ISO_8859_1);
    }

    private static String decodeBeyondAscii(byte[] source, int offset, int end) {
        StringBuilder text = new StringBuilder(end - offset);
        for (int at = offset; at < end; ) {
            int size = sequenceLength(source, at, end);
            int lead = source[at] & 0xff;
            switch (size) {
                case 0 -> text.append((char) (ESCAPE + lead));
                case 1 -> text.append((char) lead);
                case 2 -> text.append((char) ((lead & 0x1f) << 6 | source[at + 1] & 0x3f));
                case 3 ->
                    text.append((char) ((lead & 0x0f) << 12 | (source[at + 1] & 0x3f) << 6 | source[at + 2] & 0x3f));
                default ->
                    text.appendCodePoint((lead & 0x07) << 18
                            | (source[at + 1] & 0x3f) << 12
                            | (source[at + 2] & 0x3f) << 6
                            | source[at + 3] & 0x3f);
            }
            at += Math.max(size, 1);
        }
        return text.toString();
    }

    /** Bytes of the valid UTF-8 sequence at {@code at}, or 0 if none starts there (RFC 3629 section 4). */
    private static int sequenceLength(byte[] source, int at, int end) {
        int lead = source[at] & 0xff;
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        int size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (end - at < size) {
            return 0;
        }
        for (int i = 1; i < size; i++) {
            if ((source[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = source[at + 1] & 0xff;
        boolean overlongSurrogateOrTooLarge = lead == 0xe0 && second < 0xa0
                || lead == 0xed && second > 0x9f
                || lead == 0xf0 && second < 0x90
                || lead == 0xf4 && second > 0x8f;
        return overlongSurrogateOrTooLarge ? 0 : size;
    }

    /**
     * Encodes as UTF-8, escaped bytes as themselves. Any other lone surrogate cannot have come from the wire (a JSON
     * escape can make one) and becomes '?'.
     */
    public static byte[] encode(String text) {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        if (!hasEscape(text)) {
            return plain;
        }
        // The JDK wrote one '?' for each lone surrogate, so the length is right; only those bytes differ.
        int out = 0;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            if (isEscape(codePoint)) {
                plain[out] = (byte) codePoint;
            }
            out += encodedLength(codePoint);
            at += Character.charCount(codePoint);
        }
        return plain;
    }

    /** The longest start of {@code text} that fits {@code maximum} bytes without cutting a character. */
    public static String truncate(String text, int maximum) {
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            bytes += encodedLength(codePoint);
            if (bytes > maximum) {
                return text.substring(0, at);
            }
            at += Character.charCount(codePoint);
        }
        return text;
    }

    /**
     * For logs: escaped bytes as \xNN, control characters replaced, so that a peer cannot write the operator's
     * terminal.
     */
    public static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (isEscape(codePoint)) {
                shown.append("\\x").append(Integer.toHexString(codePoint & 0xff));
            } else {
                shown.appendCodePoint(isPrintable(codePoint) ? codePoint : UNPRINTABLE);
            }
        });
        return shown.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static int encodedLength(int codePoint) {
        if (codePoint < 0x80 || Character.getType(codePoint) == Character.SURROGATE) {
            return 1;
        }
        return codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    private static boolean isEscape(int codePoint) {
        return codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xff;
    }

    private static boolean hasEscape(String text) {
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            if (isEscape(codePoint)) {
                return true;
            }
            at += Character.charCount(codePoint);
        }
        return false;
    }
}
