package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import sluice.config.FailoverConfig;
import sluice.proxy.event.GatewayEvent.PlacementReason;

/**
 * Says when miners move between goals: at intervals where the split is off, and at once where a goal has had no upstream for
 * too long. Confined to the director.
 */
final class Redistribution {
    /** Least time until a miner that was placed or moved is moved again; less where the split is looked at often. */
    static final Duration MINER_REST = Duration.ofMinutes(2);

    /** Looks at the split for which a miner rests, where those take less time than {@link #MINER_REST}. */
    private static final int LOOKS_OF_REST = 2;

    private static final double TOLERANCE = 0.02;
    private static final int MOST_MOVES = 64;

    private final Goals goals;
    private final Placement placement;
    private final MinerPlacer placer;
    private final GoalBalancer balancer;
    private final PlanInForce inForce;
    private Optional<Instant> nextLook = Optional.empty();

    Redistribution(Goals goals, Placement placement, MinerPlacer placer, GoalBalancer balancer, PlanInForce inForce) {
        this.goals = goals;
        this.placement = placement;
        this.placer = placer;
        this.balancer = balancer;
        this.inForce = inForce;
    }

    static GoalBalancer.Settings settings(FailoverConfig failover) {
        Duration interval = failover.rebalanceInterval();
        return new GoalBalancer.Settings(interval, minerRest(interval), TOLERANCE, MOST_MOVES);
    }

    /** How long a miner that was placed or moved is left alone. */
    static Duration minerRest(Duration rebalanceInterval) {
        Duration looks = rebalanceInterval.multipliedBy(LOOKS_OF_REST);
        return looks.compareTo(MINER_REST) < 0 ? looks : MINER_REST;
    }

    /** The goals are others. */
    void follow(Instant now) {
        balancer.settings(settings(inForce.failover()));
        // Who may not stay by this plan leaves as at the first time.
        goals.all().forEach(goal -> goal.evacuated(false));
        Instant soon = now.plus(inForce.failover().rebalanceInterval());
        nextLook = placer.placesOneByOne()
                ? nextLook.filter(at -> at.isBefore(soon)).or(() -> Optional.of(soon))
                : Optional.empty();
    }

    /** Looks at the split when it is time to. */
    void onTime(Instant now) {
        if (nextLook.filter(at -> !at.isAfter(now)).isPresent()) {
            nextLook = Optional.of(now.plus(inForce.failover().rebalanceInterval()));
            placer.move(
                    balancer.rebalance(goals.forBalancer(), placement.forBalancer(), now),
                    PlacementReason.REBALANCING,
                    now);
        }
    }

    /** Empties goals that have been without an upstream for too long. */
    void settle(Instant now) {
        boolean any = false;
        for (Goal goal : goals.all()) {
            if (goal.unusableSince().isEmpty()) {
                goal.evacuated(false);
            } else if (!goal.isEvacuated()
                    && goals.isAnyUsable()
                    && !evacuationAt(goal).isAfter(now)) {
                goal.evacuated(true);
                any = true;
            }
        }
        if (any) {
            placer.move(
                    balancer.evacuate(goals.forBalancer(), placement.forBalancer()), PlacementReason.EVACUATION, now);
        }
    }

    private Instant evacuationAt(Goal goal) {
        return goal.unusableSince().orElseThrow().plus(inForce.failover().redistributeAfter());
    }

    // While no goal is usable there is nowhere to go; the first that is brings the director here by itself.
    Stream<Instant> deadlines() {
        Stream<Instant> evacuations = goals.isAnyUsable()
                ? goals.all().stream()
                        .filter(goal -> goal.unusableSince().isPresent() && !goal.isEvacuated())
                        .map(this::evacuationAt)
                : Stream.empty();
        return Stream.concat(nextLook.stream(), evacuations);
    }
}
