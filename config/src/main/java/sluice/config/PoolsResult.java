package sluice.config;

import java.util.List;

/** What reading pools came to that are not in the operator's file. */
public sealed interface PoolsResult {

    /** They can be run beside the rest of the configuration. */
    record Valid(RoutingConfig routing, List<ConfigProblem> warnings) implements PoolsResult {
        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /** Everything that was found. */
    record Invalid(List<ConfigProblem> problems) implements PoolsResult {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("invalid pools have a problem");
            }
        }
    }
}
