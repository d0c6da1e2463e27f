package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.config.PinConfig;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.Director;
import sluice.proxy.goal.DirectorAction;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/**
 * Stands beside a director, reads every input and action as it passes, and holds the actions against what operators are
 * promised: which upstream may feed a lane, when it may change, and that a change of plan is made whole or not at all.
 */
final class DirectorWitness {
    /** For what is to happen as soon as a time is over, and is not looked at all the time. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static final Duration DRAINING = Duration.ofSeconds(15);

    private final World world;
    private final Director director;
    private final RouteBook book;
    private final Map<Integer, SeenRoute> routes = new TreeMap<>();
    private final Map<Integer, SeenLane> lanes = new TreeMap<>();
    private final SeenMiners miners = new SeenMiners();
    private final ChangeWitness changes;
    private Instant started = Instant.MIN;
    private Instant lastRemoval = Instant.MIN;
    private boolean portsClosed;
    // When each goal had work last, or was new.
    private final Map<String, Instant> lastUsable = new HashMap<>();
    private final Map<String, Instant> lastUnusable = new HashMap<>();

    DirectorWitness(World world, Director director, FailoverConfig failover, RouteBook book) {
        this.world = world;
        this.director = director;
        this.book = book;
        this.changes = new ChangeWitness(world, director, failover);
    }

    /** The director is about to take this. */
    void before(DirectorInput input) {
        if (input instanceof DirectorInput.Started) {
            started = world.time().instant();
        }
        if (input instanceof DirectorInput.FromUpstream(int number, UpstreamEvent.Lost loss)
                && routes.containsKey(number)) {
            changes.lost(routes.get(number).name());
        }
        changes.before(input);
    }

    /** The director has answered with these. */
    void after(DirectorInput input, List<DirectorAction> actions) {
        Instant now = world.time().instant();
        checkShare(input, actions);
        for (DirectorAction action : actions) {
            switch (action) {
                case DirectorAction.Open open ->
                    routes.put(
                            open.route(),
                            new SeenRoute(open.route(), (SimulatedDefinition) open.upstream(), open.userIdentity()));
                case DirectorAction.ToUpstream to -> sent(input, to);
                case DirectorAction.Broadcast broadcast -> update(broadcast.route(), broadcast.update(), now);
                case DirectorAction.Forget forget -> routes.remove(forget.route());
                case DirectorAction.Engage engage -> engage(engage, now);
                case DirectorAction.RemoveLane remove -> {
                    lanes.remove(remove.lane());
                    lastRemoval = now;
                    require(!miners.areIn(remove.lane()), "lane %d is removed with its miners", remove.lane());
                }
                case DirectorAction.LaneOfAll all -> miners.putAll(all.lane());
                case DirectorAction.Place place -> miners.put(place.connectionId(), place.lane());
                case DirectorAction.Publish(GatewayEvent.MinerPlaced placed) ->
                    lanes.computeIfAbsent(placed.lane(), number -> new SeenLane(number, placed.goal(), now));
                case DirectorAction.ClosePorts close -> {
                    portsClosed = true;
                    checkHold(now);
                }
                case DirectorAction.OpenPorts open -> portsClosed = false;
                case DirectorAction.Answer answer -> changes.answered(answer);
                default -> {}
            }
        }
        if (!isShare(input)) {
            follow(input, now);
        }
    }

    /** What its upstream takes is sent up, after its way over the disk where it is a block. */
    private void checkShare(DirectorInput input, List<DirectorAction> actions) {
        ForwardedShare share = switch (input) {
            case DirectorInput.Forward forward -> forward.share();
            case DirectorInput.BlockRecorded recorded -> recorded.share();
            default -> null;
        };
        if (share == null) {
            return;
        }
        long generation = share.job().generation();
        SeenRoute route = routes.get(book.ofGeneration(generation));
        boolean toDisk = share.blockFound() && input instanceof DirectorInput.Forward;
        long done = actions.stream()
                .filter(action -> toDisk
                        ? action instanceof DirectorAction.RecordBlock
                        : action instanceof DirectorAction.ToUpstream(int on, UpstreamCommand.SubmitShare sent))
                .count();
        boolean wanted = toDisk || route != null && route.takes(generation);
        require(done == (wanted ? 1 : 0), "a share for %s becomes %s", route, actions);
    }

