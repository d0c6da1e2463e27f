package sluice.proxy.sink;

import java.time.Instant;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.job.HeaderParts;

/**
 * A share that its miner was told is good, with all that it takes to hash it again.
 *
 * @param number counts all shares that were kept since the gateway started, from 1
 * @param extranonce the whole of it, as in the coinbase
 * @param difficulty of the target that it was held against
 * @param blockFound it meets the network's target
 */
public record AcceptedShare(
        long number,
        Instant at,
        long connectionId,
        long channelId,
        String userIdentity,
        HeaderParts job,
        Bytes extranonce,
        long nonce,
        long ntime,
        long version,
        double difficulty,
        Hash256 hash,
        boolean blockFound) {}
