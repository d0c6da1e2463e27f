package sluice.proxy.mining.job;

import java.util.Optional;
import java.util.function.Supplier;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.upstream.UpstreamJob;

/**
 * One job as the gateway hands it to its miners: immutable, shared by all of a route's miners on every loop. Its id is
 * unique in the whole gateway, so a group's and a channel's jobs can never collide (SV2 5.3.15). What miners get to see
 * is rendered once and kept here.
 */
public final class MiningJob {
    /** Forms in which a job is sent; each is encoded at most once per shape and then shared. */
    public enum Rendering {
        SV2_ACTIVE_JOB,
        SV2_FUTURE_JOB,
        /** As the two above, for connections that were promised jobs without version rolling. */
        SV2_ACTIVE_JOB_FIXED_VERSION,
        SV2_FUTURE_JOB_FIXED_VERSION,
        SV2_TIP,
        SV1_NOTIFY,
        SV1_NOTIFY_CLEAN
    }

    // Of jobs that come from no upstream channel; those have numbers from 1.
    private static final long NO_GENERATION = 0;

    private final long id;
    private final JobOrigin origin;
    private final UpstreamJob source;
    private final int grantedSize;
    private final long generation;
    private final ChainTip tip;
    private final long ntime;
    private final Target routeTarget;
    private final double routeDifficulty;
    private final Target networkTarget;
    private final MerklePath merklePath;
    // Absent for an upstream's job.
    private final CustomJob custom;
    // Absent for a job that waits for its tip.
    private final HeaderParts headerParts;

    // Filled by whichever loop comes first. A lost race costs one more rendering of equal, immutable bytes.
    private final Bytes[] coinbase1 = new Bytes[ExtranonceShape.values().length];
    private final Bytes[] rendered = new Bytes[Rendering.values().length * ExtranonceShape.values().length];

    private MiningJob(
            long id,
            JobOrigin origin,
            UpstreamJob source,
            int grantedSize,
            long generation,
            HeaderParts headerParts,
            long ntime,
            Target routeTarget,
            MerklePath merklePath,
            CustomJob custom) {
        this.id = id;
        this.origin = origin;
        this.source = source;
        this.grantedSize = grantedSize;
        this.generation = generation;
        this.headerParts = headerParts;
        this.tip = headerParts == null ? null : headerParts.tip();
        this.ntime = ntime;
        this.routeTarget = routeTarget;
        this.routeDifficulty = routeTarget == null ? 0 : Difficulty.of(routeTarget);
        this.merklePath = merklePath;
        this.custom = custom;
        this.networkTarget = tip == null ? null : tip.networkTarget();
    }

    /**
     * A job that waits for its tip.
     *
     * @param id gateway-wide job id, U32
     * @param grantedSize bytes the upstream granted behind its prefix
     * @param generation counts the upstream channels of the route; jobs of an older generation cannot be submitted
     */
    public static MiningJob future(long id, JobOrigin origin, UpstreamJob source, int grantedSize, long generation) {
        return new MiningJob(
                id, origin, source, grantedSize, generation, null, 0, null, MerklePath.of(source.merklePath()), null);
    }

    /** A job to mine at once on {@code tip}; {@code routeTarget} is what the upstream asks of shares of this job. */
    public static MiningJob active(
            long id,
            JobOrigin origin,
            UpstreamJob source,
            int grantedSize,
            long generation,
            ChainTip tip,
            Target routeTarget) {
        return new MiningJob(
                id,
                origin,
                source,
                grantedSize,
                generation,
                new HeaderParts(id, origin, tip, grantedSize, source),
                source.minNtime().orElse(tip.minNtime()),
                routeTarget,
                MerklePath.of(source.merklePath()),
                null);
    }

    /**
     * A job that a client made itself, to mine at once. No route has it: only blocks of it are of use to anybody else.
     *
     * @param id gateway-wide job id, U32
     * @param windowSize bytes of the whole extranonce of the channels that mine it
     */
    public static MiningJob custom(long id, JobOrigin origin, CustomJob job, int windowSize) {
        UpstreamJob source = job.withId(id);
        return new MiningJob(
                id,
                origin,
                source,
                windowSize,
                NO_GENERATION,
                new HeaderParts(id, origin, job.tip(), windowSize, source),
                job.tip().minNtime(),
                job.tip().networkTarget(),
                MerklePath.of(source.merklePath()),
                job);
    }

