package sluice.simulation;

import java.util.List;
import sluice.protocol.bitcoin.Hash256;

/**
 * What must become of a share, as the wire alone tells.
 *
 * @param good whether it must be accepted; if not, it must be refused
 * @param stale whether the refusal must say that the job is over
 * @param block whether it meets the network's target
 * @param sources the upstream's jobs that it may be of; empty unless good
 * @param worker whose work it is upstream
 */
record Expectation(
        Submission share,
        boolean good,
        boolean stale,
        ToldJob job,
        Hash256 hash,
        boolean block,
        List<UpstreamJobs.Source> sources,
        String worker) {

    static Expectation refusal(Submission share, boolean stale) {
        return new Expectation(share, false, stale, null, null, false, List.of(), "");
    }

    /** Whether it must go upstream. */
    boolean mustGoUp() {
        return good && (block || sources.stream().allMatch(this::isWanted));
    }

    /** Whether it must not. */
    boolean mustStay() {
        return !good || (!block && sources.stream().noneMatch(this::isWanted));
    }

    private boolean isWanted(UpstreamJobs.Source source) {
        return Hashing.meets(hash.toArray(), source.bound());
    }
}
