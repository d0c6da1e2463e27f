package sluice.protocol.sv2.message.jobdeclaration;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** Asks for a token to declare a job with (SV2 6.4.2). */
public record AllocateMiningJobToken(String userIdentifier, long requestId) implements JobDeclarationMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static AllocateMiningJobToken read(WireReader reader) {
        return new AllocateMiningJobToken(reader.readStr(), reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.ALLOCATE_MINING_JOB_TOKEN;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeStr(userIdentifier);
        writer.writeU32(requestId);
    }
}
