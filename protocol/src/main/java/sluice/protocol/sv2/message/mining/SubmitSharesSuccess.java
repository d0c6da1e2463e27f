package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A batch of shares was accepted (SV2 5.3.13).
 *
 * @param lastSequenceNumber newest accepted share of the batch
 * @param newSubmitsAcceptedCount accepted shares in this batch alone
 * @param newSharesSum unsigned; sum of the difficulties of the targets in force for them
 */
public record SubmitSharesSuccess(
        long channelId, long lastSequenceNumber, long newSubmitsAcceptedCount, long newSharesSum)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SubmitSharesSuccess read(WireReader reader) {
        return new SubmitSharesSuccess(reader.readU32(), reader.readU32(), reader.readU32(), reader.readU64());
    }

    @Override
    public MessageType type() {
        return MessageType.SUBMIT_SHARES_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(lastSequenceNumber);
        writer.writeU32(newSubmitsAcceptedCount);
        writer.writeU64(newSharesSum);
    }
}
