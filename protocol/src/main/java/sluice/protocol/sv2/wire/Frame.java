package sluice.protocol.sv2.wire;

import sluice.protocol.Bytes;

/**
 * One plaintext frame (SV2 3.2). Messages that are decoded at once need no Frame; it serves those that are passed on
 * undecoded.
 *
 * @param extensionType 0..0x7fff, without the channel bit
 * @param channelMessage the payload starts with a U32 channel id
 * @param messageType U8
 * @param payload at most 2^24-1 bytes
 */
public record Frame(int extensionType, boolean channelMessage, int messageType, Bytes payload) {
    public static final int HEADER_LENGTH = FrameHeader.LENGTH;

    private static final int CHANNEL_ID_LENGTH = 4;

    public Frame {
        new FrameHeader(extensionType, channelMessage, messageType, payload.length());
    }

    /** Reads one whole frame: the header and exactly the payload that it announces. */
    public static Frame parse(byte[] source) {
        if (source.length < HEADER_LENGTH) {
            throw new ProtocolViolation(ProtocolViolation.TRUNCATED, source.length + " bytes are no frame header");
        }
        FrameHeader header = FrameHeader.parse(source, 0);
        int present = source.length - HEADER_LENGTH;
        if (present < header.payloadLength()) {
            throw new ProtocolViolation(
                    ProtocolViolation.TRUNCATED,
                    present + " payload bytes of " + header.payloadLength() + " that the header announces");
        }
        if (present > header.payloadLength()) {
            throw new IllegalArgumentException(present - header.payloadLength() + " bytes behind the frame");
        }
        return of(header, Bytes.of(source, HEADER_LENGTH, present));
    }

    /** Joins a header with the payload that it announced. */
    public static Frame of(FrameHeader header, Bytes payload) {
        if (payload.length() != header.payloadLength()) {
            throw new IllegalArgumentException(
                    "a header for " + header.payloadLength() + " bytes, a payload of " + payload.length());
        }
        return new Frame(header.extensionType(), header.channelMessage(), header.messageType(), payload);
    }

    public FrameHeader header() {
        return new FrameHeader(extensionType, channelMessage, messageType, payload.length());
    }

    /** Header and payload. */
    public Bytes toBytes() {
        byte[] frame = new byte[HEADER_LENGTH + payload.length()];
        payload.copyTo(frame, header().copyTo(frame, 0));
        return Bytes.wrap(frame);
    }

    /** The channel a channel message belongs to (SV2 3.2.1). Throws ProtocolViolation if the payload is too short. */
    public long channelId() {
        requireChannelId();
        return (payload.at(0) & 0xffL)
                | (payload.at(1) & 0xffL) << 8
                | (payload.at(2) & 0xffL) << 16
                | (payload.at(3) & 0xffL) << 24;
    }

    /** The same frame for another channel: all that a proxy may change in a message it does not know (SV2 3.2.1). */
    public Frame withChannelId(long channelId) {
        requireChannelId();
        byte[] changed = payload.toArray();
        for (int i = 0; i < CHANNEL_ID_LENGTH; i++) {
            changed[i] = (byte) (channelId >>> (8 * i));
        }
        return new Frame(extensionType, channelMessage, messageType, Bytes.wrap(changed));
    }

    private void requireChannelId() {
        if (!channelMessage) {
            throw new IllegalStateException("not a channel message");
        }
        if (payload.length() < CHANNEL_ID_LENGTH) {
            throw new ProtocolViolation(ProtocolViolation.TRUNCATED, "a channel message without a channel id");
        }
    }
}
