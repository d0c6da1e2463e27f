package sluice.protocol.sv2.message.mining;

import java.util.OptionalLong;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A job for a standard channel (SV2 5.3.15).
 *
 * @param minNtime seconds since 1970; absent for a future job, which waits for SetNewPrevHash
 */
public record NewMiningJob(long channelId, long jobId, OptionalLong minNtime, long version, Hash256 merkleRoot)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static NewMiningJob read(WireReader reader) {
        return new NewMiningJob(
                reader.readU32(), reader.readU32(), reader.readOptionU32(), reader.readU32(), reader.readHash());
    }

    @Override
    public MessageType type() {
        return MessageType.NEW_MINING_JOB;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(jobId);
        writer.writeOptionU32(minNtime);
        writer.writeU32(version);
        writer.writeHash(merkleRoot);
    }
}
