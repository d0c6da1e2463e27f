package sluice.proxy.session;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells by its first bytes what a client speaks, so that one port serves SV1 and SV2. Noise act 1 is 64 bytes that look
 * random, so one SV2 miner in 256 begins with a brace and one byte is never enough: bytes are SV1 when they are text that
 * begins a JSON object, up to the end of the line or for 64 bytes, which happens by chance less than once in 10^20.
 */
public final class FirstBytes {
    /** Length of Noise act 1; with so many bytes there is always an answer. */
    public static final int ENOUGH = 64;

    /** What a client speaks. */
    public enum Verdict {
        UNDECIDED,
        SV1,
        SV2,
        /** HTTP, TLS, remote desktop and other probes: neither, and not worth an answer. */
        FOREIGN
    }

    private static final byte[] HTTP_VERSION = " HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    private FirstBytes() {}

    /** Judges the first {@code length} bytes of {@code bytes}; more than {@link #ENOUGH} change nothing. */
    public static Verdict judge(byte[] bytes, int length) {
        int end = Math.min(length, ENOUGH);
        if (looksLikeTls(bytes, end) || looksLikeRemoteDesktop(bytes, end)) {
            return Verdict.FOREIGN;
        }
        int newline = indexOfNewline(bytes, end);
        int lineEnd = newline >= 0 ? newline : end;
        boolean decided = newline >= 0 || end == ENOUGH;
        if (!isText(bytes, lineEnd)) {
            // An end of line that follows other bytes than text is chance, not the end of a line.
            return end == ENOUGH ? Verdict.SV2 : Verdict.UNDECIDED;
        }
        if (!decided) {
            return Verdict.UNDECIDED;
        }
        if (beginsObject(bytes, lineEnd, newline >= 0)) {
            return Verdict.SV1;
        }
        if (newline >= 0 && looksLikeHttp(bytes, lineEnd)) {
            return Verdict.FOREIGN;
        }
        // Text, but no JSON object: 64 random bytes are never that, a short line may be, so it takes all 64 to be sure.
        if (end < ENOUGH) {
            return Verdict.UNDECIDED;
        }
        return isText(bytes, end) ? Verdict.FOREIGN : Verdict.SV2;
    }

    private static boolean beginsObject(byte[] bytes, int lineEnd, boolean wholeLine) {
        int at = skipBlanks(bytes, 0, lineEnd);
        if (at == lineEnd || bytes[at] != '{') {
            return false;
        }
        int next = skipBlanks(bytes, at + 1, lineEnd);
        if (next == lineEnd) {
            return false;
        }
        if (!wholeLine) {
            return bytes[next] == '"';
        }
        int last = lineEnd - 1;
        while (last > next && (bytes[last] == ' ' || bytes[last] == '\r' || bytes[last] == '\t')) {
            last--;
        }
        return bytes[next] == '"' && bytes[last] == '}' && hasQuotedColon(bytes, next, last);
    }

    // A JSON object of one line is at least {"k":v}: a closing quote and a colon behind the opening one.
    private static boolean hasQuotedColon(byte[] bytes, int from, int to) {
        for (int at = from + 1; at < to; at++) {
            if (bytes[at] == '"') {
                int colon = skipBlanks(bytes, at + 1, to);
                return colon < to && bytes[colon] == ':';
            }
        }
        return false;
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at;
    }

    private static int indexOfNewline(byte[] bytes, int end) {
        // Empty lines in front are blanks, not lines.
        for (int at = skipBlanks(bytes, 0, end); at < end; at++) {
            if (bytes[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    private static boolean isText(byte[] bytes, int end) {
        for (int at = 0; at < end; at++) {
            int b = bytes[at];
            if (b == 0x7f || (b >= 0 && b < 0x20 && b != '\t' && b != '\r' && b != '\n')) {
                return false;
            }
        }
        // A multi-byte character may be cut off at the end; leave up to three bytes of it unjudged.
        for (int cut = 0; cut <= Math.min(3, end); cut++) {
            if (decodes(bytes, end - cut)) {
                return true;
            }
        }
        return false;
    }

    private static boolean decodes(byte[] bytes, int end) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    // A request line ends in the version. By chance that is less likely than one in 10^19.
    private static boolean looksLikeHttp(byte[] bytes, int lineEnd) {
        int at = lineEnd > 0 && bytes[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        int from = at - HTTP_VERSION.length - 1;
        return from > 0
                && Arrays.equals(bytes, from, from + HTTP_VERSION.length, HTTP_VERSION, 0, HTTP_VERSION.length)
                && bytes[at - 1] >= '0'
                && bytes[at - 1] <= '9';
    }

    // The connection request of RFC 2126 and X.224, whose two lengths must agree: one in 10^12 by chance.
    private static boolean looksLikeRemoteDesktop(byte[] bytes, int end) {
        return end >= 6
                && bytes[0] == 0x03
                && bytes[1] == 0x00
                && ((bytes[2] & 0xff) << 8 | (bytes[3] & 0xff)) == (bytes[4] & 0xff) + 5
                && bytes[5] == (byte) 0xe0;
    }

    private static boolean looksLikeTls(byte[] bytes, int end) {
        return end >= 6
                && bytes[0] == 0x16
                && bytes[1] == 0x03
                && bytes[2] >= 0
                && bytes[2] <= 4
                && bytes[3] <= 0x40
                && bytes[3] >= 0
                && bytes[5] == 0x01;
    }
}
