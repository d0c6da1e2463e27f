package sluice.protocol.sv2.message.common;

import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The first message on every connection: who connects, for which sub-protocol and with which flags (SV2 3.6.1).
 *
 * @param protocol one of the constants here; a peer may send any U8
 * @param flags see {@link SetupConnectionFlags}
 * @param endpointHost what the client connected to, host name or address
 */
public record SetupConnection(
        int protocol,
        int minVersion,
        int maxVersion,
        long flags,
        String endpointHost,
        int endpointPort,
        String vendor,
        String hardwareVersion,
        String firmware,
        String deviceId)
        implements CommonMessage {
    public static final int MINING = 0;
    public static final int JOB_DECLARATION = 1;
    public static final int TEMPLATE_DISTRIBUTION = 2;

    /** The one protocol version there is. */
    public static final int VERSION = 2;

    /** Reads the payload; what is left in {@code reader} is TLV space. */
    public static SetupConnection read(WireReader reader) {
        return new SetupConnection(
                reader.readU8(),
                reader.readU16(),
                reader.readU16(),
                reader.readU32(),
                reader.readStr(),
                reader.readU16(),
                reader.readStr(),
                reader.readStr(),
                reader.readStr(),
                reader.readStr());
    }

    @Override
    public MessageType type() {
        return MessageType.SETUP_CONNECTION;
    }

    @Override
    public void write(WireWriter writer) {
        writer.writeU8(protocol);
        writer.writeU16(minVersion);
        writer.writeU16(maxVersion);
        writer.writeU32(flags);
        writer.writeStr(endpointHost);
        writer.writeU16(endpointPort);
        writer.writeStr(vendor);
        writer.writeStr(hardwareVersion);
        writer.writeStr(firmware);
        writer.writeStr(deviceId);
    }
}
