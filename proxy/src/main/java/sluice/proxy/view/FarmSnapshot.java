package sluice.proxy.view;

import java.time.Duration;
import java.util.Map;
import sluice.proxy.event.GatewayEvent.MinerProtocol;

/**
 * What was true of the gateway when the last batch of events had been folded in. Immutable.
 *
 * @param connections miners connected now
 * @param channels channels open now
 * @param downstream what we told the miners, by protocol; every protocol is present
 * @param upstream what we sent to the upstream and what it told us
 * @param rejections refused shares by verdict, in lower-case kebab form
 * @param disconnects closed connections by reason
 * @param delivery time from a job's arrival to its last miner's socket, for jobs that had one
 */
public record FarmSnapshot(
        int connections,
        int channels,
        Map<MinerProtocol, Shares> downstream,
        Upstream upstream,
        Map<String, Long> rejections,
        Map<String, Long> disconnects,
        long jobs,
        long chainTips,
        long blocksFound,
        long blocksAccepted,
        Delivery delivery) {

    public FarmSnapshot {
        downstream = Map.copyOf(downstream);
        rejections = Map.copyOf(rejections);
        disconnects = Map.copyOf(disconnects);
    }

    /** @param work sum of the accepted shares' difficulties */
    public record Shares(long accepted, long rejected, long stale, double work) {
        static final Shares NONE = new Shares(0, 0, 0, 0);

        public Shares plus(Shares other) {
            return new Shares(
                    accepted + other.accepted, rejected + other.rejected, stale + other.stale, work + other.work);
        }
    }

    /**
     * @param forwarded shares sent up
     * @param rejected refused for another reason than being stale
     * @param stale refused because the tip had moved on the way
     * @param unanswered lost with their connection before any verdict
     * @param unforwardable accepted by us while there was nowhere to send them
     * @param workAccepted sum of the difficulties of accepted shares
     */
    public record Upstream(
            boolean connected,
            long forwarded,
            double workForwarded,
            long accepted,
            long rejected,
            long stale,
            long unanswered,
            long unforwardable,
            double workAccepted) {

        /** Shares on which the upstream still owes a verdict, or will never give one. */
        public long verdictLag() {
            return forwarded - accepted - rejected - stale;
        }
    }

    /** Job delivery times. {@code last}, {@code mean} and {@code worst} are zero while {@code count} is. */
    public record Delivery(long count, Duration last, Duration mean, Duration worst) {}

    /** All miners together. */
    public Shares allDownstream() {
        return downstream.values().stream().reduce(Shares.NONE, Shares::plus);
    }
}
