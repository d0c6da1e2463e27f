package sluice.proxy.netty;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.upstream.netty.NoiseResponderHandler;

/**
 * Why a miner's connection ends.
 *
 * @param reason short kebab-case, counted
 * @param detail for the log
 */
record ConnectionEnd(String reason, String detail) {
    static final String CONNECTION_BROKEN = "connection-broken";
    static final String INTERNAL_ERROR = "internal-error";

    static final String PLAIN_TEXT_ON_TLS_PORT = "plain-text-on-tls-port";
    static final String TLS_FAILED = "tls-failed";

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionEnd.class);

    /** What {@code cause} makes of a connection. The peer's and the network's doing is quiet; a bug goes to the log whole. */
    static ConnectionEnd of(Throwable cause, long connectionId) {
        return switch (cause) {
            case DecoderException wrapped when wrapped.getCause() != null -> of(wrapped.getCause(), connectionId);
            case NotSslRecordException plain ->
                new ConnectionEnd(PLAIN_TEXT_ON_TLS_PORT, "this port speaks TLS only: use stratum+ssl://");
            case SslHandshakeTimeoutException late ->
                new ConnectionEnd(NoiseResponderHandler.TIMEOUT, "the TLS handshake took too long");
            case SSLException failed -> new ConnectionEnd(TLS_FAILED, String.valueOf(failed.getMessage()));
            case RejectedExecutionException full ->
                new ConnectionEnd(NoiseResponderHandler.OVERLOADED, "too many handshakes at a time");
            case ProtocolViolation violation -> new ConnectionEnd(violation.reason(), violation.detail());
            case IOException broken -> new ConnectionEnd(CONNECTION_BROKEN, String.valueOf(broken.getMessage()));
            default -> {
                LOG.error("bug on connection {}: closing it", connectionId, cause);
                yield new ConnectionEnd(INTERNAL_ERROR, String.valueOf(cause));
            }
        };
    }
}
