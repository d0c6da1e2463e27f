package sluice.protocol.sv2.message.mining;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The client asks to mine a job of its own making (SV2 5.3.18).
 *
 * @param channelId an extended channel or a group
 * @param minNtime seconds since 1970
 * @param coinbasePrefix start of the coinbase scriptSig, before the extranonce
 * @param coinbaseTxOutputs CompactSize count, then the outputs
 */
public record SetCustomMiningJob(
        long channelId,
        long requestId,
        Bytes miningJobToken,
        long version,
        Hash256 prevHash,
        long minNtime,
        long nbits,
        long coinbaseTxVersion,
        Bytes coinbasePrefix,
        long coinbaseTxInputNSequence,
        Bytes coinbaseTxOutputs,
        long coinbaseTxLocktime,
        List<Hash256> merklePath)
        implements MiningMessage, ChannelMessage {
    public SetCustomMiningJob {
        merklePath = List.copyOf(merklePath);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetCustomMiningJob read(WireReader reader) {
        return new SetCustomMiningJob(
                reader.readU32(),
                reader.readU32(),
                reader.readB0255(),
                reader.readU32(),
                reader.readHash(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readB0255(),
                reader.readU32(),
                reader.readB064K(),
                reader.readU32(),
                reader.readSeq255Hash());
    }

    /** The same job, asked for on another channel or in another request. */
    public SetCustomMiningJob to(long otherChannelId, long otherRequestId) {
        return new SetCustomMiningJob(
                otherChannelId,
                otherRequestId,
                miningJobToken,
                version,
                prevHash,
                minNtime,
                nbits,
                coinbaseTxVersion,
                coinbasePrefix,
                coinbaseTxInputNSequence,
                coinbaseTxOutputs,
                coinbaseTxLocktime,
                merklePath);
    }

    @Override
    public MessageType type() {
        return MessageType.SET_CUSTOM_MINING_JOB;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(requestId);
        writer.writeB0255(miningJobToken);
        writer.writeU32(version);
        writer.writeHash(prevHash);
        writer.writeU32(minNtime);
        writer.writeU32(nbits);
        writer.writeU32(coinbaseTxVersion);
        writer.writeB0255(coinbasePrefix);
        writer.writeU32(coinbaseTxInputNSequence);
        writer.writeB064K(coinbaseTxOutputs);
        writer.writeU32(coinbaseTxLocktime);
        writer.writeSeq255Hash(merklePath);
    }
}
