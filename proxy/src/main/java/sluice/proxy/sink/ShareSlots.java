package sluice.proxy.sink;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.HeaderParts;

/**
 * The memory of a ring of shares, all of it taken at once. Each slot has a mark: the number of the share that is there, or
 * that number negated while it is being written. Who reads a slot looks at its mark before and after, and believes what it
 * read only where both times it was the number that it wants.
 */
final class ShareSlots {
    private static final int CONNECTION = Long.BYTES;
    private static final int CHANNEL = CONNECTION + Long.BYTES;
    private static final int DIFFICULTY = CHANNEL + Long.BYTES;
    private static final int JOB = DIFFICULTY + Double.BYTES;
    private static final int NONCE = JOB + Long.BYTES;
    private static final int NTIME = NONCE + Integer.BYTES;
    private static final int VERSION = NTIME + Integer.BYTES;
    private static final int BLOCK = VERSION + Integer.BYTES;
    private static final int HASH = BLOCK + 1;
    private static final int WINDOW = HASH + Hash256.LENGTH;
    private static final int LENGTH = WINDOW
            + Arrays.stream(ExtranonceShape.values())
                    .mapToInt(ExtranonceShape::windowSize)
                    .max()
                    .getAsInt();

    private static final long U32 = 0xffff_ffffL;

    private final long before;
    private final AtomicLong last;
    private final AtomicLongArray marks;
    private final ByteBuffer numbers;
    private final String[] users;
    private final KeptJobs jobs;
    private final ExtranonceShape[] shapes;

    /** @param before the number of the last share that is not kept here */
    ShareSlots(int capacity, int maxJobs, long before) {
        this.before = before;
        this.last = new AtomicLong(before);
        this.marks = new AtomicLongArray(capacity);
        this.numbers = ByteBuffer.allocate(capacity * LENGTH);
        this.users = new String[capacity];
        this.jobs = new KeptJobs(maxJobs);
        this.shapes = new ExtranonceShape[capacity];
    }

    /** What there is of a number. */
    sealed interface Look {
        record Whole(AcceptedShare share) implements Look {}

        /** It, or its job, has given way to a later one. */
        record Gone() implements Look {}

        /** Some loop is about to write it. */
        record NotYet() implements Look {}
    }

    /** The number of the latest share that is there or about to be. */
    long last() {
        return last.get();
    }

    /** The least number that can still be there. */
    long oldest() {
        return Math.max(before, last.get() - marks.length()) + 1;
    }

    /** On any loop. */
    void add(
            long atMillis,
            long connectionId,
            long channelId,
            String userIdentity,
            HeaderParts job,
            ExtranonceShape shape,
            Bytes window,
            int nonce,
            int ntime,
            int version,
            double difficulty,
            byte[] hash,
            boolean blockFound) {
        jobs.keep(job);
        long number = last.incrementAndGet();
        int slot = slot(number);
        long there = marks.get(slot);
        // Only where a loop stood still while the others went once round the ring is somebody else here.
        if (there < 0 || there > number || !marks.compareAndSet(slot, there, -number)) {
            return;
        }
        VarHandle.storeStoreFence();
        int at = slot * LENGTH;
        numbers.putLong(at, atMillis);
        numbers.putLong(at + CONNECTION, connectionId);
        numbers.putLong(at + CHANNEL, channelId);
        numbers.putDouble(at + DIFFICULTY, difficulty);
        numbers.putLong(at + JOB, job.origin().number());
        numbers.putInt(at + NONCE, nonce);
        numbers.putInt(at + NTIME, ntime);
        numbers.putInt(at + VERSION, version);
        numbers.put(at + BLOCK, (byte) (blockFound ? 1 : 0));
        numbers.put(at + HASH, hash, 0, Hash256.LENGTH);
        window.copyTo(numbers.array(), at + WINDOW);
        users[slot] = userIdentity;
        shapes[slot] = shape;
        marks.setRelease(slot, number);
    }

    Look look(long number) {
        int slot = slot(number);
        long mark = marks.getAcquire(slot);
        if (mark != number) {
            return Math.abs(mark) > number ? new Look.Gone() : new Look.NotYet();
        }
        byte[] copy = new byte[LENGTH];
        numbers.get(slot * LENGTH, copy);
        String user = users[slot];
        ExtranonceShape shape = shapes[slot];
        VarHandle.loadLoadFence();
        if (marks.getOpaque(slot) != number) {
            return new Look.Gone();
        }
        ByteBuffer fields = ByteBuffer.wrap(copy);
        return jobs.find(fields.getLong(JOB))
                .<Look>map(job -> new Look.Whole(share(number, fields, user, job, shape)))
                .orElseGet(Look.Gone::new);
    }

    private static AcceptedShare share(
            long number, ByteBuffer from, String user, HeaderParts job, ExtranonceShape shape) {
        return new AcceptedShare(
                number,
                Instant.ofEpochMilli(from.getLong(0)),
                from.getLong(CONNECTION),
                from.getLong(CHANNEL),
                user,
                job,
                job.extranonce(shape, Bytes.of(from.array(), WINDOW, shape.windowSize())),
                from.getInt(NONCE) & U32,
                from.getInt(NTIME) & U32,
                from.getInt(VERSION) & U32,
                from.getDouble(DIFFICULTY),
                Hash256.of(from.array(), HASH),
                from.get(BLOCK) != 0);
    }

    private int slot(long number) {
        return (int) (number % marks.length());
    }
}
