package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import sluice.config.AfterHold;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.PlacementReason;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteInput;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.failover.SelectorInput;
import sluice.upstream.failover.UpstreamSelector;

/**
 * Decides which upstream feeds which miners: owns all routes, one selector for each lane, the plan in force and the change
 * that may be under way. Failover, fail-back, an operator's switch, a reload and the move of a single miner all end in the
 * same two words to the loops, {@link DirectorAction.Engage} and {@link DirectorAction.Place}. Pure; confined to the control
 * loop.
 */
public final class Director {
    /** Lanes, and so upstream connections in use, of the whole gateway; a miner that would need one more is refused. */
    public static final int MAX_LANES = 1_024;

    /** How long a lane that has no miner any more keeps its upstream, for miners that restart. */
    static final Duration LANE_LINGER = Duration.ofSeconds(60);

    /** How long the lanes of a goal that is no more stay, for loops to say who is in them. */
    static final Duration RETIREMENT = Duration.ofSeconds(10);

    /** Least time until a miner that was placed or moved is moved again; less where the split is looked at often. */
    static final Duration MINER_REST = Duration.ofMinutes(2);

    /** Looks at the split for which a miner rests, where those take less time than {@link #MINER_REST}. */
    private static final int LOOKS_OF_REST = 2;

    /** To what the patience grows with a pool that is lost soon after each fail-back. */
    static final Duration LONGEST_FAILBACK = Duration.ofHours(1);

    /** How long an upstream may take to be ready until the next in the order is tried as well. */
    static final Duration OPENING_PATIENCE = Duration.ofSeconds(5);

    private static final double BALANCE_TOLERANCE = 0.02;
    private static final int MOST_MOVES = 64;
    private static final String TOO_MANY_LANES = "too-many-upstream-channels";

    private final DirectorOutbox out = new DirectorOutbox();
    private final boolean narrow;
    private final Routes routes;
    private final Map<String, UpstreamPlan> upstreams = new LinkedHashMap<>();
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private final Map<Integer, Instant> emptySince = new TreeMap<>();
    private final Placement placement = new Placement();
    private Map<String, Goal> goals = new LinkedHashMap<>();
    private FailoverConfig failover;
    private GoalBalancer balancer;
    private RoutingPlan plan;
    private PlannedChange change;
    private ChangeResult.Rejected changeFailure;
    private OptionalInt laneOfAll = OptionalInt.empty();
    private long revision;
    private int lastLane;
    private Optional<String> stopReason = Optional.empty();
    private boolean portsClosed;
    private Instant nextRebalance = Instant.MAX;
    private Instant wakeAt;

    private final Lane.Preparation preparation = new Lane.Preparation() {
        @Override
        public void prepared(Lane lane, Instant now) {
            if (change != null) {
                change.awaited().remove(lane);
            }
        }

        @Override
        public void failed(Lane lane, String upstream, String step, String reason, Instant now) {
            if (change != null && change.preparing().remove(lane)) {
                changeFailure = new ChangeResult.Rejected(upstream, step, reason);
            }
        }
    };

    /** For a gateway in which every miner's local index is its own. */
    public Director(
            RoutingPlan plan, FailoverConfig failover, Duration keepalive, Target firstWanted, Numbering numbering) {
        this(plan, failover, false, keepalive, firstWanted, numbering);
    }

    /**
     * @param narrow whether miners' local indexes are few, so that several miners have the same and need different lanes
     * @param keepalive after so long without a job, the one in force is repeated
     * @param firstWanted the easiest target an upstream should set while no miner has said otherwise
     */
    public Director(
            RoutingPlan plan,
            FailoverConfig failover,
            boolean narrow,
            Duration keepalive,
            Target firstWanted,
            Numbering numbering) {
        this.narrow = narrow;
        this.plan = plan;
        this.failover = failover;
        this.routes = new Routes(out, numbering, keepalive, firstWanted);
        this.balancer = balancer(failover);
    }

