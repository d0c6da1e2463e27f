package sluice.protocol.sv2.message.template;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The transactions of a template (SV2 7.5).
 *
 * @param excessData opaque, to be passed on as it is
 * @param transactionList serialised transactions with witness, without the coinbase
 */
public record RequestTransactionDataSuccess(long templateId, Bytes excessData, List<Bytes> transactionList)
        implements TemplateDistributionMessage {
    public RequestTransactionDataSuccess {
        transactionList = List.copyOf(transactionList);
    }

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static RequestTransactionDataSuccess read(WireReader reader) {
        return new RequestTransactionDataSuccess(reader.readU64(), reader.readB064K(), reader.readSeq64KB016M());
    }

    @Override
    public MessageType type() {
        return MessageType.REQUEST_TRANSACTION_DATA_SUCCESS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU64(templateId);
        writer.writeB064K(excessData);
        writer.writeSeq64KB016M(transactionList);
    }
}
