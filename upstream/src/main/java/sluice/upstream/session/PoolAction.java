package sluice.upstream.session;

import java.time.Instant;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.upstream.UpstreamEvent;

/** What a pool session wants done; its connection carries it out in order. */
public sealed interface PoolAction {
    /** One message to an SV2 pool. */
    record Send(Sv2Message message) implements PoolAction {}

    /** One line to an SV1 pool. */
    record SendLine(Sv1ClientMessage message) implements PoolAction {}

    record Emit(UpstreamEvent event) implements PoolAction {}

    /** Tell whoever gave a custom job; after a {@link UpstreamEvent.Lost} there is no answer to earlier ones. */
    record CustomJobAnswered(CustomJobAnswer answer) implements PoolAction {}

    record SetDeadline(PoolDeadline deadline, Instant at) implements PoolAction {}

    /** Close the connection once what was sent before is written. */
    record Disconnect(String reason) implements PoolAction {}

    /** Close the connection, and dial this address next, under the same authority key (SV2 3.6.5) or in the same domain (SV1). */
    record Redirect(String host, int port) implements PoolAction {}

    /** Something odd that changes nothing, for the log. */
    record Note(String text) implements PoolAction {}
}
