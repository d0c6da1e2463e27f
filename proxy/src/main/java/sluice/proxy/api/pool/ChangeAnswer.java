package sluice.proxy.api.pool;

import java.util.List;
import java.util.Optional;
import sluice.proxy.pool.PoolsInForce;

/**
 * What became of a change that was not refused, or will.
 *
 * @param result applied, valid (it was only to be looked at) or pending
 * @param change by which it is found again
 * @param revision of what is in force
 * @param kept whether a restart finds it
 */
record ChangeAnswer(
        String result,
        String change,
        Optional<Long> revision,
        Optional<Boolean> kept,
        Optional<List<String>> warnings) {

    static ChangeAnswer pending(String change) {
        return new ChangeAnswer("pending", change, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static ChangeAnswer applied(String change, PoolsInForce now, boolean kept, List<String> warnings) {
        return new ChangeAnswer("applied", change, Optional.of(now.revision()), Optional.of(kept), present(warnings));
    }

    static ChangeAnswer valid(String change, PoolsInForce now, List<String> warnings) {
        return new ChangeAnswer("valid", change, Optional.of(now.revision()), Optional.empty(), present(warnings));
    }

    private static Optional<List<String>> present(List<String> warnings) {
        return warnings.isEmpty() ? Optional.empty() : Optional.of(warnings);
    }
}
