package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A custom job was refused (SV2 5.3.20).
 *
 * @param errorCode see {@link MiningErrorCode}; others are legal
 */
public record SetCustomMiningJobError(long channelId, long requestId, String errorCode)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetCustomMiningJobError read(WireReader reader) {
        return new SetCustomMiningJobError(reader.readU32(), reader.readU32(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.SET_CUSTOM_MINING_JOB_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(requestId);
        writer.writeStr(errorCode);
    }
}
