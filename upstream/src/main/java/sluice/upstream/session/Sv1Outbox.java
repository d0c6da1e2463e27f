package sluice.upstream.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Id;
import sluice.upstream.UpstreamEvent;

/** What an SV1 pool session wants done in answer to one input, and the ids of its requests. Confined to its session. */
final class Sv1Outbox {
    // Ids of requests start at 1.
    private static final long UNKNOWN_ID = 0;

    private final List<PoolAction> actions = new ArrayList<>();
    private long lastRequestId;

    List<PoolAction> actions() {
        return actions;
    }

    /** A new connection counts its requests from 1, in whole numbers, as DATUM Gateway demands. */
    void restartRequests() {
        lastRequestId = 0;
    }

    long nextRequestId() {
        return ++lastRequestId;
    }

    /** The number of the request that an answer's id means, as a number or, as some pools have it, a string; 0 if none. */
    static long numberOf(Sv1Id id) {
        String json = id.json();
        boolean quoted = json.length() > 2 && json.startsWith("\"") && json.endsWith("\"");
        try {
            return Math.max(UNKNOWN_ID, Long.parseLong(quoted ? json.substring(1, json.length() - 1) : json));
        } catch (NumberFormatException notOurs) {
            return UNKNOWN_ID;
        }
    }

    boolean hasRequested(long id) {
        return id >= 1 && id <= lastRequestId;
    }

    void send(Sv1ClientMessage message) {
        actions.add(new PoolAction.SendLine(message));
    }

    void emit(UpstreamEvent event) {
        actions.add(new PoolAction.Emit(event));
    }

    /** @param since from when the deadline's patience counts */
    void setDeadline(PoolDeadline deadline, Instant since) {
        actions.add(new PoolAction.SetDeadline(deadline, since.plus(deadline.patience())));
    }

    void note(String text) {
        actions.add(new PoolAction.Note(text));
    }
}
