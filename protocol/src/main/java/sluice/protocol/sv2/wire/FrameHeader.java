package sluice.protocol.sv2.wire;

/**
 * The six plaintext bytes in front of every payload (SV2 3.2): extension_type U16, msg_type U8, msg_length U24, all
 * little-endian.
 *
 * @param extensionType 0..0x7fff, without the channel bit
 * @param channelMessage bit 15 of the first field: the payload starts with a U32 channel id
 * @param messageType U8
 * @param payloadLength plaintext payload bytes behind the header, U24
 */
public record FrameHeader(int extensionType, boolean channelMessage, int messageType, int payloadLength) {
    public static final int LENGTH = 6;
    /** Marks a channel message inside the extension_type field. */
    public static final int CHANNEL_BIT = 0x8000;

    public FrameHeader {
        if ((extensionType & ~0x7fff) != 0) {
            throw new IllegalArgumentException("an extension type is 0..0x7fff, not " + extensionType);
        }
        if ((messageType & ~0xff) != 0) {
            throw new IllegalArgumentException("a message type is 0..0xff, not " + messageType);
        }
        if ((payloadLength & ~Limits.U24_MAX) != 0) {
            throw new IllegalArgumentException("a payload length is a U24, not " + payloadLength);
        }
    }

    /** Reads the six bytes of {@code source} at {@code offset}; every combination of bytes is a header. */
    public static FrameHeader parse(byte[] source, int offset) {
        int extension = (source[offset] & 0xff) | (source[offset + 1] & 0xff) << 8;
        int length = (source[offset + 3] & 0xff) | (source[offset + 4] & 0xff) << 8 | (source[offset + 5] & 0xff) << 16;
        return new FrameHeader(
                extension & ~CHANNEL_BIT, (extension & CHANNEL_BIT) != 0, source[offset + 2] & 0xff, length);
    }

    /** Writes the six bytes; returns the offset behind them. */
    public int copyTo(byte[] target, int offset) {
        int extension = channelMessage ? extensionType | CHANNEL_BIT : extensionType;
        target[offset] = (byte) extension;
        target[offset + 1] = (byte) (extension >>> 8);
        target[offset + 2] = (byte) messageType;
        target[offset + 3] = (byte) payloadLength;
        target[offset + 4] = (byte) (payloadLength >>> 8);
        target[offset + 5] = (byte) (payloadLength >>> 16);
        return offset + LENGTH;
    }

    /** Throws {@link ProtocolViolation} if the payload is longer than {@code limit} (one of {@link Limits}). */
    public void requirePayloadAtMost(int limit) {
        if (payloadLength > limit) {
            throw new ProtocolViolation(
                    ProtocolViolation.FRAME_TOO_LARGE, payloadLength + " payload bytes, at most " + limit);
        }
    }
}
