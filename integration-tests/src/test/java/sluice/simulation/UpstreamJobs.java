package sluice.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;

/** Every job that upstreams gave one gateway, as the upstreams themselves know them. */
final class UpstreamJobs {
    /** Of jobs that come over no link of pools. */
    static final int NO_LINK = 0;

    private final Map<Bytes, List<Source>> byTail = new LinkedHashMap<>();
    private final Map<Hash256, List<Source>> byTip = new LinkedHashMap<>();
    private Source newest;

    /** One job of an upstream. */
    static final class Source {
        private final int link;
        private final Bytes head;
        private final int granted;
        private final Bytes tail;
        private final List<Hash256> path;
        private final long version;
        private final boolean rolling;
        private Hash256 prevHash;
        private long nbits;
        private byte[] bound;

        /**
         * @param link the connection it came over, or {@link #NO_LINK}
         * @param head all of the coinbase in front of the bytes that the gateway may fill
         * @param granted how many these are
         * @param tail all of the coinbase behind them
         */
        Source(int link, Bytes head, int granted, Bytes tail, List<Hash256> path, long version, boolean rolling) {
            this.link = link;
            this.head = head;
            this.granted = granted;
            this.tail = tail;
            this.path = path;
            this.version = version;
            this.rolling = rolling;
        }

        int link() {
            return link;
        }

        Bytes head() {
            return head;
        }

        int granted() {
            return granted;
        }

        Bytes tail() {
            return tail;
        }

        List<Hash256> path() {
            return path;
        }

        long version() {
            return version;
        }

        boolean rolling() {
            return rolling;
        }

        Hash256 prevHash() {
            return prevHash;
        }

        long nbits() {
            return nbits;
        }

        /** What the upstream holds shares of this job against, little-endian. */
        byte[] bound() {
            return bound;
        }
    }

    /** The upstream has this job mined from now on. */
    void started(Source job, Hash256 prevHash, long nbits, byte[] bound) {
        job.prevHash = prevHash;
        job.nbits = nbits;
        job.bound = bound;
        byTail.computeIfAbsent(job.tail, tail -> new ArrayList<>()).add(job);
        byTip.computeIfAbsent(prevHash, tip -> new ArrayList<>()).add(job);
        newest = job;
    }

    /** Jobs with this end of a coinbase; several where an upstream sent one content twice. */
    List<Source> withTail(Bytes tail) {
        return byTail.getOrDefault(tail, List.of());
    }

    List<Source> onTip(Hash256 prevHash) {
        return byTip.getOrDefault(prevHash, List.of());
    }

    /** The job that any upstream started last, or null. */
    Source newest() {
        return newest;
    }
}
