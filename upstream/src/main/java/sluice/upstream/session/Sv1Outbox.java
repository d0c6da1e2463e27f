package sluice.upstream.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.upstream.UpstreamEvent;

/** What an SV1 pool session wants done in answer to one input, and the ids of its requests. Confined to its session. */
final class Sv1Outbox {
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
