package sluice.proxy.api.pool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.proxy.pool.PoolsOutcome;

/** What was asked for by the API of late, and what became of it. Confined to the API's loop. */
final class ChangeLog {
    /** Changes that are remembered; far more than may wait at once, so none is forgotten before it is settled. */
    static final int MAX_CHANGES = 256;

    private final String run;
    private final Map<String, Change> changes = new LinkedHashMap<>();
    private long last;

    /**
     * One change.
     *
     * @param what as the caller asked: method and path
     * @param by the name of the caller's token
     * @param settled when it was decided; empty while it is not
     * @param outcome likewise; empty also where a bug kept it from having one
     */
    record Change(
            String id,
            String what,
            String by,
            Instant asked,
            Optional<Instant> settled,
            Optional<PoolsOutcome> outcome) {}

    /** @param run tells this run of the gateway from all others */
    ChangeLog(String run) {
        this.run = run;
    }

    Change begin(String what, String by, Instant now) {
        Change change = new Change(run + "-" + ++last, what, by, now, Optional.empty(), Optional.empty());
        changes.put(change.id(), change);
        if (changes.size() > MAX_CHANGES) {
            changes.remove(changes.keySet().iterator().next());
        }
        return change;
    }

    /** @param outcome null where there was a bug instead */
    void settle(Change change, PoolsOutcome outcome, Instant now) {
        changes.replace(
                change.id(),
                new Change(
                        change.id(),
                        change.what(),
                        change.by(),
                        change.asked(),
                        Optional.of(now),
                        Optional.ofNullable(outcome)));
    }

    Optional<Change> find(String id) {
        return Optional.ofNullable(changes.get(id));
    }

    /** The latest first. */
    List<Change> latest() {
        return new ArrayList<>(changes.values()).reversed();
    }
}
