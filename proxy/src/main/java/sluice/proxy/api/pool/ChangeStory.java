package sluice.proxy.api.pool;

import java.util.Optional;
import sluice.proxy.pool.PoolsOutcome;

/**
 * A change of late.
 *
 * @param result pending, applied, valid, rejected, outdated, busy or failed
 * @param what was asked for
 * @param by whose token it was
 * @param revision that it made
 * @param step how far a rejected one came
 * @param upstream which failed
 * @param reason why it was rejected
 */
record ChangeStory(
        String change,
        String result,
        String what,
        String by,
        String asked,
        Optional<String> settled,
        Optional<Long> revision,
        Optional<String> step,
        Optional<String> upstream,
        Optional<String> reason) {

    static ChangeStory of(ChangeLog.Change change) {
        Optional<PoolsOutcome.Rejected> rejected =
                change.outcome().filter(PoolsOutcome.Rejected.class::isInstance).map(PoolsOutcome.Rejected.class::cast);
        return new ChangeStory(
                change.id(),
                result(change),
                change.what(),
                change.by(),
                change.asked().toString(),
                change.settled().map(Object::toString),
                change.outcome()
                        .filter(PoolsOutcome.Applied.class::isInstance)
                        .map(PoolsOutcome.Applied.class::cast)
                        .map(applied -> applied.now().revision()),
                rejected.map(PoolsOutcome.Rejected::step),
                rejected.map(PoolsOutcome.Rejected::upstream).filter(name -> !name.isEmpty()),
                rejected.map(PoolsOutcome.Rejected::reason));
    }

    private static String result(ChangeLog.Change change) {
        if (change.outcome().isEmpty()) {
            return change.settled().isPresent() ? "failed" : "pending";
        }
        return switch (change.outcome().get()) {
            case PoolsOutcome.Applied applied -> "applied";
            case PoolsOutcome.Valid valid -> "valid";
            case PoolsOutcome.Rejected rejected -> "rejected";
            case PoolsOutcome.Outdated outdated -> "outdated";
            case PoolsOutcome.Busy busy -> "busy";
        };
    }
}
