package sluice.simulation;

import java.time.Duration;
import java.util.Optional;
import sluice.config.GoalConfig;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.goal.RoutingPlan;

/** Somebody who changes where miners mine, at any time, and asks for the impossible now and then. */
final class SimulatedOperator {
    private static final Duration HEAD_START = Duration.ofSeconds(1);

    private final World world;
    private final Chance chance;
    private final Plans plans;
    private final SimulatedControl control;
    private final Duration interval;

    SimulatedOperator(World world, Chance chance, Plans plans, SimulatedControl control) {
        this.world = world;
        this.chance = chance;
        this.plans = plans;
        this.control = control;
        this.interval = chance.spread(Duration.ofSeconds(10), Duration.ofMinutes(4));
    }

    void start() {
        // Nobody can ask before the gateway has begun.
        world.time().after(HEAD_START.plus(chance.waitFor(interval)), () -> {
            if (!world.faults().areOver()) {
                ask();
                if (chance.happens(0.2)) {
                    world.time().after(chance.between(Duration.ZERO, Duration.ofSeconds(2)), this::ask);
                }
                start();
            }
        });
    }

    private void ask() {
        RoutingPlan plan = control.director().plan();
        if (chance.happens(0.5)) {
            RoutingPlan next = plans.changed(plan);
            control.change(id -> new DirectorInput.Change(
                    id,
                    next,
                    chance.happens(0.2) ? plans.failover() : control.witness().failover()));
            return;
        }
        GoalConfig goal = chance.oneOf(plan.goals());
        Optional<String> upstream =
                chance.happens(0.25) ? Optional.empty() : Optional.of(chance.oneOf(goal.upstreams()));
        boolean unknown = chance.happens(0.05);
        control.change(id -> new DirectorInput.Activate(id, unknown ? "nowhere" : goal.name(), upstream));
    }
}
