package sluice.protocol.sv2.message.mining;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * An extended channel is open (SV2 5.3.5).
 *
 * @param extranonceSize bytes left to the client, behind the prefix
 */
public record OpenExtendedMiningChannelSuccess(
        long requestId, long channelId, Target target, int extranonceSize, Bytes extranoncePrefix, long groupChannelId)
        implements MiningMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static OpenExtendedMiningChannelSuccess read(WireReader reader) {
        return new OpenExtendedMiningChannelSuccess(
                reader.readU32(),
                reader.readU32(),
                reader.readTarget(),
                reader.readU16(),
                reader.readB032(),
                reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.OPEN_EXTENDED_MINING_CHANNEL_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeU32(channelId);
        writer.writeTarget(target);
        writer.writeU16(extranonceSize);
        writer.writeB032(extranoncePrefix);
        writer.writeU32(groupChannelId);
    }
}
