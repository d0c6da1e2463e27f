package sluice.proxy.pool;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The pools in force, for those who change them from outside. */
public interface Pools {
    PoolsInForce inForce();

    /**
     * Applies an edit when all that was asked for before is done.
     *
     * @param expected the tag of what it is meant to change, where the caller insists
     * @param dryRun looks at it only
     */
    CompletionStage<PoolsOutcome> change(PoolsEdit edit, Optional<String> expected, boolean dryRun);

    /** Puts an upstream in front of its goal's order until the next start; empty returns to the order. */
    CompletionStage<PoolsOutcome> activate(String goal, Optional<String> upstream, Optional<String> expected);
}
