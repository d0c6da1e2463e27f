package sluice.proxy.translation;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;

/** An SV2 job as {@code mining.notify}, and what comes back of it in {@code mining.submit}. */
public final class Sv1Job {
    /** What {@link #jobId} answers for text that no job of ours has; real ids start at 1. */
    public static final long NO_JOB = 0;

    private static final int MAX_JOB_ID_DIGITS = 8;

    private Sv1Job() {}

    /**
     * The line that gives an active {@code job} to a miner, the same object for all miners of the gateway.
     *
     * @param shape of the gateway's SV1 miners
     * @param listenerMask bits that SV1 miners may roll at all; one value in the whole gateway, because the line is kept
     *     with the job
     */
    public static Bytes line(MiningJob job, ExtranonceShape shape, long listenerMask, boolean cleanJobs) {
        return job.rendered(
                cleanJobs ? MiningJob.Rendering.SV1_NOTIFY_CLEAN : MiningJob.Rendering.SV1_NOTIFY,
                shape,
                () -> Bytes.wrap(Sv1Encoder.encode(notification(job, shape, listenerMask, cleanJobs))));
    }

    /** As {@link #line}, not encoded. */
    public static Notify notification(MiningJob job, ExtranonceShape shape, long listenerMask, boolean cleanJobs) {
        return new Notify(
                jobIdText(job.id()),
                job.tip().prevHash(),
                job.coinbase1(shape),
                job.coinbase2(),
                job.source().merklePath(),
                version(job, listenerMask, 0),
                job.tip().nbits(),
                job.ntime(),
                cleanJobs);
    }

    /**
     * The version bits that are zero in {@code job} as SV1 miners get it.
     *
     * <p>Miners replace, or or xor the bits they roll into the version they were sent; the three agree only where it has
     * none of them set. The bits are cleared for every miner, also for one that rolls fewer or none, so that one encoded
     * line serves all: such a miner hashes the version with these bits zero, which SV2 takes like any other choice of
     * bits while {@code version_rolling_allowed} holds. Where it does not, the upstream wants the very version it sent, so
     * nothing is cleared and no miner may set a bit.
     */
    public static long rollableMask(MiningJob job, long listenerMask) {
        return job.versionMask() & listenerMask;
    }

    /** The header version of a share: the job's, with {@code versionBits} where SV1 miners may roll. All U32. */
    public static long version(MiningJob job, long listenerMask, long versionBits) {
        return VersionRolling.withBits(job.version(), versionBits, rollableMask(job, listenerMask));
    }

    /** A gateway job id as SV1 text: at most 8 lower-case hex digits. */
    public static String jobIdText(long jobId) {
        return Long.toHexString(jobId);
    }

    /** The gateway job id that a miner names, in hex of either case; {@link #NO_JOB} where the text cannot be one. */
    public static long jobId(String text) {
        int digits = text.length();
        if (digits == 0 || digits > MAX_JOB_ID_DIGITS) {
            return NO_JOB;
        }
        long id = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return NO_JOB;
            }
            id = id << 4 | digit;
        }
        return id;
    }
}
