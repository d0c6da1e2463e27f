package sluice.upstream;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;

/**
 * The one channel an upstream opened for us (SV2 5.3.8): what it fixed of the extranonce and what it left to us.
 *
 * @param upstream name for logs and events, without secrets
 * @param extranoncePrefix bytes the upstream fixed; may be empty
 * @param extranonceSize bytes granted to us behind the prefix; every submitted extranonce has exactly this size
 * @param target bound in force for jobs that become active from now on
 * @param versionRollingAllowed false where the upstream forbids any change of a job's version
 */
public record UpstreamChannel(
        String upstream, Bytes extranoncePrefix, int extranonceSize, Target target, boolean versionRollingAllowed) {

    /** An SV2 extranonce, prefix included, has at most 32 bytes (SV2 5.3.8). */
    public static final int MAX_FULL_EXTRANONCE = 32;

    public UpstreamChannel {
        if (extranonceSize < 0 || extranoncePrefix.length() + extranonceSize > MAX_FULL_EXTRANONCE) {
            throw new IllegalArgumentException("an extranonce of " + extranoncePrefix.length() + " + " + extranonceSize
                    + " bytes exceeds " + MAX_FULL_EXTRANONCE);
        }
    }
}
