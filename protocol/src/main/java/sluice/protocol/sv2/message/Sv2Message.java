package sluice.protocol.sv2.message;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * Any Stratum V2 message. Implemented by the sealed interface of each sub-protocol and by nothing else; switch over
 * those, which are complete.
 */
public interface Sv2Message {
    MessageType type();

    /** Appends the payload. Throws IllegalArgumentException for a value that its wire type cannot hold. */
    void write(WireWriter writer);

    /** Appends header and payload, plaintext. */
    default void writeFrame(WireWriter writer) {
        MessageType type = type();
        writer.beginFrame(type.extensionType(), type.channelMessage(), type.code());
        write(writer);
        writer.endFrame();
    }

    /** Header and payload, plaintext. */
    default byte[] toFrame() {
        WireWriter writer = new WireWriter();
        writeFrame(writer);
        return writer.toArray();
    }

    /** As {@link #toFrame()}, to be shared between connections. */
    default Bytes toFrameBytes() {
        return Bytes.wrap(toFrame());
    }
}
