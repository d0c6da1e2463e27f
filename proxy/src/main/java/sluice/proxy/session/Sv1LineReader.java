package sluice.proxy.session;

import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1Violations;
import sluice.protocol.sv2.wire.ProtocolViolation;

/** Decodes the lines of all SV1 miners of one event loop with one set of buffers; confined to that loop. */
public final class Sv1LineReader {
    private final Sv1ClientDecoder decoder = new Sv1ClientDecoder();
    private final byte[] buffer = new byte[Sv1Limits.CLIENT.lineLength()];

    /** Decodes one line, without its end. Throws ProtocolViolation where it is too long or no Stratum message. */
    Sv1ClientMessage read(Bytes line) {
        if (line.length() > buffer.length) {
            throw new ProtocolViolation(
                    Sv1Violations.LINE_TOO_LONG, line.length() + " bytes in a line exceed " + buffer.length);
        }
        line.copyTo(buffer, 0);
        return decoder.decode(buffer, 0, line.length());
    }
}
