package sluice.proxy.cli.demo;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import sluice.config.GatewayConfig;
import sluice.config.RoutingConfig;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.pool.PoolSwitch;

/** The pools of a farm's gateway, as its API changes them. */
final class DemoSwitch implements PoolSwitch {
    private final Gateway gateway;
    private final PoolUpstream.Common common;
    private volatile GatewayConfig inForce;
    private long revision = 1;

    DemoSwitch(Gateway gateway, GatewayConfig started, PoolUpstream.Common common) {
        this.gateway = gateway;
        this.inForce = started;
        this.common = common;
    }

    @Override
    public GatewayConfig inForce() {
        return inForce;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public ChangeResult apply(RoutingConfig routing) {
        ChangeResult result = await(gateway.apply(PoolUpstream.plan(routing, common), inForce.failover()));
        if (result instanceof ChangeResult.Applied) {
            inForce = inForce.withRouting(routing);
        }
        return result;
    }

    @Override
    public ChangeResult activate(String goal, Optional<String> upstream) {
        return await(gateway.activate(goal, upstream));
    }

    private ChangeResult await(CompletableFuture<ChangeResult> result) {
        try {
            ChangeResult done = result.get(inForce.failover().switchTimeout().toSeconds() + 5, TimeUnit.SECONDS);
            if (done instanceof ChangeResult.Applied(long applied)) {
                revision = applied;
            }
            return done;
        } catch (TimeoutException | ExecutionException e) {
            return new ChangeResult.Rejected("", "", e.toString());
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return new ChangeResult.Rejected("", "", "the demo is over");
        }
    }
}
