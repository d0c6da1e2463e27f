package sluice.protocol.sv2.message.jobdeclaration;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A declared job was refused (SV2 6.4.6).
 *
 * @param errorCode see {@link JobDeclarationErrorCode}; others are legal
 * @param errorDetails opaque
 */
public record DeclareMiningJobError(long requestId, String errorCode, Bytes errorDetails)
        implements JobDeclarationMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static DeclareMiningJobError read(WireReader reader) {
        return new DeclareMiningJobError(reader.readU32(), reader.readStr(), reader.readB064K());
    }

    @Override
    public MessageType type() {
        return MessageType.DECLARE_MINING_JOB_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeStr(errorCode);
        writer.writeB064K(errorDetails);
    }
}
