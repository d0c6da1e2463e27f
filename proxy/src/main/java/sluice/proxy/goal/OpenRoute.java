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
    private boolean fedMiners;
    private Phase phase = Phase.OPEN;
    private String closeReason = "";
    private Instant lateSharesUntil;
    private Instant until;

    enum Phase {
        OPEN,
        /** No miner is fed any more; late shares are taken, and verdicts on what was sent up are awaited. */
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

    /** Miners have jobs of it from now on. */
    void engaged() {
        fedMiners = true;
    }

    Phase phase() {
        return phase;
    }

    void drain(String reason, Instant now) {
        phase = Phase.DRAINING;
        closeReason = reason;
        lateSharesUntil = fedMiners ? now.plus(Routes.LATE_SHARES) : now;
        until = now.plus(Routes.DRAIN_PATIENCE);
    }

    void keep() {
        phase = Phase.OPEN;
    }

    void close(Instant now) {
        phase = Phase.CLOSING;
        until = now.plus(Routes.CLOSE_PATIENCE);
    }

    String closeReason() {
        return closeReason;
    }

    /** Whether it drains and nothing is to be expected of it any more. */
    boolean isDrained(Instant now) {
        return phase == Phase.DRAINING
                && (!until.isAfter(now) || !route.hasSharesUnderWay() && (!ready || !lateSharesUntil.isAfter(now)));
    }

    /** Whether it was told to close so long ago that its last word is not awaited any more. */
    boolean isOver(Instant now) {
        return phase == Phase.CLOSING && !until.isAfter(now);
    }

    /** When its present phase may end without a word from its upstream; empty while it is open. */
    Optional<Instant> nextDeadline() {
        return switch (phase) {
            case OPEN -> Optional.empty();
            case DRAINING -> Optional.of(route.hasSharesUnderWay() ? until : lateSharesUntil);
            case CLOSING -> Optional.of(until);
        };
    }
}
