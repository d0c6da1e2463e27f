package sluice.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import sluice.proxy.event.GatewayEvent.SwitchKind;

/** A lane as the director's actions show it. */
final class SeenLane {
    /** A loss so soon after a fail-back doubles the patience with the next. */
    private static final Duration PROBATION = Duration.ofMinutes(10);

    private final int number;
    private final String goal;
    private final Instant created;
    private final Map<String, Integer> disappointments = new HashMap<>();
    private SeenRoute engaged;
    private SwitchKind kind;
    private Instant since;
    private Instant lastInhabited;

    SeenLane(int number, String goal, Instant created) {
        this.number = number;
        this.goal = goal;
        this.created = created;
        this.lastInhabited = created;
    }

    int number() {
        return number;
    }

    String goal() {
        return goal;
    }

    /** When it was seen first, or before. */
    Instant created() {
        return created;
    }

    void engage(SeenRoute route, SwitchKind how, Instant now) {
        engaged = route;
        kind = how;
        since = now;
    }

    /** The route that feeds it is lost, or left for being unfit. */
    void disappointed(Instant now) {
        if (kind == SwitchKind.FAILBACK && !now.isAfter(since.plus(PROBATION))) {
            disappointments.merge(engaged.name(), 1, Integer::sum);
        }
    }

    /** How often this upstream was lost soon after a fail-back to it. */
    int disappointments(String upstream) {
        return disappointments.getOrDefault(upstream, 0);
    }

    /** What feeds it; empty before the first. */
    Optional<SeenRoute> engaged() {
        return Optional.ofNullable(engaged);
    }

    void inhabited(Instant now) {
        lastInhabited = now;
    }

    /** When a miner was last seen in it. */
    Instant lastInhabited() {
        return lastInhabited;
    }

    boolean isUsable() {
        return engaged != null && engaged.isReady();
    }

    @Override
    public String toString() {
        return "lane " + number + " of " + goal;
    }
}
