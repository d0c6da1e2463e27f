package sluice.proxy.goal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.route.RouteInput;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.failover.SelectorAction;
import sluice.upstream.failover.SelectorInput;
import sluice.upstream.failover.UpstreamSelector;

/**
 * Miners of one goal that share one upstream channel at a time: carries out which upstream the selector wants used, opened
 * and closed. Confined to the director.
 */
final class Lane {
    private final int number;
    private final Goal goal;
    private final Optional<String> identity;
    private final UpstreamSelector selector;
    private final Upstreams upstreams;
    private final Routes routes;
    private final DirectorOutbox out;
    private final Map<String, OpenRoute> open = new HashMap<>();
    private final Map<Integer, RouteInput.Demand> demands = new HashMap<>();
    // Absent where every miner's index is its own in the whole gateway.
    private final Optional<Seats> seats;
    private final Queue<SelectorInput> news = new ArrayDeque<>();
    private boolean selecting;
    private OpenRoute engaged;
    private Instant unusableSince;
    private Optional<String> lastResort = Optional.empty();
    private boolean lastResortListed;
    private int members;
    private final Map<String, UpstreamEvent.Lost> losses = new HashMap<>();
    // Of the latest preparation.
    private boolean prepared;
    private Optional<ChangeResult.Rejected> preparationFailure = Optional.empty();

    /**
     * @param identity whose lane this is; empty where its miners share the upstream's own user
     * @param narrow whether its miners' indexes are few, so that no two of them may have the same
     */
    Lane(
            int number,
            Goal goal,
            Optional<String> identity,
            boolean narrow,
            UpstreamSelector selector,
            Upstreams upstreams,
            Routes routes,
            DirectorOutbox out,
            Instant now) {
        this.number = number;
        this.goal = goal;
        this.identity = identity;
        this.seats = narrow ? Optional.of(new Seats()) : Optional.empty();
        this.selector = selector;
        this.upstreams = upstreams;
        this.routes = routes;
        this.out = out;
        this.unusableSince = now;
    }

    int number() {
        return number;
    }

    Goal goal() {
        return goal;
    }

    Optional<String> identity() {
        return identity;
    }

    UpstreamSelector selector() {
        return selector;
    }

    /** Miners that the director has put here; not counted where all miners go to one lane. */
    int members() {
        return members;
    }

    /** Whether a miner with this local index can be put here. */
    boolean hasSeat(int index) {
        return seats.isEmpty() || seats.get().isFree(index);
    }

    void joined(int index) {
        members++;
        seats.ifPresent(own -> own.take(index));
    }

    void left(int index) {
        members--;
        seats.ifPresent(own -> own.release(index));
    }

    RoutingStanding.LaneStanding standing() {
        return new RoutingStanding.LaneStanding(
                number,
                identity,
                Optional.ofNullable(engaged).map(OpenRoute::name),
                Optional.ofNullable(unusableSince),
                members,
                selector.standings().stream()
                        .map(one -> new RoutingStanding.UpstreamStanding(
                                upstreams.find(one.upstream()).name(), one))
                        .toList());
    }

    /** Whether its miners have work of an upstream that the goal names. */
    boolean isUsable() {
        return unusableSince == null && !isOnLastResort();
    }

    private boolean isOnLastResort() {
        return engaged != null && lastResort.filter(engaged.key()::equals).isPresent();
    }

    /** The goal's order is this one now. */
    void list(List<UpstreamSelector.Entry> order, Instant now) {
        lastResortListed = false;
        select(new SelectorInput.Listed(order), now);
    }

    /** While no upstream of the goal is usable, this one may feed its miners; the first that is usable again takes them back. */
    void resortTo(UpstreamSelector.Entry last, Instant now) {
        boolean named = goal.order().stream().anyMatch(entry -> entry.upstream().equals(last.upstream()));
        if (named || isUsable() || isOnLastResort() || lastResortListed) {
            return;
        }
        List<UpstreamSelector.Entry> order = new ArrayList<>(goal.order());
        order.add(last);
        lastResort = Optional.of(last.upstream());
        lastResortListed = true;
        select(new SelectorInput.Listed(order), now);
    }

    void demand(RouteInput.Demand demand, Instant now) {
        demands.put(demand.loop(), demand);
        if (engaged != null) {
            routes.feed(engaged, demand, now);
        }
    }

    /** First phase of a switch: an upstream of this order is to have work before anybody moves. */
    void prepare(List<UpstreamSelector.Entry> order, Instant now) {
        prepared = false;
        preparationFailure = Optional.empty();
        select(new SelectorInput.Prepare(order), now);
    }

    /** Whether the latest preparation has brought an upstream with work. */
    boolean isPrepared() {
        return prepared;
    }

    /** Why the latest preparation has failed; empty where it has not. */
    Optional<ChangeResult.Rejected> preparationFailure() {
        return preparationFailure;
    }

