package sluice.upstream;

import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.VersionRolling;

/**
 * An extended job as its upstream announced it (SV2 5.3.15), with the extranonce prefix that was in force then.
 *
 * @param jobId the upstream's id, U32
 * @param minNtime present: mine now on the tip in force, from this ntime; absent: a future job that waits for its tip
 * @param version nVersion, U32
 * @param versionMask bits of the version that may differ: those of BIP323 where an SV2 upstream allows rolling, what an
 *     SV1 pool granted (BIP310), or none
 * @param merklePath siblings of the coinbase, deepest first, internal order
 * @param coinbasePrefix serialised coinbase before the extranonce, without BIP141 marker and flag
 * @param coinbaseSuffix serialised coinbase behind the extranonce, without BIP141 witness
 * @param extranoncePrefix bytes between {@code coinbasePrefix} and our granted bytes
 */
public record UpstreamJob(
        long jobId,
        OptionalLong minNtime,
        long version,
        long versionMask,
        List<Hash256> merklePath,
        Bytes coinbasePrefix,
        Bytes coinbaseSuffix,
        Bytes extranoncePrefix) {

    public UpstreamJob {
        merklePath = List.copyOf(merklePath);
    }

    /** A job of an SV2 upstream, which allows all bits of BIP323 to differ or none. */
    public UpstreamJob(
            long jobId,
            OptionalLong minNtime,
            long version,
            boolean versionRollingAllowed,
            List<Hash256> merklePath,
            Bytes coinbasePrefix,
            Bytes coinbaseSuffix,
            Bytes extranoncePrefix) {
        this(
                jobId,
                minNtime,
                version,
                versionRollingAllowed ? VersionRolling.BIP323_MASK : VersionRolling.NO_MASK,
                merklePath,
                coinbasePrefix,
                coinbaseSuffix,
                extranoncePrefix);
    }

    /** Whether any bit of the version may differ. */
    public boolean versionRollingAllowed() {
        return versionMask != VersionRolling.NO_MASK;
    }

    public boolean isFuture() {
        return minNtime.isEmpty();
    }
}
