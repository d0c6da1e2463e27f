package sluice.protocol.sv2.message.mining;

import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A job for an extended channel or a group (SV2 5.3.16).
 *
 * @param channelId an extended channel or a group
 * @param minNtime seconds since 1970; absent for a future job, which waits for SetNewPrevHash
 * @param coinbaseTxPrefix without BIP141 marker and flag
 * @param coinbaseTxSuffix without BIP141 witness
 */
public record NewExtendedMiningJob(
        long channelId,
        long jobId,
        OptionalLong minNtime,
        long version,
        boolean versionRollingAllowed,
        List<Hash256> merklePath,
        Bytes coinbaseTxPrefix,
        Bytes coinbaseTxSuffix)
        implements MiningMessage, ChannelMessage {
    public NewExtendedMiningJob {
        merklePath = List.copyOf(merklePath);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static NewExtendedMiningJob read(WireReader reader) {
        return new NewExtendedMiningJob(
                reader.readU32(),
                reader.readU32(),
                reader.readOptionU32(),
                reader.readU32(),
                reader.readBool(),
                reader.readSeq255Hash(),
                reader.readB064K(),
                reader.readB064K());
    }

    @Override
    public MessageType type() {
        return MessageType.NEW_EXTENDED_MINING_JOB;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(jobId);
        writer.writeOptionU32(minNtime);
        writer.writeU32(version);
        writer.writeBool(versionRollingAllowed);
        writer.writeSeq255Hash(merklePath);
        writer.writeB064K(coinbaseTxPrefix);
        writer.writeB064K(coinbaseTxSuffix);
    }
}