    /** Takes one input. The list is the director's own and is valid until the next call. */
    public List<DirectorAction> on(DirectorInput input, Instant now) {
        out.clear();
        if (stopReason.isEmpty() || outlivesStop(input)) {
            take(input, now);
        } else if (input instanceof DirectorInput.Change asked) {
            out.add(new DirectorAction.Answer(asked.id(), stopped()));
        } else if (input instanceof DirectorInput.Activate asked) {
            out.add(new DirectorAction.Answer(asked.id(), stopped()));
        }
        return out.actions();
    }

    /** What is under way still ends in order, but nothing begins any more. */
    private static boolean outlivesStop(DirectorInput input) {
        return input instanceof DirectorInput.FromUpstream
                || input instanceof DirectorInput.Forward
                || input instanceof DirectorInput.BlockRecorded;
    }

    private ChangeResult.Rejected stopped() {
        return new ChangeResult.Rejected("", "", stopReason.orElseThrow());
    }

    private void take(DirectorInput input, Instant now) {
        switch (input) {
            // Every share comes by here, so these do no more than they must.
            case DirectorInput.Forward forward -> routes.forward(forward.share(), now);
            case DirectorInput.BlockRecorded recorded -> routes.recorded(recorded.share(), now);
            case DirectorInput.Demand demand -> onDemand(demand, now);
            case DirectorInput.RouteDeadlineReached reached -> {
                OpenRoute route = routes.find(reached.route());
                if (route != null) {
                    routes.feed(route, new RouteInput.DeadlineReached(reached.deadline()), now);
                }
            }
            case DirectorInput.FromUpstream from -> {
                OpenRoute route = routes.find(from.route());
                if (route != null) {
                    route.lane().onUpstream(route, from.event(), now);
                    if (!isVerdict(from.event()) || route.phase() != OpenRoute.Phase.OPEN) {
                        settle(now);
                    }
                }
            }
            case DirectorInput.Started started -> {
                begin(now);
                settle(now);
            }
            case DirectorInput.MinerIdentified identified -> {
                onMiner(identified.loop(), identified.miner(), now);
                settle(now);
            }
            case DirectorInput.MinerLeft left -> {
                if (placement.remove(left.connectionId())) {
                    settle(now);
                }
            }
            case DirectorInput.Census census -> {
                onCensus(census, now);
                settle(now);
            }
            case DirectorInput.Change asked -> {
                onChange(asked, now);
                settle(now);
            }
            case DirectorInput.Activate asked -> {
                onActivate(asked, now);
                settle(now);
            }
            case DirectorInput.TimePassed time -> {
                onTime(now);
                settle(now);
            }
            case DirectorInput.Stopped stop -> stop(stop.reason(), now);
        }
    }

    private static boolean isVerdict(UpstreamEvent event) {
        return event instanceof UpstreamEvent.SharesAccepted || event instanceof UpstreamEvent.ShareRejected;
    }

    /** How many plans were applied, the first included. */
    public long revision() {
        return revision;
    }

    /** The plan in force. */
    public RoutingPlan plan() {
        return plan;
    }

    /** Routes that are open, by number. */
    Collection<OpenRoute> openRoutes() {
        return routes.all();
    }

    /** Shares sent up that have no verdict yet, over all routes. */
    public long unanswered() {
        long sum = 0;
        for (OpenRoute route : routes.all()) {
            sum += route.route().unanswered();
        }
        return sum;
    }

    private void begin(Instant now) {
        for (GoalConfig config : plan.goals()) {
            goals.put(config.name(), newGoal(config, plan, now));
        }
        placement.pins(plan.pins());
        revision = 1;
        out.publish(new GatewayEvent.PlanApplied(now, revision));
        settleMode(now);
    }

    private void onDemand(DirectorInput.Demand demand, Instant now) {
        Lane lane = lanes.get(demand.lane());
        if (lane != null) {
            lane.demand(new RouteInput.Demand(demand.loop(), demand.hashrate(), demand.hardestWanted()), now);
        }
    }

    // ---- goals and lanes

    private Goal newGoal(GoalConfig config, RoutingPlan of, Instant now) {
        Goal goal = new Goal(
                config.name(),
                narrow,
                config.weight(),
                orderOf(config, of),
                aggregationOf(config, of),
                hasChannelPerIdentity(config, of));
        addLane(goal, Optional.empty(), now);
        return goal;
    }

