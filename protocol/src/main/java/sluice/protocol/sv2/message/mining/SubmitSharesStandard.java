package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A share of a standard channel (SV2 5.3.11).
 *
 * @param ntime seconds since 1970
 * @param version the whole nVersion
 */
public record SubmitSharesStandard(
        long channelId, long sequenceNumber, long jobId, long nonce, long ntime, long version)
        implements MiningMessage, ChannelMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SubmitSharesStandard read(WireReader reader) {
        return new SubmitSharesStandard(
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.SUBMIT_SHARES_STANDARD;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(sequenceNumber);
        writer.writeU32(jobId);
        writer.writeU32(nonce);
        writer.writeU32(ntime);
        writer.writeU32(version);
    }
}
