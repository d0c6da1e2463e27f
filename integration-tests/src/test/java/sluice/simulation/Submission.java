package sluice.simulation;

import sluice.protocol.Bytes;

/**
 * One share on the wire.
 *
 * @param key what its answer is matched by: the sequence number of SV2, the request id of SV1
 * @param job the job's id as the protocol writes it
 * @param rolled the extranonce bytes the miner rolled; empty on a standard channel
 * @param version the header's version in SV2, in SV1 only the rolled bits of it
 * @param worker empty where the share names none
 */
record Submission(
        long channelId, long key, String job, Bytes rolled, long nonce, long ntime, long version, String worker) {
    /** What a miner is told of a share. */
    enum Verdict {
        ACCEPTED,
        STALE,
        REJECTED
    }
}