    private Lane addLane(Goal goal, Optional<String> identity, Instant now) {
        Lane lane = new Lane(
                ++lastLane,
                goal.name(),
                identity,
                narrow,
                new UpstreamSelector(selectorSettings(failover)),
                upstreams::get,
                routes,
                out,
                preparation,
                now);
        goal.lanes().add(lane);
        lanes.put(lane.number(), lane);
        lane.select(new SelectorInput.Listed(goal.order()), now);
        goal.preferred().ifPresent(key -> lane.select(new SelectorInput.Preferred(Optional.of(key)), now));
        return lane;
    }

    private List<UpstreamSelector.Entry> orderOf(GoalConfig config, RoutingPlan of) {
        List<UpstreamSelector.Entry> order = new ArrayList<>();
        for (String name : config.upstreams()) {
            UpstreamPlan upstream = of.upstream(name);
            order.add(new UpstreamSelector.Entry(keyOf(upstream), upstream.warm()));
        }
        return order;
    }

    /** One key for each definition; a definition that changed under its name is another upstream. */
    private String keyOf(UpstreamPlan upstream) {
        for (int version = 1; ; version++) {
            String key = version == 1 ? upstream.name() : upstream.name() + "#" + version;
            UpstreamPlan known = upstreams.get(key);
            if (known == null || known.definition().equals(upstream.definition())) {
                upstreams.put(key, upstream);
                return key;
            }
        }
    }

    private static int aggregationOf(GoalConfig config, RoutingPlan of) {
        return config.upstreams().stream()
                .mapToInt(name -> of.upstream(name).aggregation())
                .filter(most -> most > 0)
                .min()
                .orElse(0);
    }

    private static boolean hasChannelPerIdentity(GoalConfig config, RoutingPlan of) {
        return config.upstreams().stream().anyMatch(name -> of.upstream(name).identity() == IdentityMode.PER_CHANNEL);
    }

    private static UpstreamSelector.Settings selectorSettings(FailoverConfig failover) {
        Duration failback = failover.failbackAfter();
        return new UpstreamSelector.Settings(
                failback,
                failback.compareTo(LONGEST_FAILBACK) < 0 ? LONGEST_FAILBACK : failback,
                OPENING_PATIENCE,
                failover.switchTimeout());
    }

    private static GoalBalancer balancer(FailoverConfig failover) {
        return new GoalBalancer(new GoalBalancer.Settings(
                failover.rebalanceInterval(), minerRest(failover.rebalanceInterval()), BALANCE_TOLERANCE, MOST_MOVES));
    }

    /** How long a miner that was placed or moved is left alone. */
    static Duration minerRest(Duration rebalanceInterval) {
        Duration looks = rebalanceInterval.multipliedBy(LOOKS_OF_REST);
        return looks.compareTo(MINER_REST) < 0 ? looks : MINER_REST;
    }

    // ---- miners

    /** All miners go to one lane where there is only one; else each is placed when it says who it is. */
    private void settleMode(Instant now) {
        Goal only = goals.size() == 1 ? goals.values().iterator().next() : null;
        OptionalInt all =
                only != null && only.hasOneLane() ? OptionalInt.of(only.first().number()) : OptionalInt.empty();
        if (revision == 1 || !all.equals(laneOfAll)) {
            laneOfAll = all;
            out.add(new DirectorAction.LaneOfAll(all));
        }
        if (all.isPresent()) {
            placement.clear();
            nextRebalance = Instant.MAX;
        } else if (nextRebalance.equals(Instant.MAX)) {
            nextRebalance = now.plus(failover.rebalanceInterval());
        }
    }

    private void onMiner(int loop, DirectorInput.MinerFacts miner, Instant now) {
        if (laneOfAll.isEmpty() && placement.find(miner.connectionId()) == null) {
            place(loop, miner, placement.expectedHashrate(), now);
        }
    }

