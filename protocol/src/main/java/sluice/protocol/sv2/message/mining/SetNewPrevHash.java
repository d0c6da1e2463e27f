package sluice.protocol.sv2.message.mining;

import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The chain tip changed: one future job becomes active, every other job ends (SV2 5.3.17).
 *
 * @param channelId a channel or a group
 * @param jobId a job that was sent as future
 * @param minNtime seconds since 1970
 */
public record SetNewPrevHash(long channelId, long jobId, Hash256 prevHash, long minNtime, long nbits)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetNewPrevHash read(WireReader reader) {
        return new SetNewPrevHash(
                reader.readU32(), reader.readU32(), reader.readHash(), reader.readU32(), reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.MINING_SET_NEW_PREV_HASH;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(jobId);
        writer.writeHash(prevHash);
        writer.writeU32(minNtime);
        writer.writeU32(nbits);
    }
}
