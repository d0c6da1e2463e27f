package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tells from a peer's first bytes that it does not speak Noise but something else, for a message that helps the operator. */
final class ForeignProtocol {
    /** So much text in front is no key: the chance that a random one looks like it is 1 in 10^13. */
    static final int SURE_LENGTH = 32;

    private static final byte TLS_ALERT = 0x15;
    private static final byte TLS_HANDSHAKE = 0x16;
    private static final byte TLS_MAJOR_VERSION = 0x03;
    private static final int TLS_ALERT_LENGTH = 7;

    private ForeignProtocol() {}

    /** What the bytes are if there are enough of them to be sure. */
    static Optional<String> surely(ByteBuf received) {
        return received.readableBytes() < SURE_LENGTH ? Optional.empty() : probably(received);
    }

    /** What the bytes look like, however few they are. */
    static Optional<String> probably(ByteBuf received) {
        int length = received.readableBytes();
        if (length == 0) {
            return Optional.empty();
        }
        if (isTls(received, length)) {
            return Optional.of("TLS");
        }
        if (!isText(received, length)) {
            return Optional.empty();
        }
        String text =
                received.toString(received.readerIndex(), Math.min(length, SURE_LENGTH), StandardCharsets.US_ASCII);
        if (text.startsWith("{")) {
            return Optional.of("JSON (Stratum V1)");
        }
        return Optional.of(text.startsWith("HTTP/") ? "HTTP" : "plain text");
    }

    private static boolean isTls(ByteBuf received, int length) {
        if (length < TLS_ALERT_LENGTH || received.getByte(received.readerIndex() + 1) != TLS_MAJOR_VERSION) {
            return false;
        }
        byte contentType = received.getByte(received.readerIndex());
        int announced = received.getUnsignedShort(received.readerIndex() + 3);
        return contentType == TLS_ALERT && length == TLS_ALERT_LENGTH && announced == 2
                || contentType == TLS_HANDSHAKE && announced == length - 5;
    }

    private static boolean isText(ByteBuf received, int length) {
        return received.forEachByte(received.readerIndex(), length, ForeignProtocol::isTextByte) < 0;
    }

    private static boolean isTextByte(byte value) {
        return value >= ' ' && value < 0x7f || value == '\r' || value == '\n' || value == '\t';
    }
}