    private void onCensus(DirectorInput.Census census, Instant now) {
        if (laneOfAll.isPresent()) {
            return;
        }
        for (DirectorInput.Counted counted : census.miners()) {
            Placement.Placed known = placement.find(counted.miner().connectionId());
            if (known != null) {
                placement.hashrate(known, counted.hashesPerSecond());
            } else {
                adopt(census.loop(), counted, now);
            }
        }
    }

    /** A miner that was placed before miners were placed one by one: it stays where it is, if it may. */
    private void adopt(int loop, DirectorInput.Counted counted, Instant now) {
        Lane lane = counted.lane().isPresent() ? lanes.get(counted.lane().getAsInt()) : null;
        Goal goal = lane == null ? null : goals.get(lane.goal());
        Optional<String> pin = placement.pinOf(counted.miner());
        boolean stays = goal != null
                && goal.hasOneLane()
                && goal.lanes().contains(lane)
                && pin.filter(name -> !name.equals(lane.goal())).isEmpty();
        if (stays) {
            placement.put(loop, counted.miner(), lane, pin.isPresent(), counted.hashesPerSecond(), now);
        } else {
            place(loop, counted.miner(), counted.hashesPerSecond(), now);
        }
    }

    private void place(int loop, DirectorInput.MinerFacts miner, double hashrate, Instant now) {
        Optional<String> pin = placement.pinOf(miner);
        String goal = pin.orElseGet(() -> balancer.place(balancerGoals(), placement.hashrates(), hashrate));
        move(
                loop,
                miner,
                goals.get(goal),
                pin.isPresent(),
                hashrate,
                pin.isPresent() ? PlacementReason.PIN : PlacementReason.WEIGHT,
                now);
    }

    private void move(
            int loop,
            DirectorInput.MinerFacts miner,
            Goal goal,
            boolean pinned,
            double hashrate,
            PlacementReason reason,
            Instant now) {
        Placement.Placed before = placement.find(miner.connectionId());
        String from = before == null ? "" : before.lane().goal();
        Optional<Lane> lane = goal.laneFor(miner);
        if (lane.isEmpty()) {
            if (lanes.size() >= MAX_LANES) {
                out.add(new DirectorAction.Refuse(
                        loop, miner.connectionId(), TOO_MANY_LANES, MAX_LANES + " are in use"));
                return;
            }
            lane = Optional.of(addLane(goal, goal.identityOf(miner.userIdentity()), now));
        }
        placement.put(loop, miner, lane.get(), pinned, hashrate, now);
        out.publish(new GatewayEvent.MinerPlaced(
                now, miner.connectionId(), goal.name(), lane.get().number(), from, reason));
        out.add(new DirectorAction.Place(loop, miner.connectionId(), lane.get().number()));
    }

    private List<GoalBalancer.Goal> balancerGoals() {
        return goals.values().stream()
                .map(goal -> new GoalBalancer.Goal(goal.name(), goal.weight(), !goal.isEvacuated()))
                .toList();
    }

    private void carryOut(List<GoalBalancer.Move> moves, PlacementReason reason, Instant now) {
        for (GoalBalancer.Move wanted : moves) {
            Placement.Placed miner = placement.find(wanted.connectionId());
            Goal goal = goals.get(wanted.to());
            if (miner != null && goal != null) {
                move(miner.loop(), miner.facts(), goal, false, 0, reason, now);
            }
        }
    }

    // ---- changes of plan

    private void onChange(DirectorInput.Change asked, Instant now) {
        if (refusedAsBusy(asked.id())) {
            return;
        }
        change = PlannedChange.of(asked, now.plus(failover.switchTimeout()));
        changeFailure = null;
        for (GoalConfig config : asked.plan().goals()) {
            Goal goal = goals.get(config.name());
            if (goal == null) {
                Goal fresh = newGoal(config, asked.plan(), now);
                change.newGoals().put(config.name(), fresh);
                change.awaited().add(fresh.first());
            } else {
                List<UpstreamSelector.Entry> order = orderOf(config, asked.plan());
                if (!order.equals(goal.order())) {
                    prepare(goal, order, now);
                }
            }
        }
    }

