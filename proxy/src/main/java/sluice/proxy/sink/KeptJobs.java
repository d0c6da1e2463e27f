package sluice.proxy.sink;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import sluice.proxy.mining.job.HeaderParts;

/** The latest jobs of which shares came, by their numbers. Any loop adds, and anybody may look. */
final class KeptJobs {
    private final AtomicReferenceArray<HeaderParts> slots;

    KeptJobs(int capacity) {
        this.slots = new AtomicReferenceArray<>(capacity);
    }

    /** Keeps {@code job}, unless a later one has its place already. */
    void keep(HeaderParts job) {
        int slot = slot(job.origin().number());
        HeaderParts there = slots.get(slot);
        while (isEarlier(there, job) && !slots.compareAndSet(slot, there, job)) {
            there = slots.get(slot);
        }
    }

    private static boolean isEarlier(HeaderParts thereOrNull, HeaderParts job) {
        return thereOrNull == null
                || thereOrNull.origin().number() < job.origin().number();
    }

    /** The job with this number; empty where it has given way. */
    Optional<HeaderParts> find(long number) {
        return Optional.ofNullable(slots.get(slot(number)))
                .filter(job -> job.origin().number() == number);
    }

    private int slot(long number) {
        return (int) (number % slots.length());
    }
}
