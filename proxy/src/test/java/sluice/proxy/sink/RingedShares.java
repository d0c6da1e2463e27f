package sluice.proxy.sink;

import java.time.Instant;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.JobOrigin;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;

/** Made-up accepted shares, each of which says in every field which one it is. */
public final class RingedShares {
    public static final Instant AT = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final ExtranonceShape SHAPE = ExtranonceShape.ROLL_4;

    private RingedShares() {}

    public static MiningJob job(long id) {
        return MiningJob.active(
                id,
                new JobOrigin(VectorJobs.UPSTREAM.upstream(), id),
                VectorJobs.upstreamJob(OptionalLong.empty(), true),
                VectorJobs.GRANTED,
                1,
                VectorJobs.SHARE_TIP,
                Target.MAX);
    }

    /** Adds the share that is known as {@code which}. */
    public static void add(ShareRing ring, MiningJob job, int which) {
        ring.accepted(
                AT,
                which,
                which + 1L,
                "miner" + which % 10,
                job,
                SHAPE,
                window(which),
                which,
                which,
                which,
                which,
                hash(which),
                which % 2 == 1);
    }

    private static Bytes window(int which) {
        return Bytes.concat(SHAPE.indexBytes(which), SHAPE.indexBytes(~which));
    }

    private static byte[] hash(int which) {
        byte[] hash = new byte[Hash256.LENGTH];
        for (int at = 0; at < hash.length; at += Integer.BYTES) {
            SHAPE.indexBytes(which).copyTo(hash, at);
        }
        return hash;
    }

    /** What {@link #add} says of the share with this number. */
    static AcceptedShare expected(long number, MiningJob job, int which) {
        return new AcceptedShare(
                number,
                AT,
                which,
                which + 1L,
                "miner" + which % 10,
                job.headerParts(),
                Bytes.concat(VectorJobs.UPSTREAM_PREFIX, window(which)),
                Integer.toUnsignedLong(which),
                Integer.toUnsignedLong(which),
                Integer.toUnsignedLong(which),
                which,
                Hash256.of(hash(which), 0),
                which % 2 == 1);
    }
}
