package sluice.protocol.sv2.message.common;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** The channel has another endpoint upstream: all extension state of it is void (SV2 3.6.4). */
public record ChannelEndpointChanged(long channelId) implements CommonMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static ChannelEndpointChanged read(WireReader reader) {
        return new ChannelEndpointChanged(reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.CHANNEL_ENDPOINT_CHANGED;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
    }
}
