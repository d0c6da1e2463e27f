package sluice.proxy.mining.channel;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.SeenShares;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.mining.share.ShareVerdict;

/**
 * One mining session of one miner: its part of the extranonce, the jobs it may submit, each with the target that was in
 * force when the job became active (SV2 5.3.21), and the shares it has sent on this tip. Serves SV1 and SV2 alike.
 * Confined to the connection's loop.
 */
public final class MiningChannel {
    /** Active jobs of one tip that a miner may still submit; the oldest gives way and its shares become stale. */
    public static final int MAX_JOBS = 64;

    private final long connectionId;
    private final long channelId;
    private final MinerProtocol protocol;
    private final ExtranonceShape shape;
    private final int index;
    private final String userIdentity;
    private final MinerOrigin origin;
    private final Bytes indexBytes;

    private Target target;
    private double difficulty;
    private final ArrayDeque<Granted> jobs;
    // Job ids grow in the whole gateway, so one range tells the jobs this channel has outlived from those it never had.
    private long firstJobId = Long.MAX_VALUE;
    private long lastRetiredJobId = -1;
    private final SeenShares seen;

    /** A job of this channel with the target its shares are held against. */
    private static final class Granted {
        final MiningJob job;
        final Target target;
        final double difficulty;
        final long versionMask;
        Hash256 merkleRoot;

        Granted(MiningJob job, Target target, double difficulty, long versionMask) {
            this.job = job;
            this.target = target;
            this.difficulty = difficulty;
            this.versionMask = versionMask;
        }
    }

    /**
     * Where nobody had {@code index} lately.
     *
     * @param index the local index this channel owns until it is closed
     * @param target what jobs that become active from now on are held against
     */
    public MiningChannel(
            long connectionId,
            long channelId,
            MinerProtocol protocol,
            ExtranonceShape shape,
            int index,
            String userIdentity,
            MinerOrigin origin,
            Target target) {
        this(connectionId, channelId, protocol, shape, index, userIdentity, origin, target, new SeenShares());
    }

    /** @param seen what an earlier channel of the same connection has sent with the same index */
    public MiningChannel(
            long connectionId,
            long channelId,
            MinerProtocol protocol,
            ExtranonceShape shape,
            int index,
            String userIdentity,
            MinerOrigin origin,
            Target target,
            SeenShares seen) {
        this.connectionId = connectionId;
        this.channelId = channelId;
        this.protocol = protocol;
        this.shape = shape;
        this.index = index;
        this.userIdentity = userIdentity;
        this.origin = origin;
        this.jobs = new ArrayDeque<>();
        this.seen = seen;
        this.indexBytes = shape.indexBytes(index);
        target(target);
    }

    private MiningChannel(MiningChannel earlier, long connectionId, String userIdentity, MinerOrigin origin) {
        this.connectionId = connectionId;
        this.channelId = earlier.channelId;
        this.protocol = earlier.protocol;
        this.shape = earlier.shape;
        this.index = earlier.index;
        this.userIdentity = userIdentity;
        this.origin = origin;
        this.jobs = earlier.jobs;
        this.firstJobId = earlier.firstJobId;
        this.lastRetiredJobId = earlier.lastRetiredJobId;
        this.seen = earlier.seen;
        this.indexBytes = earlier.indexBytes;
        target(earlier.target);
    }

    /** This channel on another connection, with its jobs and the shares it has seen. This one is of no more use then. */
    public MiningChannel continuedOn(long anotherConnection, String anotherUser, MinerOrigin anotherOrigin) {
        return new MiningChannel(this, anotherConnection, anotherUser, anotherOrigin);
    }

    public long connectionId() {
        return connectionId;
    }

    public long channelId() {
        return channelId;
    }

    public MinerProtocol protocol() {
        return protocol;
    }

    public ExtranonceShape shape() {
        return shape;
    }

    public int index() {
        return index;
    }

    public String userIdentity() {
        return userIdentity;
    }

    /** The local index as it stands in the coinbase: SV1's extranonce1, an extended channel's prefix. */
    public Bytes indexBytes() {
        return indexBytes;
    }

    /** The whole window of a standard channel, which rolls nothing: its extranonce prefix. */
    public Bytes standardWindow() {
        return Bytes.concat(indexBytes, Bytes.zeros(shape.rollableSize()));
    }

    /** The target of jobs that become active from now on. */
    public Target target() {
        return target;
    }

    /** {@link #target} as a difficulty. */
    public double difficulty() {
        return difficulty;
    }

    public void target(Target next) {
        this.target = next;
        // A big division, so it is made per target and not per share.
        this.difficulty = Difficulty.of(next);
    }

    /** Takes an active job beside those of the same tip. */
    public void addJob(MiningJob job) {
        addJob(job, job.versionMask());
    }

    /** As {@link #addJob(MiningJob)} where the miner agreed to fewer version bits than the job allows. */
    public void addJob(MiningJob job, long versionMask) {
        if (jobs.size() == MAX_JOBS) {
            retire(jobs.removeFirst());
        }
        firstJobId = Math.min(firstJobId, job.id());
        jobs.addLast(new Granted(job, target, difficulty, versionMask & job.versionMask()));
    }

    /** Takes the job that a tip activates: every earlier one is stale from here on. */
    public void replaceJobs(MiningJob activated) {
        replaceJobs(activated, activated.versionMask());
    }

