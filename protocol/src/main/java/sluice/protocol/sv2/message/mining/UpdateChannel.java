package sluice.protocol.sv2.message.mining;

import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The client tells how its hashrate or its easiest target changed (SV2 5.3.7).
 *
 * @param nominalHashRate expected hashes per second; 0.0 while no device is known; a peer may send any bit pattern
 * @param maximumTarget the easiest target that the client accepts
 */
public record UpdateChannel(long channelId, float nominalHashRate, Target maximumTarget)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static UpdateChannel read(WireReader reader) {
        return new UpdateChannel(reader.readU32(), reader.readF32(), reader.readTarget());
    }

    @Override
    public MessageType type() {
        return MessageType.UPDATE_CHANNEL;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeF32(nominalHashRate);
        writer.writeTarget(maximumTarget);
    }
}
