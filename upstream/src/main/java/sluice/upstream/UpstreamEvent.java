package sluice.upstream;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Target;

/** What an upstream, be it a pool or templates, reports to its route. */
public sealed interface UpstreamEvent {

    /** A channel is open; jobs follow. Everything said of an earlier channel of this upstream is void. */
    record ChannelOpened(UpstreamChannel channel) implements UpstreamEvent {}

    /** A job, future or active. Jobs of the same tip stay valid beside it. */
    record JobAnnounced(UpstreamJob job) implements UpstreamEvent {}

    /** A new tip makes the announced future job {@code jobId} active and every other job void (SV2 5.3.17). */
    record TipChanged(long jobId, ChainTip tip) implements UpstreamEvent {}

    /** The target for future jobs and for jobs to come; active jobs keep theirs (SV2 5.3.21). */
    record TargetChanged(Target target) implements UpstreamEvent {}

    /** The prefix for jobs announced from now on, of any length that still fits (SV2 5.3.12). */
    record ExtranoncePrefixChanged(Bytes extranoncePrefix) implements UpstreamEvent {}

    /**
     * All shares up to {@code lastSequence} that were not rejected are accepted (SV2 5.3.13).
     *
     * @param count shares in this batch, as the upstream counts
     * @param work sum of their difficulties, as the upstream counts, truncated
     */
    record SharesAccepted(long lastSequence, long count, long work) implements UpstreamEvent {}

    /** One share was refused; {@code errorCode} is the upstream's own text. */
    record ShareRejected(long sequence, String errorCode) implements UpstreamEvent {}

    /** A job pays somebody else than the operator says it must; what follows from that, follows as an event of its own. */
    record PayoutMismatch(String detail) implements UpstreamEvent {}

    /** What a coinbase provider wants cannot be in a job, so that job pays as it would without it. */
    record SplitUnused(String reason) implements UpstreamEvent {}

    /** No work comes from here until the next {@link ChannelOpened}; shares without a verdict get none any more. */
    record Lost(Step step, String reason) implements UpstreamEvent {}

    /** How far an upstream had come when it was lost. */
    enum Step {
        RESOLVE,
        CONNECT,
        HANDSHAKE,
        SETUP,
        OPEN_CHANNEL,
        FIRST_JOB,
        MINING
    }
}
