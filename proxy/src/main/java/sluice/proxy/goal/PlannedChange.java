package sluice.proxy.goal;

import java.time.Instant;
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

    /** Lanes that have no upstream of the new order ready yet. */
    Set<Lane> awaited() {
        return awaited;
    }

    /** Lanes whose selectors were asked to prepare. */
    Set<Lane> preparing() {
        return preparing;
    }

    /** Goals that there were none of, with their first lanes. */
    Map<String, Goal> newGoals() {
        return newGoals;
    }
}
