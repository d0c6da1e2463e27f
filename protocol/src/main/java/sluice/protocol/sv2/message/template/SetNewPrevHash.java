package sluice.protocol.sv2.message.template;

import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The chain tip changed and one future template is in force (SV2 7.3).
 *
 * @param headerTimestamp seconds since 1970, where to start; not the consensus minimum
 * @param target what a block hash must meet; may be harder than nbits says
 */
public record SetNewPrevHash(long templateId, Hash256 prevHash, long headerTimestamp, long nbits, Target target)
        implements TemplateDistributionMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetNewPrevHash read(WireReader reader) {
        return new SetNewPrevHash(
                reader.readU64(), reader.readHash(), reader.readU32(), reader.readU32(), reader.readTarget());
    }

    @Override
    public MessageType type() {
        return MessageType.TEMPLATE_SET_NEW_PREV_HASH;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU64(templateId);
        writer.writeHash(prevHash);
        writer.writeU32(headerTimestamp);
        writer.writeU32(nbits);
        writer.writeTarget(target);
    }
}
