package sluice.proxy.session;

import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.MiningJob.Rendering;

/**
 * Jobs and tips as SV2 frames (SV2 5.3.15-5.3.17). A group's frame has the same bytes on every connection, because the
 * group id says only the shape: it is encoded once per job and shape and shared by all loops.
 */
final class Sv2Frames {
    private Sv2Frames() {}

    /**
     * The group of all channels of this shape on any connection: 1 to 4. Every member has the same full extranonce length
     * (SV2 5.1.3).
     */
    static long groupId(ExtranonceShape shape) {
        return shape.ordinal() + 1L;
    }

    /** A job to mine at once, for the group. */
    static Bytes activeJob(MiningJob job, ExtranonceShape shape, boolean fixedVersion) {
        boolean override = fixedVersion && job.source().versionRollingAllowed();
        return job.rendered(
                override ? Rendering.SV2_ACTIVE_JOB_FIXED_VERSION : Rendering.SV2_ACTIVE_JOB,
                shape,
                () -> extendedJob(job, shape, OptionalLong.of(job.ntime()), fixedVersion));
    }

    /** A job that waits for {@link #tip}, for the group; {@code job} itself may have its tip already. */
    static Bytes futureJob(MiningJob job, ExtranonceShape shape, boolean fixedVersion) {
        boolean override = fixedVersion && job.source().versionRollingAllowed();
        return job.rendered(
                override ? Rendering.SV2_FUTURE_JOB_FIXED_VERSION : Rendering.SV2_FUTURE_JOB,
                shape,
                () -> extendedJob(job, shape, OptionalLong.empty(), fixedVersion));
    }

    /** The tip that activates {@code job}, for the group. */
    static Bytes tip(MiningJob job, ExtranonceShape shape) {
        return job.rendered(
                Rendering.SV2_TIP,
                shape,
                () -> new SetNewPrevHash(
                                groupId(shape),
                                job.id(),
                                job.tip().prevHash(),
                                // The upstream's own, also where the job was repeated with a later one since. Later
                                // than the tip's for a job that came behind the tip, as a channel that joins gets it.
                                job.leastNtime(),
                                job.tip().nbits())
                        .toFrameBytes());
    }

    /** The same frame for one channel. */
    static Bytes addressed(Bytes groupFrame, long channelId) {
        byte[] frame = groupFrame.toArray();
        for (int i = 0; i < 4; i++) {
            frame[Frame.HEADER_LENGTH + i] = (byte) (channelId >>> (8 * i));
        }
        return Bytes.wrap(frame);
    }

    /** A job to mine at once, for one standard channel. */
    static Bytes activeStandardJob(MiningJob job, long channelId, Hash256 merkleRoot) {
        return new NewMiningJob(channelId, job.id(), OptionalLong.of(job.ntime()), job.version(), merkleRoot)
                .toFrameBytes();
    }

    /** A job that waits for its tip, for one standard channel. */
    static Bytes futureStandardJob(MiningJob job, long channelId, Hash256 merkleRoot) {
        return new NewMiningJob(channelId, job.id(), OptionalLong.empty(), job.version(), merkleRoot).toFrameBytes();
    }

    private static Bytes extendedJob(
            MiningJob job, ExtranonceShape shape, OptionalLong minNtime, boolean fixedVersion) {
        return new NewExtendedMiningJob(
                        groupId(shape),
                        job.id(),
                        minNtime,
                        job.version(),
                        job.source().versionRollingAllowed() && !fixedVersion,
                        job.source().merklePath(),
                        job.coinbase1(shape),
                        job.coinbase2())
                .toFrameBytes();
    }
}
