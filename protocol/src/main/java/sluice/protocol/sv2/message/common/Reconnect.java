package sluice.protocol.sv2.message.common;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The server asks the client to connect elsewhere, under the same authority key (SV2 3.6.5).
 *
 * @param newHost empty for the present host
 * @param newPort 0 for the present port
 */
public record Reconnect(String newHost, int newPort) implements CommonMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static Reconnect read(WireReader reader) {
        return new Reconnect(reader.readStr(), reader.readU16());
    }

    @Override
    public MessageType type() {
        return MessageType.RECONNECT;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeStr(newHost);
        writer.writeU16(newPort);
    }
}
