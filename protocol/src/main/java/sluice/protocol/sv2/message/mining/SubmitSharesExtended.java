package sluice.protocol.sv2.message.mining;

import java.util.List;
import java.util.function.IntPredicate;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.ChannelMessage;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.Tlv;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A share of an extended channel (SV2 5.3.12).
 *
 * @param ntime seconds since 1970
 * @param version the whole nVersion
 * @param extranonce exactly the extranonce size of the channel
 * @param tlvTail the bytes behind the fixed fields as they are on the wire; empty without extensions
 */
public record SubmitSharesExtended(
        long channelId,
        long sequenceNumber,
        long jobId,
        long nonce,
        long ntime,
        long version,
        Bytes extranonce,
        Bytes tlvTail)
        implements MiningMessage, ChannelMessage {
    /** A share without TLV fields. */
    public SubmitSharesExtended(
            long channelId, long sequenceNumber, long jobId, long nonce, long ntime, long version, Bytes extranonce) {
        this(channelId, sequenceNumber, jobId, nonce, ntime, version, extranonce, Bytes.EMPTY);
    }

    /** Reads the payload to its end. */
    public static SubmitSharesExtended read(WireReader reader) {
        return new SubmitSharesExtended(
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readB032(),
                reader.readTail());
    }

    @Override
    public MessageType type() {
        return MessageType.SUBMIT_SHARES_EXTENDED;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(channelId);
        writer.writeU32(sequenceNumber);
        writer.writeU32(jobId);
        writer.writeU32(nonce);
        writer.writeU32(ntime);
        writer.writeU32(version);
        writer.writeB032(extranonce);
        writer.writeBytes(tlvTail);
    }

    /** The same share with these TLV fields in place of its own. */
    public SubmitSharesExtended withTlvs(List<Tlv> tlvs) {
        return new SubmitSharesExtended(
                channelId, sequenceNumber, jobId, nonce, ntime, version, extranonce, Tlv.encode(tlvs));
    }

    /** The TLV fields of extensions that {@code negotiated} accepts (see {@link Tlv#scan}). */
    public List<Tlv> tlvs(IntPredicate negotiated) {
        return Tlv.scan(tlvTail, negotiated);
    }
}
