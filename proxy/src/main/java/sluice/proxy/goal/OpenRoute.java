package sluice.proxy.goal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import sluice.proxy.route.Route;

/** One route that is open: the upstream behind it, the lane it may feed, and how far its closing is. */
final class OpenRoute {
    private final int number;
    private final String key;
    private final UpstreamPlan upstream;
    private final Lane lane;
    private final Route route;
    private final ArrayDeque<Long> generations = new ArrayDeque<>();
    private boolean ready;
    private Phase phase = Phase.OPEN;
    private Instant until;

    enum Phase {
        OPEN,
        /** No miner is fed any more; verdicts on what was sent up are awaited. */
        DRAINING,
        /** The upstream was told to close and says its last. */
        CLOSING
    }

    /** @param key the upstream in its lane's order */
    OpenRoute(int number, String key, UpstreamPlan upstream, Lane lane, Route route) {
        this.number = number;
        this.key = key;
        this.upstream = upstream;
        this.lane = lane;
        this.route = route;
    }

    int number() {
        return number;
    }

    String key() {
        return key;
    }

    String name() {
        return upstream.name();
    }

    UpstreamPlan upstream() {
        return upstream;
    }

    Lane lane() {
        return lane;
    }

    Route route() {
        return route;
    }

    ArrayDeque<Long> generations() {
        return generations;
    }

    /** Whether it had work when it was looked at last. */
    boolean ready() {
        return ready;
    }

    void ready(boolean now) {
        ready = now;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase next, Instant longestUntil) {
        phase = next;
        until = longestUntil;
    }

    /** When its present phase ends at the latest; empty while it is open. */
    Optional<Instant> until() {
        return phase == Phase.OPEN ? Optional.empty() : Optional.of(until);
    }
}
