package sluice.proxy.goal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.config.AfterHold;

/**
 * Puts miners on templates of our own when they have been held for long enough without any usable upstream, if the operator
 * wants that. Confined to the director.
 */
final class LastResort {
    private final Goals goals;
    private final Upstreams upstreams;
    private final PlanInForce inForce;
    private boolean reached;

    LastResort(Goals goals, Upstreams upstreams, PlanInForce inForce) {
        this.goals = goals;
        this.upstreams = upstreams;
        this.inForce = inForce;
    }

    void settle(Instant now) {
        reached = holdEnds().filter(at -> !at.isAfter(now)).isPresent();
        if (reached) {
            upstreams
                    .lastResort(inForce.plan())
                    .ifPresent(last -> goals.all()
                            .forEach(goal -> List.copyOf(goal.lanes()).forEach(lane -> lane.resortTo(last, now))));
        }
    }

    Optional<Instant> deadline() {
        return reached ? Optional.empty() : holdEnds();
    }

    private Optional<Instant> holdEnds() {
        return goals.holdEnds(inForce.failover(), AfterHold.SOLO);
    }
}
