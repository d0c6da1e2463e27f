package sluice.proxy.mining.share;

import java.time.Instant;
import sluice.protocol.Bytes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;

/**
 * Hears of every share that a miner is told is good, whether an upstream wants it or not. Called on each loop, in the middle
 * of judging: whoever listens may neither wait nor throw.
 */
@FunctionalInterface
public interface AcceptedShares {
    /** Where nobody listens. */
    AcceptedShares UNHEARD =
            (at, connection, channel, user, job, shape, window, nonce, ntime, version, difficulty, hash, block) -> {};

    /**
     * @param window the miner's index and the bytes it rolled
     * @param difficulty of the target that the share was held against
     * @param hash the header's, in an array that is used again: to be copied, not kept
     * @param blockFound it meets the network's target
     */
    void accepted(
            Instant at,
            long connectionId,
            long channelId,
            String userIdentity,
            MiningJob job,
            ExtranonceShape shape,
            Bytes window,
            long nonce,
            long ntime,
            long version,
            double difficulty,
            byte[] hash,
            boolean blockFound);
}
