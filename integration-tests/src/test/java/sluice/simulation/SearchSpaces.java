package sluice.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;

/**
 * The coinbases that each channel was given to search, as patterns: bytes that are fixed, and bytes that its miner rolls. No
 * coinbase may fit the patterns of two channels, also where one of them is gone: whoever came next would find its shares
 * again.
 */
final class SearchSpaces {
    private final Map<Place, List<Space>> spaces = new HashMap<>();

    /** Only coinbases of the same length under the same path on the same tip can make the same header. */
    private record Place(Hash256 prevHash, List<Hash256> path, int length) {}

    private static final class Space {
        private final Object owner;
        private final Bytes extranonce;
        private final Bytes head;
        private final int rollable;
        private final Bytes tail;

        private Space(Object owner, Bytes extranonce, Bytes head, int rollable, Bytes tail) {
            this.owner = owner;
            this.extranonce = extranonce;
            this.head = head;
            this.rollable = rollable;
            this.tail = tail;
        }

        private boolean overlaps(Space other) {
            int length = head.length() + rollable + tail.length();
            for (int at = 0; at < length; at++) {
                int mine = byteAt(at);
                int theirs = other.byteAt(at);
                if (mine != theirs && mine >= 0 && theirs >= 0) {
                    return false;
                }
            }
            return true;
        }

        /** The byte there, or -1 where any may stand. */
        private int byteAt(int at) {
            if (at < head.length()) {
                return head.at(at) & 0xff;
            }
            int behind = at - head.length() - rollable;
            return behind < 0 ? -1 : tail.at(behind) & 0xff;
        }
    }

    /** {@code channel} may submit shares of {@code job} from now on; {@code owner} may do so on its other channels, too. */
    void claim(Object owner, ToldChannel channel, ToldJob job) {
        switch (job.form()) {
            case ToldJob.Extended(Bytes coinbase1, Bytes coinbase2, List<Hash256> path) ->
                claim(
                        job.prevHash(),
                        path,
                        new Space(
                                owner,
                                channel.prefix(),
                                Bytes.concat(coinbase1, channel.prefix()),
                                channel.rollable(),
                                coinbase2));
            case ToldJob.Standard standard -> {
                UpstreamJobs.Source source = job.source();
                claim(
                        job.prevHash(),
                        source.path(),
                        new Space(owner, channel.prefix(), standardHead(source, channel.prefix()), 0, source.tail()));
            }
        }
    }

    /** What stands in front of the tail in the coinbase of a channel whose whole window is fixed. */
    static Bytes standardHead(UpstreamJobs.Source source, Bytes window) {
        return Bytes.concat(source.head(), Bytes.zeros(source.granted() - window.length()), window);
    }

    private void claim(Hash256 prevHash, List<Hash256> path, Space space) {
        Place place = new Place(prevHash, path, space.head.length() + space.rollable + space.tail.length());
        List<Space> here = spaces.computeIfAbsent(place, empty -> new ArrayList<>());
        boolean known = false;
        for (Space other : here) {
            boolean own = other.owner == space.owner;
            BrokenInvariant.require(
                    own || !other.overlaps(space),
                    "channels with the extranonces %s and %s search the same coinbases on %s",
                    other.extranonce,
                    space.extranonce,
                    prevHash);
            known |= own && other.overlaps(space);
        }
        if (!known) {
            here.add(space);
        }
    }
}
