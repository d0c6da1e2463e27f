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
    // What the newest job replaced; of the same tip, it may be good for a while.
    private final LinkedHashMap<String, ToldJob> replaced = new LinkedHashMap<>();
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
        replaced.clear();
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
        replaceJobs();
        return job;
    }

    /** The job that comes now replaces all others. */
    void replaceJobs() {
        replaced.putAll(jobs);
        jobs.clear();
    }

    /** What the newest job replaced is worth nothing any more. */
    void dropReplaced() {
        replaced.clear();
    }

    /** What the newest job replaced is as good as before: it is of another upstream and on the same tip. */
    void keepReplaced() {
        Map<String, ToldJob> now = new LinkedHashMap<>(jobs);
        jobs.clear();
        jobs.putAll(replaced);
        jobs.putAll(now);
        replaced.clear();
        while (jobs.size() > MAX_JOBS) {
            jobs.remove(jobs.keySet().iterator().next());
        }
    }

    /** Whether the newest job has replaced others of its own tip. */
    boolean hasReplacedOnItsTip() {
        return !replaced.isEmpty();
    }

    /** Whether {@code job} was replaced by one of the same tip: only the gateway knows whether it is still good. */
    boolean isReplacedOnItsTip(ToldJob job) {
        return replaced.get(job.id()) == job;
    }

    void start(ToldJob job) {
        if (jobs.size() == MAX_JOBS) {
            jobs.remove(jobs.keySet().iterator().next());
        }
        jobs.put(job.id(), job);
        newest = job;
        replaced.values().removeIf(old -> !old.prevHash().equals(job.prevHash()));
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
