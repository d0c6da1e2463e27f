package sluice.upstream;

import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;

/**
 * An extended job as its upstream announced it (SV2 5.3.15), with the extranonce prefix that was in force then.
 *
 * @param jobId the upstream's id, U32
 * @param minNtime present: mine now on the tip in force, from this ntime; absent: a future job that waits for its tip
 * @param version nVersion, U32
 * @param versionRollingAllowed whether the bits of BIP323 may differ
 * @param merklePath siblings of the coinbase, deepest first, internal order
 * @param coinbasePrefix serialised coinbase before the extranonce, without BIP141 marker and flag
 * @param coinbaseSuffix serialised coinbase behind the extranonce, without BIP141 witness
 * @param extranoncePrefix bytes between {@code coinbasePrefix} and our granted bytes
 */
public record UpstreamJob(
        long jobId,
        OptionalLong minNtime,
        long version,
        boolean versionRollingAllowed,
        List<Hash256> merklePath,
        Bytes coinbasePrefix,
        Bytes coinbaseSuffix,
        Bytes extranoncePrefix) {

    public UpstreamJob {
        merklePath = List.copyOf(merklePath);
    }

    public boolean isFuture() {
        return minNtime.isEmpty();
    }
}