    private static boolean isShare(DirectorInput input) {
        return input instanceof DirectorInput.Forward || input instanceof DirectorInput.BlockRecorded;
    }

    private void follow(DirectorInput input, Instant now) {
        switch (input) {
            case DirectorInput.MinerLeft left -> miners.left(left.connectionId());
            case DirectorInput.MinerIdentified identified -> miners.know(identified.miner());
            case DirectorInput.Census census -> census.miners().forEach(counted -> miners.know(counted.miner()));
            default -> {}
        }
        noteUsability(now);
        require(
                !portsClosed || lanes.values().stream().noneMatch(lane -> isInForce(lane) && lane.isUsable()),
                "ports are closed though there is work");
        checkFailover();
    }

    private void noteUsability(Instant now) {
        SeenPlan plan = inForce();
        for (GoalConfig goal : plan.plan().goals()) {
            boolean usable = lanes.values().stream().anyMatch(l -> l.goal().equals(goal.name()) && l.isUsable());
            (usable ? lastUsable : lastUnusable).put(goal.name(), now);
            lastUsable.putIfAbsent(goal.name(), now);
        }
        lastUsable.keySet().removeIf(name -> plan.goal(name).isEmpty());
        lastUnusable.keySet().removeIf(name -> plan.goal(name).isEmpty());
    }

    private void checkHold(Instant now) {
        Duration hold = changes.shortestHold();
        lastUsable.forEach((goal, since) -> require(
                inForce().goal(goal).isEmpty() || !since.plus(hold).isAfter(now),
                "ports close, and goal %s had work at %s",
                goal,
                since));
    }

    private void sent(DirectorInput input, DirectorAction.ToUpstream to) {
        SeenRoute route = routes.get(to.route());
        require(route != null, "%s is for a route that is not open", to);
        switch (to.command()) {
            case UpstreamCommand.Close close -> route.close();
            case UpstreamCommand.SubmitShare submit -> {
                long generation = switch (input) {
                    case DirectorInput.Forward forward -> forward.share().job().generation();
                    case DirectorInput.BlockRecorded recorded ->
                        recorded.share().job().generation();
                    default -> throw new BrokenInvariant("a share goes up at " + input);
                };
                require(
                        Integer.valueOf(to.route()).equals(book.ofGeneration(generation)),
                        "a share of route %d goes up on %s",
                        book.ofGeneration(generation),
                        route);
            }
            case UpstreamCommand.RescueBlock rescue ->
                require(
                        input instanceof DirectorInput.BlockRecorded recorded
                                && recorded.share().blockFound(),
                        "%s is rescued, and no block was written",
                        rescue);
            case UpstreamCommand.UpdateDemand demand -> {}
            case UpstreamCommand.ConnectNow connect -> {
                require(changes.isUnderWay(), "%s is to be dialled at once, and nobody asked for it", route);
                require(!route.isReady(), "%s is to be dialled at once, and has work", route);
            }
        }
    }

    private void update(int number, RouteUpdate update, Instant now) {
        SeenRoute route = routes.get(number);
        require(route != null, "%s of a route that is not open", update);
        switch (update) {
            case RouteUpdate.UpstreamReady ready -> {
                book.began(ready.generation(), number);
                route.connected(ready.generation(), ready.channel().versionRollingAllowed());
            }
            case RouteUpdate.TipChanged changed -> route.hasTip(now);
            case RouteUpdate.JobRepeated repeated ->
                require(feeds(route), "%s, which feeds nobody, repeats its job to miners", route);
            case RouteUpdate.UpstreamLost lost -> {
                route.lost();
                lanes.values().stream()
                        .filter(lane -> lane.engaged().filter(route::equals).isPresent())
                        .forEach(lane -> lane.disappointed(now));
            }
            case RouteUpdate.JobAdded added -> {}
            case RouteUpdate.TargetChanged changed -> {}
        }
    }

    private boolean feeds(SeenRoute route) {
        return lanes.values().stream()
                .anyMatch(lane -> lane.engaged().filter(route::equals).isPresent());
    }

