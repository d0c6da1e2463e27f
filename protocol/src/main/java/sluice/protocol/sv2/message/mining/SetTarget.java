package sluice.protocol.sv2.message.mining;

import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The target of jobs that come after it and of future jobs already sent (SV2 5.3.21).
 *
 * @param channelId a channel or a group
 */
public record SetTarget(long channelId, Target maximumTarget) implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetTarget read(WireReader reader) {
        return new SetTarget(reader.readU32(), reader.readTarget());
    }

    @Override
    public MessageType type() {
        return MessageType.SET_TARGET;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeTarget(maximumTarget);
    }
}
