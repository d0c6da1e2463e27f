package sluice.proxy.miner;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

/**
 * A header whose hash meets the target of its work.
 *
 * @param extranonce the rolled bytes; empty for a standard job
 * @param ntime U32
 * @param nonce U32
 */
public record Share(Work work, Bytes extranonce, long ntime, long nonce, Hash256 hash) {
    /** Most bytes of extranonce on any wire (B0_32). */
    public static final int MAX_EXTRANONCE_SIZE = 32;

    /** Whether the hash meets the network's target too. */
    public boolean isBlock() {
        return Target.ofCompact(work.nbits()).isMetBy(hash);
    }
}