    private void engage(DirectorAction.Engage engage, Instant now) {
        SeenLane lane = lanes.computeIfAbsent(
                engage.lane(), number -> new SeenLane(number, engage.report().goal(), started));
        SeenRoute next = routes.get(engage.route());
        require(next != null && next.isReady(), "%s is fed by %s, which has no work", lane, next);
        require(!next.isClosing(), "%s is fed by %s, which was told to close", lane, next);
        require(!feeds(next), "%s feeds two lanes, or one twice", next);
        changes.orderOf(lane.goal())
                .ifPresent(order -> require(
                        order.contains(next.name()), "%s is fed by %s, and its order is %s", lane, next, order));
        SeenRoute before = lane.engaged().orElse(null);
        require(
                before == null || !before.definition().equals(next.definition()),
                "%s is switched from %s to the same, %s",
                lane,
                before,
                next);
        SwitchKind kind = engage.report().kind();
        switch (kind) {
            case START -> require(before == null, "%s starts and has %s", lane, before);
            case FAILOVER -> {
                require(
                        before != null && (!before.isReady() || !before.isFit() && next.isFit()),
                        "%s fails over from %s, which works, to %s",
                        lane,
                        before,
                        next);
                if (before.isReady()) {
                    lane.disappointed(now);
                }
            }
            case FAILBACK ->
                require(
                        before != null
                                && !next.readySince()
                                        .plus(changes.shortestFailback())
                                        .isAfter(now),
                        "%s fails back to %s after %s and may not before %s",
                        lane,
                        next,
                        Duration.between(next.readySince(), now),
                        changes.shortestFailback());
            case SWITCH ->
                // An order that is new is taken at its word for a while, and at first each is.
                require(
                        changes.wereMade()
                                || changes.isUnderWay()
                                || !lane.created()
                                        .plus(changes.failover().switchTimeout())
                                        .isBefore(now),
                        "%s is switched, and nobody asked for it",
                        lane);
        }
        lane.engaged().ifPresent(old -> old.left(now));
        lane.engage(next, kind, now);
    }

    private SeenPlan inForce() {
        return new SeenPlan(director.plan());
    }

    private boolean isInForce(SeenLane lane) {
        return inForce().goal(lane.goal()).isPresent();
    }

    // ---- what must be true at all times

    /** Throws where a change is left without its answer, or miners are left at a goal without work. */
    void check() {
        noteUsability(world.time().instant());
        checkEvacuation(world.time().instant());
        changes.check();
    }

    private void checkEvacuation(Instant now) {
        Instant then = now.minus(changes.failover().redistributeAfter()).minus(SLACK);
        boolean otherwhere = lastUsable.keySet().stream()
                .anyMatch(goal -> lastUnusable.getOrDefault(goal, Instant.MIN).isBefore(now.minus(SLACK)));
        if (!otherwhere || !miners.areOneByOne()) {
            return;
        }
        miners.forEachPlace((connection, number) -> {
            SeenLane lane = lanes.get(number);
            require(
                    !lastUsable.getOrDefault(lane.goal(), Instant.MAX).isBefore(then)
                            || !lastUnusable.containsKey(lane.goal())
                            || pinOf(miners.facts(connection)).isPresent(),
                    "%s is left in %s, which has had no work since %s",
                    miners.facts(connection),
                    lane,
                    lastUsable.get(lane.goal()));
        });
    }

    /** The goal that this miner is pinned to. */
    Optional<String> pinOf(DirectorInput.MinerFacts miner) {
        return director.plan().pins().stream()
                .filter(pin -> pin.matches(miner.userIdentity(), miner.address(), miner.listener()))
                .map(PinConfig::goal)
                .findFirst();
    }

    /** Where it can be told which route is for which lane: no miner waits while an upstream of its goal has work. */
    private void checkFailover() {
        SeenPlan plan = inForce();
        Instant now = world.time().instant();
        // What a lane leaves behind as it goes may look like that of another.
        if (changes.isUnderWay()
                || !plan.isPlain()
                || !haveGoalsOfTheirOwn(lanes.values(), plan)
                || hasJustLostLane(now)) {
            return;
        }
        for (SeenLane lane : lanes.values()) {
            if (lane.engaged().isEmpty() || lane.isUsable()) {
                continue;
            }
            for (String name : plan.goal(lane.goal()).orElseThrow().upstreams()) {
                List<SeenRoute> open = routes.values().stream()
                        .filter(route -> route.is(plan.definition(name), Optional.empty()))
                        .toList();
                require(
                        !plan.isOfOneGoal(name)
                                || open.size() != 1
                                || !open.getFirst().isReady()
                                || open.getFirst().isClosing(),
                        "%s waits for %s while there is %s",
                        lane,
                        lane.engaged().get(),
                        open);
            }
        }
    }

