package sluice.protocol.sv2.message.template;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The transactions of a template cannot be had (SV2 7.6).
 *
 * @param errorCode see {@link TemplateDistributionErrorCode}; others are legal
 */
public record RequestTransactionDataError(long templateId, String errorCode) implements TemplateDistributionMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static RequestTransactionDataError read(WireReader reader) {
        return new RequestTransactionDataError(reader.readU64(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.REQUEST_TRANSACTION_DATA_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU64(templateId);
        writer.writeStr(errorCode);
    }
}
