package sluice.protocol.sv2.message.template;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A block candidate (SV2 7.2).
 *
 * @param templateId strictly increasing
 * @param futureTemplate waits for SetNewPrevHash
 * @param coinbasePrefix start of the coinbase scriptSig
 * @param coinbaseTxValueRemaining satoshis
 * @param coinbaseTxOutputs bare outputs without a count, to be put last
 */
public record NewTemplate(
        long templateId,
        boolean futureTemplate,
        long version,
        long coinbaseTxVersion,
        Bytes coinbasePrefix,
        long coinbaseTxInputSequence,
        long coinbaseTxValueRemaining,
        long coinbaseTxOutputsCount,
        Bytes coinbaseTxOutputs,
        long coinbaseTxLocktime,
        List<Hash256> merklePath)
        implements TemplateDistributionMessage {
    public NewTemplate {
        merklePath = List.copyOf(merklePath);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static NewTemplate read(WireReader reader) {
        return new NewTemplate(
                reader.readU64(),
                reader.readBool(),
                reader.readU32(),
                reader.readU32(),
                reader.readB0255(),
                reader.readU32(),
                reader.readU64(),
                reader.readU32(),
                reader.readB064K(),
                reader.readU32(),
                reader.readSeq255Hash());
    }

    @Override
    public MessageType type() {
        return MessageType.NEW_TEMPLATE;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU64(templateId);
        writer.writeBool(futureTemplate);
        writer.writeU32(version);
        writer.writeU32(coinbaseTxVersion);
        writer.writeB0255(coinbasePrefix);
        writer.writeU32(coinbaseTxInputSequence);
        writer.writeU64(coinbaseTxValueRemaining);
        writer.writeU32(coinbaseTxOutputsCount);
        writer.writeB064K(coinbaseTxOutputs);
        writer.writeU32(coinbaseTxLocktime);
        writer.writeSeq255Hash(merklePath);
    }
}
