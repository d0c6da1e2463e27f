package sluice.proxy.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.GatewayConfig;
import sluice.config.RoutingConfig;
import sluice.proxy.goal.ChangeResult;

/** A gateway that takes every pool but those whose host begins with {@code dead}. */
public final class SteeredGateway implements PoolSwitch {
    private final List<String> asked = new ArrayList<>();
    private GatewayConfig inForce;
    private long revision = 1;

    public SteeredGateway(GatewayConfig started) {
        inForce = started;
    }

    @Override
    public GatewayConfig inForce() {
        return inForce;
    }

    @Override
    public long revision() {
        return revision;
    }

    /** The operator's file was read and applied. */
    public void reloaded(GatewayConfig next) {
        revision += next.routing().equals(inForce.routing()) ? 0 : 1;
        inForce = next;
    }

    @Override
    public ChangeResult apply(RoutingConfig routing) {
        asked.add("apply " + routing.goals());
        Optional<ChangeResult> dead = routing.upstreams().stream()
                .filter(upstream -> upstream.pool().address().host().startsWith("dead"))
                .map(upstream -> (ChangeResult) new ChangeResult.Rejected(upstream.name(), "CONNECT", "nobody answers"))
                .findFirst();
        if (dead.isEmpty()) {
            inForce = inForce.withRouting(routing);
        }
        return dead.orElseGet(() -> new ChangeResult.Applied(++revision));
    }

    @Override
    public ChangeResult activate(String goal, Optional<String> upstream) {
        asked.add("activate " + goal + " " + upstream.orElse("-"));
        return new ChangeResult.Applied(++revision);
    }

    /** What it was asked for, in order. */
    public List<String> asked() {
        return asked;
    }
}
