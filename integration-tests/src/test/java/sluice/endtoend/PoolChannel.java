package sluice.endtoend;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;

/** A channel as the scripted pool keeps it: what it was told, and whether a share of it is good. */
final class PoolChannel {
    /** What a share that is good has for a fault. */
    static final String NONE = "";

    private static final int MAX_NTIME_AHEAD = 7200;

    private final long id;
    private final String user;
    private final int size;
    private final Map<Long, Told> told = new HashMap<>();
    private long group;
    private Bytes prefix;
    private BigInteger target;

    private static final class Told {
        final PoolWork work;
        final Bytes prefix;
        // Absent until the job is active.
        PoolWork.Tip tip;
        long leastNtime;
        BigInteger target;

        Told(PoolWork work, Bytes prefix) {
            this.work = work;
            this.prefix = prefix;
        }
    }

    PoolChannel(long id, String user, long group, Bytes prefix, int size, BigInteger target) {
        this.id = id;
        this.user = user;
        this.group = group;
        this.prefix = prefix;
        this.size = size;
        this.target = target;
    }

    long id() {
        return id;
    }

    /** Under whose name it was opened. */
    String user() {
        return user;
    }

    long group() {
        return group;
    }

    void group(long other) {
        group = other;
    }

    int extranonceLength() {
        return prefix.length() + size;
    }

    /** For jobs that are announced from now on. */
    void prefix(Bytes other) {
        prefix = other;
    }

    Bytes prefix() {
        return prefix;
    }

    /** For jobs that become active from now on. */
    void target(BigInteger other) {
        target = other;
    }

    void announce(PoolWork work) {
        told.put(work.jobId(), new Told(work, prefix));
    }

    /** The job may be mined on this tip. */
    void activate(long jobId, PoolWork.Tip tip, long leastNtime) {
        Told job = told.get(jobId);
        job.tip = tip;
        job.leastNtime = leastNtime;
        job.target = target;
    }

    /** What is wrong with a share, as the specification's error code; {@link #NONE} where it is good. */
    String fault(SubmitSharesExtended share, PoolWork.Tip current, long now, Set<String> seen) {
        Told job = told.get(share.jobId());
        if (job == null || job.tip == null) {
            return MiningErrorCode.INVALID_JOB_ID;
        }
        if (job.tip.number() != current.number()) {
            return MiningErrorCode.STALE_SHARE;
        }
        if (share.extranonce().length() != size) {
            return MiningErrorCode.BAD_EXTRANONCE_SIZE;
        }
        if (share.ntime() < job.leastNtime || share.ntime() > now + MAX_NTIME_AHEAD) {
            return MiningErrorCode.INVALID_SHARE;
        }
        long mayDiffer = job.work.versionRolling() ? PoolWork.ROLLABLE : 0;
        if (((share.version() ^ PoolWork.VERSION) & ~mayDiffer) != 0) {
            return MiningErrorCode.VERSION_ROLLING_NOT_ALLOWED;
        }
        byte[] hash = hash(job, share);
        if (IndependentHash.number(hash).compareTo(job.target) > 0) {
            return MiningErrorCode.DIFFICULTY_TOO_LOW;
        }
        return seen.add(HexFormat.of().formatHex(hash)) ? NONE : MiningErrorCode.DUPLICATE_SHARE;
    }

    private byte[] hash(Told job, SubmitSharesExtended share) {
        byte[] coinbase = IndependentHash.joined(
                job.work.coinbasePrefix(job.prefix.length() + size).toArray(),
                job.prefix.toArray(),
                share.extranonce().toArray(),
                job.work.coinbaseSuffix().toArray());
        return IndependentHash.header(
                share.version(),
                job.tip.prevHash(),
                IndependentHash.merkleRoot(coinbase, job.work.siblings()),
                share.ntime(),
                job.tip.nbits(),
                share.nonce());
    }
}
