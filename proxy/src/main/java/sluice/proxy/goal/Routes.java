package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import sluice.proxy.route.RouteInput;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamCommand;

/** All routes that are open, by number and by the generation of their jobs, and how they end. Confined to the director. */
final class Routes {
    /** How long an upstream that is no longer used may take for the verdicts it owes. */
    static final Duration DRAIN_PATIENCE = Duration.ofSeconds(10);

    /** How long an upstream that was told to close may take to say so. */
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    /** Upstream channels of one route whose late shares still find it. */
    static final int MAX_GENERATIONS = 8;

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
        this.over = new OpenRoute(0, "", null, null, new Route(GONE, keepalive, firstWanted, numbering));
    }

    OpenRoute open(Lane lane, String key, UpstreamPlan upstream) {
        OpenRoute opened = new OpenRoute(
                ++lastNumber, key, upstream, lane, new Route(upstream.name(), keepalive, firstWanted, numbering));
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
        feed(ownerOf(share), new RouteInput.BlockRecorded(share), now);
    }

    private OpenRoute ownerOf(ForwardedShare share) {
        return byGeneration.getOrDefault(share.job().generation(), over);
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
                case RouteAction.ToUpstream command ->
                    out.add(new DirectorAction.ToUpstream(to.number(), command.command()));
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

    /** Closes a route once it has the verdicts it waits for, or its patience is over. */
    void drain(OpenRoute route, String reason, Instant now) {
        if (route.phase() == OpenRoute.Phase.OPEN) {
            route.phase(OpenRoute.Phase.DRAINING, now.plus(DRAIN_PATIENCE));
            advance(route, reason, now);
        }
    }

    /** The route is wanted again. Says whether it can be had, which it cannot when its upstream was told to close. */
    boolean keep(OpenRoute route) {
        if (route.phase() == OpenRoute.Phase.CLOSING) {
            return false;
        }
        route.phase(OpenRoute.Phase.OPEN, null);
        return true;
    }

    /** Goes on with the closing of {@code route}, if that has begun; {@code lost} says that its connection has ended. */
    void onEvent(OpenRoute route, boolean lost, Instant now) {
        switch (route.phase()) {
            case OPEN -> {}
            case DRAINING -> advance(route, "no longer used", now);
            case CLOSING -> {
                if (lost) {
                    forget(route, now);
                }
            }
        }
    }

    void onTime(Instant now) {
        for (OpenRoute route : List.copyOf(byNumber.values())) {
            if (route.until().filter(until -> !until.isAfter(now)).isPresent()) {
                if (route.phase() == OpenRoute.Phase.DRAINING) {
                    close(route, "no longer used", now);
                } else {
                    forget(route, now);
                }
            }
        }
    }

    Optional<Instant> nextDeadline() {
        Instant next = null;
        for (OpenRoute route : byNumber.values()) {
            Instant until = route.until().orElse(null);
            if (until != null && (next == null || until.isBefore(next))) {
                next = until;
            }
        }
        return Optional.ofNullable(next);
    }

    private void advance(OpenRoute route, String reason, Instant now) {
        if (route.route().unanswered() == 0) {
            close(route, reason, now);
        }
    }

    /** Tells the upstream to close at once. */
    void close(OpenRoute route, String reason, Instant now) {
        route.phase(OpenRoute.Phase.CLOSING, now.plus(CLOSE_PATIENCE));
        out.add(new DirectorAction.ToUpstream(route.number(), new UpstreamCommand.Close(reason)));
    }

    private void forget(OpenRoute route, Instant now) {
        byNumber.remove(route.number());
        new ArrayList<>(route.generations()).forEach(byGeneration::remove);
        out.add(new DirectorAction.Forget(route.number()));
        route.lane().onGone(route, now);
    }
}
