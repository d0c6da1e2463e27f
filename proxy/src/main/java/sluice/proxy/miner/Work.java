package sluice.proxy.miner;

import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

/**
 * One job as a thread searches it.
 *
 * @param generation grows with every work of a miner, across connections: a thread with an older one switches
 * @param jobId as the protocol writes it: SV1's text, SV2's number in decimal
 * @param version U32, with the bits that the miner rolls already in it
 * @param nbits U32
 * @param ntime U32, the least that a share may carry
 * @param target what a hash must meet to be a share
 */
public record Work(
        long generation,
        String jobId,
        long version,
        Hash256 prevHash,
        long nbits,
        long ntime,
        Target target,
        MerkleSource merkle) {}
