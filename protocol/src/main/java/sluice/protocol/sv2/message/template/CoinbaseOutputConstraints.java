package sluice.protocol.sv2.message.template;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * How much room the client needs for its coinbase outputs (SV2 7.1).
 *
 * @param coinbaseOutputMaxAdditionalSize bytes
 * @param coinbaseOutputMaxAdditionalSigops sigop cost
 */
public record CoinbaseOutputConstraints(long coinbaseOutputMaxAdditionalSize, int coinbaseOutputMaxAdditionalSigops)
        implements TemplateDistributionMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static CoinbaseOutputConstraints read(WireReader reader) {
        return new CoinbaseOutputConstraints(reader.readU32(), reader.readU16());
    }

    @Override
    public MessageType type() {
        return MessageType.COINBASE_OUTPUT_CONSTRAINTS;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(coinbaseOutputMaxAdditionalSize);
        writer.writeU16(coinbaseOutputMaxAdditionalSigops);
    }
}
