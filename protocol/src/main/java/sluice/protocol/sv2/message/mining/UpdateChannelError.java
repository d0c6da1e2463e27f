package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * An UpdateChannel was refused (SV2 5.3.8).
 *
 * @param errorCode see {@link MiningErrorCode}; others are legal
 */
public record UpdateChannelError(long channelId, String errorCode) implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static UpdateChannelError read(WireReader reader) {
        return new UpdateChannelError(reader.readU32(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.UPDATE_CHANNEL_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeStr(errorCode);
    }
}
