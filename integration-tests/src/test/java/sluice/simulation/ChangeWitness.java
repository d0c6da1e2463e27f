package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.DirectorAction;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.goal.RoutingPlan;
import sluice.upstream.failover.UpstreamSelector;

/** Knows what operators asked a director for, and holds it to making each change whole or not at all, and in time. */
final class ChangeWitness {
    /** Steps of rejections that are no loss. */
    private static final Set<String> NO_LOSS = Set.of("", UpstreamSelector.TIMEOUT_STEP);

    private final World world;
    private final Director director;
    private final Map<String, String> preferred = new HashMap<>();
    private FailoverConfig failover;
    private Duration shortestFailback;
    private Duration longestFailback;
    private Asked asked;
    private boolean everChanged;

    // What was lost since the change under way was asked for.
    private final Set<String> lost = new HashSet<>();

    /** A change under way. */
    private record Asked(
            long id, DirectorInput input, RoutingPlan planBefore, long revisionBefore, Instant at, Duration timeout) {}

    ChangeWitness(World world, Director director, FailoverConfig failover) {
        this.world = world;
        this.director = director;
        this.failover = failover;
        note(failover);
    }

    /** What may already hold at the moment of a change, and what may hold on. */
    private void note(FailoverConfig next) {
        Duration failback = next.failbackAfter();
        shortestFailback =
                shortestFailback == null || failback.compareTo(shortestFailback) < 0 ? failback : shortestFailback;
        longestFailback =
                longestFailback == null || failback.compareTo(longestFailback) > 0 ? failback : longestFailback;
    }

    /** The director is about to take this. */
    void before(DirectorInput input) {
        if (asked == null) {
            switch (input) {
                case DirectorInput.Change change -> {
                    ask(change.id(), change);
                    note(change.failover());
                }
                case DirectorInput.Activate activate -> ask(activate.id(), activate);
                default -> {}
            }
        }
    }

    private void ask(long id, DirectorInput input) {
        asked = new Asked(
                id, input, director.plan(), director.revision(), world.time().instant(), failover.switchTimeout());
        lost.clear();
        world.trace().tell("asked: " + input);
    }

    /** An upstream has no work, or was not to be had. */
    void lost(String upstream) {
        lost.add(upstream);
    }

    /** The director has said what became of a change. */
    void answered(DirectorAction.Answer answer) {
        world.trace().tell("answered: " + answer);
        require(asked != null, "%s answers nobody", answer);
        if (answer.id() != asked.id()) {
            require(answer.result() instanceof ChangeResult.Rejected, "%s while %s is under way", answer, asked);
            return;
        }
        Asked done = asked;
        asked = null;
        switch (answer.result()) {
            case ChangeResult.Rejected rejected -> {
                require(
                        director.plan() == done.planBefore() && director.revision() == done.revisionBefore(),
                        "%s was rejected, and the plan is another one",
                        done.input());
                require(
                        NO_LOSS.contains(rejected.step()) || lost.contains(rejected.upstream()),
                        "%s was rejected for a loss that came before it: %s",
                        done.input(),
                        rejected);
            }
            case ChangeResult.Applied applied -> {
                everChanged = true;
                require(
                        applied.revision() == done.revisionBefore() + 1 && director.revision() == applied.revision(),
                        "%s is revision %d after %d",
                        done.input(),
                        director.revision(),
                        done.revisionBefore());
                applied(done);
            }
        }
    }

    private void applied(Asked done) {
        switch (done.input()) {
            case DirectorInput.Change change -> {
                require(director.plan().equals(change.plan()), "another plan is in force than was applied");
                failover = change.failover();
                SeenPlan before = new SeenPlan(done.planBefore());
                SeenPlan now = new SeenPlan(change.plan());
                preferred.entrySet().removeIf(entry -> !mayStay(entry.getKey(), entry.getValue(), before, now));
            }
            case DirectorInput.Activate activate ->
                activate.upstream()
                        .ifPresentOrElse(
                                upstream -> preferred.put(activate.goal(), upstream),
                                () -> preferred.remove(activate.goal()));
            default -> throw new IllegalStateException();
        }
    }

    // Under another definition it is another upstream, which nobody preferred.
    private static boolean mayStay(String goal, String preferred, SeenPlan before, SeenPlan now) {
        return now.goal(goal)
                .filter(config -> config.upstreams().contains(preferred))
                .filter(config -> now.definition(preferred).equals(before.definition(preferred)))
                .isPresent();
    }

    /** Throws where a change is left without its answer. */
    void check() {
        require(
                asked == null
                        || !asked.at()
                                .plus(asked.timeout())
                                .plusSeconds(1)
                                .isBefore(world.time().instant()),
                "%s has no answer after %s",
                asked,
                asked == null ? null : asked.timeout());
    }

    /** Throws where a change is under way. */
    void checkAtRest() {
        require(asked == null, "%s is still under way", asked);
    }

    boolean isUnderWay() {
        return asked != null;
    }

    /** Whether a change was ever made. */
    boolean wereMade() {
        return everChanged;
    }

    FailoverConfig failover() {
        return failover;
    }

    /** Of all that were ever asked for, because the moment of a change is not seen from outside. */
    Duration shortestFailback() {
        return shortestFailback;
    }

    Duration longestFailback() {
        return longestFailback;
    }

    /** Of the times in force and those that come into force now. */
    Duration shortestHold() {
        Duration hold = failover.hold();
        return asked != null
                        && asked.input() instanceof DirectorInput.Change change
                        && change.failover().hold().compareTo(hold) < 0
                ? change.failover().hold()
                : hold;
    }

    /** The order that upstreams of this goal must be of; empty where the goal is no more. */
    Optional<List<String>> orderOf(String goal) {
        return new SeenPlan(director.plan())
                .goal(goal)
                .or(() -> asked != null && asked.input() instanceof DirectorInput.Change change
                        ? new SeenPlan(change.plan()).goal(goal)
                        : Optional.empty())
                .map(GoalConfig::upstreams);
    }

    /** The goal's upstreams, best first. */
    List<String> ranking(GoalConfig goal) {
        List<String> ranking = new ArrayList<>(goal.upstreams());
        String first = preferred.get(goal.name());
        if (first != null) {
            ranking.remove(first);
            ranking.addFirst(first);
        }
        return ranking;
    }
}
