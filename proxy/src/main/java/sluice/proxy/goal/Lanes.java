package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import sluice.config.FailoverConfig;
import sluice.upstream.failover.SelectorInput;
import sluice.upstream.failover.UpstreamSelector;

/**
 * All lanes by number, and their life: one is made when a goal begins or a miner needs it, and goes some time after its last
 * miner. Confined to the director.
 */
final class Lanes {
    /** How long a lane that has no miner any more keeps its upstream, for miners that restart. */
    static final Duration LINGER = Duration.ofSeconds(60);

    /** How long the lanes of a goal that is no more stay, for loops to say who is in them. */
    static final Duration RETIREMENT = Duration.ofSeconds(10);

    /** To what the patience grows with a pool that is lost soon after each fail-back. */
    static final Duration LONGEST_FAILBACK = Duration.ofHours(1);

    /** How long an upstream may take to be ready until the next in the order is tried as well. */
    static final Duration OPENING_PATIENCE = Duration.ofSeconds(5);

    private final DirectorOutbox out;
    private final Routes routes;
    private final Upstreams upstreams;
    private final PlanInForce inForce;
    private final boolean narrow;
    // In order of their numbers, so that equal inputs give equal runs.
    private final Map<Integer, Lane> byNumber = new TreeMap<>();
    private final Map<Integer, Instant> emptyUntil = new TreeMap<>();
    private int lastNumber;

    /** @param narrow whether miners' local indexes are few, so that no two in one lane may have the same */
    Lanes(DirectorOutbox out, Routes routes, Upstreams upstreams, PlanInForce inForce, boolean narrow) {
        this.out = out;
        this.routes = routes;
        this.upstreams = upstreams;
        this.inForce = inForce;
        this.narrow = narrow;
    }

    /** A goal with its first lane. */
    Goal begin(String name, Goal.Terms terms, Instant now) {
        Goal goal = new Goal(name, narrow, terms);
        add(goal, Optional.empty(), now);
        return goal;
    }

    /** @param identity whose lane it is; empty where its miners share the upstream's own user */
    Lane add(Goal goal, Optional<String> identity, Instant now) {
        Lane lane = new Lane(
                ++lastNumber,
                goal,
                identity,
                narrow,
                new UpstreamSelector(selectorSettings()),
                upstreams,
                routes,
                out,
                now);
        goal.lanes().add(lane);
        byNumber.put(lane.number(), lane);
        lane.list(goal.order(), now);
        goal.preferred().ifPresent(key -> lane.select(new SelectorInput.Preferred(Optional.of(key)), now));
        return lane;
    }

    /** The goal is as the plan in force says: its lanes follow. */
    void apply(Goal goal, Goal.Terms terms, Instant now) {
        boolean reordered = !terms.order().equals(goal.order());
        goal.apply(terms);
        for (Lane lane : goal.lanes()) {
            lane.selector().settings(selectorSettings());
            if (reordered) {
                lane.list(terms.order(), now);
            } else {
                lane.select(new SelectorInput.TimePassed(), now);
            }
        }
    }

    private UpstreamSelector.Settings selectorSettings() {
        FailoverConfig failover = inForce.failover();
        Duration failback = failover.failbackAfter();
        return new UpstreamSelector.Settings(
                failback,
                failback.compareTo(LONGEST_FAILBACK) < 0 ? LONGEST_FAILBACK : failback,
                OPENING_PATIENCE,
                failover.switchTimeout());
    }

    /** The lane with this number, or null. */
    Lane find(int number) {
        return byNumber.get(number);
    }

    /** Of all upstreams that lanes know or that are open; lanes of a goal that is no more go on for a while. */
    Set<String> upstreamKeys() {
        Set<String> keys = new HashSet<>();
        byNumber.values().forEach(lane -> lane.selector().standings().forEach(known -> keys.add(known.upstream())));
        routes.all().forEach(route -> keys.add(route.key()));
        return keys;
    }

    boolean isFull() {
        return byNumber.size() >= Director.MAX_LANES;
    }

    /** The goal is no more. */
    void retire(Goal goal, Instant now) {
        goal.retire();
        goal.lanes().forEach(lane -> emptyUntil.put(lane.number(), now.plus(RETIREMENT)));
    }

    /** The goal was never applied: nobody was put into its lanes. */
    void abandon(Goal goal, Instant now) {
        goal.lanes().forEach(lane -> remove(lane, "not used after all", now));
    }

    /** Lets the time come that lanes wait for. */
    void onTime(Instant now) {
        for (Lane lane : List.copyOf(byNumber.values())) {
            if (lane.selector().nextDeadline().filter(at -> !at.isAfter(now)).isPresent()) {
                lane.select(new SelectorInput.TimePassed(), now);
            }
        }
    }

    /** Removes lanes that have been without a miner for long enough. */
    void settle(Instant now) {
        for (Lane lane : List.copyOf(byNumber.values())) {
            if (lane.members() > 0 || lane.goal().keeps(lane)) {
                emptyUntil.remove(lane.number());
            } else if (!emptyUntil
                    .computeIfAbsent(lane.number(), number -> now.plus(LINGER))
                    .isAfter(now)) {
                lane.goal().lanes().remove(lane);
                lane.goal().look(now);
                remove(lane, "no miner left for it", now);
            }
        }
    }

    private void remove(Lane lane, String reason, Instant now) {
        byNumber.remove(lane.number());
        emptyUntil.remove(lane.number());
        lane.select(new SelectorInput.Stopped(reason), now);
        out.add(new DirectorAction.RemoveLane(lane.number()));
    }

    void stop(String reason, Instant now) {
        byNumber.values().forEach(lane -> lane.select(new SelectorInput.Stopped(reason), now));
    }

    Stream<Instant> deadlines() {
        return Stream.concat(
                emptyUntil.values().stream(),
                byNumber.values().stream().flatMap(lane -> lane.selector().nextDeadline().stream()));
    }
}
