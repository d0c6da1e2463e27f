package sluice.upstream.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.upstream.UpstreamEvent;

/** What an SV2 pool session wants done in answer to one input. Confined to its session. */
final class Sv2PoolOutbox {
    private final List<PoolAction> actions = new ArrayList<>();

    List<PoolAction> actions() {
        return actions;
    }

    void send(Sv2Message message) {
        actions.add(new PoolAction.Send(message));
    }

    void emit(UpstreamEvent event) {
        actions.add(new PoolAction.Emit(event));
    }

    void answer(CustomJobAnswer answer) {
        actions.add(new PoolAction.CustomJobAnswered(answer));
    }

    /** @param since from when the deadline's patience counts */
    void setDeadline(PoolDeadline deadline, Instant since) {
        actions.add(new PoolAction.SetDeadline(deadline, since.plus(deadline.patience())));
    }

    void note(String text) {
        actions.add(new PoolAction.Note(text));
    }
}
