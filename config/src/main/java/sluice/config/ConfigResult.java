package sluice.config;

import java.util.List;

/** What reading the operator's file came to. */
public sealed interface ConfigResult {

    /** The file is valid; {@code warnings} are in the order of the file. */
    record Loaded(GatewayConfig config, List<ConfigProblem> warnings) implements ConfigResult {
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /** The file cannot be used; {@code problems} is everything that was found, in the order of the file. */
    record Invalid(List<ConfigProblem> problems) implements ConfigResult {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("an invalid file has a problem");
            }
        }
    }
}
