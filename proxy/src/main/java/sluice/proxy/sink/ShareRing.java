package sluice.proxy.sink;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.HeaderParts;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.AcceptedShares;

/**
 * The latest accepted shares of the whole gateway, numbered. Every loop adds and one thread reads; neither waits for the
 * other: a reader that is too slow is overtaken, and told by how much. It takes memory only while it is open, and a share
 * that is added takes none.
 */
public final class ShareRing implements AcceptedShares {
    /** Shares that are kept; the oldest gives way. */
    public static final int CAPACITY = 65_536;

    /** Jobs whose shares are kept; with the oldest its shares give way. It is what a farm of few miners comes to first. */
    public static final int MAX_JOBS = 4_096;

    /** Jobs of the shares that are read at a time: what has to be told of a job is longer than a share. */
    public static final int MAX_JOBS_READ = 64;

    private final int capacity;
    private final int maxJobs;
    // Absent while nobody wants shares.
    private volatile ShareSlots slots;
    // The reader's: the number of the last share that was kept before.
    private long lastBefore;

    public ShareRing() {
        this(CAPACITY, MAX_JOBS);
    }

    ShareRing(int capacity, int maxJobs) {
        this.capacity = capacity;
        this.maxJobs = maxJobs;
    }

    /**
     * What was read.
     *
     * @param shares one behind the other, without a gap
     * @param lost how many had given way that would have come before them
     * @param place the number up to which it was read
     */
    public record Batch(List<AcceptedShare> shares, long lost, long place) {
        public Batch {
            shares = List.copyOf(shares);
        }
    }

    /** Keeps shares from now on. */
    public void open() {
        if (slots == null) {
            slots = new ShareSlots(capacity, maxJobs, lastBefore);
        }
    }

    /** Keeps none any more, and forgets those there are. */
    public void close() {
        lastBefore = last();
        slots = null;
    }

    @Override
    public void accepted(
            Instant at,
            long connectionId,
            long channelId,
            String userIdentity,
            MiningJob job,
            ExtranonceShape shape,
            Bytes window,
            long nonce,
            long ntime,
            long version,
            double difficulty,
            byte[] hash,
            boolean blockFound) {
        ShareSlots open = slots;
        if (open != null) {
            open.add(
                    at.toEpochMilli(),
                    connectionId,
                    channelId,
                    userIdentity,
                    job.headerParts(),
                    shape,
                    window,
                    (int) nonce,
                    (int) ntime,
                    (int) version,
                    difficulty,
                    hash,
                    blockFound);
        }
    }

    /** The number of the latest share; 0 before the first. */
    public long last() {
        return slots == null ? lastBefore : slots.last();
    }

    /** How many of the shares behind the one with the number {@code place} have given way. */
    public long lostBehind(long place) {
        return slots == null ? 0 : Math.max(0, slots.oldest() - 1 - place);
    }

    /**
     * Up to {@code most} of the shares behind the one with the number {@code place}, and fewer where they are of very many jobs. Ends in front of one that is being added
     * just now: it is there the next time.
     */
    public Batch after(long place, int most) {
        long lost = lostBehind(place);
        while (look(place + lost + 1) instanceof ShareSlots.Look.Gone) {
            lost++;
        }
        List<AcceptedShare> shares = new ArrayList<>();
        Set<HeaderParts> jobs = Collections.newSetFromMap(new IdentityHashMap<>());
        long at = place + lost;
        while (shares.size() < most
                && look(at + 1) instanceof ShareSlots.Look.Whole(AcceptedShare next)
                && isRoom(jobs, next.job())) {
            shares.add(next);
            at++;
        }
        return new Batch(shares, lost, at);
    }

    private static boolean isRoom(Set<HeaderParts> jobs, HeaderParts job) {
        return jobs.contains(job) || jobs.size() < MAX_JOBS_READ && jobs.add(job);
    }

    private ShareSlots.Look look(long number) {
        return slots == null ? new ShareSlots.Look.NotYet() : slots.look(number);
    }
}
