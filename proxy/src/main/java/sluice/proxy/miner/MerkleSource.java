package sluice.proxy.miner;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;

/** Where the merkle root of a header comes from. */
public sealed interface MerkleSource {
    /** Bytes of extranonce that the miner rolls. */
    int extranonceSize();

    /**
     * Writes the merkle root for {@code extranonce}, whose length is {@link #extranonceSize()}, to the 32 bytes of
     * {@code target} at {@code offset}.
     */
    void writeRoot(byte[] extranonce, Sha256d hasher, byte[] target, int offset);

    /** The root that a standard job prescribes. */
    record Fixed(Hash256 root) implements MerkleSource {
        @Override
        public int extranonceSize() {
            return 0;
        }

        @Override
        public void writeRoot(byte[] extranonce, Sha256d hasher, byte[] target, int offset) {
            root.copyTo(target, offset);
        }
    }

    /**
     * The root of a coinbase that the miner completes: prefix, extranonce prefix, rolled bytes, suffix.
     *
     * @param coinbasePrefix without BIP141 marker and flag
     * @param coinbaseSuffix without BIP141 witness
     */
    record Coinbase(
            Bytes coinbasePrefix, Bytes extranoncePrefix, int extranonceSize, Bytes coinbaseSuffix, MerklePath path)
            implements MerkleSource {
        @Override
        public void writeRoot(byte[] extranonce, Sha256d hasher, byte[] target, int offset) {
            hasher.update(coinbasePrefix)
                    .update(extranoncePrefix)
                    .update(extranonce, 0, extranonceSize)
                    .update(coinbaseSuffix)
                    .finish(target, offset);
            path.fold(hasher, target, offset);
        }
    }
}
