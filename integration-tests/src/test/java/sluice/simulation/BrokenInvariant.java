package sluice.simulation;

/** Something happened that must never happen. */
final class BrokenInvariant extends AssertionError {
    private static final long serialVersionUID = 1L;

    BrokenInvariant(String what) {
        super(what);
    }

    BrokenInvariant(String what, Throwable cause) {
        super(what, cause);
    }

    /** Throws unless {@code holds}. */
    static void require(boolean holds, String format, Object... values) {
        if (!holds) {
            throw new BrokenInvariant(format.formatted(values));
        }
    }
}
