package sluice.proxy.pool;

import java.util.List;

/** What became of a change that was asked for by the API. */
public sealed interface PoolsOutcome {

    /**
     * It is in force.
     *
     * @param kept whether a restart finds it; false where the disk failed in the last moment
     */
    record Applied(PoolsInForce now, boolean kept, List<String> warnings) implements PoolsOutcome {
        public Applied {
            warnings = List.copyOf(warnings);
        }
    }

    /** It was only to be looked at, and there is nothing wrong with it. */
    record Valid(PoolsInForce now, List<String> warnings) implements PoolsOutcome {
        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Nothing has changed.
     *
     * @param step how far it came
     * @param upstream which failed; empty where it was none
     * @param reasons at least one
     */
    record Rejected(String step, String upstream, List<String> reasons) implements PoolsOutcome {
        /** What was asked for cannot be run. */
        public static final String VALIDATE = "validate";
        /** It could not be written down. */
        public static final String STORE = "store";
        /** A pool was not ready, and had not come to any step. */
        public static final String PREPARE = "prepare";

        public Rejected {
            reasons = List.copyOf(reasons);
        }

        public String reason() {
            return String.join("; ", reasons);
        }
    }

    /** Nothing has changed: what was to be changed is not in force any more. */
    record Outdated(PoolsInForce now) implements PoolsOutcome {}

    /** Nothing has changed: too many others wait for their turn. */
    record Busy() implements PoolsOutcome {}
}
