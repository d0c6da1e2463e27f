package sluice.protocol.sv2.message.mining;

import java.util.List;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** Moves channels into a group (SV2 5.3.22). */
public record SetGroupChannel(long groupChannelId, List<Long> channelIds) implements MiningMessage {
    public SetGroupChannel {
        channelIds = List.copyOf(channelIds);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetGroupChannel read(WireReader reader) {
        return new SetGroupChannel(reader.readU32(), reader.readSeq64KU32());
    }

    @Override
    public MessageType type() {
        return MessageType.SET_GROUP_CHANNEL;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(groupChannelId);
        writer.writeSeq64KU32(channelIds);
    }
}
