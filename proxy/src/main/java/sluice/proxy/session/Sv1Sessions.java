package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import sluice.protocol.Bytes;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.extranonce.IndexSource;

/**
 * What SV1 miners left behind when their connections ended, for them to take up again: firmware hands shares in once more that
 * it found before, if its extranonce1 is still the same. One for each loop, confined to it, over a map that all loops have in
 * common: whoever takes a session out of the map has it for himself, and its index with it.
 */
public final class Sv1Sessions {
    /** Sessions that one loop keeps for miners that are gone; the oldest is given up for one more. */
    static final int MAX_LEFT = 4_096;

    /** That a session is kept: cgminer hands a share in again for 120 s. */
    static final Duration KEPT_FOR = Duration.ofSeconds(150);

    private final IndexSource indexes;
    // Both absent where no session is kept.
    private final ConcurrentMap<String, Left> left;
    private final LongSupplier chance;
    private final ArrayDeque<Due> due = new ArrayDeque<>();

    /**
     * A session without a connection.
     *
     * @param highestToldId no job of a lower id is news to its miner
     */
    public record Left(MiningChannel channel, long highestToldId) {}

    private record Due(String name, Left session, Instant at) {}

    private Sv1Sessions(IndexSource indexes, ConcurrentMap<String, Left> left, LongSupplier chance) {
        this.indexes = indexes;
        this.left = left;
        this.chance = chance;
    }

    /** Keeps no session: who comes back begins anew. */
    public static Sv1Sessions forgetting(IndexSource indexes) {
        return new Sv1Sessions(indexes, null, null);
    }

    /**
     * @param indexes of this loop
     * @param left the one map of all loops
     * @param chance makes names that nobody can guess
     */
    public static Sv1Sessions keeping(IndexSource indexes, ConcurrentMap<String, Left> left, LongSupplier chance) {
        return new Sv1Sessions(indexes, left, chance);
    }

    /** What a new session is called. Who knows it may take the session up when its connection has ended, and nobody else. */
    String newName(Bytes extranonce1) {
        return chance == null ? extranonce1.hex() : extranonce1.hex() + "%016x".formatted(chance.getAsLong());
    }

    /** The session of this name, if its connection has ended and nobody has it; its index is out on this loop then. */
    Optional<Left> takeUp(String name, Instant now) {
        if (left == null) {
            return Optional.empty();
        }
        giveUpWhatIsDue(now);
        Optional<Left> session = Optional.ofNullable(left.remove(name));
        session.ifPresent(own -> indexes.adopt(own.channel().index()));
        return session;
    }

    /** A connection has ended. */
    void leave(String name, Left session, Instant now) {
        if (left == null) {
            indexes.release(session.channel().index());
            return;
        }
        giveUpWhatIsDue(now);
        if (due.size() == MAX_LEFT) {
            giveUp(due.removeFirst());
        }
        indexes.forgo(session.channel().index());
        left.put(name, session);
        due.addLast(new Due(name, session, now.plus(KEPT_FOR)));
    }

    /** A connection has ended that never had a channel. */
    void leave(int index) {
        indexes.release(index);
    }

    /** Forgets sessions that nobody came back for. */
    void giveUpWhatIsDue(Instant now) {
        while (!due.isEmpty() && !now.isBefore(due.getFirst().at())) {
            giveUp(due.removeFirst());
        }
    }

    private void giveUp(Due oldest) {
        // It may have been taken up meanwhile, on any loop, and even left again: then it is not ours.
        if (left.remove(oldest.name(), oldest.session())) {
            int index = oldest.session().channel().index();
            indexes.adopt(index);
            indexes.release(index);
        }
    }
}
