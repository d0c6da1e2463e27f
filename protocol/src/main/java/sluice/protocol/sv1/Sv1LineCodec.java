package sluice.protocol.sv1;

import java.util.Arrays;
import sluice.protocol.sv2.wire.ProtocolViolation;

/**
 * Cuts a byte stream into lines: {@code \n} or {@code \r\n} ends one, segments may hold several lines or parts of one.
 * A whole line inside a segment is passed on without a copy, and nothing is kept between lines, so an idle connection
 * costs no buffer; one whose lines arrive in pieces keeps its buffer for the next piece. Confined to the connection's loop.
 */
public final class Sv1LineCodec {
    private static final int FIRST_CAPACITY = 256;
    private static final byte[] NOTHING = new byte[0];

    /** Takes one line, without line end and without surrounding white space; valid only during the call. */
    @FunctionalInterface
    public interface LineSink {
        void onLine(byte[] source, int offset, int length);
    }

    private final int maxLineLength;
    private byte[] pending = NOTHING;
    private int pendingLength;

    public Sv1LineCodec(Sv1Limits limits) {
        this.maxLineLength = limits.lineLength();
    }

    /**
     * Takes {@code length} received bytes and passes every line they complete to {@code sink}; blank lines are skipped.
     * Throws ProtocolViolation, after the lines in front of it, for a line above the limit; the codec is then of no
     * more use. What {@code sink} throws ends the call: the rest of the segment is lost.
     */
    public void feed(byte[] source, int offset, int length, LineSink sink) {
        int end = offset + length;
        int start = offset;
        for (int i = offset; i < end; i++) {
            if (source[i] == '\n') {
                finishLine(source, start, i - start, sink);
                start = i + 1;
            }
        }
        keep(source, start, end - start);
        if (pendingLength == 0) {
            pending = NOTHING;
        }
    }

    /** Bytes of a line whose end has not come yet. */
    public int pendingLength() {
        return pendingLength;
    }

    private void finishLine(byte[] source, int offset, int length, LineSink sink) {
        if (pendingLength == 0) {
            pass(source, offset, length, sink);
            return;
        }
        keep(source, offset, length);
        int lineLength = pendingLength;
        pendingLength = 0;
        pass(pending, 0, lineLength, sink);
    }

    private void pass(byte[] source, int offset, int length, LineSink sink) {
        int from = offset;
        int to = offset + length;
        if (to > from && source[to - 1] == '\r') {
            to--;
        }
        if (to - from > maxLineLength) {
            throw tooLong();
        }
        while (from < to && isSpace(source[from])) {
            from++;
        }
        while (to > from && isSpace(source[to - 1])) {
            to--;
        }
        if (from < to) {
            sink.onLine(source, from, to - from);
        }
    }

    private void keep(byte[] source, int offset, int length) {
        if (length == 0) {
            return;
        }
        int needed = pendingLength + length;
        // One byte more may be the carriage return of a line of exactly the limit.
        boolean fits = needed <= maxLineLength || needed == maxLineLength + 1 && source[offset + length - 1] == '\r';
        if (!fits) {
            throw tooLong();
        }
        if (needed > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(needed, Math.max(FIRST_CAPACITY, 2 * pending.length)));
        }
        System.arraycopy(source, offset, pending, pendingLength, length);
        pendingLength = needed;
    }

    private ProtocolViolation tooLong() {
        return new ProtocolViolation(Sv1Violations.LINE_TOO_LONG, "a line is longer than " + maxLineLength + " bytes");
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
