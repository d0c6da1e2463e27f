package sluice.protocol.sv2.message;

import java.util.Optional;
import java.util.function.Consumer;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;
import sluice.protocol.sv2.wire.WireReader;

/**
 * From frames to messages (SV2 3.2). Bytes behind the fields of a message are TLV space and ignored, except by
 * messages that keep them. All methods throw ProtocolViolation for a payload that does not hold all fields of its
 * message.
 */
public final class Sv2Codec {
    private Sv2Codec() {}

    /** The message in {@code frame}; empty if no message has its extension and type. */
    public static Optional<Sv2Message> decode(Frame frame) {
        return MessageType.of(frame.extensionType(), frame.messageType())
                .map(type -> type.read(new WireReader(frame.payload().toArray())));
    }

    /**
     * As {@link #decode(Frame)}, for those who say what they ignore: {@code odd} hears of an unknown type of the core
     * protocol. What belongs to an extension that nobody asked for is ignored without a word (SV2 3.2.1).
     */
    public static Optional<Sv2Message> decode(Frame frame, Consumer<String> odd) {
        Optional<Sv2Message> message = decode(frame);
        if (message.isEmpty() && frame.extensionType() == 0) {
            odd.accept("ignored a message of the unknown type 0x" + Integer.toHexString(frame.messageType()));
        }
        return message;
    }

    /**
     * As {@link #decode(Frame)}, without a copy: the payload is the {@code header.payloadLength()} bytes of {@code
     * source} at {@code offset}. The message keeps no reference to {@code source}.
     */
    public static Optional<Sv2Message> decode(FrameHeader header, byte[] source, int offset) {
        return MessageType.of(header.extensionType(), header.messageType())
                .map(type -> type.read(new WireReader(source, offset, header.payloadLength())));
    }
}
