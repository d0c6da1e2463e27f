package sluice.upstream.session;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.upstream.UpstreamEvent;

/**
 * Shares sent to a pool, by the id of their request, until their verdict is passed on. The answers come in any order, but
 * {@link UpstreamEvent.SharesAccepted} speaks for every share up to its own, so an acceptance waits here for the answers
 * to all shares before it. Confined to its session.
 */
public final class UnansweredShares {
    /** Shares that may be without a verdict; the session refuses one more. */
    public static final int MAX_SHARES = 65_536;
    /** Acceptances that may wait for an earlier answer; beyond it that answer is taken for lost. */
    static final int MAX_HELD = 1_024;

    private final LinkedHashMap<Long, Share> byId = new LinkedHashMap<>();
    private int held;

    private static final class Share {
        final long sequence;
        final double work;
        boolean accepted;

        Share(long sequence, double work) {
            this.sequence = sequence;
            this.work = work;
        }
    }

    public boolean isFull() {
        return byId.size() == MAX_SHARES;
    }

    /**
     * @param id of the request, above all earlier ones
     * @param sequence above all earlier ones
     * @param work the difficulty the pool asked of the share
     */
    public void sent(long id, long sequence, double work) {
        byId.put(id, new Share(sequence, work));
    }

    /** Whether the share with this request still waits for its answer. */
    public boolean isAwaited(long id) {
        Share share = byId.get(id);
        return share != null && !share.accepted;
    }

    /** Takes the pool's yes to an awaited share. */
    public void accept(long id) {
        byId.get(id).accepted = true;
        held++;
    }

    /** Takes the pool's no to an awaited share; returns its sequence. */
    public long reject(long id) {
        return byId.remove(id).sequence;
    }

    /** The acceptances that wait for nothing any more, as one event; empty if there is none. */
    public Optional<UpstreamEvent.SharesAccepted> release() {
        long lastSequence = 0;
        long count = 0;
        double work = 0;
        for (Iterator<Share> shares = byId.values().iterator(); shares.hasNext(); ) {
            Share share = shares.next();
            if (!share.accepted) {
                break;
            }
            shares.remove();
            lastSequence = share.sequence;
            count++;
            work += share.work;
        }
        held -= (int) count;
        return count == 0
                ? Optional.empty()
                : Optional.of(new UpstreamEvent.SharesAccepted(lastSequence, count, (long) work));
    }

    /** Acceptances that wait for an earlier answer. */
    public int held() {
        return held;
    }

    /** The request of the oldest acceptance that waits. Throws NoSuchElementException where none does. */
    public long oldestHeld() {
        return byId.entrySet().stream()
                .filter(entry -> entry.getValue().accepted)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** The request of the newest acceptance that waits. Throws NoSuchElementException where none does. */
    public long newestHeld() {
        return byId.sequencedEntrySet().reversed().stream()
                .filter(entry -> entry.getValue().accepted)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Forgets the awaited shares with a request before {@code id}; returns their sequences. */
    public List<Long> giveUpBefore(long id) {
        List<Long> lost = new ArrayList<>();
        Iterator<Map.Entry<Long, Share>> entries = byId.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Long, Share> entry = entries.next();
            if (entry.getKey() >= id) {
                break;
            }
            if (!entry.getValue().accepted) {
                entries.remove();
                lost.add(entry.getValue().sequence);
            }
        }
        return lost;
    }

    /** Their channel is gone; nobody asks for their verdicts. */
    public void clear() {
        byId.clear();
        held = 0;
    }
}
