package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteAction;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteInput;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.translation.PoolNames;
import sluice.upstream.UpstreamCommand;

/** All routes that are open, by number and by the generation of their jobs, and how they end. Confined to the director. */
final class Routes {
    /** How long an upstream that is no longer used may take for the verdicts it owes. */
    static final Duration DRAIN_PATIENCE = Duration.ofSeconds(10);

    /** How long an upstream that was told to close may take to say so. */
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    /** Upstream channels of one route whose late shares still find it. */
    static final int MAX_GENERATIONS = 8;

    /** How long an upstream that fed miners stays for the shares that they found before they heard of the next. */
    static final Duration LATE_SHARES = Duration.ofSeconds(3);

    private static final String GONE = "upstream-gone";

    private final DirectorOutbox out;
    private final Numbering numbering;
    private final Duration keepalive;
    private final Target firstWanted;
    private final Map<Integer, OpenRoute> byNumber = new LinkedHashMap<>();
    private final Map<Long, OpenRoute> byGeneration = new HashMap<>();
    // Takes the shares whose route is over, so that a block among them is recorded all the same.
    private final OpenRoute over;
    private int lastNumber;

    Routes(DirectorOutbox out, Numbering numbering, Duration keepalive, Target firstWanted) {
        this.out = out;
        this.numbering = numbering;
        this.keepalive = keepalive;
        this.firstWanted = firstWanted;
        this.over = new OpenRoute(0, "", null, null, new Route(GONE, PoolNames.OWN, keepalive, firstWanted, numbering));
        over.route().on(new RouteInput.Closing(), Instant.EPOCH);
    }

    OpenRoute open(Lane lane, String key, UpstreamPlan upstream) {
        OpenRoute opened = new OpenRoute(
                ++lastNumber,
                key,
                upstream,
                lane,
                new Route(upstream.name(), upstream.definition().names(), keepalive, firstWanted, numbering));
        byNumber.put(opened.number(), opened);
        out.add(new DirectorAction.Open(opened.number(), upstream.definition(), lane.identity()));
        return opened;
    }

    /** The route with this number, or null where it is over. */
    OpenRoute find(int number) {
        return byNumber.get(number);
    }

    Collection<OpenRoute> all() {
        return byNumber.values();
    }

    /** The share's own route, also while that drains. */
    void forward(ForwardedShare share, Instant now) {
        feed(ownerOf(share), new RouteInput.Forward(share), now);
    }

    void recorded(ForwardedShare share, Instant now) {
        OpenRoute owner = ownerOf(share);
        feed(owner, new RouteInput.BlockRecorded(share), now);
        advance(owner, now);
    }

    private OpenRoute ownerOf(ForwardedShare share) {
        return byGeneration.getOrDefault(share.job().generation(), over);
    }

    void onDeadline(int number, RouteDeadline deadline, Instant now) {
        OpenRoute route = byNumber.get(number);
        if (route != null) {
            feed(route, new RouteInput.DeadlineReached(deadline), now);
        }
    }

    void feed(OpenRoute to, RouteInput input, Instant now) {
        for (RouteAction action : to.route().on(input, now)) {
            switch (action) {
                case RouteAction.Broadcast broadcast -> {
                    if (broadcast.update() instanceof RouteUpdate.UpstreamReady ready) {
                        remember(to, ready.generation());
                    }
                    out.add(new DirectorAction.Broadcast(to.number(), broadcast.update()));
                }
                case RouteAction.ToUpstream command -> {
                    // A route that is over has no upstream any more that could bring a late block to the network.
                    if (byNumber.get(to.number()) == to) {
                        out.add(new DirectorAction.ToUpstream(to.number(), command.command()));
                    }
                }
                case RouteAction.RecordBlock record ->
                    out.add(new DirectorAction.RecordBlock(to.number(), record.block(), record.share()));
                case RouteAction.Publish publish -> out.publish(publish.event());
                case RouteAction.SetDeadline set ->
                    out.add(new DirectorAction.SetRouteDeadline(to.number(), set.deadline(), set.at()));
            }
        }
    }

    private void remember(OpenRoute route, long generation) {
        byGeneration.put(generation, route);
        route.generations().addLast(generation);
        if (route.generations().size() > MAX_GENERATIONS) {
            byGeneration.remove(route.generations().removeFirst());
        }
    }

    /** Closes a route once its late shares have come and it has the verdicts it waits for, or its patience is over. */
    void drain(OpenRoute route, String reason, Instant now) {
        if (route.phase() == OpenRoute.Phase.OPEN) {
            route.drain(reason, now);
            advance(route, now);
        }
    }

    /** A route that drains is wanted again. */
    void keep(OpenRoute route) {
        if (route.phase() == OpenRoute.Phase.DRAINING) {
            route.keep();
        }
    }

    /** Somebody waits for this one, which pauses between attempts. */
    void connectNow(OpenRoute route) {
        out.add(new DirectorAction.ToUpstream(route.number(), new UpstreamCommand.ConnectNow()));
    }

    /** Goes on with the closing of {@code route}, if that has begun; {@code lost} says that its connection has ended. */
    void onEvent(OpenRoute route, boolean lost, Instant now) {
        if (lost && route.phase() == OpenRoute.Phase.CLOSING) {
            forget(route);
        } else {
            advance(route, now);
        }
    }

    void onTime(Instant now) {
        for (OpenRoute route : List.copyOf(byNumber.values())) {
            if (route.isOver(now)) {
                forget(route);
            } else {
                advance(route, now);
            }
        }
    }

    Optional<Instant> nextDeadline() {
        return byNumber.values().stream()
                .flatMap(route -> route.nextDeadline().stream())
                .min(Comparator.naturalOrder());
    }

    private void advance(OpenRoute route, Instant now) {
        if (route.isDrained(now)) {
            close(route, route.closeReason(), now);
        }
    }

    /** Tells all upstreams to close at once. */
    void closeAll(String reason, Instant now) {
        for (OpenRoute route : List.copyOf(byNumber.values())) {
            if (route.phase() != OpenRoute.Phase.CLOSING) {
                close(route, reason, now);
            }
        }
    }

    private void close(OpenRoute route, String reason, Instant now) {
        route.close(now);
        feed(route, new RouteInput.Closing(), now);
        out.add(new DirectorAction.ToUpstream(route.number(), new UpstreamCommand.Close(reason)));
        route.lane().onClosing(route, now);
    }

    private void forget(OpenRoute route) {
        byNumber.remove(route.number());
        route.generations().forEach(byGeneration::remove);
        out.add(new DirectorAction.Forget(route.number()));
    }
}
