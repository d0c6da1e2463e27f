package sluice.endtoend;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * One job as a watched miner was given it, whatever the protocol.
 *
 * @param cleanJobs every earlier job is over
 * @param roots the merkle root of each extranonce that the miner may choose
 * @param versionMask bits of the version that the miner may choose
 * @param target what the miner was told that its shares must meet
 */
record MinerWork(
        String jobId,
        boolean cleanJobs,
        MinerRoots roots,
        byte[] prevHash,
        long version,
        long versionMask,
        long nbits,
        long ntime,
        BigInteger target) {

    private static final int ROLLED_VERSION_SHIFT = 13;

    /** A share of this job. */
    record Found(byte[] rolled, long nonce, long versionBits) {}

    /** Bytes that the miner rolls. */
    int rolledSize() {
        return roots.rolledSize();
    }

    String prevHashHex() {
        return HexFormat.of().formatHex(prevHash);
    }

    /** Searches from a nonce that no earlier search of this miner began at or came across. */
    Found search(long firstNonce) {
        byte[] rolled = new byte[rolledSize()];
        if (rolled.length > 0) {
            rolled[rolled.length - 1] = (byte) firstNonce;
        }
        byte[] root = roots.of(rolled);
        long bits = (firstNonce << ROLLED_VERSION_SHIFT) & versionMask;
        long rolledVersion = version & ~versionMask | bits;
        long nonce = firstNonce;
        while (true) {
            byte[] hash = IndependentHash.header(rolledVersion, prevHash, root, ntime, nbits, nonce);
            if (IndependentHash.number(hash).compareTo(target) <= 0) {
                return new Found(rolled, nonce, bits);
            }
            nonce++;
        }
    }
}