    /** As {@link #replaceJobs(MiningJob)} where the miner agreed to fewer version bits than the job allows. */
    public void replaceJobs(MiningJob activated, long versionMask) {
        retireJobs();
        // An upstream that begins anew on the same tip may give work that was paid for already.
        seen.onTip(activated.tip().prevHash());
        addJob(activated, versionMask);
    }

    /**
     * Takes the job of another route, which the miner works on from now on. What it found before on the same tip is still
     * good, because the other upstream still takes it; on another tip it is stale.
     */
    public void changeJobs(MiningJob first, long versionMask) {
        if (isOnTipOf(first)) {
            addJob(first, versionMask);
        } else {
            replaceJobs(first, versionMask);
        }
    }

    /** The tip of all jobs is over and no other is known: their shares are stale from here on. */
    public void retireJobs() {
        jobs.forEach(this::retire);
        jobs.clear();
    }

    private boolean isOnTipOf(MiningJob job) {
        return !jobs.isEmpty()
                && jobs.getLast().job.tip().prevHash().equals(job.tip().prevHash());
    }

    /** The merkle root of an active or future {@code job} for this standard channel. */
    public Hash256 standardRoot(MiningJob job, ShareValidator validator) {
        for (Granted granted : jobs) {
            if (granted.job == job) {
                return root(granted, validator);
            }
        }
        return validator.merkleRoot(job, shape, standardWindow());
    }

    /** Judges a share of a channel that rolls {@code rolled} extranonce bytes. */
    public ShareOutcome submit(
            long jobId, Bytes rolled, long nonce, long ntime, long version, ShareValidator validator, Instant now) {
        return submit(jobId, rolled, nonce, ntime, version, userIdentity, validator, now);
    }

    /** As above for a share that names its worker itself (extension 0x0002): it goes upstream under {@code worker}. */
    public ShareOutcome submit(
            long jobId,
            Bytes rolled,
            long nonce,
            long ntime,
            long version,
            String worker,
            ShareValidator validator,
            Instant now) {
        Granted granted = find(jobId);
        if (granted == null) {
            return missing(jobId);
        }
        if (rolled.length() != shape.rollableSize()) {
            return ShareOutcome.refused(ShareVerdict.BAD_EXTRANONCE_SIZE);
        }
        Bytes window = Bytes.concat(indexBytes, rolled);
        ShareVerdict verdict = validator.judge(
                granted.job, shape, window, nonce, ntime, version, granted.versionMask, granted.target, seen, now);
        return outcome(verdict, granted, window, nonce, ntime, version, worker, validator, now);
    }

    /** Judges a share of a standard channel. */
    public ShareOutcome submitStandard(
            long jobId, long nonce, long ntime, long version, ShareValidator validator, Instant now) {
        Granted granted = find(jobId);
        if (granted == null) {
            return missing(jobId);
        }
        ShareVerdict verdict = validator.judgeWithRoot(
                granted.job,
                root(granted, validator),
                nonce,
                ntime,
                version,
                granted.versionMask,
                granted.target,
                seen,
                now);
        return outcome(verdict, granted, standardWindow(), nonce, ntime, version, userIdentity, validator, now);
    }

    /** The job with this id, if this channel may submit it now. */
    public Optional<MiningJob> job(long jobId) {
        Granted granted = find(jobId);
        return granted == null ? Optional.empty() : Optional.of(granted.job);
    }

    private Hash256 root(Granted granted, ShareValidator validator) {
        if (granted.merkleRoot == null) {
            granted.merkleRoot = validator.merkleRoot(granted.job, shape, standardWindow());
        }
        return granted.merkleRoot;
    }

    private ShareOutcome outcome(
            ShareVerdict verdict,
            Granted granted,
            Bytes window,
            long nonce,
            long ntime,
            long version,
            String worker,
            ShareValidator validator,
            Instant now) {
        if (!verdict.isAccepted()) {
            return ShareOutcome.refused(verdict);
        }
        validator.tell(
                now,
                connectionId,
                channelId,
                worker,
                granted.job,
                shape,
                window,
                nonce,
                ntime,
                version,
                granted.difficulty);
        boolean block = validator.lastIsBlock();
        Optional<ForwardedShare> forward = Optional.empty();
        if (block || granted.job.routeTarget().filter(validator::lastMeets).isPresent()) {
            forward = Optional.of(new ForwardedShare(
                    connectionId,
                    channelId,
                    origin,
                    worker,
                    granted.job,
                    shape,
                    window,
                    nonce,
                    ntime,
                    version,
                    validator.lastHash(),
                    block));
        }
        return new ShareOutcome(ShareVerdict.ACCEPTED, granted.difficulty, forward);
    }

    private ShareOutcome missing(long jobId) {
        return ShareOutcome.refused(isStale(jobId) ? ShareVerdict.STALE : ShareVerdict.UNKNOWN_JOB);
    }

    private Granted find(long jobId) {
        // Newest first: almost every share is of the latest job.
        for (Iterator<Granted> newestFirst = jobs.descendingIterator(); newestFirst.hasNext(); ) {
            Granted granted = newestFirst.next();
            if (granted.job.id() == jobId) {
                return granted;
            }
        }
        return null;
    }

    private void retire(Granted granted) {
        lastRetiredJobId = Math.max(lastRetiredJobId, granted.job.id());
    }

    private boolean isStale(long jobId) {
        return jobId >= firstJobId && jobId <= lastRetiredJobId;
    }
}
