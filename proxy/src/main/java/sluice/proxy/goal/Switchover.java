package sluice.proxy.goal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sluice.config.GoalConfig;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.failover.SelectorInput;
import sluice.upstream.failover.UpstreamSelector;

/**
 * Changes what is in force in two phases: what a change newly needs is opened and has work while miners mine on; then it is
 * applied whole, or given up without a trace. Confined to the director.
 */
final class Switchover {
    private final DirectorOutbox out;
    private final PlanInForce inForce;
    private final Upstreams upstreams;
    private final Goals goals;
    private final Lanes lanes;
    private final MinerPlacer placer;
    private final Redistribution redistribution;
    private Optional<PlannedChange> prepared = Optional.empty();

    Switchover(
            DirectorOutbox out,
            PlanInForce inForce,
            Upstreams upstreams,
            Goals goals,
            Lanes lanes,
            MinerPlacer placer,
            Redistribution redistribution) {
        this.out = out;
        this.inForce = inForce;
        this.upstreams = upstreams;
        this.goals = goals;
        this.lanes = lanes;
        this.placer = placer;
        this.redistribution = redistribution;
    }

    /** The first plan, which nothing has to be prepared for. */
    void begin(Instant now) {
        List<Goal> first = new ArrayList<>();
        for (GoalConfig config : inForce.plan().goals()) {
            first.add(lanes.begin(config.name(), upstreams.terms(config, inForce.plan()), now));
        }
        goals.replaceBy(first);
        out.publish(new GatewayEvent.PlanApplied(now, inForce.nextRevision()));
        followGoals(now);
    }

    void prepare(DirectorInput.Change asked, Instant now) {
        if (isBusy(asked.id())) {
            return;
        }
        PlannedChange change =
                PlannedChange.of(asked, now.plus(inForce.failover().switchTimeout()));
        prepared = Optional.of(change);
        for (GoalConfig config : asked.plan().goals()) {
            Goal.Terms terms = upstreams.terms(config, asked.plan());
            Goal goal = goals.find(config.name());
            if (goal == null) {
                change.add(lanes.begin(config.name(), terms, now));
            } else if (!terms.order().equals(goal.order())) {
                prepare(change, goal, newlyNeeded(goal, terms.order()), now);
            }
        }
    }

    void prepare(DirectorInput.Activate asked, Instant now) {
        if (isBusy(asked.id())) {
            return;
        }
        Goal goal = goals.find(asked.goal());
        if (goal == null) {
            reject(asked.id(), new ChangeResult.Rejected("", "", "there is no goal " + asked.goal()), now);
            return;
        }
        Optional<UpstreamSelector.Entry> entry = entry(asked, goal);
        if (asked.upstream().isPresent() && entry.isEmpty()) {
            String name = asked.upstream().get();
            String reason = "goal " + goal.name() + " has no upstream " + name;
            reject(asked.id(), new ChangeResult.Rejected(name, "", reason), now);
            return;
        }
        PlannedChange change = PlannedChange.of(
                asked, inForce.failover(), now.plus(inForce.failover().switchTimeout()));
        prepared = Optional.of(change);
        entry.ifPresent(wanted -> prepare(change, goal, List.of(wanted), now));
    }

    private Optional<UpstreamSelector.Entry> entry(DirectorInput.Activate asked, Goal goal) {
        return asked.upstream().flatMap(name -> upstreams.named(name, goal.order()));
    }

    private boolean isBusy(long id) {
        if (prepared.isPresent()) {
            String reason = "another change is being prepared; try again in a moment";
            out.add(new DirectorAction.Answer(id, new ChangeResult.Rejected("", "", reason)));
        }
        return prepared.isPresent();
    }

