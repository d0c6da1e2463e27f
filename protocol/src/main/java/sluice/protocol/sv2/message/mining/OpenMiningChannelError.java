package sluice.protocol.sv2.message.mining;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * A standard or extended channel was refused (SV2 5.3.6).
 *
 * @param errorCode see {@link MiningErrorCode}; others are legal
 */
public record OpenMiningChannelError(long requestId, String errorCode) implements MiningMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static OpenMiningChannelError read(WireReader reader) {
        return new OpenMiningChannelError(reader.readU32(), reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.OPEN_MINING_CHANNEL_ERROR;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeStr(errorCode);
    }
}
