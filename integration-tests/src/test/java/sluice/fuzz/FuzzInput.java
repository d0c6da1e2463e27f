package sluice.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An input that is taken apart from its front; what is missing at its end reads as zero. */
final class FuzzInput {
    private final byte[] bytes;
    private int at;

    FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isEmpty() {
        return at >= bytes.length;
    }

    int u8() {
        return isEmpty() ? 0 : bytes[at++] & 0xff;
    }

    int u16() {
        return u8() | u8() << 8;
    }

    long u32() {
        return u16() | (long) u16() << 16;
    }

    /** A number from 0 to {@code bound} - 1. */
    int below(int bound) {
        return u8() % bound;
    }

    boolean flag() {
        return (u8() & 1) != 0;
    }

    /** So many bytes. */
    byte[] bytes(int length) {
        byte[] taken = new byte[length];
        int present = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, taken, 0, present);
        at += present;
        return taken;
    }

    /** As many bytes as a byte in front of them says, as far as they are there. */
    byte[] prefixed() {
        int length = u8();
        return bytes(Math.min(length, bytes.length - at));
    }

    /** As many bytes as two bytes in front of them say, as far as they are there. */
    byte[] longPrefixed() {
        int length = u16();
        return bytes(Math.min(length, bytes.length - at));
    }

    /** All up to the next end of line, which is taken, too. */
    byte[] line() {
        int end = at;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        byte[] line = Arrays.copyOfRange(bytes, at, end);
        at = Math.min(end + 1, bytes.length);
        return line;
    }

    byte[] rest() {
        return bytes(bytes.length - at);
    }

    String restAsText() {
        return new String(rest(), StandardCharsets.UTF_8);
    }
}
