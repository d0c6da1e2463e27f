package sluice.protocol.sv2.message.template;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A solution of a template, for the provider to build and broadcast the block (SV2 7.7).
 *
 * @param headerTimestamp seconds since 1970
 * @param coinbaseTx the whole transaction with witness
 */
public record SubmitSolution(long templateId, long version, long headerTimestamp, long headerNonce, Bytes coinbaseTx)
        implements TemplateDistributionMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SubmitSolution read(WireReader reader) {
        return new SubmitSolution(
                reader.readU64(), reader.readU32(), reader.readU32(), reader.readU32(), reader.readB064K());
    }

    @Override
    public MessageType type() {
        return MessageType.SUBMIT_SOLUTION;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU64(templateId);
        writer.writeU32(version);
        writer.writeU32(headerTimestamp);
        writer.writeU32(headerNonce);
        writer.writeB064K(coinbaseTx);
    }
}
