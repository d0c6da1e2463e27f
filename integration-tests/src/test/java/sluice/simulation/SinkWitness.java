package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Instant;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.HeaderParts;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.share.AcceptedShares;

/** Takes the accepted shares of one gateway as a module would, and hashes each again from nothing but what it is told. */
final class SinkWitness implements AcceptedShares {
    private final Books books;
    private long heard;

    SinkWitness(Books books) {
        this.books = books;
    }

    /** Shares so far. */
    long heard() {
        return heard;
    }

    @Override
    public void accepted(
            Instant at,
            long connectionId,
            long channelId,
            String userIdentity,
            MiningJob job,
            ExtranonceShape shape,
            Bytes window,
            long nonce,
            long ntime,
            long version,
            double difficulty,
            byte[] hash,
            boolean blockFound) {
        heard++;
        HeaderParts parts = job.headerParts();
        Hashing hashing = books.hashing();
        byte[] root = hashing.root(
                parts.source().merklePath(),
                parts.source().coinbasePrefix(),
                parts.extranonce(shape, window),
                parts.source().coinbaseSuffix());
        hashing.header(version, parts.tip().prevHash(), root, ntime, parts.tip().nbits());
        byte[] again = hashing.tryNonce(nonce);
        require(
                Hash256.of(again, 0).equals(Hash256.of(hash, 0)),
                "a module makes %s of a share of %s whose hash is %s",
                Hash256.of(again, 0),
                parts,
                Hash256.of(hash, 0));
        require(
                blockFound == Hashing.meets(again, Hashing.bound(parts.tip().nbits())),
                "a module is told block=%s of a share of %s with the hash %s",
                blockFound,
                parts,
                Hash256.of(hash, 0));
    }
}
