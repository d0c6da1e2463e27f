package sluice.proxy.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;

/** What one input makes an SV2 session want done, in order. Confined to the session. */
final class Sv2Outbox {
    private final List<MinerAction> actions = new ArrayList<>();
    private boolean demandChanged;

    /** Starts afresh for the next input. */
    void clear() {
        actions.clear();
        demandChanged = false;
    }

    List<MinerAction> actions() {
        return actions;
    }

    void send(Sv2Message message) {
        send(message.toFrameBytes());
    }

    /** Sends a whole plaintext frame, which may be shared with other connections. */
    void send(Bytes frame) {
        actions.add(new MinerAction.Send(frame));
    }

    void forward(ForwardedShare share) {
        actions.add(new MinerAction.Forward(share));
    }

    void publish(GatewayEvent event) {
        actions.add(new MinerAction.Publish(event));
    }

    void identified(String userIdentity, int index) {
        actions.add(new MinerAction.Identified(userIdentity, index));
    }

    void deadline(MinerDeadline deadline, Instant at) {
        actions.add(new MinerAction.SetDeadline(deadline, at));
    }

    /** Once per input is enough, however many channels changed. */
    void demandChanged() {
        if (!demandChanged) {
            demandChanged = true;
            actions.add(new MinerAction.DemandChanged());
        }
    }

    void proved() {
        actions.add(new MinerAction.Proved());
    }

    void offended(String reason) {
        actions.add(new MinerAction.Offended(reason));
    }

    void disconnect(String reason, String detail) {
        actions.add(new MinerAction.Disconnect(reason, detail));
    }
}
