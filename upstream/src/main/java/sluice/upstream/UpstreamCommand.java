package sluice.upstream;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;

/** What a route asks of its upstream. */
public sealed interface UpstreamCommand {

    /**
     * A share that meets the upstream's target for its job, or the network's.
     *
     * @param sequence unique and increasing within the upstream channel, from 1
     * @param jobId the upstream's own job id
     * @param extranonce the granted bytes, all of them, behind the upstream's prefix
     * @param userIdentity whose work it is, for upstreams that take a name per share
     */
    record SubmitShare(
            long sequence, long jobId, long nonce, long ntime, long version, Bytes extranonce, String userIdentity)
            implements UpstreamCommand {}

    /**
     * A share that is a block and cannot go up any more: its channel is gone. Whoever made the job brings the block to the
     * network, also behind a {@link Close}; to a pool, whose channel it was, it means nothing.
     *
     * @param share its sequence means nothing
     */
    record RescueBlock(SubmitShare share) implements UpstreamCommand {}

    /**
     * What is behind the channel now.
     *
     * @param nominalHashrate hashes per second of all miners, 0 when there is none
     * @param maximumTarget the easiest target we want; the upstream must stay at or below it
     */
    record UpdateDemand(double nominalHashrate, Target maximumTarget) implements UpstreamCommand {}

    /** Somebody waits for it: where it pauses before its next attempt, that is made now. Nothing else changes. */
    record ConnectNow() implements UpstreamCommand {}

    /**
     * Close the channel and the connection, and stay closed. What was under way is lost with one last {@link
     * UpstreamEvent.Lost}; nothing is where the upstream was waiting to try again. After that no command has an effect and no
     * event comes.
     */
    record Close(String reason) implements UpstreamCommand {}
}
