package sluice.protocol.sv2.message.jobdeclaration;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A declared job was accepted (SV2 6.4.5).
 *
 * @param newMiningJobToken the token for SetCustomMiningJob
 */
public record DeclareMiningJobSuccess(long requestId, Bytes newMiningJobToken) implements JobDeclarationMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static DeclareMiningJobSuccess read(WireReader reader) {
        return new DeclareMiningJobSuccess(reader.readU32(), reader.readB0255());
    }

    @Override
    public MessageType type() {
        return MessageType.DECLARE_MINING_JOB_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeB0255(newMiningJobToken);
    }
}
