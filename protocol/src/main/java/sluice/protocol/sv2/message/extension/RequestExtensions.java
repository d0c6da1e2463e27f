package sluice.protocol.sv2.message.extension;

import java.util.List;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** Asks to use extensions on this connection (extension 0x0001). */
public record RequestExtensions(int requestId, List<Integer> requestedExtensions) implements ExtensionMessage {
    public RequestExtensions {
        requestedExtensions = List.copyOf(requestedExtensions);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static RequestExtensions read(WireReader reader) {
        return new RequestExtensions(reader.readU16(), reader.readSeq64KU16());
    }

    @Override
    public MessageType type() {
        return MessageType.REQUEST_EXTENSIONS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU16(requestId);
        writer.writeSeq64KU16(requestedExtensions);
    }
}