    private void onActivate(DirectorInput.Activate asked, Instant now) {
        if (refusedAsBusy(asked.id())) {
            return;
        }
        Goal goal = goals.get(asked.goal());
        if (goal == null) {
            reject(asked.id(), new ChangeResult.Rejected("", "", "there is no goal " + asked.goal()), now);
            return;
        }
        Optional<UpstreamSelector.Entry> entry = asked.upstream().flatMap(name -> entryOf(goal, name));
        if (asked.upstream().isPresent() && entry.isEmpty()) {
            String name = asked.upstream().get();
            reject(
                    asked.id(),
                    new ChangeResult.Rejected(name, "", "goal " + asked.goal() + " has no upstream " + name),
                    now);
            return;
        }
        change = PlannedChange.of(asked, failover, now.plus(failover.switchTimeout()));
        changeFailure = null;
        entry.ifPresent(wanted -> prepare(goal, List.of(wanted), now));
    }

    private Optional<UpstreamSelector.Entry> entryOf(Goal goal, String upstream) {
        return goal.order().stream()
                .filter(entry -> upstreams.get(entry.upstream()).name().equals(upstream))
                .findFirst();
    }

    private boolean refusedAsBusy(long id) {
        if (change == null) {
            return false;
        }
        out.add(new DirectorAction.Answer(
                id, new ChangeResult.Rejected("", "", "another change is being prepared; try again in a moment")));
        return true;
    }

    // A goal without a usable upstream has nothing to lose, so its new order holds at once.
    private void prepare(Goal goal, List<UpstreamSelector.Entry> order, Instant now) {
        Lane lane = goal.first();
        if (lane.isUsable()) {
            change.awaited().add(lane);
            change.preparing().add(lane);
            lane.select(new SelectorInput.Prepare(order), now);
        }
    }

    private void settleChange(Instant now) {
        if (change == null) {
            return;
        }
        for (Goal fresh : change.newGoals().values()) {
            if (fresh.isUsable()) {
                change.awaited().remove(fresh.first());
            } else if (changeFailure == null) {
                changeFailure = fresh.first().whollyFailed().orElse(null);
            }
        }
        if (changeFailure == null
                && !change.until().isAfter(now)
                && !change.awaited().isEmpty()) {
            changeFailure = change.awaited().iterator().next().latestFailure();
        }
        if (changeFailure != null) {
            abandon(now);
        } else if (change.awaited().isEmpty()) {
            commit(now);
        }
    }

    private void abandon(Instant now) {
        PlannedChange failed = change;
        change = null;
        for (Lane lane : failed.preparing()) {
            lane.select(new SelectorInput.Abandon(), now);
        }
        for (Goal fresh : failed.newGoals().values()) {
            fresh.lanes().forEach(lane -> removeLane(lane, "not used after all", now));
        }
        reject(failed.id(), changeFailure, now);
        changeFailure = null;
        forgetUnusedUpstreams();
    }

    private void reject(long id, ChangeResult.Rejected why, Instant now) {
        out.publish(new GatewayEvent.PlanRejected(now, why.upstream(), why.step(), why.reason()));
        out.add(new DirectorAction.Answer(id, why));
    }

    private void commit(Instant now) {
        PlannedChange prepared = change;
        change = null;
        revision++;
        prepared.activation().ifPresent(activation -> prefer(activation, now));
        prepared.plan().ifPresent(next -> apply(next, prepared, now));
        for (Lane lane : prepared.preparing()) {
            lane.select(new SelectorInput.Abandon(), now);
        }
        out.publish(new GatewayEvent.PlanApplied(now, revision));
        out.add(new DirectorAction.Answer(prepared.id(), new ChangeResult.Applied(revision)));
        forgetUnusedUpstreams();
    }

    private void prefer(DirectorInput.Activate activation, Instant now) {
        Goal goal = goals.get(activation.goal());
        Optional<String> key =
                activation.upstream().flatMap(name -> entryOf(goal, name)).map(UpstreamSelector.Entry::upstream);
        goal.prefer(key);
        for (Lane lane : goal.lanes()) {
            lane.select(new SelectorInput.Preferred(key), now);
        }
    }

