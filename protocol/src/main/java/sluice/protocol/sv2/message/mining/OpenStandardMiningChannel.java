package sluice.protocol.sv2.message.mining;

import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * Asks for a channel of header-only mining (SV2 5.3.2).
 *
 * @param nominalHashRate expected hashes per second; 0.0 while no device is known; a peer may send any bit pattern
 * @param maxTarget the easiest target that the client accepts
 */
public record OpenStandardMiningChannel(long requestId, String userIdentity, float nominalHashRate, Target maxTarget)
        implements MiningMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static OpenStandardMiningChannel read(WireReader reader) {
        return new OpenStandardMiningChannel(reader.readU32(), reader.readStr(), reader.readF32(), reader.readTarget());
    }

    @Override
    public MessageType type() {
        return MessageType.OPEN_STANDARD_MINING_CHANNEL;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeStr(userIdentity);
        writer.writeF32(nominalHashRate);
        writer.writeTarget(maxTarget);
    }
}
