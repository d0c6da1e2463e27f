package sluice.protocol.sv2.message.jobdeclaration;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A solution of the last declared job, for the server to build the block (SV2 6.4.9).
 *
 * @param extranonce the full extranonce
 * @param ntime seconds since 1970
 */
public record PushSolution(Bytes extranonce, Hash256 prevHash, long nonce, long ntime, long nbits, long version)
        implements JobDeclarationMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static PushSolution read(WireReader reader) {
        return new PushSolution(
                reader.readB032(),
                reader.readHash(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32(),
                reader.readU32());
    }

    @Override
    public MessageType type() {
        return MessageType.PUSH_SOLUTION;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeB032(extranonce);
        writer.writeHash(prevHash);
        writer.writeU32(nonce);
        writer.writeU32(ntime);
        writer.writeU32(nbits);
        writer.writeU32(version);
    }
}