    private void apply(RoutingPlan next, PlannedChange prepared, Instant now) {
        Map<String, Goal> before = goals;
        goals = new LinkedHashMap<>();
        plan = next;
        failover = prepared.failover();
        balancer = balancer(failover);
        for (GoalConfig config : next.goals()) {
            Goal goal = before.getOrDefault(config.name(), prepared.newGoals().get(config.name()));
            List<UpstreamSelector.Entry> order = orderOf(config, next);
            boolean reordered = !order.equals(goal.order());
            goal.apply(config.weight(), order, aggregationOf(config, next), hasChannelPerIdentity(config, next));
            for (Lane lane : goal.lanes()) {
                lane.selector().settings(selectorSettings(failover));
                lane.select(reordered ? new SelectorInput.Listed(order) : new SelectorInput.TimePassed(), now);
            }
            goals.put(config.name(), goal);
        }
        placement.pins(next.pins());
        settleMode(now);
        replaceMiners(now);
        // Who may not stay by the new plan leaves as at the first time.
        goals.values().forEach(goal -> goal.evacuated(false));
        for (Goal gone : before.values()) {
            if (!goals.containsKey(gone.name())) {
                // Loops may have to say first who is in them.
                gone.lanes()
                        .forEach(lane -> emptySince.put(
                                lane.number(), now.minus(LANE_LINGER).plus(RETIREMENT)));
            }
        }
    }

    /** Moves those whose goal is gone, whose pin says otherwise, or whose lane is of another kind than their goal's. */
    private void replaceMiners(Instant now) {
        for (Placement.Placed miner : List.copyOf(placement.all())) {
            Lane lane = miner.lane();
            Goal goal = goals.get(lane.goal());
            Optional<String> pin = placement.pinOf(miner.facts());
            boolean wrongGoal = goal == null
                    || !goal.lanes().contains(lane)
                    || pin.filter(name -> !name.equals(lane.goal())).isPresent();
            if (wrongGoal) {
                place(miner.loop(), miner.facts(), 0, now);
            } else if (!goal.mayStay(lane, miner.facts())) {
                move(miner.loop(), miner.facts(), goal, pin.isPresent(), 0, PlacementReason.WEIGHT, now);
            } else if (pin.isPresent() != miner.pinned()) {
                placement.put(miner.loop(), miner.facts(), lane, pin.isPresent(), 0, now);
            }
        }
    }

    private void forgetUnusedUpstreams() {
        List<String> used = new ArrayList<>();
        goals.values().forEach(goal -> goal.order().forEach(entry -> used.add(entry.upstream())));
        // Lanes of a goal that is no more go on for a while.
        lanes.values().forEach(lane -> lane.selector().standings().forEach(known -> used.add(known.upstream())));
        routes.all().forEach(route -> used.add(route.key()));
        upstreams.keySet().retainAll(used);
    }

    // ---- time

    private void onTime(Instant now) {
        wakeAt = null;
        routes.onTime(now);
        for (Lane lane : List.copyOf(lanes.values())) {
            if (lane.selector().nextDeadline().filter(at -> !at.isAfter(now)).isPresent()) {
                lane.select(new SelectorInput.TimePassed(), now);
            }
        }
        if (!nextRebalance.isAfter(now)) {
            nextRebalance = now.plus(failover.rebalanceInterval());
            carryOut(
                    balancer.rebalance(balancerGoals(), placement.forBalancer(), now),
                    PlacementReason.REBALANCING,
                    now);
        }
    }

    /** Does what follows from what has happened, and says when to come back. */
    private void settle(Instant now) {
        if (stopReason.isPresent()) {
            return;
        }
        settleChange(now);
        goals.values().forEach(goal -> goal.look(now));
        settleEvacuations(now);
        settlePorts(now);
        settleLanes(now);
        wake();
    }

