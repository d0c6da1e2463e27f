package sluice.simulation;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;

/** One job as one channel was told it: nothing but what stood on the wire. */
final class ToldJob {
    private final String id;
    private final long version;
    private final Form form;
    private long rollableBits;
    private Hash256 prevHash;
    private long nbits;
    private long ntime;
    private byte[] bound;
    private UpstreamJobs.Source source;

    /** What the merkle root comes from. */
    sealed interface Form {}

    /** A coinbase around the extranonce. */
    record Extended(Bytes coinbase1, Bytes coinbase2, List<Hash256> path) implements Form {}

    /** The root alone. */
    record Standard(Hash256 root) implements Form {}

    /** @param rollableBits bits of the version that the miner may change */
    ToldJob(String id, long version, long rollableBits, Form form) {
        this.id = id;
        this.version = version;
        this.rollableBits = rollableBits;
        this.form = form;
    }

    /** The job has its tip, and is held against {@code newBound} from here on. */
    void start(Hash256 onTip, long withBits, long fromNtime, byte[] newBound) {
        prevHash = onTip;
        nbits = withBits;
        ntime = fromNtime;
        bound = newBound;
    }

    /** Where the job came from, once that was found out. */
    void source(UpstreamJobs.Source found) {
        source = found;
        if (form instanceof Standard && !found.rolling()) {
            // Only extended jobs can say so on the wire.
            rollableBits = 0;
        }
    }

    UpstreamJobs.Source source() {
        return source;
    }

    String id() {
        return id;
    }

    long version() {
        return version;
    }

    long rollableBits() {
        return rollableBits;
    }

    Form form() {
        return form;
    }

    Hash256 prevHash() {
        return prevHash;
    }

    long nbits() {
        return nbits;
    }

    /** The time to start from, U32. */
    long ntime() {
        return ntime;
    }

    /** What shares are held against: the target, little-endian. */
    byte[] bound() {
        return bound;
    }

    /** The merkle root for a channel with this prefix and these rolled bytes. */
    byte[] root(Hashing hashing, Bytes prefix, Bytes rolled) {
        return switch (form) {
            case Extended(Bytes coinbase1, Bytes coinbase2, List<Hash256> path) ->
                hashing.root(path, coinbase1, prefix, rolled, coinbase2);
            case Standard(Hash256 root) -> root.toArray();
        };
    }

    @Override
    public String toString() {
        return "job " + id + " on " + prevHash;
    }
}
