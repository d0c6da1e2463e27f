package sluice.proxy.netty;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.route.LoopLanes;
import sluice.proxy.route.RouteUpdate;

/** Measures how long a job takes from its upstream's frame to the last miner's socket, over all loops. */
final class JobDelivery implements LoopLanes.Delivery {
    private final MiningJob job;
    private final long startedNanos;
    private final AtomicInteger loopsLeft;
    private final AtomicInteger miners = new AtomicInteger();
    private final GatewayEvents events;
    private final InstantSource clock;

    JobDelivery(RouteUpdate update, long startedNanos, int loops, GatewayEvents events, InstantSource clock) {
        this.job = switch (update) {
            // A future job is no news to SV1 miners and urgent to nobody.
            case RouteUpdate.JobAdded added when !added.job().isFuture() -> added.job();
            case RouteUpdate.TipChanged changed -> changed.activated();
            default -> null;
        };
        this.startedNanos = startedNanos;
        this.loopsLeft = new AtomicInteger(loops);
        this.events = events;
        this.clock = clock;
    }

    /** One loop has written the job to all its {@code count} miners. */
    @Override
    public void delivered(int count) {
        miners.addAndGet(count);
        if (loopsLeft.decrementAndGet() == 0 && job != null && miners.get() > 0) {
            events.publish(new GatewayEvent.JobDelivered(
                    clock.instant(), job.id(), miners.get(), System.nanoTime() - startedNanos));
        }
    }
}