    private void settleEvacuations(Instant now) {
        boolean any = false;
        for (Goal goal : goals.values()) {
            Optional<Instant> since = goal.unusableSince();
            if (since.isEmpty()) {
                goal.evacuated(false);
            } else if (!goal.isEvacuated()
                    && !since.get().plus(failover.redistributeAfter()).isAfter(now)
                    && goals.values().stream().anyMatch(Goal::isUsable)) {
                goal.evacuated(true);
                any = true;
            }
        }
        if (any) {
            carryOut(balancer.evacuate(balancerGoals(), placement.forBalancer()), PlacementReason.EVACUATION, now);
        }
    }

    private void settlePorts(Instant now) {
        boolean close = mayClosePorts() && !holdEnds().isAfter(now);
        if (close && !portsClosed) {
            String reason = "no upstream for " + failover.hold().toSeconds() + " s";
            out.publish(new GatewayEvent.PortsClosed(now, reason));
            out.add(new DirectorAction.ClosePorts(reason));
        } else if (!close && portsClosed) {
            out.publish(new GatewayEvent.PortsOpened(now));
            out.add(new DirectorAction.OpenPorts());
        }
        portsClosed = close;
    }

    private boolean mayClosePorts() {
        return failover.afterHold() == AfterHold.CLOSE
                && goals.values().stream().noneMatch(Goal::isUsable);
    }

    /** When miners have been held long enough; only while no goal is usable. */
    private Instant holdEnds() {
        Instant latest = Instant.MIN;
        for (Goal goal : goals.values()) {
            Instant since = goal.unusableSince().orElseThrow();
            latest = since.isAfter(latest) ? since : latest;
        }
        return latest.plus(failover.hold());
    }

    private void settleLanes(Instant now) {
        for (Lane lane : List.copyOf(lanes.values())) {
            Goal goal = goals.get(lane.goal());
            boolean permanent = goal != null && goal.first() == lane
                    || change != null && change.newGoals().containsKey(lane.goal());
            if (permanent || (lane.members() > 0)) {
                emptySince.remove(lane.number());
            } else {
                Instant since = emptySince.computeIfAbsent(lane.number(), number -> now);
                if (!since.plus(LANE_LINGER).isAfter(now)) {
                    if (goal != null) {
                        goal.lanes().remove(lane);
                        goal.look(now);
                    }
                    removeLane(lane, "no miner left for it", now);
                }
            }
        }
    }

    private void removeLane(Lane lane, String reason, Instant now) {
        lanes.remove(lane.number());
        emptySince.remove(lane.number());
        lane.select(new SelectorInput.Stopped(reason), now);
        out.add(new DirectorAction.RemoveLane(lane.number()));
    }

    private void wake() {
        List<Instant> times = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            lane.selector().nextDeadline().ifPresent(times::add);
        }
        routes.nextDeadline().ifPresent(times::add);
        emptySince.values().forEach(since -> times.add(since.plus(LANE_LINGER)));
        if (change != null) {
            times.add(change.until());
        }
        if (!nextRebalance.equals(Instant.MAX)) {
            times.add(nextRebalance);
        }
        // While no goal is usable there is nowhere to go; the first that is brings the director here by itself.
        boolean anyUsable = goals.values().stream().anyMatch(Goal::isUsable);
        for (Goal goal : goals.values()) {
            if (anyUsable && !goal.isEvacuated()) {
                goal.unusableSince().ifPresent(since -> times.add(since.plus(failover.redistributeAfter())));
            }
        }
        if (!portsClosed && mayClosePorts()) {
            times.add(holdEnds());
        }
        if (times.isEmpty()) {
            return;
        }
        Instant next = Collections.min(times);
        if (!next.equals(wakeAt)) {
            wakeAt = next;
            out.add(new DirectorAction.WakeAt(next));
        }
    }

    private void stop(String reason, Instant now) {
        stopReason = Optional.of(reason);
        if (change != null) {
            out.add(new DirectorAction.Answer(change.id(), stopped()));
            change = null;
        }
        lanes.values().forEach(lane -> lane.select(new SelectorInput.Stopped(reason), now));
        for (OpenRoute route : List.copyOf(routes.all())) {
            if (route.phase() != OpenRoute.Phase.CLOSING) {
                routes.close(route, reason, now);
            }
        }
    }
}
