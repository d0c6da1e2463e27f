package sluice.proxy.goal;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import sluice.config.AfterHold;
import sluice.config.FailoverConfig;

/** The goals of the plan in force, by name and in its order. Confined to the director. */
final class Goals {
    private Map<String, Goal> byName = new LinkedHashMap<>();

    /** The goal with this name, or null. */
    Goal find(String name) {
        return byName.get(name);
    }

    Collection<Goal> all() {
        return byName.values();
    }

    /** These are the goals from now on; answers those that are not among them any more. */
    List<Goal> replaceBy(Collection<Goal> next) {
        Map<String, Goal> before = byName;
        byName = new LinkedHashMap<>();
        next.forEach(goal -> byName.put(goal.name(), goal));
        return before.values().stream().filter(goal -> !next.contains(goal)).toList();
    }

    /** Notes which are usable now. */
    void look(Instant now) {
        byName.values().forEach(goal -> goal.look(now));
    }

    /**
     * When miners are held no longer, where {@code choice} is what comes then; empty while one goal is usable, or where
     * something else comes.
     */
    Optional<Instant> holdEnds(FailoverConfig failover, AfterHold choice) {
        if (failover.afterHold() != choice || isAnyUsable()) {
            return Optional.empty();
        }
        return byName.values().stream()
                .flatMap(goal -> goal.unusableSince().stream())
                .max(Comparator.naturalOrder())
                .map(since -> since.plus(failover.hold()));
    }

    boolean isAnyUsable() {
        return byName.values().stream().anyMatch(Goal::isUsable);
    }

    /** The lane that takes all miners, whoever they are; empty where each has to be placed. */
    OptionalInt laneOfAll() {
        if (byName.size() != 1) {
            return OptionalInt.empty();
        }
        Goal only = byName.values().iterator().next();
        return only.hasOneLane() ? OptionalInt.of(only.first().number()) : OptionalInt.empty();
    }

    List<GoalBalancer.Goal> forBalancer() {
        return byName.values().stream()
                .map(goal -> new GoalBalancer.Goal(goal.name(), goal.weight(), !goal.isEvacuated()))
                .toList();
    }
}
