package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sluice.config.AddressRange;
import sluice.config.AfterHold;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.config.PinConfig;
import sluice.config.UserPattern;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;

/** Draws where miners are to mine: a first plan, and what an operator makes of the one in force. */
final class Plans {
    private static final int MOST_GOALS = 3;
    private static final int MOST_UPSTREAMS = 4;
    private static final int MOST_PINS = 3;
    private static final int MOST_IN_LANE = 4;

    private final Chance chance;
    private final List<String> pools;
    private final PoolDefinition.Dialler dialler;
    private final List<String> ports;
    private final boolean ofOneLane;
    private int lastUser;
    private int lastGoal;

    /**
     * @param pools names of those there are
     * @param ports names of the gateway's
     * @param ofOneLane whether all miners of a goal are always in one lane
     */
    Plans(Chance chance, List<String> pools, PoolDefinition.Dialler dialler, List<String> ports, boolean ofOneLane) {
        this.chance = chance;
        this.pools = pools;
        this.dialler = dialler;
        this.ports = ports;
        this.ofOneLane = ofOneLane;
    }

    /** One goal with one pool, as most gateways have it. */
    RoutingPlan simplest() {
        return RoutingPlan.single(definition(pools.getFirst()));
    }

    RoutingPlan first() {
        List<UpstreamPlan> upstreams = new ArrayList<>();
        pools.forEach(pool -> upstreams.add(upstream(definition(pool))));
        List<GoalConfig> goals = new ArrayList<>();
        for (int count = chance.between(1, MOST_GOALS); count > 0; count--) {
            goals.add(newGoal());
        }
        return new RoutingPlan(upstreams, goals, pins(goals));
    }

    /** Another plan: one to three things are different. */
    RoutingPlan changed(RoutingPlan now) {
        Map<String, UpstreamPlan> upstreams = new LinkedHashMap<>();
        now.upstreams().forEach(upstream -> upstreams.put(upstream.name(), upstream));
        pools.forEach(pool -> upstreams.computeIfAbsent(pool, name -> upstream(definition(name))));
        List<GoalConfig> goals = new ArrayList<>(now.goals());
        List<PinConfig> pins = new ArrayList<>(now.pins());
        for (int count = chance.between(1, 3); count > 0; count--) {
            int at = chance.between(0, goals.size() - 1);
            GoalConfig goal = goals.get(at);
            switch (chance.between(0, 8)) {
                case 0, 1 -> goals.set(at, withUpstreams(goal, someOrder(goal.upstreams())));
                case 2, 3 -> goals.set(at, withUpstreams(goal, someOrder(pools)));
                case 4 -> {
                    if (goals.size() < MOST_GOALS) {
                        goals.add(newGoal());
                    }
                }
                case 5 -> {
                    if (goals.size() > 1) {
                        goals.remove(at);
                        pins.removeIf(pin -> pin.goal().equals(goal.name()));
                    }
                }
                case 6 -> goals.set(at, new GoalConfig(goal.name(), weight(), goal.upstreams()));
                case 7 -> pins = pins(goals);
                default -> {
                    String name = chance.oneOf(pools);
                    upstreams.put(
                            name,
                            upstream(
                                    chance.happens(0.4)
                                            ? definition(name)
                                            : (PoolDefinition)
                                                    upstreams.get(name).definition()));
                }
            }
        }
        return new RoutingPlan(List.copyOf(upstreams.values()), goals, pins);
    }

    FailoverConfig failover() {
        return new FailoverConfig(
                Duration.ofSeconds(chance.between(0, 60)),
                chance.happens(0.4) ? AfterHold.CLOSE : AfterHold.KEEP,
                Duration.ofSeconds(chance.between(1, 60)),
                Duration.ofSeconds(chance.between(2, 20)),
                FailoverConfig.DEFAULT.noJobTimeout(),
                FailoverConfig.DEFAULT.rejectsTimeout(),
                Duration.ofSeconds(chance.between(0, 60)),
                Duration.ofSeconds(chance.between(5, 60)));
    }

    private PoolDefinition definition(String pool) {
        return new PoolDefinition(pool, "farm" + lastUser++, dialler);
    }

    private UpstreamPlan upstream(PoolDefinition definition) {
        boolean perChannel = !ofOneLane && chance.happens(0.15);
        boolean small = !ofOneLane && chance.happens(0.3);
        return new UpstreamPlan(
                definition,
                perChannel ? IdentityMode.PER_CHANNEL : IdentityMode.GATEWAY,
                small ? chance.between(1, MOST_IN_LANE) : 0,
                chance.happens(0.4));
    }

    private GoalConfig newGoal() {
        return new GoalConfig("goal" + lastGoal++, weight(), someOrder(pools));
    }

    private static GoalConfig withUpstreams(GoalConfig goal, List<String> upstreams) {
        return new GoalConfig(goal.name(), goal.weight(), upstreams);
    }

    private int weight() {
        return chance.between(1, 100);
    }

    private List<String> someOrder(List<String> names) {
        List<String> order = new ArrayList<>(names);
        Collections.shuffle(order, chance.shuffling());
        return List.copyOf(order.subList(0, chance.between(1, Math.min(MOST_UPSTREAMS, order.size()))));
    }

    private List<PinConfig> pins(List<GoalConfig> goals) {
        List<PinConfig> pins = new ArrayList<>();
        for (int count = chance.happens(0.5) ? 0 : chance.between(1, MOST_PINS); count > 0; count--) {
            Set<UserPattern> users = new LinkedHashSet<>();
            List<AddressRange> addresses = new ArrayList<>();
            List<String> listeners = new ArrayList<>();
            switch (chance.between(0, 3)) {
                case 0 -> users.add(UserPattern.parse(chance.oneOf("a.*", "b.*", "*.miner1", "?.miner2", "*")));
                case 1 -> addresses.add(AddressRange.parse(chance.oneOf("10.0.0.0/24", "10.0.1.0/24", "10.0.2.7")));
                case 2 -> listeners.add(chance.oneOf(ports));
                default -> {
                    users.add(UserPattern.parse(chance.oneOf("a.*", "b.*")));
                    listeners.add(chance.oneOf(ports));
                }
            }
            pins.add(new PinConfig(chance.oneOf(goals).name(), List.copyOf(users), addresses, listeners));
        }
        return pins;
    }
}
