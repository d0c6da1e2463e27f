package sluice.proxy.view;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.SwitchKind;

/**
 * What was true of the gateway when the last batch of events had been folded in. Immutable.
 *
 * @param connections miners connected now
 * @param channels channels open now
 * @param downstream what we told the miners, by protocol; every protocol is present
 * @param upstream what we sent to all upstreams together and what they told us
 * @param upstreams the same for each that ever connected, by name; shares that could not be sent anywhere count for none
 * @param switches the latest changes of upstream, oldest first, with the time until the last miner had its job
 * @param holds how often a lane was left without a usable upstream
 * @param placements how often miners were moved from one goal to another
 * @param rejections refused shares by verdict, in lower-case kebab form
 * @param disconnects closed connections by reason
 * @param coinbasesBeyondBudget channels that got a job with a larger coinbase than their machine is known to take
 * @param customJobs jobs that clients made and may mine
 * @param customJobsRefused jobs that clients made and were not let mine
 * @param delivery time from a job's arrival to its last miner's socket, for jobs that had one
 */
public record FarmSnapshot(
        int connections,
        int channels,
        Map<MinerProtocol, Shares> downstream,
        Upstream upstream,
        Map<String, Upstream> upstreams,
        List<Switch> switches,
        long holds,
        long placements,
        Map<String, Long> rejections,
        Map<String, Long> disconnects,
        long jobs,
        long chainTips,
        long blocksFound,
        long blocksAccepted,
        long coinbasesBeyondBudget,
        long customJobs,
        long customJobsRefused,
        Delivery delivery) {

    public FarmSnapshot {
        downstream = Map.copyOf(downstream);
        upstreams = Map.copyOf(upstreams);
        switches = List.copyOf(switches);
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

    /**
     * @param from the upstream before; empty for the first
     * @param miners that were told of it
     * @param gap since they were without a usable upstream, or since a planned switch was decided
     */
    public record Switch(
            String goal, int lane, String from, String to, SwitchKind kind, String reason, int miners, Duration gap) {}

    /** Job delivery times. {@code last}, {@code mean} and {@code worst} are zero while {@code count} is. */
    public record Delivery(long count, Duration last, Duration mean, Duration worst) {}

    /** All miners together. */
    public Shares allDownstream() {
        return downstream.values().stream().reduce(Shares.NONE, Shares::plus);
    }
}
