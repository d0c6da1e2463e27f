package sluice.proxy.goal;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.config.FailoverConfig;

/** A change that is being prepared: what it will be, and for which lanes an upstream is still awaited. */
final class PlannedChange {
    private final long id;
    private final Optional<RoutingPlan> plan;
    private final FailoverConfig failover;
    private final Optional<DirectorInput.Activate> activation;
    private final Instant until;
    private final Set<Lane> awaited = new LinkedHashSet<>();
    private final Set<Lane> preparing = new LinkedHashSet<>();
    private final Map<String, Goal> newGoals = new LinkedHashMap<>();

    private PlannedChange(
            long id,
            Optional<RoutingPlan> plan,
            FailoverConfig failover,
            Optional<DirectorInput.Activate> activation,
            Instant until) {
        this.id = id;
        this.plan = plan;
        this.failover = failover;
        this.activation = activation;
        this.until = until;
    }

    static PlannedChange of(DirectorInput.Change change, Instant until) {
        return new PlannedChange(change.id(), Optional.of(change.plan()), change.failover(), Optional.empty(), until);
    }

    static PlannedChange of(DirectorInput.Activate activation, FailoverConfig failover, Instant until) {
        return new PlannedChange(activation.id(), Optional.empty(), failover, Optional.of(activation), until);
    }

    long id() {
        return id;
    }

    Optional<RoutingPlan> plan() {
        return plan;
    }

    FailoverConfig failover() {
        return failover;
    }

    Optional<DirectorInput.Activate> activation() {
        return activation;
    }

    /** Until when its upstreams must be ready. */
    Instant until() {
        return until;
    }

    /** This lane is asked to prepare. */
    void add(Lane lane) {
        awaited.add(lane);
        preparing.add(lane);
    }

    /** There was no such goal; its first lane shows whether it can be. */
    void add(Goal goal) {
        awaited.add(goal.first());
        newGoals.put(goal.name(), goal);
    }

    /** Lanes that were asked to prepare. */
    Collection<Lane> preparing() {
        return preparing;
    }

    Collection<Goal> newGoals() {
        return newGoals.values();
    }

    Goal newGoal(String name) {
        return newGoals.get(name);
    }

    /** Whether every lane has, or had, an upstream of the new order with work. */
    boolean isReady() {
        awaited.removeIf(lane -> preparing.contains(lane) ? lane.isPrepared() : lane.isUsable());
        return awaited.isEmpty();
    }

    /** Why it cannot be; empty while it may. */
    Optional<ChangeResult.Rejected> failure(Instant now) {
        for (Lane lane : preparing) {
            if (lane.preparationFailure().isPresent()) {
                return lane.preparationFailure();
            }
        }
        for (Goal goal : newGoals.values()) {
            if (!goal.isUsable() && goal.first().whollyFailed().isPresent()) {
                return goal.first().whollyFailed();
            }
        }
        return until.isAfter(now) || isReady()
                ? Optional.empty()
                : Optional.of(awaited.iterator().next().latestFailure());
    }
}
