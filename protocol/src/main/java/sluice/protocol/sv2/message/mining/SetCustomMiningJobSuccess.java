package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** A custom job was accepted (SV2 5.3.19). */
public record SetCustomMiningJobSuccess(long channelId, long requestId, long jobId)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetCustomMiningJobSuccess read(WireReader reader) {
        return new SetCustomMiningJobSuccess(reader.readU32(), reader.readU32(), reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.SET_CUSTOM_MINING_JOB_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(requestId);
        writer.writeU32(jobId);
    }
}
