package sluice.proxy.view;

/** What one upstream was sent and answered so far. Confined to the view. */
final class UpstreamCounts {
    private int connections;
    private long forwarded;
    private double workForwarded;
    private long accepted;
    private long rejected;
    private long stale;
    private long unanswered;
    private double workAccepted;

    void connected() {
        connections++;
    }

    // Attempts that never connected end with a loss, too.
    void lost() {
        connections = Math.max(0, connections - 1);
    }

    void forwarded(double difficulty) {
        forwarded++;
        workForwarded += difficulty;
    }

    void accepted(long count, double work) {
        accepted += count;
        workAccepted += work;
    }

    void rejected(boolean wasStale) {
        if (wasStale) {
            stale++;
        } else {
            rejected++;
        }
    }

    void unanswered(long count) {
        unanswered += count;
    }

    FarmSnapshot.Upstream snapshot(long unforwardable) {
        return new FarmSnapshot.Upstream(
                connections > 0,
                forwarded,
                workForwarded,
                accepted,
                rejected,
                stale,
                unanswered,
                unforwardable,
                workAccepted);
    }
}
