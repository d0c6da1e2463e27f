package sluice.protocol.sv2.message.mining;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** The prefix of all jobs of the channel sent from now on (SV2 5.3.10). */
public record SetExtranoncePrefix(long channelId, Bytes extranoncePrefix) implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetExtranoncePrefix read(WireReader reader) {
        return new SetExtranoncePrefix(reader.readU32(), reader.readB032());
    }

    @Override
    public MessageType type() {
        return MessageType.SET_EXTRANONCE_PREFIX;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeB032(extranoncePrefix);
    }
}
