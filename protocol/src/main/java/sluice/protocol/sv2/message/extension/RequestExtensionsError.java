package sluice.protocol.sv2.message.extension;

import java.util.List;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * None of the requested extensions is supported, or a required one was not requested (extension 0x0001).
 *
 * @param requiredExtensions needed by the server and not requested
 */
public record RequestExtensionsError(
        int requestId, List<Integer> unsupportedExtensions, List<Integer> requiredExtensions)
        implements ExtensionMessage {
    public RequestExtensionsError {
        unsupportedExtensions = List.copyOf(unsupportedExtensions);
        requiredExtensions = List.copyOf(requiredExtensions);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static RequestExtensionsError read(WireReader reader) {
        return new RequestExtensionsError(reader.readU16(), reader.readSeq64KU16(), reader.readSeq64KU16());
    }

    @Override
    public MessageType type() {
        return MessageType.REQUEST_EXTENSIONS_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU16(requestId);
        writer.writeSeq64KU16(unsupportedExtensions);
        writer.writeSeq64KU16(requiredExtensions);
    }
}
