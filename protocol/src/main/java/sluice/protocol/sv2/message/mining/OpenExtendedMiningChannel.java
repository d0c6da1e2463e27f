package sluice.protocol.sv2.message.mining;

import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * Asks for a channel whose client rolls part of the extranonce (SV2 5.3.4).
 *
 * @param nominalHashRate expected hashes per second; 0.0 while no device is known; a peer may send any bit pattern
 * @param maxTarget the easiest target that the client accepts
 * @param minExtranonceSize bytes that the client wants to roll at least
 */
public record OpenExtendedMiningChannel(
        long requestId, String userIdentity, float nominalHashRate, Target maxTarget, int minExtranonceSize)
        implements MiningMessage {
    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static OpenExtendedMiningChannel read(WireReader reader) {
        return new OpenExtendedMiningChannel(
                reader.readU32(), reader.readStr(), reader.readF32(), reader.readTarget(), reader.readU16());
    }

    @Override
    public MessageType type() {
        return MessageType.OPEN_EXTENDED_MINING_CHANNEL;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU32(requestId);
        writer.writeStr(userIdentity);
        writer.writeF32(nominalHashRate);
        writer.writeTarget(maxTarget);
        writer.writeU16(minExtranonceSize);
    }
}
