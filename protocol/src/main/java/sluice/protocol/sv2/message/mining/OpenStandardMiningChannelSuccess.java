package sluice.protocol.sv2.message.mining;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A standard channel is open (SV2 5.3.3).
 *
 * @param extranoncePrefix the whole extranonce of the channel
 */
public record OpenStandardMiningChannelSuccess(
        long requestId, long channelId, Target target, Bytes extranoncePrefix, long groupChannelId)
        implements MiningMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static OpenStandardMiningChannelSuccess read(WireReader reader) {
        return new OpenStandardMiningChannelSuccess(
                reader.readU32(), reader.readU32(), reader.readTarget(), reader.readB032(), reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.OPEN_STANDARD_MINING_CHANNEL_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeU32(channelId);
        writer.writeTarget(target);
        writer.writeB032(extranoncePrefix);
        writer.writeU32(groupChannelId);
    }
}
