package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** Either side ends a channel, or the server a whole group (SV2 5.3.9). */
public record CloseChannel(long channelId, String reasonCode) implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static CloseChannel read(WireReader reader) {
        return new CloseChannel(reader.readU32(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.CLOSE_CHANNEL;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeStr(reasonCode);
    }
}
