package sluice.protocol.sv2.message.jobdeclaration;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * Declares a whole job: coinbase and the wtxids of all other transactions (SV2 6.4.4).
 *
 * @param coinbaseTxPrefix with BIP141 marker and flag
 * @param coinbaseTxSuffix with BIP141 witness
 * @param wtxidList in block order, without the coinbase
 * @param excessData opaque, as the template provider gave it
 */
public record DeclareMiningJob(
        long requestId,
        Bytes miningJobToken,
        long version,
        Bytes coinbaseTxPrefix,
        Bytes coinbaseTxSuffix,
        List<Hash256> wtxidList,
        Bytes excessData)
        implements JobDeclarationMessage {
    public DeclareMiningJob {
        wtxidList = List.copyOf(wtxidList);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static DeclareMiningJob read(WireReader reader) {
        return new DeclareMiningJob(
                reader.readU32(),
                reader.readB0255(),
                reader.readU32(),
                reader.readB064K(),
                reader.readB064K(),
                reader.readSeq64KHash(),
                reader.readB064K());
    }

    @Override
    public MessageType type() {
        return MessageType.DECLARE_MINING_JOB;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeB0255(miningJobToken);
        writer.writeU32(version);
        writer.writeB064K(coinbaseTxPrefix);
        writer.writeB064K(coinbaseTxSuffix);
        writer.writeSeq64KHash(wtxidList);
        writer.writeB064K(excessData);
    }
}