    private static boolean haveGoalsOfTheirOwn(Collection<SeenLane> lanes, SeenPlan plan) {
        Set<String> goals = new HashSet<>();
        return lanes.stream()
                .allMatch(lane -> plan.goal(lane.goal()).isPresent()
                        && lane.engaged().flatMap(SeenRoute::user).isEmpty()
                        && goals.add(lane.goal()));
    }

    // ---- what must be true when nothing has gone wrong for long

    /** Every lane is fed by its best upstream, and no connection is open that nobody needs. */
    void checkAtRest() {
        SeenPlan plan = inForce();
        Instant now = world.time().instant();
        changes.checkAtRest();
        require(!portsClosed, "ports are closed");
        List<String> needed = new ArrayList<>();
        for (SeenLane lane : lanes.values()) {
            GoalConfig goal = plan.goal(lane.goal()).orElse(null);
            require(goal != null, "%s is there, and its goal is no more", lane);
            SeenRoute used = lane.engaged().orElse(null);
            require(used != null && used.isReady(), "%s has no work: %s", lane, used);
            List<String> ranking = changes.ranking(goal);
            int own = ranking.indexOf(used.name());
            require(own >= 0, "%s is fed by %s, and the order is %s", lane, used, ranking);
            for (int at = 0; at < ranking.size(); at++) {
                String name = ranking.get(at);
                SimulatedDefinition definition = plan.definition(name);
                if (at < own) {
                    checkWhyNot(lane, used, definition, now);
                }
                // While nothing works for all miners, whatever might is looked for.
                if (at <= own || plan.upstream(name).warm() || !used.isFit()) {
                    needed.add(definition + " " + used.user());
                }
            }
            require(used.definition().equals(plan.definition(used.name())), "%s is fed by the old %s", lane, used);
        }
        for (GoalConfig goal : plan.plan().goals()) {
            boolean hasLane =
                    lanes.values().stream().anyMatch(lane -> lane.goal().equals(goal.name()));
            require(hasLane, "goal %s has no lane", goal.name());
        }
        List<String> open = new ArrayList<>(routes.values().stream()
                .filter(route ->
                        !route.isClosing() && route.leftAt().plus(DRAINING).isBefore(now))
                .map(route -> route.definition() + " " + route.user())
                .sorted()
                .toList());
        needed.sort(null);
        require(hasJustLostLane(now) || open.equals(needed), "open are %s, needed are %s", open, needed);
    }

    /** What a lane had open that is no more may still drain. */
    private boolean hasJustLostLane(Instant now) {
        return !lastRemoval.plus(DRAINING).isBefore(now);
    }

    /** A better upstream may be passed over for what it is, or for having failed again and again. */
    private void checkWhyNot(SeenLane lane, SeenRoute used, SimulatedDefinition better, Instant now) {
        List<SeenRoute> open = routes.values().stream()
                .filter(route -> route.is(better, used.user()))
                .toList();
        boolean excused = open.stream().anyMatch(route -> {
            if (route.isReady() && !route.isFit() && used.isFit()) {
                return true;
            }
            Duration patience =
                    changes.longestFailback().multipliedBy(1L << Math.min(16, lane.disappointments(better.name())));
            return route.isReady() && route.readySince().plus(patience).isAfter(now);
        });
        require(excused, "%s is fed by %s and should be by %s: %s", lane, used, better, open);
    }

    FailoverConfig failover() {
        return changes.failover();
    }

    /** The lane that this miner was put into last, if that was said of it alone. */
    OptionalInt placeOf(long connectionId) {
        return miners.placeOf(connectionId);
    }

    /** The lane with this number, or null. */
    SeenLane lane(int number) {
        return lanes.get(number);
    }

    boolean placesOneByOne() {
        return miners.areOneByOne();
    }

    Collection<SeenLane> lanes() {
        return lanes.values();
    }
}
