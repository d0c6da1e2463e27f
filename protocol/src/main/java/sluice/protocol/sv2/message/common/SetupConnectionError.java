package sluice.protocol.sv2.message.common;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The server refuses the connection and closes it (SV2 3.6.3).
 *
 * @param flags every requested flag that is not supported; 0 if the cause is another
 * @param errorCode see {@link SetupConnectionErrorCode}; others are legal
 */
public record SetupConnectionError(long flags, String errorCode) implements CommonMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetupConnectionError read(WireReader reader) {
        return new SetupConnectionError(reader.readU32(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.SETUP_CONNECTION_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(flags);
        writer.writeStr(errorCode);
    }
}
