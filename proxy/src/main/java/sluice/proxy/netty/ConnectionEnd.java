package sluice.proxy.netty;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.wire.ProtocolViolation;

/**
 * Why a miner's connection ends.
 *
 * @param reason short kebab-case, counted
 * @param detail for the log
 */
record ConnectionEnd(String reason, String detail) {
    static final String CONNECTION_BROKEN = "connection-broken";
    static final String INTERNAL_ERROR = "internal-error";

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionEnd.class);

    /** What {@code cause} makes of a connection. The peer's and the network's doing is quiet; a bug goes to the log whole. */
    static ConnectionEnd of(Throwable cause, long connectionId) {
        return switch (cause) {
            case ProtocolViolation violation -> new ConnectionEnd(violation.reason(), violation.detail());
            case IOException broken -> new ConnectionEnd(CONNECTION_BROKEN, String.valueOf(broken.getMessage()));
            default -> {
                LOG.error("bug on connection {}: closing it", connectionId, cause);
                yield new ConnectionEnd(INTERNAL_ERROR, String.valueOf(cause));
            }
        };
    }
}
