package sluice.proxy.miner;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The shares of a connection that wait for their verdict, oldest first, and the deadline of the oldest. */
final class OutstandingShares<K> {
    /** A server that says nothing about a share for so long has lost it. */
    static final Duration VERDICT_TIMEOUT = Duration.ofSeconds(120);

    private final Map<K, Instant> sentAt = new LinkedHashMap<>();
    private boolean deadlineSet;

    boolean isFull() {
        return sentAt.size() >= MinerClient.MAX_OUTSTANDING_SHARES;
    }

    int size() {
        return sentAt.size();
    }

    /** Remembers a share that is sent now; adds the deadline for the first one to {@code actions}. */
    void add(K key, Instant now, List<ClientAction> actions) {
        sentAt.put(key, now);
        if (!deadlineSet) {
            setDeadline(now, actions);
        }
    }

    /** Whether {@code key} was outstanding; it no longer is. */
    boolean remove(K key) {
        return sentAt.remove(key) != null;
    }

    /** Forgets up to {@code most} of the oldest shares whose keys {@code which} accepts; returns how many. */
    int removeOldest(long most, Predicate<K> which) {
        int removed = 0;
        for (Iterator<K> keys = sentAt.keySet().iterator(); removed < most && keys.hasNext(); ) {
            if (which.test(keys.next())) {
                keys.remove();
                removed++;
            }
        }
        return removed;
    }

    /** When the deadline is reached: whether a share really waited that long. Otherwise sets the deadline anew. */
    boolean isOverdue(Instant now, List<ClientAction> actions) {
        deadlineSet = false;
        if (sentAt.isEmpty()) {
            return false;
        }
        Instant oldest = sentAt.values().iterator().next();
        if (!oldest.plus(VERDICT_TIMEOUT).isAfter(now)) {
            return true;
        }
        setDeadline(oldest, actions);
        return false;
    }

    /** Forgets all; returns how many. */
    int clear() {
        int count = sentAt.size();
        sentAt.clear();
        return count;
    }

    private void setDeadline(Instant sent, List<ClientAction> actions) {
        deadlineSet = true;
        actions.add(new ClientAction.SetDeadline(ClientDeadline.VERDICT, sent.plus(VERDICT_TIMEOUT)));
    }
}
