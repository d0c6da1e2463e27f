package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * One share was rejected (SV2 5.3.14).
 *
 * @param errorCode see {@link MiningErrorCode}; others are legal
 */
public record SubmitSharesError(long channelId, long sequenceNumber, String errorCode)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SubmitSharesError read(WireReader reader) {
        return new SubmitSharesError(reader.readU32(), reader.readU32(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.SUBMIT_SHARES_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(sequenceNumber);
        writer.writeStr(errorCode);
    }
}
