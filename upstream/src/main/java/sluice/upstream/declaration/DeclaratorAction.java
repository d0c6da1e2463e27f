package sluice.upstream.declaration;

import java.time.Instant;
import sluice.protocol.sv2.message.Sv2Message;

/** What a {@link JobDeclaratorSession} wants done, in order. */
public sealed interface DeclaratorAction {
    record Send(Sv2Message message) implements DeclaratorAction {}

    /** Tell whoever makes the jobs. */
    record Report(DeclaratorEvent event) implements DeclaratorAction {}

    record SetDeadline(DeclaratorDeadline deadline, Instant at) implements DeclaratorAction {}

    /** Close the connection once what was sent before is written. */
    record Disconnect(String reason) implements DeclaratorAction {}

    /** Close the connection, and dial this address next, under the same authority key (SV2 3.6.5). */
    record Redirect(String host, int port) implements DeclaratorAction {}

    /** Something odd that changes nothing, for the log. */
    record Note(String text) implements DeclaratorAction {}
}
