package sluice.proxy.goal;

import java.time.Instant;
import java.util.Optional;
import sluice.config.AfterHold;
import sluice.proxy.event.GatewayEvent;

/**
 * Closes the miners' ports when they have been held for long enough without any usable upstream, if the operator wants that,
 * and opens them with the first. Confined to the director.
 */
final class PortGate {
    private final DirectorOutbox out;
    private final Goals goals;
    private final PlanInForce inForce;
    private boolean closed;

    PortGate(DirectorOutbox out, Goals goals, PlanInForce inForce) {
        this.out = out;
        this.goals = goals;
        this.inForce = inForce;
    }

    void settle(Instant now) {
        boolean close = holdEnds().filter(at -> !at.isAfter(now)).isPresent();
        if (close && !closed) {
            String reason = "no upstream for " + inForce.failover().hold().toSeconds() + " s";
            out.publish(new GatewayEvent.PortsClosed(now, reason));
            out.add(new DirectorAction.ClosePorts(reason));
        } else if (!close && closed) {
            out.publish(new GatewayEvent.PortsOpened(now));
            out.add(new DirectorAction.OpenPorts());
        }
        closed = close;
    }

    Optional<Instant> deadline() {
        return closed ? Optional.empty() : holdEnds();
    }

    private Optional<Instant> holdEnds() {
        return goals.holdEnds(inForce.failover(), AfterHold.CLOSE);
    }
}