    /**
     * Of which upstreams one must be ready before a goal gets a new order: the first, where it is another one than before,
     * because that is what is asked for; all, where the one in use is to go; none else.
     */
    private static List<UpstreamSelector.Entry> newlyNeeded(Goal goal, List<UpstreamSelector.Entry> order) {
        UpstreamSelector.Entry first = order.getFirst();
        if (!first.upstream().equals(goal.order().getFirst().upstream())) {
            return List.of(first);
        }
        Optional<String> inUse = goal.first().selector().inUse();
        boolean stays = order.stream()
                .anyMatch(entry -> inUse.filter(entry.upstream()::equals).isPresent());
        return stays ? List.of() : order;
    }

    // A goal without a usable upstream has nothing to lose, so its new order holds at once.
    private static void prepare(PlannedChange change, Goal goal, List<UpstreamSelector.Entry> needed, Instant now) {
        Lane lane = goal.first();
        if (lane.isUsable() && !needed.isEmpty()) {
            change.add(lane);
            lane.prepare(needed, now);
        }
    }

    /** Goes on with the change under way as soon as its upstreams are ready or one of them is not to be had. */
    void settle(Instant now) {
        if (prepared.isEmpty()) {
            return;
        }
        PlannedChange change = prepared.get();
        Optional<ChangeResult.Rejected> failure = change.failure(now);
        if (failure.isPresent()) {
            prepared = Optional.empty();
            abandon(change, failure.get(), now);
        } else if (change.isReady()) {
            prepared = Optional.empty();
            commit(change, now);
        }
    }

    Optional<Instant> deadline() {
        return prepared.map(PlannedChange::until);
    }

    /** The end: nothing is changed any more. */
    void stop(ChangeResult.Rejected why) {
        prepared.ifPresent(change -> out.add(new DirectorAction.Answer(change.id(), why)));
        prepared = Optional.empty();
    }

    private void abandon(PlannedChange change, ChangeResult.Rejected why, Instant now) {
        change.preparing().forEach(lane -> lane.select(new SelectorInput.Abandon(), now));
        change.newGoals().forEach(goal -> lanes.abandon(goal, now));
        reject(change.id(), why, now);
        forgetUnusedUpstreams();
    }

    private void reject(long id, ChangeResult.Rejected why, Instant now) {
        out.publish(new GatewayEvent.PlanRejected(now, why.upstream(), why.step(), why.reason()));
        out.add(new DirectorAction.Answer(id, why));
    }

    private void commit(PlannedChange change, Instant now) {
        long revision = inForce.nextRevision();
        change.activation().ifPresent(activation -> prefer(activation, now));
        change.plan().ifPresent(plan -> apply(plan, change, now));
        change.preparing().forEach(lane -> lane.select(new SelectorInput.Abandon(), now));
        out.publish(new GatewayEvent.PlanApplied(now, revision));
        out.add(new DirectorAction.Answer(change.id(), new ChangeResult.Applied(revision)));
        forgetUnusedUpstreams();
    }

    private void prefer(DirectorInput.Activate activation, Instant now) {
        Goal goal = goals.find(activation.goal());
        goal.prefer(entry(activation, goal).map(UpstreamSelector.Entry::upstream));
        goal.lanes().forEach(lane -> lane.select(new SelectorInput.Preferred(goal.preferred()), now));
    }

    private void apply(RoutingPlan plan, PlannedChange change, Instant now) {
        inForce.apply(plan, change.failover());
        List<Goal> next = new ArrayList<>();
        for (GoalConfig config : plan.goals()) {
            Goal known = goals.find(config.name());
            Goal goal = known == null ? change.newGoal(config.name()) : known;
            lanes.apply(goal, upstreams.terms(config, plan), now);
            next.add(goal);
        }
        goals.replaceBy(next).forEach(gone -> lanes.retire(gone, now));
        followGoals(now);
    }

    private void followGoals(Instant now) {
        placer.follow(inForce.plan().pins(), now);
        redistribution.follow(now);
    }

    private void forgetUnusedUpstreams() {
        Set<String> used = lanes.upstreamKeys();
        goals.all().forEach(goal -> goal.order().forEach(entry -> used.add(entry.upstream())));
        upstreams.retain(used);
    }
}
