package sluice.proxy.netty;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.SwitchReport;
import sluice.proxy.route.LoopLanes;

/** Measures how long a lane's miners are without work that somebody takes, until the last socket over all loops has it. */
final class SwitchDelivery implements LoopLanes.Delivery {
    private final SwitchReport report;
    private final AtomicInteger loopsLeft;
    private final AtomicInteger miners = new AtomicInteger();
    private final GatewayEvents events;
    private final InstantSource clock;

    SwitchDelivery(SwitchReport report, int loops, GatewayEvents events, InstantSource clock) {
        this.report = report;
        this.loopsLeft = new AtomicInteger(loops);
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void delivered(int count) {
        miners.addAndGet(count);
        if (loopsLeft.decrementAndGet() == 0) {
            Instant now = clock.instant();
            events.publish(new GatewayEvent.SwitchDelivered(
                    now,
                    report.goal(),
                    report.lane(),
                    report.from(),
                    report.to(),
                    report.kind(),
                    report.reason(),
                    miners.get(),
                    Duration.between(report.since(), now)));
        }
    }
}
