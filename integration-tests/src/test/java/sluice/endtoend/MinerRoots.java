package sluice.endtoend;

import java.util.List;

/** What a miner's choice of extranonce makes of a job. */
sealed interface MinerRoots {
    /** Bytes that the miner chooses. */
    int rolledSize();

    byte[] of(byte[] rolled);

    /** Of a job that has its coinbase in two halves. */
    record Rolled(byte[] coinbasePrefix, int rolledSize, byte[] coinbaseSuffix, List<byte[]> siblings)
            implements MinerRoots {
        @Override
        public byte[] of(byte[] rolled) {
            return IndependentHash.merkleRoot(IndependentHash.joined(coinbasePrefix, rolled, coinbaseSuffix), siblings);
        }
    }

    /** Of a job for headers only. */
    record Given(byte[] root) implements MinerRoots {
        @Override
        public int rolledSize() {
            return 0;
        }

        @Override
        public byte[] of(byte[] rolled) {
            return root;
        }
    }
}
