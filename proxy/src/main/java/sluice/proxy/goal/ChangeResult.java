package sluice.proxy.goal;

/** What became of a change of plan. */
public sealed interface ChangeResult {
    /** Everything is as asked; {@code revision} counts the plans that were applied. */
    record Applied(long revision) implements ChangeResult {}

    /**
     * Nothing has changed.
     *
     * @param upstream which could not be prepared; empty where the reason is another
     * @param step how far it came, such as CONNECT
     */
    record Rejected(String upstream, String step, String reason) implements ChangeResult {}
}
