package sluice.protocol.sv2.message.common;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The server takes the connection (SV2 3.6.2).
 *
 * @param flags see {@link SetupConnectionSuccessFlags}; not the vocabulary of the request
 */
public record SetupConnectionSuccess(int usedVersion, long flags) implements CommonMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetupConnectionSuccess read(WireReader reader) {
        return new SetupConnectionSuccess(reader.readU16(), reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.SETUP_CONNECTION_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU16(usedVersion);
        writer.writeU32(flags);
    }
}
