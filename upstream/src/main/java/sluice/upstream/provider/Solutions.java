package sluice.upstream.provider;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.BlockVerdict.Outcome;

/**
 * Blocks whose fate is open. A provider never answers a solution (SV2 7.7): that the tip is our block is the only yes there is.
 */
final class Solutions {
    /** Blocks without a verdict; one more is sent all the same, but what becomes of it is not told. */
    static final int MAX_OPEN = 16;
    /** Blocks that may be lost and are recognised when the tip shows that they are not. */
    static final int MAX_DOUBTFUL = 16;

    /** Tips that a block is known by when it is submitted after it was seen. */
    static final int MAX_TIPS = 16;

    static final String POSSIBLY_LOST = "block-possibly-lost";
    static final String NO_NEW_TIP = "no-new-tip";
    static final String ANOTHER_TIP = "another-tip";
    static final String NOT_CONNECTED = "not-connected";

    private final List<Open> open = new ArrayList<>();
    private final Set<Hash256> doubtful = new LinkedHashSet<>();
    private final Set<Hash256> tips = new LinkedHashSet<>();

    /** A verdict that came. */
    record Judged(BlockSolution solution, BlockVerdict verdict) {}

    private static final class Open {
        private final BlockSolution solution;
        private final long providerId;
        private final Instant due;
        private boolean sent;
        private boolean overtaken;

        private Open(BlockSolution solution, long providerId, Instant due) {
            this.solution = solution;
            this.providerId = providerId;
            this.due = due;
        }
    }

    /** A block that waits for a connection, with the provider's id of its template. */
    record Waiting(BlockSolution solution, long providerId) {}

    /** Whether the fate of one more can be followed. */
    boolean hasRoom() {
        return open.size() < MAX_OPEN;
    }

    /** Follows what becomes of a block. */
    void add(BlockSolution solution, long providerId, boolean sent, Instant due) {
        Open added = new Open(solution, providerId, due);
        added.sent = sent;
        open.add(added);
    }

    /** All that wait for a connection; they count as sent from now on. */
    List<Waiting> takeWaiting() {
        List<Waiting> waiting = new ArrayList<>();
        for (Open one : open) {
            if (!one.sent) {
                one.sent = true;
                waiting.add(new Waiting(one.solution, one.providerId));
            }
        }
        return waiting;
    }

    /** The chain's tip is {@code hash}. */
    List<Judged> onTip(Hash256 hash) {
        if (tips.add(hash) && tips.size() > MAX_TIPS) {
            tips.remove(tips.iterator().next());
        }
        List<Judged> judged = new ArrayList<>();
        for (Iterator<Open> all = open.iterator(); all.hasNext(); ) {
            Open one = all.next();
            if (one.solution.hash().equals(hash)) {
                judged.add(new Judged(one.solution, BlockVerdict.ACCEPTED));
                all.remove();
            } else {
                one.overtaken |= !one.solution.header().prevHash().equals(hash);
            }
        }
        return judged;
    }

    /** Whether this block was the chain's tip lately: somebody else may have brought it to the network. */
    boolean wasTip(Hash256 hash) {
        return tips.contains(hash);
    }

    /** Whether a block that was given up for lost is the tip after all. */
    boolean isFoundAgain(Hash256 tip) {
        return doubtful.remove(tip);
    }

    /** The connection ended: a provider that hangs up on a solution may have dropped it. */
    List<Judged> onDisconnected() {
        List<Judged> judged = new ArrayList<>();
        for (Iterator<Open> all = open.iterator(); all.hasNext(); ) {
            Open one = all.next();
            if (one.sent) {
                judged.add(lost(one, POSSIBLY_LOST));
                all.remove();
            }
        }
        return judged;
    }

    List<Judged> onTime(Instant now) {
        List<Judged> judged = new ArrayList<>();
        for (Iterator<Open> all = open.iterator(); all.hasNext(); ) {
            Open one = all.next();
            if (now.isBefore(one.due)) {
                continue;
            }
            judged.add(
                    one.overtaken
                            ? new Judged(one.solution, new BlockVerdict(Outcome.LOST_RACE, ANOTHER_TIP))
                            : lost(one, one.sent ? NO_NEW_TIP : NOT_CONNECTED));
            all.remove();
        }
        return judged;
    }

    private Judged lost(Open one, String reason) {
        doubtful.add(one.solution.hash());
        if (doubtful.size() > MAX_DOUBTFUL) {
            doubtful.remove(doubtful.iterator().next());
        }
        return new Judged(one.solution, new BlockVerdict(Outcome.REJECTED, reason));
    }

    Optional<Instant> nextDue() {
        return open.stream().map(one -> one.due).min(Instant::compareTo);
    }
}
