package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;

/** The channel of one gateway at a simulated pool: jobs given, shares taken, and nothing taken that is not worth it. */
final class PoolChannel {
    private static final long ROLLABLE = 0x1fff_ffe0L;

    private final long id;
    private final int granted;
    private final Hashing hashing = new Hashing();
    private final Map<Long, PoolJob> jobs = new HashMap<>();
    private final Set<Long> stale = new HashSet<>();
    private final Set<Hash256> seen = new HashSet<>();
    private long groupId;
    private Bytes prefix;
    private Target target;
    private Target easiestTaken;
    private long lastJobId;
    private PoolJob newest;
    private long received;

    /** @param firstJobId one below the id of the first job */
    PoolChannel(long id, long groupId, Bytes prefix, int granted, Target target, Target easiestTaken, long firstJobId) {
        this.id = id;
        this.groupId = groupId;
        this.prefix = prefix;
        this.granted = granted;
        this.target = target;
        this.easiestTaken = easiestTaken;
        this.lastJobId = firstJobId;
    }

    /** What the pool makes of a share. */
    record Judgement(Optional<String> refusal, Hash256 hash, boolean block, PoolJob job) {}

    long id() {
        return id;
    }

    long groupId() {
        return groupId;
    }

    void groupId(long next) {
        groupId = next;
    }

    Bytes prefix() {
        return prefix;
    }

    void prefix(Bytes next) {
        prefix = next;
    }

    int granted() {
        return granted;
    }

    Target target() {
        return target;
    }

    void target(Target next) {
        target = next;
    }

    Target easiestTaken() {
        return easiestTaken;
    }

    void easiestTaken(Target next) {
        easiestTaken = next;
    }

    long newJobId() {
        return ++lastJobId;
    }

    void put(long jobId, PoolJob job) {
        jobs.put(jobId, job);
    }

    PoolJob job(long jobId) {
        return jobs.get(jobId);
    }

    /** A job is mined from now on. */
    void start(UpstreamJobs book, PoolJob job, ChainTip tip) {
        job.start(book, tip, Hashing.bound(target));
        newest = job;
    }

    /** The job that was started last, or null. */
    PoolJob newest() {
        return newest;
    }

    /** A tip has come: only {@code jobId} is worth anything from now on. */
    void keepOnly(long jobId) {
        PoolJob kept = jobs.get(jobId);
        stale.addAll(jobs.keySet());
        stale.remove(jobId);
        jobs.clear();
        jobs.put(jobId, kept);
        seen.clear();
    }

    long received() {
        return received;
    }

    /**
     * Judges a share. The gateway has judged it before, so whatever is wrong with it but its age is a fault of the gateway:
     * it throws then.
     */
    Judgement judge(SubmitSharesExtended share, long nowSeconds) {
        received++;
        PoolJob job = jobs.get(share.jobId());
        if (job == null) {
            require(stale.contains(share.jobId()), "a share of job %d, which nobody gave", share.jobId());
            return new Judgement(Optional.of(MiningErrorCode.STALE_SHARE), null, false, null);
        }
        require(job.isStarted(), "a share of job %d, which waits for its tip", share.jobId());
        require(
                share.extranonce().length() == granted,
                "a share with %d bytes of extranonce, not %d",
                share.extranonce().length(),
                granted);
        require(
                share.ntime() >= job.tip().minNtime() && share.ntime() <= nowSeconds + 7_200,
                "a share with ntime %d; at least %d, now %d",
                share.ntime(),
                job.tip().minNtime(),
                nowSeconds);
        long changed = share.version() ^ job.content().version();
        require(
                (changed & ~(job.content().rolling() ? ROLLABLE : 0)) == 0,
                "a share with version %08x of job version %08x",
                share.version(),
                job.content().version());
        Hash256 hash = job.hash(hashing, share.version(), share.extranonce(), share.ntime(), share.nonce());
        byte[] raw = hash.toArray();
        boolean block = Hashing.meets(raw, Hashing.bound(job.tip().nbits()));
        require(
                block || Hashing.meets(raw, job.bound()),
                "a share of difficulty %g where %g is asked for",
                Hashing.difficulty(raw),
                Hashing.difficulty(job.bound()));
        // The gateway's witnesses see to it that there is a reason: a miner that came back to a tip it had left.
        if (!seen.add(hash)) {
            return new Judgement(Optional.of(MiningErrorCode.DUPLICATE_SHARE), hash, false, job);
        }
        return new Judgement(Optional.empty(), hash, block, job);
    }
}
