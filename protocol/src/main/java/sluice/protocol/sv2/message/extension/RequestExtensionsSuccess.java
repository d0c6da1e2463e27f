package sluice.protocol.sv2.message.extension;

import java.util.List;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** The requested extensions that the server supports (extension 0x0001). */
public record RequestExtensionsSuccess(int requestId, List<Integer> supportedExtensions) implements ExtensionMessage {
    public RequestExtensionsSuccess {
        supportedExtensions = List.copyOf(supportedExtensions);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static RequestExtensionsSuccess read(WireReader reader) {
        return new RequestExtensionsSuccess(reader.readU16(), reader.readSeq64KU16());
    }

    @Override
    public MessageType type() {
        return MessageType.REQUEST_EXTENSIONS_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU16(requestId);
        writer.writeSeq64KU16(supportedExtensions);
    }
}