    /** This future job, now that its tip came. The id stays. */
    public MiningJob activate(ChainTip newTip, Target target) {
        return new MiningJob(
                id,
                origin,
                source,
                grantedSize,
                generation,
                new HeaderParts(id, origin, newTip, grantedSize, source),
                newTip.minNtime(),
                target,
                merklePath,
                custom);
    }

    /** The same work under a new id and a later ntime, for miners that give up on a silent pool. */
    public MiningJob again(long newId, long laterNtime) {
        return new MiningJob(
                newId,
                origin,
                source,
                grantedSize,
                generation,
                headerParts,
                laterNtime,
                routeTarget,
                merklePath,
                custom);
    }

    public long id() {
        return id;
    }

    public UpstreamJob source() {
        return source;
    }

    /** What it takes to hash shares of this job again. Throws IllegalStateException for a future job. */
    public HeaderParts headerParts() {
        if (headerParts == null) {
            throw new IllegalStateException("job " + id + " has no tip yet");
        }
        return headerParts;
    }

    /** What a client made this job of; empty for an upstream's job. */
    public Optional<CustomJob> custom() {
        return Optional.ofNullable(custom);
    }

    public long generation() {
        return generation;
    }

    public int grantedSize() {
        return grantedSize;
    }

    public boolean isFuture() {
        return tip == null;
    }

    /** The tip this job builds on. Throws IllegalStateException for a future job. */
    public ChainTip tip() {
        if (tip == null) {
            throw new IllegalStateException("job " + id + " has no tip yet");
        }
        return tip;
    }

    public MerklePath merklePath() {
        return merklePath;
    }

    /** The ntime a miner starts from, U32. */
    public long ntime() {
        return ntime;
    }

    public long version() {
        return source.version();
    }

    /** The smallest ntime a share may have, U32. Throws IllegalStateException for a future job. */
    public long leastNtime() {
        return headerParts().leastNtime();
    }

    /** The version bits a miner may change: what the upstream allows for this job. */
    public long versionMask() {
        return source.versionMask();
    }

    /** What the upstream asks of shares of this job; empty for a future job. */
    public Optional<Target> routeTarget() {
        return Optional.ofNullable(routeTarget);
    }

    /** The difficulty of {@link #routeTarget}; 0 for a future job. */
    public double routeDifficulty() {
        return routeDifficulty;
    }

    public Target networkTarget() {
        if (networkTarget == null) {
            throw new IllegalStateException("job " + id + " has no tip yet");
        }
        return networkTarget;
    }

    public boolean serves(ExtranonceShape shape) {
        return shape.fitsGrant(grantedSize);
    }

    /** The coinbase up to the miner's window: the pool's prefix, its extranonce prefix, the padding. */
    public Bytes coinbase1(ExtranonceShape shape) {
        Bytes known = coinbase1[shape.ordinal()];
        if (known == null) {
            known = Bytes.concat(source.coinbasePrefix(), source.extranoncePrefix(), shape.padding(grantedSize));
            coinbase1[shape.ordinal()] = known;
        }
        return known;
    }

    /** Bytes of the whole coinbase transaction, as a miner of this shape hashes it. */
    public int coinbaseSize(ExtranonceShape shape) {
        return coinbase1(shape).length() + shape.windowSize() + coinbase2().length();
    }

    public Bytes coinbase2() {
        return source.coinbaseSuffix();
    }

    /** The bytes of this form for this shape, made by {@code encoder} on first use and shared from then on. */
    public Bytes rendered(Rendering form, ExtranonceShape shape, Supplier<Bytes> encoder) {
        int slot = form.ordinal() * ExtranonceShape.values().length + shape.ordinal();
        Bytes known = rendered[slot];
        if (known == null) {
            known = encoder.get();
            rendered[slot] = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return "job " + id + (tip == null ? " (future)" : " on " + tip.prevHash());
    }
}
