package sluice.protocol.sv2.message.jobdeclaration;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The transactions asked for, in the order asked (SV2 6.4.8).
 *
 * @param transactionList serialised transactions with witness
 */
public record ProvideMissingTransactionsSuccess(long requestId, List<Bytes> transactionList)
        implements JobDeclarationMessage {
    public ProvideMissingTransactionsSuccess {
        transactionList = List.copyOf(transactionList);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static ProvideMissingTransactionsSuccess read(WireReader reader) {
        return new ProvideMissingTransactionsSuccess(reader.readU32(), reader.readSeq64KB016M());
    }

    @Override
    public MessageType type() {
        return MessageType.PROVIDE_MISSING_TRANSACTIONS_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeSeq64KB016M(transactionList);
    }
}
