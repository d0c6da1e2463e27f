package sluice.protocol.sv2.message.template;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** Asks for the transactions of a template (SV2 7.4). */
public record RequestTransactionData(long templateId) implements TemplateDistributionMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static RequestTransactionData read(WireReader reader) {
        return new RequestTransactionData(reader.readU64());
    }

    @Override
    public MessageType type() {
        return MessageType.REQUEST_TRANSACTION_DATA;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU64(templateId);
    }
}