    /** Tells the selector, and does what it wants. What follows from that, it is told when all of that is done. */
    void select(SelectorInput input, Instant now) {
        news.add(input);
        if (selecting) {
            return;
        }
        selecting = true;
        try {
            for (SelectorInput next = news.poll(); next != null; next = news.poll()) {
                for (SelectorAction action : selector.on(next, now)) {
                    carryOut(action, now);
                }
            }
        } finally {
            selecting = false;
        }
    }

    private void carryOut(SelectorAction action, Instant now) {
        switch (action) {
            case SelectorAction.Open wanted -> openRoute(wanted.upstream());
            case SelectorAction.Keep wanted -> routes.keep(open.get(wanted.upstream()));
            case SelectorAction.ConnectNow wanted -> routes.connectNow(open.get(wanted.upstream()));
            case SelectorAction.Close unwanted -> close(unwanted, now);
            case SelectorAction.Use use -> use(use, now);
            case SelectorAction.Hold hold -> {
                unusableSince = now;
                out.publish(new GatewayEvent.HoldBegan(now, goal.name(), number, hold.reason()));
            }
            case SelectorAction.Resume resume -> {
                unusableSince = null;
                out.publish(new GatewayEvent.HoldEnded(now, goal.name(), number));
            }
            case SelectorAction.Prepared ready -> prepared = true;
            case SelectorAction.PrepareFailed failed ->
                preparationFailure = Optional.of(new ChangeResult.Rejected(
                        upstreams.find(failed.upstream()).name(), failed.step(), failed.reason()));
        }
    }

    private void openRoute(String key) {
        open.put(key, routes.open(this, key, upstreams.find(key)));
    }

    private void close(SelectorAction.Close unwanted, Instant now) {
        OpenRoute route = open.get(unwanted.upstream());
        if (route != null) {
            if (route == engaged) {
                // Only the end of the lane closes what feeds it, and nobody is fed from then on.
                routes.feed(route, new RouteInput.Disengaged(), now);
            }
            routes.drain(route, unwanted.reason(), now);
        }
    }

    private void use(SelectorAction.Use use, Instant now) {
        OpenRoute from = engaged;
        engaged = open.get(use.upstream());
        if (from != null) {
            routes.feed(from, new RouteInput.Disengaged(), now);
        }
        engaged.engaged();
        routes.feed(engaged, new RouteInput.Engaged(), now);
        for (RouteInput.Demand demand : demands.values()) {
            routes.feed(engaged, demand, now);
        }
        SwitchReport report = new SwitchReport(
                goal.name(),
                number,
                from == null ? "" : from.name(),
                engaged.name(),
                SwitchKind.valueOf(use.kind().name()),
                use.reason(),
                unusableSince == null ? now : unusableSince);
        unusableSince = null;
        if (isOnLastResort() && lastResortListed) {
            // It stays in use all the same, and gives way to the first of the others that has work.
            list(goal.order(), now);
        }
        out.publish(new GatewayEvent.UpstreamSwitched(
                now, goal.name(), number, report.from(), report.to(), report.kind(), report.reason()));
        out.add(new DirectorAction.Engage(number, engaged.number(), report));
    }

    /** Something came from the upstream behind one of its routes. */
    void onUpstream(OpenRoute route, UpstreamEvent event, Instant now) {
        routes.feed(route, new RouteInput.FromUpstream(event), now);
        if (event instanceof UpstreamEvent.TipChanged && route == engaged) {
            seats.ifPresent(Seats::onTip);
        }
        boolean lost = event instanceof UpstreamEvent.Lost;
        boolean had = route.ready();
        route.ready(route.route().hasWork());
        if (open.get(route.key()) == route) {
            if (event instanceof UpstreamEvent.Lost loss) {
                losses.put(route.key(), loss);
                select(new SelectorInput.Lost(route.key(), loss.step().name(), loss.reason()), now);
            } else if (route.ready() && !had) {
                losses.remove(route.key());
                select(new SelectorInput.Ready(route.key(), route.route().versionRollingAllowed()), now);
            }
        }
        routes.onEvent(route, lost, now);
    }

    /** Why its first upstream could not be had; empty while one of them still may. */
    Optional<ChangeResult.Rejected> whollyFailed() {
        boolean all = selector.standings().stream().allMatch(standing -> losses.containsKey(standing.upstream()));
        return all ? Optional.of(latestFailure()) : Optional.empty();
    }

    /** What is known of why its first upstream cannot be had. */
    ChangeResult.Rejected latestFailure() {
        String first = selector.standings().getFirst().upstream();
        UpstreamEvent.Lost loss = losses.get(first);
        return new ChangeResult.Rejected(
                upstreams.find(first).name(),
                loss == null ? "" : loss.step().name(),
                loss == null ? "it gave no job in time" : loss.reason());
    }

    /** One of its routes was told to close: if its upstream is wanted again, a fresh one is opened beside it. */
    void onClosing(OpenRoute route, Instant now) {
        if (open.remove(route.key(), route)) {
            losses.remove(route.key());
            select(new SelectorInput.Drained(route.key()), now);
        }
    }
}
