package sluice.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import sluice.protocol.Bytes;

/** A channel as its miner knows it from the wire. */
final class ToldChannel {
    /** Jobs of one tip that a channel may submit at a time; part of what the gateway documents. */
    private static final int MAX_JOBS = 64;

    private final long id;
    private final long group;
    private final boolean standard;
    private final Bytes prefix;
    private final int rollable;
    private final String user;
    private final Map<String, ToldJob> futures = new LinkedHashMap<>();
    private final Map<String, ToldJob> jobs = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();
    private final Map<ToldJob, Long> noncesTried = new HashMap<>();
    private byte[] bound;
    private byte[] easiestTaken;
    private ToldJob newest;
    private boolean open = true;

    ToldChannel(
            long id,
            long group,
            boolean standard,
            Bytes prefix,
            int rollable,
            String user,
            byte[] bound,
            byte[] easiestTaken) {
        this.id = id;
        this.group = group;
        this.standard = standard;
        this.prefix = prefix;
        this.rollable = rollable;
        this.user = user;
        this.bound = bound;
        this.easiestTaken = easiestTaken;
    }

    long id() {
        return id;
    }

    long group() {
        return group;
    }

    boolean isAddressedBy(long channelOrGroup) {
        return open && (id == channelOrGroup || group == channelOrGroup);
    }

    boolean isStandard() {
        return standard;
    }

    /** The extranonce bytes that never change. */
    Bytes prefix() {
        return prefix;
    }

    int rollable() {
        return rollable;
    }

    String user() {
        return user;
    }

    void bound(byte[] next) {
        bound = next;
    }

    byte[] bound() {
        return bound;
    }

    /** The easiest target that the miner said it takes. */
    byte[] easiestTaken() {
        return easiestTaken;
    }

    void easiestTaken(byte[] next) {
        easiestTaken = next;
    }

    boolean isOpen() {
        return open;
    }

    void close() {
        open = false;
        jobs.clear();
        futures.clear();
    }

    void announceFuture(ToldJob job) {
        requireNew(job);
        futures.put(job.id(), job);
    }

    /** The future job that a tip names; it and all others are none any more. */
    ToldJob takeFuture(String jobId) {
        ToldJob job = futures.get(jobId);
        BrokenInvariant.require(
                job != null, "a tip names job %s, which channel %d never got as a future job", jobId, id);
        futures.clear();
        jobs.clear();
        return job;
    }

    void voidJobs() {
        jobs.clear();
    }

    void start(ToldJob job) {
        if (jobs.size() == MAX_JOBS) {
            jobs.remove(jobs.keySet().iterator().next());
        }
        jobs.put(job.id(), job);
        newest = job;
    }

    void requireNew(ToldJob job) {
        BrokenInvariant.require(known.add(job.id()), "channel %d gets job %s a second time", id, job.id());
    }

    /** The job with this id if it may be submitted now, or null. */
    ToldJob live(String jobId) {
        return jobs.get(jobId);
    }

    Iterable<ToldJob> liveJobs() {
        return jobs.values();
    }

    boolean wasTold(String jobId) {
        return known.contains(jobId);
    }

    /** Where a search that goes through all nonces of a job from the first on has got to; it takes {@code count} more. */
    long nextNonce(ToldJob job, int count) {
        return noncesTried.merge(job, (long) count, Long::sum) - count;
    }

    /** The job started last, or null. */
    ToldJob newest() {
        return newest;
    }
}
