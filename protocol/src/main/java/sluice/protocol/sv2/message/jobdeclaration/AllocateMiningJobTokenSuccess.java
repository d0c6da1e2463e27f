package sluice.protocol.sv2.message.jobdeclaration;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A token, and the outputs that the pool wants in the coinbase (SV2 6.4.3).
 *
 * @param coinbaseTxOutputs CompactSize count, then the outputs with value 0; the first is the pool's payout
 */
public record AllocateMiningJobTokenSuccess(long requestId, Bytes miningJobToken, Bytes coinbaseTxOutputs)
        implements JobDeclarationMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static AllocateMiningJobTokenSuccess read(WireReader reader) {
        return new AllocateMiningJobTokenSuccess(reader.readU32(), reader.readB0255(), reader.readB064K());
    }

    @Override
    public MessageType type() {
        return MessageType.ALLOCATE_MINING_JOB_TOKEN_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeB0255(miningJobToken);
        writer.writeB064K(coinbaseTxOutputs);
    }
}
