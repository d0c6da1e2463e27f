package sluice.proxy.view;

import java.time.Instant;
import java.util.Optional;
import sluice.proxy.event.GatewayEvent;

/** Shares of somebody, by what they were told. Confined to the bus thread. */
public final class ShareCounts {
    private long accepted;
    private long rejected;
    private long stale;
    private double work;
    private Instant lastAccepted;

    ShareCounts() {}

    /** @param work sum of the accepted shares' difficulties */
    public record Counts(long accepted, long rejected, long stale, double work, Optional<Instant> lastAccepted) {}

    void on(GatewayEvent.ShareSubmitted share) {
        if (share.verdict().isAccepted()) {
            accepted++;
            work += share.difficulty();
            lastAccepted = share.at();
        } else if (share.verdict().isStale()) {
            stale++;
        } else {
            rejected++;
        }
    }

    Counts now() {
        return new Counts(accepted, rejected, stale, work, Optional.ofNullable(lastAccepted));
    }
}
