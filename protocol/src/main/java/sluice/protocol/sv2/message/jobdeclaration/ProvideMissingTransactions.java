package sluice.protocol.sv2.message.jobdeclaration;

import java.util.List;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The server asks for transactions of a declared job that it does not know (SV2 6.4.7).
 *
 * @param requestId that of the DeclareMiningJob
 * @param unknownTxPositionList positions in its wtxid list, from 0
 */
public record ProvideMissingTransactions(long requestId, List<Integer> unknownTxPositionList)
        implements JobDeclarationMessage {
    public ProvideMissingTransactions {
        unknownTxPositionList = List.copyOf(unknownTxPositionList);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static ProvideMissingTransactions read(WireReader reader) {
        return new ProvideMissingTransactions(reader.readU32(), reader.readSeq64KU16());
    }

    @Override
    public MessageType type() {
        return MessageType.PROVIDE_MISSING_TRANSACTIONS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeSeq64KU16(unknownTxPositionList);
    }
}
